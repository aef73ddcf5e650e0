// requirement: W9, K3
// OpenClaw's own client library reads and changes the configuration; every frame that passes is held against the published schema.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GatewayClient } from '@openclaw/gateway-client';
import { assertFramesFit } from './support/frame-watch.mjs';
import { Gateway, token } from './support/gateway.mjs';
import { RecordingProxy } from './support/recording-proxy.mjs';
import { soon } from './support/wait.mjs';

let gateway;
let proxy;
let client;

before(async () => {
  gateway = await Gateway.start();
  proxy = await RecordingProxy.start(() => gateway.url);
  await soon(new Promise((resolve, reject) => {
    client = new GatewayClient({
      url: proxy.url,
      token,
      clientName: 'gateway-client',
      mode: 'backend',
      scopes: ['operator.admin', 'operator.read', 'operator.write'],
      deviceIdentity: null,
      onHelloOk: resolve,
      onConnectError: reject,
    });
    client.start();
  }), 'hello');
});

after(async () => {
  await client.stopAndWait({ timeoutMs: 2000 }).catch(() => {});
  proxy.stop();
  await gateway.dispose();
});

const request = (method, params = {}) => soon(client.request(method, params), method);

test('The configuration is read, set, patched and applied, each change on top of the one before', async () => {
  const empty = await request('config.get');
  const set = await request('config.set', { raw: '{\n  // Mine.\n  "session": { "mainKey": "one" }\n}\n' });
  const patched = await request('config.patch', { raw: '{"messages":{"queue":{"cap":7}}}', baseHash: set.hash });
  const read = await request('config.get');
  const applied = await request('config.apply', { raw: read.raw.replace('"one"', '"two"'), baseHash: read.hash });

  assert.deepEqual([empty.exists, empty.raw, empty.valid], [false, null, true]);
  assert.deepEqual(patched.changedPaths, ['messages.queue.cap']);
  assert.equal(read.hash, patched.hash);
  assert.match(read.raw, /\/\/ Mine\./);
  assert.equal(applied.config.session.mainKey, 'two');
  assert.equal(applied.config.messages.queue.cap, 7);
  await assert.rejects(request('config.set', { raw: '{}', baseHash: read.hash }), /config changed since last load/);
});

test('The schema is told whole and in parts', async () => {
  const { schema, uiHints } = await request('config.schema');
  const session = await request('config.schema.lookup', { path: 'session' });
  const model = await request('config.schema.lookup', { path: 'agents.list[0].model' });

  assert.equal(schema.type, 'object');
  assert.ok(uiHints['gateway.auth.token'].sensitive);
  assert.ok(session.children.some((child) => child.path === 'session.mainKey' && child.reloadKind === 'hot'));
  assert.equal(model.path, 'agents.list.0.model');
  await assert.rejects(request('config.schema.lookup', { path: 'session.nope' }), /config schema path not found/);
});

test('Every frame fits the published schema', () => {
  assertFramesFit(proxy);
});
