// Makes the files beside this script from recordings of another gateway of the same protocol:
//     node derive.mjs ../../../../recordings
// A recording is a folder of .jsonl files for each generation (v3, v4): one object a line with `conn`, `dir` (open, send, recv, close) and
// `data`, the frame's text. What is kept are facts: what the client does, and the order, the shapes and the codes of what it hears. Leaves
// are named by their JSON type; a leaf that starts with "=" is kept as it was; "…" in an object stands for members that were cut away.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [source] = process.argv.slice(2);

/** Values that are part of the protocol, by their path in the frame. */
const exact = new RegExp(
  '^(type|event|ok|id|error\\.(code|message|retryable|details\\.(code|authReason|reason|recommendedNextStep|canRetryWithDeviceToken|missingScope|' +
    'clientMinProtocol|clientMaxProtocol|expectedProtocol|minimumProbeProtocol))|payload\\.(type|protocol|status|state|phase|stream|stopReason|' +
    'aborted|decision|data\\.phase|auth\\.(role|method)))$',
);
/** What comes by the clock or because of others, and has no place in the order. */
const timed = new Set(['tick', 'health', 'presence', 'device.pair.resolved', 'heartbeat']);
/** What the recorder waited for besides answers and the ends of runs. */
const awaited = { 'chat-abort': /^chat delta/, tick: /^tick/, 'shutdown-sigterm': /^shutdown/ };
const realToken = /^oc-bench-token-/;

for (const generation of ['v3', 'v4']) {
  mkdirSync(join(here, generation), { recursive: true });
  for (const file of readdirSync(join(source, generation)).filter((name) => name.endsWith('.jsonl'))) {
    const name = file.slice(0, -'.jsonl'.length);
    if (name !== 'http') {
      const rows = readFileSync(join(source, generation, file), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
      writeFileSync(join(here, generation, `${name}.json`), `${format(derive(generation, name, rows))}\n`);
    }
  }
}

function derive(generation, name, rows) {
  const steps = [];
  const heard = {};
  const closed = {};
  const methods = {};
  const opened = new Set();
  for (const row of rows) {
    if (row.note?.startsWith('SIGTERM')) {
      steps.push({ signal: 'SIGTERM' });
    } else if (row.dir === 'open') {
      opened.add(row.conn);
      heard[row.conn] = [];
      steps.push({ open: row.conn, ...wayIn(name) });
    } else if (row.dir === 'send') {
      const sent = request(generation, name, row.data);
      methods[sent.send?.id ?? binaryId(row.data)] = sent.send?.method ?? sent.method;
      steps.push({ on: row.conn, ...sent });
    } else if (row.dir === 'recv' && opened.has(row.conn)) {
      hear(name, heard[row.conn], steps, row, methods);
    } else if (row.dir === 'close' && opened.has(row.conn)) {
      // 1005 is the client's own goodbye; 1006 before the opening belongs to a connection of before.
      row.code === 1005 ? steps.push({ leave: row.conn }) : (closed[row.conn] = [row.code, row.reason]);
    }
  }

  return { steps, heard, closed };
}

function hear(name, heard, steps, row, methods) {
  const frame = parse(row.data);
  const kind = kindOf(frame, row.data, methods);
  const known = heard.find((item) => item.kind === kind);
  const shape = frame && shapeOf(isCalmed(kind) ? { ...frame, payload: {} } : frame, '');
  if (isCalmed(kind)) {
    shape.payload = 'anything';
  }

  if (!known) {
    heard.push({ kind, ...(shape && { shape }) });
    if (/^answer|challenge$|^chat (final|aborted|error)/.test(kind) || awaited[name]?.test(kind)) {
      steps.push({ on: row.conn, await: kind });
    }
  } else if (shape && known.shape) {
    known.shape = merge(known.shape, shape);
  }
}

/** A frame's name among all of its connection: `answer <id> <method>`, `chat <state>`, `agent <stream>`, or the event's. */
function kindOf(frame, text, methods) {
  if (!frame) {
    return /"event":"([^"]+)"/.exec(text)?.[1] ?? `answer ${/"id":"([^"]+)"/.exec(text)[1]}`;
  }

  if (frame.type === 'res') {
    return `answer ${frame.id} ${methods[frame.id] ?? ''}`.trim();
  }

  const { state, stream, phase, data } = frame.payload;
  return [frame.event, state ?? stream, phase ?? data?.phase].filter(Boolean).join(' ');
}

function wayIn(name) {
  const path = /^ws-path-(.*)/.exec(name)?.[1].replaceAll('_', '/');
  return { ...(path && { path }), ...(name === 'connect-bad-origin' && { origin: 'https://evil.example' }) };
}

/** What the client sends; secrets, devices and long fillings are named, not copied. */
function request(generation, name, text) {
  const filling = /^(.*?)y{50,}\.\.\.\((\d+) chars\)$/.exec(text);
  if (filling) {
    return { send: JSON.parse(`${filling[1]}~fill"}}`), fill: Number(filling[2]) - filling[1].length - 3 };
  }

  const binary = /^<binary (\d+) bytes>$/.exec(text);
  if (binary) {
    return Number(binary[1]) < 10 ? { bytes: Number(binary[1]) } : { binary: true, send: calm({ type: 'req', id: 'b1', method: 'last-heartbeat', params: {} }) };
  }

  const frame = parse(text);
  if (!frame || Array.isArray(frame)) {
    return { text };
  }

  return { send: frame.method === 'connect' && frame.params?.minProtocol ? connect(generation, name, frame) : calm(frame) };
}

