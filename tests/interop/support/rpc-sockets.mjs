// Open sockets at /rpc, and what came over them.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { token } from './gateway.mjs';
import { Arrivals, soon } from './wait.mjs';

/** The standard's error codes, and the gateway's own for a call that needs a login. */
export const codes = { parse: -32700, invalidRequest: -32600, unknownMethod: -32601, invalidParams: -32602, unauthenticated: -32001 };

export class RpcSockets {
  #gateway;
  #open = [];

  constructor(gateway) {
    this.#gateway = gateway;
  }

  /** An open socket and every message that came over it, parsed; at the end `{closed: {code, reason}}`. */
  async open({ shown = token, query = '' } = {}) {
    const headers = shown ? { Authorization: `Bearer ${shown}` } : {};
    const socket = new WebSocket(`${this.#gateway.url}/rpc${query}`, { headers, perMessageDeflate: false });
    const heard = new Arrivals();
    socket.on('message', (data) => heard.add(JSON.parse(`${data}`)));
    socket.on('close', (code, reason) => heard.add({ closed: { code, reason: `${reason}` } }));
    this.#open.push(socket);
    await soon(once(socket, 'open'), 'opening');
    return { socket, heard };
  }

  closeAll() {
    this.#open.splice(0).forEach((socket) => socket.terminate());
  }
}
