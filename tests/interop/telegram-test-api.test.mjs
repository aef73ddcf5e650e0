// requirement: C1, C2
// The gateway has a bot of Telegram where somebody else wrote Telegram: the server and the client of telegram-test-api.
// That server knows neither long polling nor the calls setMyCommands and sendChatAction, and takes no files.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import TelegramServer from 'telegram-test-api';
import { Gateway } from './support/gateway.mjs';
import { soon } from './support/wait.mjs';

const bot = '666:a_bot_of_another_telegram';

let telegram;
let gateway;
let polls = 0;

before(async () => {
  telegram = new TelegramServer({ host: '127.0.0.1' });
  telegram.config.port = 0; // its constructor takes none for 9000
  await telegram.start();
  telegram.config.apiURL = `http://127.0.0.1:${telegram.server.address().port}`;
  const { getUpdates } = telegram;
  telegram.getUpdates = (...of) => {
    polls++;
    return getUpdates.apply(telegram, of);
  };
  gateway = await Gateway.start({
    CHELA_CHANNELS__TELEGRAM__DEFAULT__BOTTOKEN: bot,
    CHELA_CHANNELS__TELEGRAM__DEFAULT__APIROOT: telegram.config.apiURL,
    CHELA_CHANNELS__TELEGRAM__DEFAULT__ALLOWFROM: '1',
    CHELA_COMMANDS__OWNERALLOWFROM: 'telegram:1',
  });
});

after(async () => {
  await gateway.dispose();
  await telegram.stop();
});

test('People are answered whether they write, give a command or press a button, and a stranger gets a code', async () => {
  const person = telegram.getClient(bot, { userId: 1, chatId: 1, timeout: 15_000, interval: 50 });
  const stranger = telegram.getClient(bot, { userId: 2, chatId: 2, timeout: 15_000, interval: 50 });

  await person.sendMessage(person.makeMessage('hello **there**'));
  await person.sendCommand(person.makeCommand('/help'));
  await person.sendCallback(person.makeCallbackQuery('pressed', { message: { message_id: 1, date: 1 } }));
  await stranger.sendMessage(stranger.makeMessage('let me in'));
  const said = await saidTo(person, 3);
  const [code] = await saidTo(stranger, 1);

  assert.deepEqual(said.filter(({ text }) => /hello|pressed/.test(text)).map(({ text, parse_mode: mode }) => [text, mode]), [['hello <b>there</b>', 'HTML'], ['pressed', 'HTML']]);
  assert.ok(said.some(({ text }) => text.includes('/status')), 'help tells of the commands');
  assert.match(code.text, /chela pairing approve telegram \w{8}/);
  assert.ok(polls < 100, `it was asked ${polls} times, although it had nothing to tell`);
});

/** What the bot said to somebody, once that is so much. */
async function saidTo(client, count) {
  const said = [];
  while (said.length < count) {
    const { result } = await soon(client.getUpdates(), 'an answer');
    said.push(...result.map(({ message }) => message));
  }

  return said;
}
