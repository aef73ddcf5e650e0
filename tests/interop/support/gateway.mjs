// The real gateway in a process of its own, with a state directory of its own and none of this machine's settings.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const executable = process.env.CHELA_EXECUTABLE;
const patienceMs = 30_000;
const running = new Set();

/** Shown by every client; at least 16 characters, as the gateway asks. */
export const token = 'interop-token-0123456789abcdef';

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Gateway {
  #child;
  #home;
  #log = [];
  #variables;

  constructor(home, variables) {
    this.#home = home;
    this.#variables = variables;
    this.port = 0;
    this.tlsFingerprint = null;
  }

  /** Starts a gateway and waits until it is ready. The variables are added to its environment. */
  static async start(variables = {}) {
    if (!executable) {
      throw new Error('CHELA_EXECUTABLE must name the built executable; `dotnet test` sets it');
    }

    const gateway = new Gateway(await mkdtemp(join(tmpdir(), 'chela-interop-')), variables);
    await gateway.startAgain();
    return gateway;
  }

  get url() {
    return `${this.tlsFingerprint ? 'wss' : 'ws'}://127.0.0.1:${this.port}`;
  }

  get http() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts on the port and the state directory that it had before. */
  async startAgain() {
    const args = ['gateway', 'run', '--port', `${this.port}`, '--state-dir', join(this.#home, 'state'), '--token', token, '--no-safe-mode'];
    this.#child = spawn(executable, args, { env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.stderr.on('data', (text) => this.#log.push(`${text}`));
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => {
      this.#log.push(`${line}\n`);
      this.tlsFingerprint = /^ {2}tls +SHA-256 (\w+)$/.exec(line)?.[1] ?? this.tlsFingerprint;
    });
    this.port = await Promise.race([portIn(lines), this.#failure()]);
    await this.#untilReady();
  }

  /** Ends the process in mid-air, as a power cut would. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Asks the process to stop, and gives its exit code. */
  async stop() {
    return await this.#end('SIGTERM');
  }

  /** Ends the process and removes what it stored. */
  async dispose() {
    await this.#end('SIGKILL');
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }); // a program that is ending may still write
  }

  async #end(signal) {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }

    running.delete(child);
    return child.exitCode;
  }

  /** No authority vouches for the certificate; who asks here only wants to know whether somebody answers. */
  async #probeTls() {
    const request = get(`https://127.0.0.1:${this.port}/readyz`, { rejectUnauthorized: false });
    const [response] = await once(request, 'response').catch(() => []);
    response?.resume();
    return response?.statusCode;
  }

  #environment() {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(CHELA|OPENAI|ANTHROPIC|NODE)_/.test(name));
    return { ...Object.fromEntries(inherited), HOME: this.#home, ...this.#variables };
  }

  async #failure() {
    const [code] = await once(this.#child, 'exit');
    throw new Error(`the gateway ended with ${code}:\n${this.#log.join('')}`);
  }

  async #untilReady() {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(20)) {
      const status = this.tlsFingerprint ? await this.#probeTls() : (await fetch(`${this.http}/readyz`).catch(() => null))?.status;
      if (status === 200) {
        return;
      }
    }

    throw new Error(`the gateway did not become ready:\n${this.#log.join('')}`);
  }
}

async function portIn(lines) {
  for await (const line of lines) {
    const address = /listens on wss?:\/\/[^:]+:(\d+)/.exec(line);
    if (address) {
      return Number(address[1]);
    }
  }

  return await new Promise(() => {}); // it ended before; the caller hears of that
}
