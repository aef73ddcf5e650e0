// requirement: W5, W9, A1
// OpenClaw's own command line, pointed at the real gateway; every frame that passes is held against the published schema.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertFramesFit } from '../support/frame-watch.mjs';
import { Gateway } from '../support/gateway.mjs';
import { OpenClawCli } from '../support/openclaw-cli.mjs';
import { RecordingProxy } from '../support/recording-proxy.mjs';

let gateway;
let proxy;
let openclaw;

before(async () => {
  gateway = await Gateway.start();
  proxy = await RecordingProxy.start(() => gateway.url);
  openclaw = await OpenClawCli.of(fileURLToPath(new URL('.', import.meta.url)), proxy.url);
});

after(async () => {
  proxy.stop();
  await gateway.dispose();
  await openclaw.dispose();
});

test('gateway call health, with address and token', async () => {
  const health = await openclaw.json('gateway', 'call', 'health', ...openclaw.target, '--json');

  assert.equal(health.ok, true);
});

test('health and gateway health, from its own configuration', async () => {
  const health = await openclaw.json('health', '--json');
  const readable = await openclaw.succeed('gateway', 'health');

  assert.equal(health.ok, true);
  assert.match(readable, /Gateway Health\s+OK/);
});

test('gateway probe reaches the gateway', async () => {
  const probe = await openclaw.json('gateway', 'probe', ...openclaw.target, '--json');

  assert.equal(probe.ok, true);
});

test('gateway call chat.send, then chat.history', async () => {
  const message = { sessionKey: 'cli', message: 'Hello from the command line', idempotencyKey: randomUUID() };

  const sent = await openclaw.json('gateway', 'call', 'chat.send', ...openclaw.target, '--json', '--params', JSON.stringify(message));
  const history = await openclaw.json('gateway', 'call', 'chat.history', ...openclaw.target, '--json', '--params', '{"sessionKey":"cli"}');

  assert.deepEqual(sent, { runId: message.idempotencyKey, status: 'started' });
  assert.deepEqual(history.messages.map((entry) => [entry.role, entry.content[0].text]), [
    ['user', 'Hello from the command line'],
    ['assistant', 'Hello from the command line'],
  ]);
});

test('gateway status and status see a gateway that can be reached', async () => {
  const gatewayStatus = await openclaw.json('gateway', 'status', ...openclaw.target, '--json');
  const status = await openclaw.json('status', '--json');

  assert.equal(gatewayStatus.rpc.ok, true);
  assert.equal(status.gateway.reachable, true);
});

test('devices list, models list and system presence answer', async () => {
  const devices = await openclaw.json('devices', 'list', ...openclaw.target, '--json');
  const models = await openclaw.json('gateway', 'call', 'models.list', ...openclaw.target, '--json');
  const presence = await openclaw.json('system', 'presence', ...openclaw.target, '--json');

  assert.ok(Array.isArray(devices.paired));
  assert.ok(models.models.some((model) => model.provider === 'echo'));
  assert.ok(presence.some((row) => row.mode === 'gateway'), JSON.stringify(presence));
});

test('gateway call agents.create, agents.update, agents.list and agents.delete', async () => {
  const call = (method, params) => openclaw.json('gateway', 'call', method, ...openclaw.target, '--json', '--params', JSON.stringify(params));

  const made = await call('agents.create', { name: 'Maid', workspace: `${openclaw.home}/maid`, emoji: '🧹' });
  const changed = await call('agents.update', { agentId: 'maid', name: 'Mary' });
  const { agents } = await call('agents.list', {});
  const deleted = await call('agents.delete', { agentId: 'maid', deleteFiles: false });

  assert.deepEqual(made, { ok: true, agentId: 'maid', name: 'Maid', workspace: `${openclaw.home}/maid` });
  assert.deepEqual(changed, { ok: true, agentId: 'maid' });
  assert.deepEqual(agents.map((agent) => [agent.id, agent.name]), [['main', undefined], ['maid', 'Mary']]);
  assert.deepEqual(deleted, { ok: true, agentId: 'maid', removedBindings: 0 });
});

