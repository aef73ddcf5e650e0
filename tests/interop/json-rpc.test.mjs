// requirement: W2, W9, A1, A5, G2
// Two JSON-RPC libraries that know nothing of Chela, over WebSocket and HTTP at /rpc.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import jayson from 'jayson';
import { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } from 'json-rpc-2.0';
import { Gateway, token } from './support/gateway.mjs';
import { codes, RpcSockets } from './support/rpc-sockets.mjs';
import { Arrivals, soon } from './support/wait.mjs';

const mismatch = 'unauthorized: gateway token mismatch (provide gateway auth token)';

let gateway;
let sockets;

before(async () => {
  gateway = await Gateway.start();
  sockets = new RpcSockets(gateway);
});

afterEach(() => sockets.closeAll());

after(() => gateway.dispose());

/** The library json-rpc-2.0 on such a socket: it sends calls and takes the gateway's notifications. */
async function peer(options) {
  const { socket, heard } = await sockets.open(options);
  const events = new Arrivals();
  const rpc = new JSONRPCServerAndClient(
    new JSONRPCServer(),
    new JSONRPCClient(async (request) => socket.send(JSON.stringify(request))),
  );
  rpc.addMethod('event', (params) => events.add(params));
  socket.on('message', (data) => rpc.receiveAndSend(JSON.parse(`${data}`)));
  return { rpc, events, heard, socket };
}

async function failure(promise) {
  return await promise.then((value) => assert.fail(`it succeeded: ${JSON.stringify(value)}`), (error) => error);
}

describe('json-rpc-2.0 over WebSocket', () => {
  test('health needs no login; any other method does', async () => {
    const { rpc } = await peer({ shown: null });

    const health = await rpc.request('health', {});
    const refused = await failure(rpc.request('session.list', {}));

    assert.equal(health.ok, true);
    assert.equal(refused.code, codes.unauthenticated);
  });

  test('auth.login opens the rest', async () => {
    const { rpc } = await peer({ shown: null });

    const login = await rpc.request('auth.login', { token });
    const sessions = await rpc.request('session.list', {});

    assert.equal(login.ok, true);
    assert.ok(Array.isArray(sessions.sessions));
  });

  test('The token may also stand in the address', async () => {
    const { rpc } = await peer({ shown: null, query: `?token=${token}` });

    assert.ok(Array.isArray((await rpc.request('session.list', {})).sessions));
  });

  test('A wrong token in auth.login is answered and closes with 1008', async () => {
    const { rpc, heard } = await peer({ shown: null });

    const refused = await failure(rpc.request('auth.login', { token: 'not-the-token-at-all-123' }));
    const { closed } = await heard.first((item) => item.closed, 'the close');

    assert.equal(refused.code, codes.unauthenticated);
    assert.deepEqual(closed, { code: 1008, reason: mismatch });
  });

  test('A wrong token in the upgrade request closes with 1008', async () => {
    const { heard } = await sockets.open({ shown: 'not-the-token-at-all-123' });

    const { closed } = await heard.first((item) => item.closed, 'the close');

    const { jsonrpc, id, error } = heard.items[0];
    assert.deepEqual({ jsonrpc, id, code: error.code, message: error.message }, { jsonrpc: '2.0', id: null, code: codes.unauthenticated, message: mismatch });
    assert.equal(error.data.details.code, 'AUTH_TOKEN_MISMATCH');
    assert.deepEqual(closed, { code: 1008, reason: mismatch });
  });

  test('chat.send gives the reply with its id and time', async () => {
    const { rpc } = await peer();

    const reply = await rpc.request('chat.send', { text: 'Hello', session_key: 'plain' });
    const history = await rpc.request('chat.history', { session_key: 'plain' });

    assert.equal(reply.text, 'Hello');
    assert.match(reply.message_id, /^\S+$/);
    assert.equal(new Date(reply.timestamp).toISOString(), reply.timestamp);
    assert.deepEqual(history.messages.map((message) => [message.role, message.text]), [['user', 'Hello'], ['assistant', 'Hello']]);
  });

  test('chat.send_stream answers first, then streams deltas and ends with chat.done', async () => {
    const { rpc, heard, events } = await peer();

    const started = await rpc.request('chat.send_stream', { text: '/slow 30 one two three four five six seven', session_key: 'stream' });
    const done = await events.first((event) => event.type === 'chat.done', 'chat.done');

    const answeredAt = heard.items.findIndex((item) => item.result?.message_id === started.message_id);
    const firstEventAt = heard.items.findIndex((item) => item.method === 'event');
    const own = events.items.filter((event) => event.message_id === started.message_id);
    const deltas = own.filter((event) => event.type === 'chat.delta');
    assert.ok(answeredAt >= 0 && answeredAt < firstEventAt, `answer at ${answeredAt}, first event at ${firstEventAt}`);
    assert.ok(deltas.length > 1, `${deltas.length} deltas`);
    assert.equal(deltas.map((event) => event.delta).join(''), 'one two three four five six seven');
    assert.equal(own.at(-1), done);
    assert.equal(done.text, 'one two three four five six seven');
    assert.equal(done.session_key, started.session_key);
  });

  test('chat.abort ends a stream with chat.aborted', async () => {
    const { rpc, events } = await peer();
    const { message_id: id } = await rpc.request('chat.send_stream', { text: `/slow 50 ${'word '.repeat(200)}`, session_key: 'abort' });
    await events.first((event) => event.type === 'chat.delta', 'a delta');

    const answer = await rpc.request('chat.abort', { session_key: 'abort', message_id: id });
    const aborted = await events.first((event) => event.type === 'chat.aborted', 'chat.aborted');

    assert.deepEqual(answer, { aborted: true, message_ids: [id] });
    assert.match(aborted.text, /^word /);
  });

  test('session.delete removes the session from session.list', async () => {
    const { rpc } = await peer();
    const { session_key: key } = await rpc.request('chat.send', { text: 'x', session_key: 'gone' });

    const deleted = await rpc.request('session.delete', { session_key: 'gone' });
    const { sessions } = await rpc.request('session.list', {});

    assert.deepEqual(deleted, { session_key: key, deleted: true });
    assert.ok(!sessions.some((session) => session.session_key === key));
  });

  test('rpc.schema describes a method', async () => {
    const { rpc } = await peer();

    const schema = await rpc.request('rpc.schema', { method: 'chat.send' });

    assert.match(JSON.stringify(schema), /"session_key"/);
  });

  test('A batch is answered by one array; notifications in it have no answer', async () => {
    const { rpc, heard } = await peer();

    const answers = await soon(
      rpc.requestAdvanced([
        { jsonrpc: '2.0', id: 'a', method: 'health', params: {} },
        { jsonrpc: '2.0', id: 'b', method: 'no.such', params: {} },
        { jsonrpc: '2.0', id: 7, method: 'session.list' },
      ]),
      'the batch',
    );
    rpc.notify('health', {});
    await rpc.request('health', {});

    assert.equal(heard.items.length, 2);
    assert.deepEqual(answers.map((answer) => answer.id), ['a', 'b', 7]);
    assert.deepEqual(answers.map((answer) => answer.error?.code), [undefined, codes.unknownMethod, undefined]);
  });
});

