// requirement: A7, W5
// OpenClaw's own client library over TLS, with the certificate that the gateway made for itself.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GatewayClient } from '@openclaw/gateway-client';
import { Gateway, token } from './support/gateway.mjs';
import { Arrivals, soon } from './support/wait.mjs';

let gateway;

before(async () => {
  gateway = await Gateway.start({ CHELA_GATEWAY__TLS__ENABLED: 'true' });
});

after(() => gateway.dispose());

function start(tlsFingerprint) {
  const heard = new Arrivals();
  const client = new GatewayClient({
    url: gateway.url,
    token,
    tlsFingerprint,
    clientName: 'gateway-client',
    mode: 'backend',
    scopes: ['operator.read'],
    deviceIdentity: null,
    onHelloOk: (hello) => heard.add({ hello }),
    onConnectError: (error) => heard.add({ error }),
  });
  client.start();
  return { client, heard };
}

test('The npm client connects with the fingerprint that the gateway printed, and calls', async () => {
  const { client, heard } = start(gateway.tlsFingerprint);
  try {
    await heard.first(({ hello }) => hello, 'hello');
    assert.equal((await soon(client.request('health', {}), 'health')).ok, true);
  } finally {
    await client.stopAndWait({ timeoutMs: 2000 });
  }
});

test('The npm client does not connect with another fingerprint', async () => {
  const { client, heard } = start('0'.repeat(64));
  try {
    const { error, hello } = await heard.first((item) => item.error ?? item.hello, 'an error');
    assert.equal(hello, undefined);
    assert.match(`${error}`, /fingerprint/i);
  } finally {
    await client.stopAndWait({ timeoutMs: 2000 });
  }
});
