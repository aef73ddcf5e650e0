// requirement: W2, A5
// What is wrong with a message at /rpc is answered with the standard's error codes, and the connection goes on. Bare sockets.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Gateway } from './support/gateway.mjs';
import { codes, RpcSockets } from './support/rpc-sockets.mjs';

let gateway;
let sockets;

before(async () => {
  gateway = await Gateway.start();
  sockets = new RpcSockets(gateway);
});

afterEach(() => sockets.closeAll());

after(() => gateway.dispose());

const call = (members) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...members });
const cases = [
  ['text that is not JSON', '{"jsonrpc":', codes.parse, null],
  ['an empty text', '', codes.parse, null],
  ['two values', '{} {}', codes.parse, null],
  ['a number', '7', codes.invalidRequest, null],
  ['an empty batch', '[]', codes.invalidRequest, null],
  ['a call without jsonrpc', JSON.stringify({ id: 1, method: 'health' }), codes.invalidRequest, 1],
  ['a call of another version', JSON.stringify({ jsonrpc: '1.0', id: 1, method: 'health' }), codes.invalidRequest, 1],
  ['a call without a method', call({}), codes.invalidRequest, 1],
  ['a method that is no text', call({ method: 1 }), codes.invalidRequest, 1],
  ['an id that is an object', call({ id: {}, method: 'health' }), codes.invalidRequest, null],
  ['parameters that are a text', call({ method: 'health', params: 'x' }), codes.invalidRequest, 1],
  ['an unknown method', call({ method: 'no.such' }), codes.unknownMethod, 1],
  ['parameters by position', call({ method: 'chat.send', params: ['x'] }), codes.invalidParams, 1],
  ['a parameter too few', call({ method: 'chat.send', params: {} }), codes.invalidParams, 1],
  ['a parameter too many', call({ method: 'chat.send', params: { text: 'x', bogus: 1 } }), codes.invalidParams, 1],
  ['a parameter of the wrong type', call({ method: 'chat.send', params: { text: 1 } }), codes.invalidParams, 1],
];

for (const [what, text, code, id] of cases) {
  test(`${what}: ${code}`, async () => {
    const { socket, heard } = await sockets.open();

    socket.send(text);
    const answer = await heard.first((item) => item.error, 'the error');
    socket.send(call({ id: 'after', method: 'health' }));
    await heard.first((item) => item.id === 'after', 'the next answer');

    assert.equal(answer.jsonrpc, '2.0');
    assert.equal(answer.error.code, code);
    assert.ok(answer.error.message.length > 0);
    assert.equal(answer.id, id);
  });
}

test('A batch of one wrong and one right call gets both answers', async () => {
  const { socket, heard } = await sockets.open();

  socket.send('[1, {"jsonrpc":"2.0","id":2,"method":"health"}]');
  const answers = await heard.first(Array.isArray, 'the batch');

  assert.deepEqual(answers.map((answer) => [answer.id, answer.error?.code]), [[null, codes.invalidRequest], [2, undefined]]);
});

test('Notifications are not answered, not even wrong ones', async () => {
  const { socket, heard } = await sockets.open();

  socket.send('{"jsonrpc":"2.0","method":"health"}');
  socket.send('{"jsonrpc":"2.0","method":"no.such"}');
  socket.send('[{"jsonrpc":"2.0","method":"health"},{"jsonrpc":"2.0","method":"chat.send","params":{}}]');
  socket.send('{"jsonrpc":"2.0","id":9,"method":"health"}');
  await heard.first((item) => item.id === 9, 'the answer');

  assert.equal(heard.items.length, 1);
});
