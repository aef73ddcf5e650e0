// requirement: W5, W9, A1
// OpenClaw's own command line, pointed at the real gateway.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Gateway, token } from '../support/gateway.mjs';

const installed = fileURLToPath(new URL('node_modules/', import.meta.url));
const limitMs = 60_000;

let gateway;
let home;

before(async () => {
  gateway = await Gateway.start();
  home = await mkdtemp(join(tmpdir(), 'chela-openclaw-'));
  await mkdir(join(home, '.openclaw'));
  const remote = { gateway: { mode: 'remote', remote: { url: gateway.url, token } } };
  await writeFile(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(remote));
});

after(async () => {
  await gateway.dispose();
  await rm(home, { recursive: true, force: true });
});

/** The newest Node at hand: the one from npm, or the one that runs this suite. */
function newNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = join(installed, `node-${platform}-${process.arch}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : process.execPath;
}

/** Runs the command line in a home of its own that knows the gateway; gives how it ended and what it printed. */
async function openclaw(...args) {
  const child = spawn(newNode(), [join(installed, 'openclaw', 'openclaw.mjs'), ...args], {
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, HOME: home, USERPROFILE: home, TMPDIR: home, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const printed = { output: '', error: '' };
  child.stdout.on('data', (text) => (printed.output += text));
  child.stderr.on('data', (text) => (printed.error += text));
  const [code, signal] = await once(child, 'close');
  return { code: code ?? signal, ...printed };
}

/** The same, for a command that is to succeed and print one JSON value. */
async function json(...args) {
  const ended = await openclaw(...args);
  assert.equal(ended.code, 0, JSON.stringify(ended));
  return JSON.parse(ended.output);
}

const target = () => ['--url', gateway.url, '--token', token];

test('gateway call health, with address and token', async () => {
  const health = await json('gateway', 'call', 'health', ...target(), '--json');

  assert.equal(health.ok, true);
});

test('health and gateway health, from its own configuration', async () => {
  const health = await json('health', '--json');
  const readable = await openclaw('gateway', 'health');

  assert.equal(health.ok, true);
  assert.equal(readable.code, 0);
  assert.match(readable.output, /Gateway Health\s+OK/);
});

test('gateway probe reaches the gateway', async () => {
  const probe = await json('gateway', 'probe', ...target(), '--json');

  assert.equal(probe.ok, true);
});

test('gateway call chat.send, then chat.history', async () => {
  const message = { sessionKey: 'cli', message: 'Hello from the command line', idempotencyKey: randomUUID() };

  const sent = await json('gateway', 'call', 'chat.send', ...target(), '--json', '--params', JSON.stringify(message));
  const history = await json('gateway', 'call', 'chat.history', ...target(), '--json', '--params', '{"sessionKey":"cli"}');

  assert.deepEqual(sent, { runId: message.idempotencyKey, status: 'started' });
  assert.deepEqual(history.messages.map((entry) => [entry.role, entry.content[0].text]), [
    ['user', 'Hello from the command line'],
    ['assistant', 'Hello from the command line'],
  ]);
});

test('An unknown method exits with 1 and the message of the gateway', async () => {
  const ended = await openclaw('gateway', 'call', 'no.such', ...target());

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unknown method: no\.such/);
});

test('A wrong token exits with 1 and says so', async () => {
  const ended = await openclaw('gateway', 'call', 'health', '--url', gateway.url, '--token', 'not-the-token-at-all-123');

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unauthorized: gateway token mismatch/);
});
