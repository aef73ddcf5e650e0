// A command that goes on until it is told to stop: what it has printed so far, and a way to talk to it.

import { once } from 'node:events';

/** Such commands take long to start: they load much. */
const patienceMs = 120_000;

/** What terminals are told beside the text: colours, places, titles. */
const sequences = /\x1b(?:\[[0-9;?<>=]*[a-zA-Z]|[\]_][^\x07\x1b]*(?:\x07|\x1b\\)|[=>])/g;

/** Ends a process and those that it started. */
export function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // it has no group, or has ended
  }
}

export class RunningCommand {
  #child;
  #printed = '';
  #look = () => {};

  constructor(child) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        this.#printed += text;
        this.#look();
      });
    }

    child.on('exit', () => this.#look());
  }

  /** What it printed, without colours and the like. */
  get text() {
    return this.#printed.replace(sequences, '');
  }

  /** The part of the text that the pattern finds, as soon as it is there. */
  printed(pattern) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${pattern} was not printed, but:\n${this.text.slice(-4000)}`)), patienceMs);
      this.#look = () => {
        const found = pattern.exec(this.text);
        if (found) {
          clearTimeout(timer);
          resolve(found);
        } else if (this.#child.exitCode !== null) {
          clearTimeout(timer);
          reject(new Error(`it ended with ${this.#child.exitCode} and printed:\n${this.text.slice(-4000)}`));
        }
      };
      this.#look();
    });
  }

  write(text) {
    this.#child.stdin.write(text);
  }

  /** Asks over JSON-RPC, a message on each line, as agents and tools are spoken to; gives the result. */
  async ask(id, method, params) {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const [line] = await this.printed(new RegExp(`^\\{.*"id":${id}[,}].*$`, 'm'));
    return JSON.parse(line).result;
  }

  /** Closes its input and waits for its end; gives the exit code. */
  async finish() {
    this.#child.stdin.end();
    return this.#child.exitCode ?? (await once(this.#child, 'exit'))[0];
  }

  stop() {
    endGroup(this.#child);
  }
}
