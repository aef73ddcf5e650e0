// An app of Feishu on Feishu's own SDK: it says where events can be posted to, and answers whoever writes, on its long connection or by post. It ends
// when it was told goodbye by post. FEISHU_ROOT is where Feishu is.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Client, EventDispatcher, LoggerLevel, WSClient, adaptDefault } from '@larksuiteoapi/node-sdk';

const { FEISHU_ROOT: domain, FEISHU_APP_ID: appId, FEISHU_APP_SECRET: appSecret } = process.env;
const { FEISHU_ENCRYPT_KEY: encryptKey, FEISHU_VERIFICATION_TOKEN: verificationToken } = process.env;
const loggerLevel = LoggerLevel.warn;
const { im } = new Client({ appId, appSecret, domain, loggerLevel });
const line = new WSClient({ appId, appSecret, domain, loggerLevel });
const text = (said) => ({ msg_type: 'text', content: JSON.stringify({ text: said }) });

const eventDispatcher = new EventDispatcher({ encryptKey, verificationToken, loggerLevel }).register({
  'im.message.receive_v1': async ({ message: { message_id, content } }) => {
    const { text: said } = JSON.parse(content);
    const { code, data } = await im.message.reply({ path: { message_id }, data: text(`I heard ${said}`) });
    assert.deepEqual([code, typeof data.message_id], [0, 'string']);
    await im.message.update({ path: { message_id: data.message_id }, data: text(`I have heard ${said}`) });
    await im.messageReaction.create({ path: { message_id }, data: { reaction_type: { emoji_type: 'OK' } } });
    return { said };
  },
});

const posted = createServer(adaptDefault('/events', eventDispatcher, { autoChallenge: true })).listen(0, '127.0.0.1');
posted.on('request', ({ headers }, response) => response.on('finish', () => headers['x-lark-signature'] && process.exit()));
await once(posted, 'listening');

const { file_key: file } = await im.file.create({ data: { file_type: 'stream', file_name: 'note.txt', file: Buffer.from('Hello.') } });
const to = { params: { receive_id_type: 'chat_id' } };
await im.message.create({ ...to, data: { receive_id: 'oc_home', msg_type: 'file', content: JSON.stringify({ file_key: file }) } });
await im.message.create({ ...to, data: { receive_id: 'oc_home', ...text(`http://127.0.0.1:${posted.address().port}/events`) } });
await line.start({ eventDispatcher });
