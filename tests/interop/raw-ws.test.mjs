// requirement: W5, W8, A1, A2, A5
// What OpenClaw 2026.9.6 answered to clients that are wrong, as observed on its wire, and that Chela answers the same. Bare sockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { Gateway, token } from './support/gateway.mjs';
import { gatewayFrameFaults } from './support/schema.mjs';
import { Arrivals, soon } from './support/wait.mjs';

const scopes = ['operator.admin', 'operator.read', 'operator.write'];
const client = { id: 'gateway-client', version: '1.0.0', platform: 'linux', mode: 'backend' };
const mismatch = 'unauthorized: gateway token mismatch (provide gateway auth token)';

let gateway;
const sockets = [];
const conversations = [];

before(async () => {
  gateway = await Gateway.start({ CHELA_GATEWAY__LIMITS__HANDSHAKETIMEOUTMS: '2000' });
});

afterEach(() => {
  sockets.splice(0).forEach((socket) => socket.terminate());
  conversations.splice(0).forEach(assertFits);
});

/** Every frame satisfies the published schema, but that of an answer to an id that is none, which has to bring it back. */
function assertFits({ heard, methods }) {
  const frames = heard.items.filter((item) => item.type === 'event' || typeof item.id === 'string');
  if (!frames.some((frame) => frame.payload?.protocol === 3)) {
    assert.deepEqual(frames.flatMap((frame) => gatewayFrameFaults(frame, methods.get(frame.id))), []);
  }
}

after(() => gateway.dispose());

async function open(path = '/') {
  const socket = new WebSocket(`${gateway.url}${path}`, { perMessageDeflate: false });
  const heard = new Arrivals();
  socket.on('message', (data) => heard.add(JSON.parse(`${data}`)));
  socket.on('close', (code, reason) => heard.add({ closed: { code, reason: `${reason}` } }));
  socket.on('error', () => {});
  sockets.push(socket);
  await soon(once(socket, 'open'), 'opening');
  const challenge = await heard.first((frame) => frame.event === 'connect.challenge', 'the challenge');
  const answer = (id) => heard.first((frame) => frame.type === 'res' && frame.id === id, `the answer ${id}`);
  const methods = new Map();
  const send = (frame) => {
    methods.set(frame.id, frame.method);
    socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  };
  conversations.push({ heard, methods });
  return { socket, heard, challenge, answer, send, closed: async () => (await heard.first((item) => item.closed, 'the close')).closed };
}

/** A `connect` request; members that are undefined are left out. */
function connectFrame(changes = {}) {
  const params = {
    minProtocol: 3, maxProtocol: 4, client, role: 'operator', scopes, caps: [], commands: [], permissions: {},
    auth: { token }, locale: 'en-US', userAgent: 'interop/1.0.0', ...changes,
  };
  return { type: 'req', id: 'c1', method: 'connect', params };
}

function request(id, method, params = {}) {
  return { type: 'req', id, method, params };
}

async function connected(changes, path) {
  const session = await open(path);
  session.send(connectFrame(changes));
  const hello = await session.answer('c1');
  assert.equal(hello.ok, true, JSON.stringify(hello));
  return { ...session, hello: hello.payload };
}

const invalid = (message, details) => ({ code: 'INVALID_REQUEST', message, ...(details && { details }) });

const badFrame = (reason) => invalid(`invalid request frame: ${reason}`);

const message = { sessionKey: 'main', message: 'x', idempotencyKey: 'k' };

const outOfRange = (version) => invalid('protocol mismatch', {
  code: 'PROTOCOL_MISMATCH', clientMinProtocol: version, clientMaxProtocol: version, expectedProtocol: 4, minimumProbeProtocol: 3,
});

const wrongToken = invalid(mismatch, {
  code: 'AUTH_TOKEN_MISMATCH', authReason: 'token_mismatch', canRetryWithDeviceToken: false, recommendedNextStep: 'update_auth_credentials',
});

const unknownClient = invalid('invalid connect params: at /client/id: must be equal to one of the allowed values');

const noUiDevice = invalid('control ui requires device identity (use HTTPS or localhost secure context)', {
  code: 'CONTROL_UI_DEVICE_IDENTITY_REQUIRED',
});

