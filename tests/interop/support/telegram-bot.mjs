// A bot of Telegram on grammY: it answers a message and changes its answer, sends a file, reads one, and ends when somebody presses its button.
// TELEGRAM_ROOT is where the Bot API is.

import assert from 'node:assert/strict';
import { Bot, InlineKeyboard, InputFile } from 'grammy';

const apiRoot = process.env.TELEGRAM_ROOT;
const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN, { client: { apiRoot } });

bot.on('message:text', async ({ api, me, chat, message }) => {
  const heard = `${me.username} heard ${message.text}`;
  const sent = await api.sendMessage(chat.id, heard, { reply_markup: new InlineKeyboard().text('Enough', 'enough') });
  assert.deepEqual([sent.chat.id, sent.text], [chat.id, heard]);

  const edited = await api.editMessageText(chat.id, sent.message_id, 'That was all.');
  assert.deepEqual([edited.message_id, edited.text], [sent.message_id, 'That was all.']);

  const file = await api.sendDocument(chat.id, new InputFile(Buffer.from('Hello.'), 'note.txt'));
  assert.ok(file.message_id > sent.message_id);
});

bot.on('message:document', async (context) => {
  const { file_path: path } = await context.getFile();
  const file = await fetch(`${apiRoot}/file/bot${bot.token}/${path}`);
  await context.reply(`It says: ${await file.text()}`);
});

bot.on('callback_query:data', async (context) => {
  await context.answerCallbackQuery();
  await bot.stop();
});

await assert.rejects(new Bot('1:of-nobody', { client: { apiRoot } }).init(), { error_code: 401 });
await bot.start();
