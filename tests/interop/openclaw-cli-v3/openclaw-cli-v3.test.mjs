// requirement: W5, W9, A1, A2
// The last command line of OpenClaw that speaks protocol 3, with a device of its own, pointed at the real gateway: what is said otherwise by that
// protocol, and the commands that the later generation takes many times as long to start. The others are in the suite of that one.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Gateway } from '../support/gateway.mjs';
import { OpenClawCli } from '../support/openclaw-cli.mjs';

let gateway;
let openclaw;

before(async () => {
  gateway = await Gateway.start();
  openclaw = await OpenClawCli.of(fileURLToPath(new URL('.', import.meta.url)), gateway.url, { hasPlugins: false });
});

after(async () => {
  await gateway.dispose();
  await openclaw.dispose();
});

test('gateway call health, with address and token', async () => {
  const health = await openclaw.json('gateway', 'call', 'health', ...openclaw.target, '--json');

  assert.equal(health.ok, true);
});

test('health and status, from its own configuration', async () => {
  const health = await openclaw.json('health', '--json');
  const status = await openclaw.json('status', '--json');

  assert.equal(health.ok, true);
  assert.equal(status.gateway.url, gateway.url);
});

test('gateway call chat.send, then chat.history', async () => {
  const message = { sessionKey: 'cli', message: 'Hello from protocol 3', idempotencyKey: randomUUID() };

  const sent = await openclaw.json('gateway', 'call', 'chat.send', ...openclaw.target, '--json', '--params', JSON.stringify(message));
  const history = await openclaw.json('gateway', 'call', 'chat.history', ...openclaw.target, '--json', '--params', '{"sessionKey":"cli"}');

  assert.deepEqual(sent, { runId: message.idempotencyKey, status: 'started' });
  assert.deepEqual(history.messages.map((entry) => entry.role), ['user', 'assistant']);
});

test('devices list shows the device of the command line itself', async () => {
  const { paired } = await openclaw.json('devices', 'list', ...openclaw.target, '--json');

  assert.equal(paired.length, 1);
  assert.equal(paired[0].clientId, 'cli');
  assert.deepEqual(paired[0].roles, ['operator']);
});

test('An unknown method exits with 1 and the message of the gateway', async () => {
  const ended = await openclaw.run('gateway', 'call', 'no.such', ...openclaw.target);

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unknown method: no\.such/);
});

test('A wrong token exits with 1 and says so', async () => {
  const ended = await openclaw.run('gateway', 'call', 'health', '--url', gateway.url, '--token', 'not-the-token-at-all-123');

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unauthorized: (gateway|device) token mismatch/);
});

/** `[command, exit code, what it prints]`; `unknown method` where it needs what the gateway has not. */
const commands = [
  ['agent --agent main --message hello-main', 0, /^hello-main$/m],
  ['gateway probe', 0, /Reachable: yes/],
  ['models list', 0, /^Model\s+Input/m],
  ['skills list', 0, /Skills \(\d+\/\d+ ready\)/],
  ['logs', 0, /Log file: .*gateway\.log/],
  ['status --deep', 0, /reachable/],
  ['status --all', 0, /reachable/],
  ['security audit', 0, /OpenClaw security audit\s+Summary:/],
  ['doctor --non-interactive', 0, /OpenClaw doctor/],
  ['system heartbeat last', 0, /^null$/m],
  ['system event --text hello', 1, /unknown method: wake/],
  ['approvals get --gateway', 0, /Approvals/],
  ['browser status', 1, /unknown method: browser\.request/],
];

describe('Commands, each with its exit code and what it prints', { concurrency: 2 }, () => {
  for (const [command, code, printed] of commands) {
    test(command, async () => {
      const ended = await openclaw.run(...command.split(' '));

      assert.equal(ended.code, code, JSON.stringify(ended));
      assert.match(ended.output + ended.error, printed);
    });
  }
});

test('gateway status reaches a gateway by its address', async () => {
  const status = await openclaw.json('gateway', 'status', ...openclaw.target, '--json');

  assert.equal(status.rpc.ok, true);
});

describe('Commands that stay', { concurrency: 2 }, () => {
  test('tui sends a message and shows the reply', { skip: process.platform !== 'linux' && 'needs script of util-linux' }, async () => {
    const tui = openclaw.startInTerminal('tui');
    await tui.printed(/gateway connected/);

    tui.write('/slow 1 words of the reply');
    await tui.printed(/words of the reply/);
    tui.write('\r');

    await tui.printed(/^\s*words of the reply\s*$/m);
    tui.stop();
  });

  test('node run is paired and stays connected', async () => {
    const node = openclaw.start('node', 'run', '--host', '127.0.0.1', '--port', `${gateway.port}`);
    await node.printed(/node host PATH/);

    const nodes = await openclaw.json('nodes', 'status', '--json');

    assert.deepEqual(nodes.nodes.map(({ paired, connected }) => [paired, connected]), [[true, true]]);
    node.stop();
  });
});
