// requirement: W5, W9, A1, B4, B6
// OpenClaw's own client library against the real gateway; every frame that passes is held against the published schema.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { GatewayClient } from '@openclaw/gateway-client';
import { assertFramesFit } from './support/frame-watch.mjs';
import { Gateway, token } from './support/gateway.mjs';
import { RecordingProxy } from './support/recording-proxy.mjs';
import { faultsOf } from './support/schema.mjs';
import { Arrivals, soon } from './support/wait.mjs';

const scopes = ['operator.admin', 'operator.read', 'operator.write'];

let gateway;
let proxy;
const clients = [];

before(async () => {
  gateway = await Gateway.start({ CHELA_GATEWAY__TICKINTERVALMS: '1000' });
  proxy = await RecordingProxy.start(() => gateway.url);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});

after(async () => {
  proxy.stop();
  await gateway.dispose();
});

/** A client in mode `backend`, without a device, that has begun to connect; and everything it reports. */
function start(options = {}) {
  const heard = new Arrivals();
  const client = new GatewayClient({
    url: proxy.url,
    token,
    clientName: 'gateway-client',
    mode: 'backend',
    scopes,
    deviceIdentity: null,
    onHelloOk: (hello) => heard.add({ hello }),
    onConnectError: (error) => heard.add({ error }),
    onReconnectPaused: (paused) => heard.add({ paused }),
    onEvent: (event) => heard.add({ event }),
    onClose: (code, reason) => heard.add({ closed: { code, reason } }),
    onGap: (gap) => heard.add({ gap }),
    ...options,
  });
  const session = {
    heard,
    request: (method, params) => soon(client.request(method, params), method),
    send: (sessionKey, message) => {
      const runId = randomUUID();
      return session.request('chat.send', { sessionKey, message, idempotencyKey: runId });
    },
    chat: async (runId, state) => {
      const happened = await heard.first(({ event }) => isChat(event, runId, state), `chat ${state}`);
      return happened.event.payload;
    },
    chats: (runId) => heard.items.filter(({ event }) => isChat(event, runId)).map(({ event }) => event.payload),
    stop: () => client.stopAndWait({ timeoutMs: 2000 }).catch(() => {}),
  };
  clients.push(session);
  client.start();
  return session;
}

async function connect(options) {
  const session = start(options);
  const { hello } = await session.heard.first((item) => item.hello ?? item.error, 'hello');
  assert.ok(hello, 'the client was refused');
  return { ...session, hello };
}

function isChat(event, runId, state) {
  return event?.event === 'chat' && event.payload.runId === runId && (state === undefined || event.payload.state === state);
}

test('The client connects with the token and hears what it may do', async () => {
  const { hello } = await connect();

  assert.equal(hello.type, 'hello-ok');
  assert.equal(hello.protocol, 4);
  assert.equal(hello.auth.role, 'operator');
  assert.deepEqual(scopes.filter((scope) => !hello.auth.scopes.includes(scope)), []);
  for (const method of ['health', 'status', 'chat.send', 'chat.history', 'chat.abort', 'sessions.list', 'sessions.delete', 'models.list']) {
    assert.ok(hello.features.methods.includes(method), `${method} is not listed`);
  }

  for (const event of ['tick', 'shutdown', 'agent', 'chat']) {
    assert.ok(hello.features.events.includes(event), `${event} is not listed`);
  }
});

test('health, status and models.list answer', async () => {
  const client = await connect();

  const health = await client.request('health', { probe: false });
  const status = await client.request('status', {});
  const models = await client.request('models.list', {});

  assert.equal(health.ok, true);
  assert.equal(health.defaultAgentId, 'main');
  assert.ok(status.uptimeMs >= 0);
  assert.ok(models.models.some((model) => model.provider === 'echo'), JSON.stringify(models));
});