const noDevice = { code: 'NOT_PAIRED', message: 'device identity required', details: { code: 'DEVICE_IDENTITY_REQUIRED' } };

describe('The first frame', () => {
  // what | the frame | the error of the answer, or none | the close code, and the reason where it is not the error's message
  const refusals = [
    ['text that is not JSON', '{"type":', null, 1000, ''],
    ['bytes that are not JSON', Buffer.from([1, 2, 3]), null, 1000, ''],
    ['an event', { type: 'event', event: 'x' }, null, 1008, 'invalid request frame'],
    ['a list', [1], null, 1008, 'invalid request frame'],
    ['a request without an id', { type: 'req', method: 'connect' }, null, 1008, 'invalid request frame'],
    ['70 KiB', connectFrame({ userAgent: 'y'.repeat(70 * 1024) }), null, 1009, 'preauth payload too large'],
    ['another method', request('c1', 'health'), invalid('invalid handshake: first request must be connect'), 1008],
    ['an unknown field', connectFrame({ bogus: 1 }), invalid("invalid connect params: at root: unexpected property 'bogus'"), 1008],
    ['no client', connectFrame({ client: undefined }), invalid("invalid connect params: must have required property 'client'"), 1008],
    ['an unknown client', connectFrame({ client: { ...client, id: 'nobody' } }), unknownClient, 1008],
    ['an unknown role', connectFrame({ role: 'king' }), invalid('invalid role'), 1008],
    ['a newer protocol', connectFrame({ minProtocol: 99, maxProtocol: 99 }), outOfRange(99), 1002],
    ['an older protocol', connectFrame({ minProtocol: 1, maxProtocol: 1 }), outOfRange(1), 1002],
    ['no credentials', connectFrame({ auth: undefined }), noDevice, 1008],
    ['a wrong token', connectFrame({ auth: { token: 'wrong-token' } }), wrongToken, 1008],
    ['a wrong password', connectFrame({ auth: { password: 'nope' } }), wrongToken, 1008],
    ['a node without a device', connectFrame({ role: 'node', client: { ...client, id: 'node-host', mode: 'node' } }), noDevice, 1008],
    ['the terminal UI without a device', connectFrame({ client: { ...client, id: 'openclaw-tui', mode: 'ui' } }), noUiDevice, 1008],
  ];

  for (const [what, frame, error, code, reason] of refusals) {
    test(`${what}: ${error ? `${error.details?.code ?? error.code}, ` : ''}close ${code}`, async () => {
      const { send, heard, closed } = await open();

      send(frame);
      const close = await closed();

      const answers = heard.items.filter((item) => item.type === 'res');
      assert.deepEqual(answers, error ? [{ type: 'res', id: 'c1', ok: false, error }] : []);
      assert.deepEqual(answers.flatMap((answer) => gatewayFrameFaults(answer, 'connect')), []);
      assert.deepEqual(close, { code, reason: reason ?? error.message });
    });
  }

  test('nothing at all: close 1000 when the time for the handshake is over', async () => {
    const { closed } = await open();

    assert.deepEqual(await closed(), { code: 1000, reason: '' });
  });
});

