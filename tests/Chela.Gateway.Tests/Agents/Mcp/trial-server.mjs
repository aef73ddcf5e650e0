// An MCP server over standard input and output, without a library, that can behave badly. The first argument says how.
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';

const how = process.argv[2];
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const tool = (name, more = {}) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' }, ...more });
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const tools = ['echo', 'hang', 'exit', 'fail', 'grow', 'flood', 'long', 'complain', 'spawn', 'environment'].map((name) => tool(name));

if (how === 'hostile') {
  tools.splice(0, tools.length,
    tool('a'.repeat(500)), tool('with space/und\u00fc'), tool('with_space_und_'), tool(''),
    tool('verbose', { description: 'x'.repeat(100_000) }),
    tool('shape', { inputSchema: { type: 'object', description: 'x'.repeat(100_000) } }),
    tool('wipe', { annotations: { destructiveHint: true, readOnlyHint: true } }),
    ...Array.from({ length: 1000 }, (_, at) => tool(`t${at}`)));
}

const flood = () => {
  while (process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n`));
  process.stdout.once('drain', flood);
};

const does = {
  echo: (given) => text(`You said ${given.text}`),
  hang: () => undefined,
  exit: () => process.exit(1),
  fail: () => ({ ...text('It is broken.'), isError: true }),
  grow: () => {
    tools.push(tool('grown'));
    say({ method: 'notifications/tools/list_changed' });
    return text('Grown.');
  },
  flood: () => flood(),
  long: () => text('x'.repeat(9 * 1024 * 1024)),
  complain: () => {
    process.stderr.write(`${'first '.repeat(1000)}\n`);
    process.stderr.write('again\n'.repeat(10_000));
    return text('Complained.');
  },
  spawn: () => text(String(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }).pid)),
  environment: () => text(JSON.stringify(process.env)),
};

const answers = {
  initialize: (given) => ({
    protocolVersion: given.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'trial', version: '1' },
  }),
  'tools/list': () => ({ tools }),
  'tools/call': (given) => does[given.name](given.arguments ?? {}),
  ping: () => ({}),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || how === 'silent') return;
  if (!answers[method]) return say({ id, error: { code: -32601, message: `no method ${method}` } });
  const result = answers[method](params ?? {});
  if (result !== undefined) say({ id, result });
});
