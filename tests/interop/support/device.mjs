// A device as a client keeps it: a key, and the tokens that gateways gave it.

import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** The last 32 bytes of an Ed25519 key in SPKI form are the key itself. */
const rawKey = (pem) => createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(-32);

export class Device {
  tokens = new Map();

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    this.id = createHash('sha256').update(rawKey(publicKeyPem)).digest('hex');
    this.identity = { deviceId: this.id, publicKeyPem, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  }

  /** What OpenClaw's client asks its host for. */
  get hostDeps() {
    return {
      signDevicePayload: (privateKeyPem, payload) => sign(null, Buffer.from(payload), privateKeyPem).toString('base64url'),
      publicKeyRawBase64UrlFromPem: (pem) => rawKey(pem).toString('base64url'),
      loadDeviceAuthToken: ({ role }) => this.tokens.get(role) ?? null,
      storeDeviceAuthToken: ({ role, token, scopes }) => this.tokens.set(role, { token, scopes }),
      clearDeviceAuthToken: ({ role }) => this.tokens.delete(role),
    };
  }
}
