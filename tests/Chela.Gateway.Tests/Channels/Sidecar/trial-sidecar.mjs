// A sidecar that says what a test has it say: each line that is written into the file FOLDER/say is printed as it is. What the gateway says stands in
// FOLDER/heard. It answers calls with what ABILITIES says for initialize, with ANSWERS[method], or with {}.

import { appendFileSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const folder = process.env.FOLDER;
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
watch(say, print);
print();

for await (const line of createInterface({ input: process.stdin })) {
  appendFileSync(`${folder}/heard`, `${line}\n`);
  const { id, method } = JSON.parse(line);
  if (method !== undefined) {
    const answer = answers[method] ?? { result: {} };
    if (answer !== 'none') {
      process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
    }
  }
}

process.exit(0); // the gateway has gone