describe('After the hello', () => {
  // what | the frame | the id of the answer, or none | its error, or none when it succeeds
  const frames = [
    ['text that is not JSON', '{"type":"req","id":'],
    ['an empty text', ''],
    ['bytes that are not JSON', Buffer.from([1, 2, 3, 4])],
    ['a request in a binary message', Buffer.from('{"type":"req","id":"b1","method":"health"}'), 'b1'],
    ['a list', [1, 2, 3], 'invalid', badFrame('must be object')],
    ['a request without an id', { type: 'req', method: 'health' }, 'invalid', badFrame("must have required property 'id'")],
    ['a request with a number as its id', request(5, 'health'), 5, badFrame('at /id: must be string')],
    ['a request with one more field', { ...request('e1', 'health'), bogus: 1 }, 'e1', badFrame("at root: unexpected property 'bogus'")],
    // OpenClaw names only the first field that is missing, Chela all of them: the event has a method, so that only one is.
    ['an event', { type: 'event', event: 'foo', method: 'x' }, 'invalid',
      badFrame("must have required property 'id'; at root: unexpected property 'event'; at /type: must be equal to constant")],
    ['a response', { type: 'res', id: 'x', ok: true }, 'x',
      badFrame("must have required property 'method'; at root: unexpected property 'ok'; at /type: must be equal to constant")],
    ['a second connect', { ...connectFrame(), id: 'c2' }, 'c2', invalid('connect is only valid as the first request')],
    ['an unknown method', request('r1', 'no.such.method'), 'r1', invalid('unknown method: no.such.method')],
    ['a parameter of the wrong type', request('r1', 'sessions.list', { limit: 'x' }), 'r1',
      invalid('invalid sessions.list params: at /limit: must be integer')],
    ['a parameter that is not known', request('r1', 'chat.send', { ...message, bogus: 1 }), 'r1',
      invalid("invalid chat.send params: at root: unexpected property 'bogus'")],
    ['a message without text', request('r1', 'chat.send', { ...message, message: '' }), 'r1', invalid('message or attachment required')],
    ['parameters that are null', request('r1', 'sessions.list', null), 'r1'],
    ['health with a parameter that is not known', request('r1', 'health', { bogus: 1 }), 'r1'],
  ];

  for (const [what, frame, id, error] of frames) {
    test(`${what}: ${error?.message ?? (id ? 'answered' : 'ignored')}`, async () => {
      const { send, heard, answer } = await connected();

      send(frame);
      send(request('after', 'health'));
      await answer('after');

      const answers = heard.items.filter((item) => item.type === 'res' && !['c1', 'after'].includes(item.id));
      assert.deepEqual(answers.map((item) => item.id), id === undefined ? [] : [id]);
      assert.deepEqual(answers[0]?.error, error);
    });
  }

  test('a frame over the limit that the hello named: close 1009', async () => {
    const { send, hello, closed } = await connected();

    send(request('big', 'health', { x: 'y'.repeat(hello.policy.maxPayload) }));

    assert.equal((await closed()).code, 1009);
  });

  test('a method whose scope the client did not ask for: MISSING_SCOPE', async () => {
    const { send, answer } = await connected({ scopes: ['operator.read'] });

    send(request('r1', 'chat.send', message));
    const { error } = await answer('r1');

    assert.deepEqual(error, {
      code: 'FORBIDDEN',
      message: 'missing scope: operator.write',
      details: { code: 'MISSING_SCOPE', missingScope: 'operator.write', requiredScopes: ['operator.write'] },
    });
  });

  test('answers to requests before an empty text do not wait for the next frame', async () => {
    const { socket, send, answer } = await connected();

    socket._socket.cork(); // both in one packet
    send(request('r1', 'health'));
    send('');
    socket._socket.uncork();

    assert.equal((await answer('r1')).ok, true);
  });
});

describe('The hello', () => {
  for (const [range, protocol] of [[[3, 3], 3], [[4, 4], 4], [[3, 4], 4], [[1, 3], 3], [[4, 9], 4]]) {
    test(`a client that speaks ${range.join(' to ')} gets protocol ${protocol}`, async () => {
      const { hello } = await connected({ minProtocol: range[0], maxProtocol: range[1] });

      assert.equal(hello.protocol, protocol);
    });
  }

  for (const path of ['/', '/ws', '/gateway', '/nope/x']) {
    test(`the path ${path} is as good as any`, async () => {
      const { hello } = await connected({}, path);

      assert.equal(hello.type, 'hello-ok');
    });
  }

  test('the challenge carries a nonce of its own and the time, and no number', async () => {
    const [first, second] = await Promise.all([open(), open()]);

    assert.notEqual(first.challenge.payload.nonce, second.challenge.payload.nonce);
    assert.ok(Math.abs(first.challenge.payload.ts - Date.now()) < 60_000);
    assert.equal(first.challenge.seq, undefined);
  });

  test('a client that is neither a back end nor the command line gets no scopes without a device', async () => {
    const { hello } = await connected({ client: { ...client, id: 'test', mode: 'test' } });

    assert.deepEqual(hello.auth.scopes, []);
  });
});
