// A sidecar that says what a test has it say: each line that is written into the file FOLDER/say is printed as it is. What the gateway says stands in
// FOLDER/heard; the texts that it took, and did not refuse by an error of FOLDER/fail, also in FOLDER/taken. It answers calls with what ABILITIES says for initialize, with ANSWERS[method], or with {}.

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
/** The next error of FOLDER/fail; undefined where none is left. */
const failure = () => {
  const left = existsSync(failing) ? readFileSync(failing, 'utf8').split('\n').filter(Boolean) : [];
  const next = left.shift();
  if (next !== undefined) {
    writeFileSync(failing, left.join('\n'));
    return { error: JSON.parse(next) };
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
