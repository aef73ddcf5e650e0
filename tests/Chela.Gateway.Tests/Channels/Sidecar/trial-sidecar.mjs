// A sidecar that says what a test has it say: each line that is written into the file FOLDER/say is printed as it is. What the gateway says stands in
// FOLDER/heard, and the texts that it took also in FOLDER/taken: those that no line of FOLDER/fail refused by its error, or left without an answer by
// "none". It answers calls with ANSWERS[method], or with {}.

import { appendFileSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const folder = process.env.FOLDER;
const failing = `${folder}/fail`;
const answers = JSON.parse(process.env.ANSWERS ?? '{}');
const say = `${folder}/say`;
let printed = 0;

writeFileSync(`${folder}/pid`, `${process.pid}`);
appendFileSync(say, '');
const print = () => {
  const text = readFileSync(say, 'utf8');
  const whole = text.lastIndexOf('\n') + 1;
  if (whole > printed) {
    process.stdout.write(text.slice(printed, whole));
    printed = whole;
  }
};
/** The next line of FOLDER/fail as an answer; undefined where none is left. */
const failure = () => {
  const left = existsSync(failing) ? readFileSync(failing, 'utf8').split('\n').filter(Boolean) : [];
  const next = left.shift();
  if (next !== undefined) {
    writeFileSync(failing, left.join('\n'));
    const error = JSON.parse(next);
    return error === 'none' ? error : { error };
  }
};

watch(say, print);
print();

for await (const line of createInterface({ input: process.stdin })) {
  appendFileSync(`${folder}/heard`, `${line}\n`);
  const { id, method } = JSON.parse(line);
  if (method !== undefined) {
    const answer = (method === 'send' ? failure() : undefined) ?? answers[method] ?? { result: {} };
    if (method === 'send' && answer.result) {
      appendFileSync(`${folder}/taken`, `${line}\n`);
    }

    if (answer !== 'none') {
      process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
    }
  }
}

process.exit(0); // the gateway has gone
