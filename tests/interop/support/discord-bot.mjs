// A bot of Discord on the libraries of discord.js: it answers messages, changes and reacts to one, sends a file, and ends when it is told to; whatever
// happens to its connection meanwhile, it resumes its session. DISCORD_ROOT is where Discord is.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { REST } from '@discordjs/rest';
import { WebSocketManager } from '@discordjs/ws';

const intents = (1 << 9) | (1 << 12) | (1 << 15); // messages in servers and in private, and what they say
const token = process.env.DISCORD_BOT_TOKEN;
const rest = new REST({ api: `${process.env.DISCORD_ROOT}/api` }).setToken(token);
const gateway = new WebSocketManager({ token, intents, rest });
const beat = once(gateway, 'heartbeat'); // was answered
const resumed = once(gateway, 'resumed');
const me = await rest.get('/users/@me');

gateway.on('dispatch', async ({ t: name, d: message }) => {
  if (name !== 'MESSAGE_CREATE') {
    return;
  }

  const channel = `/channels/${message.channel_id}`;
  const heard = `${me.username} heard ${message.content}`;
  const sent = await rest.post(`${channel}/messages`, { body: { content: heard, message_reference: { message_id: message.id } } });
  assert.deepEqual([sent.channel_id, sent.content, sent.author.id], [message.channel_id, heard, me.id]);

  const edited = await rest.patch(`${channel}/messages/${sent.id}`, { body: { content: 'That was all.' } });
  assert.deepEqual([edited.id, edited.content], [sent.id, 'That was all.']);

  await rest.put(`${channel}/messages/${message.id}/reactions/${encodeURIComponent('👀')}/@me`);
  await rest.post(`${channel}/messages`, { body: {}, files: [{ name: 'note.txt', data: 'Hello.', contentType: 'text/plain' }] });
  if (message.content === 'goodbye') {
    await Promise.all([beat, resumed]);
    await gateway.destroy();
    process.exit();
  }
});

await gateway.connect();
