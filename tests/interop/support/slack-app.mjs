// An app of Slack on Slack's own libraries: it answers one message, and sends a file. SLACK_ROOT is where Slack is.

import { SocketModeClient } from '@slack/socket-mode';
import { WebClient } from '@slack/web-api';

const slackApiUrl = `${process.env.SLACK_ROOT}/api/`;
const web = new WebClient(process.env.SLACK_BOT_TOKEN, { slackApiUrl });
const socket = new SocketModeClient({ appToken: process.env.SLACK_APP_TOKEN, clientOptions: { slackApiUrl } });

const { user_id: me } = await web.auth.test();

socket.on('message', async ({ event, ack }) => {
  await ack();
  const { ts } = await web.chat.postMessage({ channel: event.channel, text: `${me} heard ${event.text}` });
  await web.chat.update({ channel: event.channel, ts, text: `${me} has heard ${event.text}` });
  await web.reactions.add({ channel: event.channel, timestamp: event.ts, name: 'eyes' });
  await web.filesUploadV2({ channel_id: event.channel, filename: 'note.txt', file: Buffer.from('Hello.') });
  await socket.disconnect();
  process.exit();
});

await socket.start();