describe('jayson over WebSocket', () => {
  test('Calls, errors, batches and notifications', async () => {
    const { socket } = await sockets.open();
    const client = jayson.Client.websocket({ ws: socket });
    const send = promisify(client.request.bind(client));
    const request = (...call) => soon(send(...call), 'the call');

    const reply = await request('chat.send', { text: 'Hello', session_key: 'jayson' });
    const unknown = await request('no.such', {});
    const batch = await request([client.request('health', {}, undefined), client.request('session.list', {}, undefined)]);
    const nothing = await request('health', {}, null);

    assert.equal(reply.result.text, 'Hello');
    assert.equal(unknown.error.code, codes.unknownMethod);
    assert.equal(batch.length, 2);
    assert.equal(nothing, undefined);
  });
});

describe('jayson over HTTP', () => {
  const client = (shown) => {
    const headers = shown ? { Authorization: `Bearer ${shown}` } : {};
    const http = jayson.Client.http({ host: '127.0.0.1', port: gateway.port, path: '/rpc', headers });
    return { http, request: promisify(http.request.bind(http)) };
  };

  test('Calls and errors, in the answer with status 200', async () => {
    const { request } = client(token);

    const reply = await request('chat.send', { text: 'Hello', session_key: 'http' });
    const unknown = await request('no.such', {});
    const invalid = await request('chat.send', { text: 5 });

    assert.equal(reply.result.text, 'Hello');
    assert.equal(unknown.error.code, codes.unknownMethod);
    assert.equal(invalid.error.code, codes.invalidParams);
  });

  test('A batch, and a notification with nothing in the answer', async () => {
    const { http, request } = client(token);

    const calls = [http.request('health', {}, undefined), http.request('health', {}, null), http.request('no.such', {}, undefined)];
    const batch = await request(calls);
    const nothing = await request('health', {}, null);

    assert.deepEqual(batch.map((answer) => answer.error?.code), [undefined, codes.unknownMethod]);
    assert.equal(nothing, undefined);
  });

  test('health without a token, nothing else', async () => {
    const { request } = client(null);

    const health = await request('health', {});
    const refused = await request('session.list', {});

    assert.equal(health.result.ok, true);
    assert.equal(refused.error.code, codes.unauthenticated);
  });

  test('A wrong token is refused with status 401', async () => {
    const error = await failure(client('not-the-token-at-all-123').request('health', {}));

    assert.equal(error.code, 401);
    assert.equal(JSON.parse(error.message).error.code, codes.unauthenticated);
  });
});
