// OpenClaw's command line in a home of its own, which knows the gateway as a remote one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { token } from './gateway.mjs';
import { endGroup, RunningCommand } from './running-command.mjs';

/** Its first run compiles much, and keeps it in its temporary folder. */
const limitMs = 240_000;
const running = new Set();

process.on('exit', () => running.forEach(endGroup));

export class OpenClawCli {
  #installed;
  #home;
  #variables;

  constructor(installed, home, url, variables) {
    this.#installed = installed;
    this.#home = home;
    this.#variables = variables;
    this.url = url;
  }

  /**
   * @param installed The folder with node_modules in it.
   * @param hasPlugins Whether it reads those that it brings along; the old generation compiles them all first, for half a minute.
   */
  static async of(installed, url, { hasPlugins = true } = {}) {
    const home = await mkdtemp(join(tmpdir(), 'chela-openclaw-'));
    await mkdir(join(home, '.openclaw'));
    const remote = { gateway: { mode: 'remote', remote: { url, token } } };
    await writeFile(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(remote));
    const variables = hasPlugins ? {} : { OPENCLAW_BUNDLED_PLUGINS_DIR: join(home, 'none') };
    return new OpenClawCli(join(installed, 'node_modules'), home, url, variables);
  }

  /** Where it keeps what is its own. */
  get home() {
    return this.#home;
  }

  /** Address and token, for a command that is to use no configuration. */
  get target() {
    return ['--url', this.url, '--token', token];
  }

  /** Runs a command; gives how it ended and what it printed. */
  async run(...args) {
    const child = this.#spawn(...this.#program, ...args);
    child.stdin.end();
    const printed = { output: '', error: '' };
    child.stdout.on('data', (text) => (printed.output += text));
    child.stderr.on('data', (text) => (printed.error += text));
    const [code, signal] = await once(child, 'close');
    return { code: code ?? signal, ...printed };
  }

  /** The same, for a command that is to succeed. */
  async succeed(...args) {
    const ended = await this.run(...args);
    assert.equal(ended.code, 0, JSON.stringify(ended));
    return ended.output;
  }

  /** The same, for one that prints one JSON value. */
  async json(...args) {
    return JSON.parse(await this.succeed(...args));
  }

  /** Starts a command that stays, with its standard input open. */
  start(...args) {
    return new RunningCommand(this.#spawn(...this.#program, ...args));
  }

  /** The same in a terminal of its own. */
  startInTerminal(...args) {
    return new RunningCommand(this.#spawn('script', '--quiet', '--flush', '--return', '--command', [...this.#program, ...args].join(' '), '/dev/null'));
  }

  async dispose() {
    running.forEach(endGroup);
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }); // a program that is ending may still write
  }

  /** The command line, and the newest Node at hand to run it: the one from npm, or the one that runs this suite. */
  get #program() {
    const platform = process.platform === 'win32' ? 'win' : process.platform;
    const file = join(this.#installed, `node-${platform}-${process.arch}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return [existsSync(file) ? file : process.execPath, join(this.#installed, 'openclaw', 'openclaw.mjs')];
  }

  #spawn(program, ...args) {
    const child = spawn(program, args, {
      env: {
        PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, HOME: this.#home, USERPROFILE: this.#home, TMPDIR: this.#home, NO_COLOR: '1',
        TERM: 'xterm', OPENCLAW_GATEWAY_TOKEN: token, ...this.#variables,
      },
      timeout: limitMs,
      killSignal: 'SIGKILL',
      detached: true, // a group of its own: the command starts further processes
    });
    running.add(child);
    child.on('exit', () => running.delete(child));
    return child;
  }
}