test('A message is acknowledged, answered by chat events up to the final one, and kept', async () => {
  const client = await connect();

  const { runId, status } = await client.send('first', 'Hello from the reference client');
  const final = await client.chat(runId, 'final');
  const chats = client.chats(runId);
  const history = await client.request('chat.history', { sessionKey: 'first', limit: 10 });

  assert.equal(status, 'started');
  assert.equal(final.message.content[0].text, 'Hello from the reference client');
  assert.equal(final.sessionKey, 'agent:main:first');
  assert.equal(chats.filter((chat) => chat.state === 'delta').map((chat) => chat.deltaText).join(''), 'Hello from the reference client');
  assert.equal(chats.at(-1).state, 'final');
  assert.deepEqual(chats.map((chat) => chat.seq), chats.map((chat) => chat.seq).toSorted((a, b) => a - b));
  assert.deepEqual(
    history.messages.map((message) => [message.role, message.content[0].text]),
    [['user', 'Hello from the reference client'], ['assistant', 'Hello from the reference client']],
  );
});

test('The same idempotency key again is answered and not run again', async () => {
  const client = await connect();
  const message = { sessionKey: 'twice', message: 'once only', idempotencyKey: randomUUID() };

  await client.request('chat.send', message);
  await client.chat(message.idempotencyKey, 'final');
  const again = await client.request('chat.send', message);
  const history = await client.request('chat.history', { sessionKey: 'twice' });

  assert.deepEqual(again, { runId: message.idempotencyKey, status: 'ok' });
  assert.equal(history.messages.filter((entry) => entry.role === 'user').length, 1);
});

test('sessions.list shows the session, with rows of the published form, and sessions.delete removes it', async () => {
  const client = await connect();
  const { runId } = await client.send('doomed', 'Remember me');
  await client.chat(runId, 'final');

  const { sessions } = await client.request('sessions.list', { limit: 50, includeDerivedTitles: true, includeLastMessage: true });
  const deleted = await client.request('sessions.delete', { key: 'doomed' });
  const rest = await client.request('sessions.list', {});

  assert.deepEqual(sessions.flatMap((row) => faultsOf('SessionRow', row)), []);
  assert.ok(sessions.some((row) => row.key === 'agent:main:doomed' && row.lastRunId === runId));
  assert.equal(deleted.deleted, true);
  assert.ok(!rest.sessions.some((row) => row.key === 'agent:main:doomed'));
});

test('chat.abort stops a slow answer, keeps what was said, and says which run it was', async () => {
  const client = await connect();
  const { runId } = await client.send('slow', `/slow 50 ${'word '.repeat(400)}`);
  await client.chat(runId, 'delta');

  const answer = await client.request('chat.abort', { sessionKey: 'slow', runId });
  const aborted = await client.chat(runId, 'aborted');
  const nothing = await client.request('chat.abort', { sessionKey: 'slow' });

  assert.deepEqual(answer, { ok: true, aborted: true, runIds: [runId] });
  assert.match(aborted.message.content[0].text, /^word /);
  assert.deepEqual(nothing, { ok: true, aborted: false, runIds: [] });
  assert.ok(!client.chats(runId).some((chat) => chat.state === 'final'));
});

test('Another client hears the same answer, and neither sees a gap', async () => {
  const [speaker, listener] = await Promise.all([connect(), connect()]);

  const { runId } = await speaker.send('shared', '/slow 20 one two three four five six seven eight');
  const [told, heard] = await Promise.all([speaker.chat(runId, 'final'), listener.chat(runId, 'final')]);

  assert.deepEqual(heard, told);
  assert.deepEqual([...speaker.heard.items, ...listener.heard.items].filter((item) => item.gap), []);
});

test('A tick arrives', async () => {
  const client = await connect();

  const { event } = await client.heard.first((item) => item.event?.event === 'tick', 'a tick');

  assert.ok(Math.abs(event.payload.ts - Date.now()) < 60_000);
});

