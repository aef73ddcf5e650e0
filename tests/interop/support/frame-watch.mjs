// Holds everything that passed a recording proxy against the published schema.

import assert from 'node:assert/strict';
import { gatewayFrameFaults, requestFaults } from './schema.mjs';

/** Fails when a frame does not fit; gives the kinds of frames that passed: names of events, and `res`. */
export function assertFramesFit(proxy) {
  const asked = new Map(proxy.clientFrames.map(({ connection, frame }) => [`${connection} ${frame.id}`, frame]));
  const older = new Set(proxy.gatewayFrames.filter(({ frame }) => frame.payload?.protocol === 3).map(({ connection }) => connection));
  const numbers = new Map();
  const seen = new Set();
  const faults = [];
  for (const { connection, frame, isBinary } of proxy.gatewayFrames.filter((item) => !older.has(item.connection))) {
    const request = asked.get(`${connection} ${frame.id}`);
    assert.equal(isBinary, false);
    faults.push(...gatewayFrameFaults(frame, request?.method).map((fault) => `${fault} in the gateway's ${JSON.stringify(frame).slice(0, 2000)}`));
    if (frame.ok) {
      faults.push(...requestFaults(request).map((fault) => `${fault} in the accepted ${JSON.stringify(request).slice(0, 2000)}`));
    }

    if (frame.seq !== undefined) {
      assert.equal(frame.seq, (numbers.get(connection) ?? 0) + 1, 'the number of an event on its connection');
      numbers.set(connection, frame.seq);
    }

    seen.add(frame.event ?? frame.type);
  }

  assert.deepEqual(faults, []);
  return seen;
}