function binaryId(text) {
  return /^<binary \d\d/.test(text) ? 'b1' : undefined;
}

/**
 * The recorder used a method of its gateway to see that a connection still works, for which any method does; and a word on which its
 * model answered slowly, for which the echo model has another.
 */
function calm(frame) {
  if (frame.params?.message?.startsWith('SLOWMODE')) {
    return { ...frame, params: { ...frame.params, message: `/slow 50 ${'lorem ipsum '.repeat(200).trim()}` } };
  }

  return frame.method === 'last-heartbeat' && frame.id !== 'r1' ? { ...frame, method: 'health' } : frame;
}

function isCalmed(kind) {
  return / (after|b1) health$/.test(kind);
}

function connect(generation, name, frame) {
  const params = structuredClone(frame.params);
  delete params.userAgent;
  delete params.locale;
  if (params.auth?.token) {
    params.auth.token = realToken.test(params.auth.token) ? '~token' : params.auth.token;
  }

  if (params.device) {
    params.device = deviceOf(generation, name, params.device);
  }

  if (generation === 'v3' && params.minProtocol === 3 && params.maxProtocol === 4) {
    params.maxProtocol = 3; // the older gateway took the lower end of the same range
  }

  return { ...frame, params };
}

function deviceOf(generation, name, device) {
  const fault = /^device-(.*)/.exec(name)?.[1];
  const signed = /^handshake-device-(v\d)/.exec(name)?.[1] ?? (generation === 'v3' ? 'v2' : 'v3');
  return ['~device', signed, ...(fault ? [fault] : []), ...(device.nonce === undefined ? ['no nonce'] : [])].join(' ');
}

function parse(text) {
  try {
    return JSON.parse(mended(text));
  } catch {
    return undefined;
  }
}

/** A frame that was cut in the middle, closed again where its last whole member ends; what was open is marked with "…". */
function mended(text) {
  const cut = text.lastIndexOf(' …cut… ');
  if (cut < 0) {
    return text;
  }

  let [end, open, isText, closing] = [0, [], false, ''];
  for (let at = 0; at < cut; at++) {
    const letter = text[at];
    if (isText) {
      at += letter === '\\' ? 1 : 0;
      isText = letter !== '"';
    } else if (letter === '"') {
      isText = true;
    } else if (letter === '{' || letter === '[') {
      open.push(letter);
    } else if (letter === '}' || letter === ']') {
      open.pop();
    } else if (letter === ',') {
      [end, closing] = [at, open.map((bracket) => (bracket === '{' ? ',"…":0}' : ']')).reverse().join('')];
    }
  }

  return text.slice(0, end) + closing;
}

function shapeOf(value, path) {
  if (exact.test(path)) {
    return `=${JSON.stringify(value)}`;
  }

  if (Array.isArray(value)) {
    return value.map((item) => shapeOf(item, `${path}[]`)).reduce((all, item) => [all.length ? merge(all[0], item) : item], []);
  }

  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item, path ? `${path}.${key}` : key)]));
  }

  return value === null ? 'null' : { string: 'text', number: 'number', boolean: 'boolean' }[typeof value];
}

/** One shape for two values of the same place; a member that not all have gets a question mark. */
function merge(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length && other.length ? [merge(one[0], other[0])] : one.length ? one : other;
  }

  if (isObject(one) && isObject(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)].map((key) => key.replace(/\?$/, '')))];
    return Object.fromEntries(keys.map((key) => mergedMember(one, other, key)));
  }

  const kinds = [one, other].flatMap((shape) => (typeof shape === 'string' ? shape.split(' or ') : [shape]));
  const texts = [...new Set(kinds.filter((kind) => typeof kind === 'string'))];
  const rest = kinds.filter((kind) => typeof kind !== 'string');
  return rest.length === 0 ? texts.join(' or ') : 'anything';
}

function mergedMember(one, other, key) {
  const [a, b] = [one, other].map((shape) => shape[key] ?? shape[`${key}?`]);
  const isOptional = [one, other].some((shape) => !(key in shape));
  const shape = a === undefined ? b : b === undefined ? a : merge(a, b);
  return [isOptional ? `${key}?` : key, shape];
}

function isObject(shape) {
  return typeof shape === 'object' && !Array.isArray(shape);
}

/** One step and one frame a line. */
function format({ steps, heard, closed }) {
  const lines = (items, indent) => items.map((item) => `${indent}${JSON.stringify(item)}`).join(',\n');
  const connections = Object.entries(heard).map(([name, items]) => `    ${JSON.stringify(name)}: [\n${lines(items, '      ')}\n    ]`);
  return `{\n  "steps": [\n${lines(steps, '    ')}\n  ],\n  "heard": {\n${connections.join(',\n')}\n  },\n  "closed": ${JSON.stringify(closed)}\n}`;
}