test('An unknown method exits with 1 and the message of the gateway', async () => {
  const ended = await openclaw.run('gateway', 'call', 'no.such', ...openclaw.target);

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unknown method: no\.such/);
});

test('A wrong token exits with 1 and says so', async () => {
  const ended = await openclaw.run('gateway', 'call', 'health', '--url', proxy.url, '--token', 'not-the-token-at-all-123');

  assert.equal(ended.code, 1);
  assert.match(ended.error, /unauthorized: gateway token mismatch/);
});

/** `[command, exit code, what it prints]`; `unknown method` where it needs what the gateway has not. */
const commands = [
  ['agent --session-id nightly --message hello-nightly', 0, /^hello-nightly$/m],
  ['agent --message hello-main', 0, /^hello-main$/m],
  ['channels list', 0, /Chat channels:/],
  ['channels status --probe', 0, /Gateway reachable\./],
  ['update status', 0, /OpenClaw update status/],
  ['nodes list', 0, /Pending: 0 · Paired: 0/],
  ['nodes pending', 0, /No pending pairing requests\./],
  ['nodes status', 0, /Known: 0 · Paired: 0 · Connected: 0/],
  ['sessions', 0, /No sessions found\./],
  ['cron list', 1, /unknown method: cron\.list/],
  ['cron status', 1, /unknown method: cron\.status/],
  ['cron add --name often --every 1h --message hello', 1, /unknown method: cron\.add/],
  ['cron rm often', 1, /unknown method: cron\.remove/],
  ['gateway usage-cost', 0, /Usage cost \(30 days\)\nTotal: \$0\.0000/],
  ['models list', 0, /^echo\/echo /m],
  ['logs', 0, /Log file: gateway\.log/],
  ['skills list', 0, /No skills found\./],
  ['gateway stability', 1, /unknown method: diagnostics\.stability/],
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

  test('acp passes a prompt on and the reply back', async () => {
    const acp = openclaw.start('acp');

    await acp.ask(1, 'initialize', { protocolVersion: 1, clientCapabilities: {} });
    const { sessionId } = await acp.ask(2, 'session/new', { cwd: '/', mcpServers: [] });
    const { stopReason } = await acp.ask(3, 'session/prompt', { sessionId, prompt: [{ type: 'text', text: 'hello from an editor' }] });

    assert.equal(stopReason, 'end_turn');
    const said = [...acp.text.matchAll(/"agent_message_chunk","content":\{"type":"text","text":("[^"]*")/g)].map(([, text]) => JSON.parse(text));
    assert.match(said.join(''), /hello from an editor$/); // in as many chunks as the words came
    assert.equal(await acp.finish(), 0);
  });

  test('mcp serve reads a conversation', async () => {
    const mcp = openclaw.start('mcp', 'serve');

    await mcp.ask(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'interop', version: '1' } });
    const { structuredContent } = await mcp.ask(2, 'tools/call', { name: 'messages_read', arguments: { session_key: 'agent:main:cli' } });

    assert.deepEqual(structuredContent.messages.map((message) => message.content[0].text), ['Hello from the command line', 'Hello from the command line']);
    assert.equal(await mcp.finish(), 0);
  });

  test('node run is paired, hears what the gateway has not, and stays connected', async () => {
    const node = openclaw.start('node', 'run', '--host', '127.0.0.1', '--port', new URL(proxy.url).port);
    await node.printed(/node host gateway connected/);
    const pushed = (await proxy.passed.first(({ text }) => text?.includes('"node.pluginTools.update"'))).connection;
    const answer = await proxy.passed.first(({ connection, text }) => connection === pushed && text.includes('unknown method: node.pluginTools.update'));

    const nodes = await openclaw.json('nodes', 'status', '--json');

    assert.equal(answer.from, 'gateway');
    assert.deepEqual(nodes.nodes.map(({ paired, connected }) => [paired, connected]), [[true, true]]);
    node.stop();
  });
});

// The last test: it looks back on all of the above.
test('Every frame of the gateway satisfies the published schema, and so does every request that it accepted', () => {
  const seen = assertFramesFit(proxy);

  assert.ok(seen.has('res'));
});
