// A channel for Chela: people connect by TCP (nc 127.0.0.1 7070), say their name in the first line, and chat in the next ones.
//
//   node dist/tcp-chat.js [port]

import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Later, receive, serve, tell, type Target } from './gateway.js';

const port = Number(process.argv[2] ?? 7070);
const people = new Map<string, Socket>();

const server = createServer((socket) => {
  const lines = createInterface({ input: socket });
  let name: string | undefined;
  lines.on('line', async (line) => {
    if (name === undefined) {
      name = line.trim();
      people.set(name, socket);
      return;
    }

    if (line.trim() === '') {
      return;
    }

    const { accepted } = await receive({ id: randomUUID(), chat: name, sender: name, text: line });
    if (!accepted) {
      console.error(`${name} may not speak here`); // standard error is the gateway's log
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (name !== undefined && people.get(name) === socket) {
      people.delete(name);
    }
  });
});

serve({
  initialize: () => {
    server.listen(port, '127.0.0.1', () => tell('connected'));
    server.on('error', (error) => tell('refused', { reason: error.message }));
    return { maxChars: 2000 };
  },
  ping: () => ({}),
  probe: () => ({ who: `tcp port ${port}` }),
  send: ({ to, text }: { to: Target; text: string }) => {
    const socket = people.get(to.chat);
    if (!socket) {
      throw new Later(`${to.chat} is not connected`, 5000);
    }

    socket.write(`${text}\n`);
    return {};
  },
  shutdown: () => setTimeout(() => process.exit(0)) && {},
});
