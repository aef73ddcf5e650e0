// The gateway's end of the conversation: JSON-RPC 2.0 over standard input and output, a message in each line.
// docs/guides/sidecar.md describes the protocol.

import { createInterface } from 'node:readline';

/** A call of the gateway fails with this where the message should be sent again later. */
export class Later extends Error {
  constructor(message: string, readonly retryAfterMs?: number) {
    super(message);
  }
}

export interface Target {
  chat: string;
  kind: 'direct' | 'group' | 'channel';
  thread?: string;
}

export interface Inbound {
  id: string;
  chat: string;
  sender: string;
  text: string;
  kind?: 'direct' | 'group' | 'channel';
  senderName?: string;
  mention?: boolean;
  files?: { name?: string; mimeType?: string; content: string }[];
}

type Answers = Record<string, (params: any) => unknown>;

const waiting = new Map<number, { resolve: (result: any) => void; reject: (error: Error) => void }>();
let lastId = 0;

/** Answers the gateway's calls until it closes the connection. */
export function serve(answers: Answers): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void take(JSON.parse(line), answers));
  lines.on('close', () => process.exit(0));
}

/** Tells the gateway something that needs no answer. */
export const tell = (method: string, params: object = {}): void => write({ method, params });

/** Brings a message; resolves when it is on the gateway's disk. Until then the platform keeps it. */
export const receive = (message: Inbound): Promise<{ accepted: boolean }> =>
  new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    write({ id, method: 'receive', params: message });
  });

async function take(message: any, answers: Answers): Promise<void> {
  if (message.method === undefined) {
    const caller = waiting.get(message.id);
    waiting.delete(message.id);
    message.error ? caller?.reject(new Error(message.error.message)) : caller?.resolve(message.result);
    return;
  }

  try {
    const answer = answers[message.method];
    if (!answer) {
      throw Object.assign(new Error(`there is no method ${message.method}`), { code: -32601 });
    }

    write({ id: message.id, result: (await answer(message.params)) ?? {} });
  } catch (error: any) {
    const code = error instanceof Later ? -32001 : (error.code ?? -32000);
    write({ id: message.id, error: { code, message: error.message, data: { retryAfterMs: error.retryAfterMs } } });
  }
}

const write = (message: object): void => void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
