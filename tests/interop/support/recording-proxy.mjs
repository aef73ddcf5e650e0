// Stands between a client and the gateway, passes every message and close code on, and keeps what it passed.

import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { Arrivals } from './wait.mjs';

export class RecordingProxy {
  /** Everything that passed: `{connection, from: 'client' | 'gateway', text}`, and `{connection, closed: {code, reason}}`. */
  passed = new Arrivals();
  #server;
  #connections = 0;
  #headers;

  /** The headers go with every connection to the gateway; what was forwarded is nobody local, for example. */
  static async start(target, headers = {}) {
    const proxy = new RecordingProxy();
    proxy.#headers = headers;
    proxy.#server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 64 * 1024 * 1024 });
    proxy.#server.on('connection', (client) => proxy.#join(client, target()));
    await once(proxy.#server, 'listening');
    proxy.url = `ws://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  /** The frames that the gateway sent, parsed. */
  get gatewayFrames() {
    return this.passed.items.filter((item) => item.from === 'gateway').map((item) => ({ ...item, frame: JSON.parse(item.text) }));
  }

  get clientFrames() {
    return this.passed.items.filter((item) => item.from === 'client').map((item) => ({ ...item, frame: JSON.parse(item.text) }));
  }

  stop() {
    this.#server.clients.forEach((client) => client.terminate());
    this.#server.close();
  }

  #join(client, url) {
    const connection = ++this.#connections;
    const gateway = new WebSocket(url, { headers: this.#headers, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
    const early = [];
    client.on('message', (data, isBinary) => {
      this.passed.add({ connection, from: 'client', text: `${data}` });
      const send = () => gateway.send(data, { binary: isBinary });
      gateway.readyState === WebSocket.CONNECTING ? early.push(send) : send();
    });
    gateway.on('open', () => early.forEach((send) => send()));
    gateway.on('message', (data, isBinary) => {
      this.passed.add({ connection, from: 'gateway', text: `${data}`, isBinary });
      client.send(data, { binary: isBinary });
    });
    gateway.on('error', () => client.terminate());
    gateway.on('close', (code, reason) => {
      this.passed.add({ connection, closed: { code, reason: `${reason}` } });
      passOn(client, code, reason);
    });
    client.on('error', () => gateway.terminate());
    client.on('close', (code, reason) => passOn(gateway, code, reason));
  }
}

function passOn(socket, code, reason) {
  if (code === 1006) {
    socket.terminate();
  } else if (code === 1005) {
    socket.close();
  } else {
    socket.close(code, reason);
  }
}
