// requirement: W5, W9, A1, A2
// OpenClaw's own client library with a device: pairing with and without somebody's approval, the device's own token, and its end.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { GatewayClient } from '@openclaw/gateway-client';
import { Device } from './support/device.mjs';
import { assertFramesFit } from './support/frame-watch.mjs';
import { Gateway, token } from './support/gateway.mjs';
import { RecordingProxy } from './support/recording-proxy.mjs';
import { Arrivals, soon } from './support/wait.mjs';

const read = ['operator.read'];

let gateway;
/** The way of a client on this machine, and of one that somebody forwarded and that is a stranger therefore. */
let near;
let far;
const clients = [];

before(async () => {
  gateway = await Gateway.start();
  near = await RecordingProxy.start(() => gateway.url);
  far = await RecordingProxy.start(() => gateway.url, { 'X-Forwarded-For': '192.0.2.7' });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stopAndWait({ timeoutMs: 2000 }).catch(() => {})));
});

after(async () => {
  near.stop();
  far.stop();
  await gateway.dispose();
});

/** A client that has begun to connect, and what it reports. */
function start(options) {
  const heard = new Arrivals();
  const client = new GatewayClient({
    url: near.url,
    onHelloOk: (hello) => heard.add({ hello }),
    onConnectError: (error) => heard.add({ error }),
    onReconnectPaused: (paused) => heard.add({ paused }),
    onEvent: (event) => heard.add({ event }),
    onClose: (code, reason) => heard.add({ closed: { code, reason } }),
    ...options,
  });
  clients.push(client);
  client.start();
  const first = async (what) => (await heard.first((item) => item[what], what))[what];
  const event = async (name) => (await heard.first((item) => item.event?.event === name, name)).event.payload;
  return { heard, first, event, request: (method, params) => soon(client.request(method, params), method) };
}

function startDevice(device, options = {}) {
  return start({
    clientName: 'test', mode: 'ui', scopes: read, deviceIdentity: device.identity, hostDeps: device.hostDeps, token, ...options,
  });
}

/** Somebody on this machine who may approve and revoke. */
async function owner() {
  const client = start({ clientName: 'gateway-client', mode: 'backend', scopes: ['operator.admin'], deviceIdentity: null, token });
  await client.first('hello');
  return client;
}

/** A device of this machine that has been paired, and its client. */
async function paired() {
  const device = new Device();
  const client = startDevice(device);
  const hello = await client.first('hello');
  return { device, client, hello };
}

test('A device on this machine is paired at once, and comes again with its own token alone', async () => {
  const { device, hello } = await paired();

  const again = startDevice(device, { token: undefined });
  const second = await again.first('hello');

  assert.deepEqual(hello.auth.scopes, read);
  assert.equal(device.tokens.get('operator').token, hello.auth.deviceToken);
  assert.equal(second.auth.role, 'operator');
  assert.equal((await again.request('health', {})).ok, true);
});

test('A stranger waits until a second client has approved it', async () => {
  const approver = await owner();
  const device = new Device();

  const refused = startDevice(device, { url: far.url });
  const error = await refused.first('error');
  const requested = await approver.event('device.pair.requested');
  const { pending } = await approver.request('device.pair.list', {});
  const approved = await approver.request('device.pair.approve', { requestId: requested.requestId });
  const resolved = await approver.event('device.pair.resolved');
  const admitted = startDevice(device, { url: far.url });
  const hello = await admitted.first('hello');

  assert.equal(error.gatewayCode, 'NOT_PAIRED');
  assert.equal(error.details.code, 'PAIRING_REQUIRED');
  assert.equal(error.details.reason, 'not-paired');
  assert.equal(error.details.requestId, requested.requestId);
  assert.equal((await refused.first('closed')).code, 1008);
  assert.equal(requested.deviceId, device.id);
  assert.ok(pending.some((row) => row.requestId === requested.requestId));
  assert.equal(approved.requestId, requested.requestId);
  assert.equal(resolved.decision, 'approved');
  assert.deepEqual(hello.auth.scopes, read);
  assert.ok(device.tokens.has('operator'));
});

test('A stranger who is rejected stays outside, and asks anew', async () => {
  const approver = await owner();
  const device = new Device();
  const { details } = await startDevice(device, { url: far.url }).first('error');

  await approver.request('device.pair.reject', { requestId: details.requestId });
  const again = await startDevice(device, { url: far.url }).first('error');

  assert.equal((await approver.event('device.pair.resolved')).decision, 'rejected');
  assert.equal(again.details.code, 'PAIRING_REQUIRED');
  assert.notEqual(again.details.requestId, details.requestId);
});

test('A device whose token is revoked is cut off at once with 4001, and its token is worth nothing any more', async () => {
  const approver = await owner();
  const { device, client } = await paired();
  const stored = device.tokens.get('operator').token;

  await approver.request('device.token.revoke', { deviceId: device.id, role: 'operator' });
  const closed = await client.first('closed');
  device.tokens.clear();
  const again = startDevice(device, { token: undefined, deviceToken: stored });
  const error = await again.first('error');

  assert.equal(closed.code, 4001);
  assert.ok(closed.reason.length > 0);
  assert.equal(error.details.code, 'AUTH_DEVICE_TOKEN_MISMATCH');
  assert.equal((await again.first('closed')).code, 1008);
});

test('A device whose token is rotated by somebody else is cut off, and gets the new one only with the secret', async () => {
  const approver = await owner();
  const { device, client } = await paired();
  const old = device.tokens.get('operator').token;

  const rotated = await approver.request('device.token.rotate', { deviceId: device.id, role: 'operator' });
  const closed = await client.first('closed');
  const error = await startDevice(device, { token: undefined }).first('error');
  const hello = await startDevice(device).first('hello');

  assert.equal(rotated.token, undefined);
  assert.equal(closed.code, 4001);
  assert.equal(error.details.code, 'AUTH_DEVICE_TOKEN_MISMATCH');
  assert.notEqual(hello.auth.deviceToken, old);
});

test('A device that rotates its own token is told the new one, and comes back with it', async () => {
  const device = new Device();
  const client = startDevice(device, { scopes: ['operator.pairing'] });
  const { auth } = await client.first('hello');

  const rotated = await client.request('device.token.rotate', { deviceId: device.id, role: 'operator' });
  const closed = await client.first('closed');
  device.tokens.set('operator', { token: rotated.token, scopes: rotated.scopes });
  const hello = await startDevice(device, { scopes: ['operator.pairing'], token: undefined }).first('hello');

  assert.notEqual(rotated.token, auth.deviceToken);
  assert.equal(closed.code, 4001);
  assert.equal(hello.auth.deviceToken, rotated.token);
});

test('A device may not have more than was approved', async () => {
  const { device } = await paired();

  const asking = startDevice(device, { url: far.url, scopes: ['operator.admin'] });
  const error = await asking.first('error');

  assert.equal(error.details.code, 'PAIRING_REQUIRED');
  assert.equal(error.details.reason, 'scope-upgrade');
});

test('A device and its token outlive the gateway, killed and started again', async () => {
  const { device, client } = await paired();

  await gateway.kill();
  await client.first('closed');
  await gateway.startAgain();
  const again = await startDevice(device, { token: undefined }).first('hello');

  assert.deepEqual(again.auth.scopes, read);
});

// The last test: it looks back on all of the above.
test('Every frame of the gateway satisfies the published schema, and so does every request that it accepted', () => {
  assertFramesFit(near);
  assertFramesFit(far);
});