test('Errors carry the documented codes', async () => {
  const client = await connect();

  await assert.rejects(client.request('no.such.method', {}), (error) => {
    assert.equal(error.gatewayCode, 'INVALID_REQUEST');
    assert.equal(error.message, 'unknown method: no.such.method');
    return true;
  });
  await assert.rejects(client.request('chat.send', { sessionKey: 'main', message: 'x' }), (error) => {
    assert.equal(error.gatewayCode, 'INVALID_REQUEST');
    assert.equal(error.message, "invalid chat.send params: must have required property 'idempotencyKey'");
    return true;
  });
});

test('A client without the scope is told which one it lacks', async () => {
  const client = await connect({ scopes: ['operator.read'] });

  await assert.rejects(client.send('main', 'x'), (error) => {
    assert.equal(error.gatewayCode, 'FORBIDDEN');
    assert.deepEqual(error.details, { code: 'MISSING_SCOPE', missingScope: 'operator.write', requiredScopes: ['operator.write'] });
    return true;
  });
});

test('A wrong token is refused, and the client knows that trying again is of no use', async () => {
  const client = start({ token: 'not-the-token-at-all-123' });

  const { error } = await client.heard.first((item) => item.error, 'the refusal');
  const { closed } = await client.heard.first((item) => item.closed, 'the close');
  const { paused } = await client.heard.first((item) => item.paused, 'the end of reconnecting');

  assert.equal(error.gatewayCode, 'INVALID_REQUEST');
  assert.match(error.message, /^unauthorized: gateway token mismatch/);
  assert.equal(error.details.code, 'AUTH_TOKEN_MISMATCH');
  assert.equal(error.details.authReason, 'token_mismatch');
  assert.equal(closed.code, 1008);
  assert.equal(paused.detailCode, 'AUTH_TOKEN_MISMATCH');
});

test('A gateway that is killed and started again is found again, with everything it acknowledged', async () => {
  const client = await connect();
  const finished = await client.send('durable', 'before the cut');
  await client.chat(finished.runId, 'final');
  await client.send('durable', `/slow 50 ${'unfinished '.repeat(200)}`);

  await gateway.kill();
  await client.heard.first((item) => item.closed, 'the close');
  await gateway.startAgain();
  await client.heard.first((item) => item.hello && item.hello !== client.hello, 'the second hello');
  const { messages } = await client.request('chat.history', { sessionKey: 'durable' });
  const next = await client.send('durable', 'after the cut');
  const final = await client.chat(next.runId, 'final');

  const said = messages.filter((message) => message.role === 'user').map((message) => message.content[0].text);
  assert.deepEqual(said.map((text) => text.slice(0, 14)), ['before the cut', '/slow 50 unfin']);
  assert.equal(final.message.content[0].text, 'after the cut');
});

test('A gateway that stops says so, closes with 1012, and exits with 0', async () => {
  const client = await connect();

  const exitCode = await gateway.stop();
  const { event } = await client.heard.first((item) => item.event?.event === 'shutdown', 'the shutdown event');
  const { closed } = await client.heard.first((item) => item.closed, 'the close');
  await gateway.startAgain();

  assert.ok(event.payload.reason.length > 0);
  assert.deepEqual(closed, { code: 1012, reason: 'service restart' });
  assert.equal(exitCode, 0);
});

for (const [protocol, name] of [[2, 'older'], [5, 'newer']]) {
  test(`A client of the ${name} protocol ${protocol} is told which one is spoken, and stops`, async () => {
    const client = start({ minProtocol: protocol, maxProtocol: protocol });

    const { error } = await client.heard.first((item) => item.error, 'the refusal');

    assert.match(error.message, /^protocol mismatch/);
    assert.deepEqual(error.details, {
      code: 'PROTOCOL_MISMATCH', clientMinProtocol: protocol, clientMaxProtocol: protocol, expectedProtocol: 4, minimumProbeProtocol: 3,
    });
  });
}

// The last test: it looks back on all of the above.
test('Every frame of the gateway satisfies the published schema, and so does every request that it accepted', () => {
  const seen = assertFramesFit(proxy);

  assert.deepEqual(['agent', 'chat', 'connect.challenge', 'res', 'shutdown', 'tick'].filter((kind) => !seen.has(kind)), []);
});
