// requirement: G3, W8
// What the authors of the Model Context Protocol made for trying servers, at /mcp: their conformance scenarios for what the
// gateway serves, and the command line of their inspector.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Gateway, token } from './support/gateway.mjs';

const conformance = program('conformance/dist/index.js');
const inspector = program('inspector-cli/build/index.js');

let gateway;
let folder;

before(async () => {
  gateway = await Gateway.start();
  folder = await mkdtemp(join(tmpdir(), 'chela-mcp-'));
});

after(async () => {
  await gateway.dispose();
  await rm(folder, { recursive: true, force: true });
});

function program(path) {
  return fileURLToPath(new URL(`node_modules/@modelcontextprotocol/${path}`, import.meta.url));
}

/** Runs a program of the suite to its end. */
function run(script, ...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: folder }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

function inspect(...args) {
  return run(inspector, `${gateway.http}/mcp`, '--header', `Authorization: Bearer ${token}`, ...args);
}

describe('the conformance scenarios', () => {
  // The scenarios have no place for a credential but the address. The others want tools of a server made for trying.
  for (const scenario of ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection']) {
    test(scenario, async () => {
      const ended = await run(conformance, 'server', '--url', `${gateway.http}/mcp?token=${token}`, '--scenario', scenario);
      assert.equal(ended.code, 0, ended.stdout + ended.stderr);
      assert.match(ended.stdout, /Passed: [1-9]/);
      assert.match(ended.stdout, / 0 failed/);
    });
  }
});

describe('the inspector', () => {
  test('lists the tools', async () => {
    const ended = await inspect('--method', 'tools/list');
    assert.equal(ended.code, 0, ended.stderr);
    const names = JSON.parse(ended.stdout).tools.map((tool) => tool.name);
    assert.ok(names.includes('chat_send') && names.includes('sessions_list'), `${names}`);
  });

  test('calls one', async () => {
    const ended = await inspect('--method', 'tools/call', '--tool-name', 'chat_send', '--tool-arg', 'text=ahoi');
    assert.equal(ended.code, 0, ended.stderr);
    const result = JSON.parse(ended.stdout);
    assert.equal(result.isError, false);
    assert.equal(JSON.parse(result.content[0].text).text, 'ahoi');
  });

  test('is not let in with a wrong token', async () => {
    const ended = await run(inspector, `${gateway.http}/mcp`, '--header', 'Authorization: Bearer wrong-0123456789abcdef', '--method', 'tools/list');
    assert.notEqual(ended.code, 0);
    assert.match(ended.stdout + ended.stderr, /gateway token mismatch/);
  });
});
