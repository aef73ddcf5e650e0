// A channel for Chela: a private account of WhatsApp, by Baileys (https://github.com/WhiskeySockets/Baileys).
//
//   node dist/WhatsAppWeb/src/whatsapp-web.js

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DisconnectReason, downloadMediaMessage, getContentType, isJidGroup, jidNormalizedUser, makeWASocket, normalizeMessageContent, useMultiFileAuthState,
  type AnyMessageContent, type WAMessage, type WAMessageKey, type WASocket,
} from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { Later, receive, serve, tell, type Inbound, type Target } from '../../SidecarChannel/src/gateway.js';

interface Text { to: Target; key: string; text: string; messageId?: string }
interface SentFile { to: Target; key: string; name: string; mimeType: string; content: string; messageId?: string }

const logger = pino({ level: 'silent' }); // standard output is the gateway's
const maxFileBytes = 5 * 1024 * 1024; // a line for the gateway has at most 8 MiB
const urlOfTests = process.env.WHATSAPP_URL;

let socket: WASocket | undefined;
let isOpen = false;
let login: string;

async function connect(): Promise<void> {
  const { state, saveCreds } = await useMultiFileAuthState(login);
  socket = makeWASocket({ auth: state, logger, markOnlineOnConnect: false, ...(urlOfTests && { waWebSocketUrl: urlOfTests }) });
  socket.ev.on('creds.update', saveCreds);
  socket.ev.on('connection.update', ({ connection, lastDisconnect, qr }) => {
    if (qr) {
      tell('login', { code: qr });
    }

    if (connection === 'open') {
      isOpen = true;
      tell('connected');
    } else if (connection === 'close') {
      isOpen = false;
      lost((lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode, lastDisconnect?.error);
    }
  });
  socket.ev.on('messages.upsert', async ({ messages, type }) => {
    for (const message of type === 'notify' ? messages : []) {
      await bring(message).catch((error: Error) => console.error(`a message was not taken: ${error.message}`));
    }
  });
}

/** After a login WhatsApp wants a new connection; after anything else the gateway starts this program again, later and later. */
function lost(status: number | undefined, error: Error | undefined): void {
  if (status === DisconnectReason.restartRequired) {
    void connect();
  } else if (status === DisconnectReason.loggedOut) {
    tell('refused', { reason: 'WhatsApp has logged the account out: chela channels login sidecar --account NAME' });
  } else {
    console.error(`the connection ended: ${error?.message ?? status}`);
    process.exit(1);
  }
}

async function bring(message: WAMessage): Promise<void> {
  const { remoteJid, id, fromMe, participant } = message.key;
  const content = normalizeMessageContent(message.message);
  const kind = content && getContentType(content);
  if (fromMe || !remoteJid || !id || !content || !kind || remoteJid === 'status@broadcast') {
    return;
  }

  const body = content[kind] as { text?: string; caption?: string; fileName?: string; mimetype?: string; fileLength?: unknown; contextInfo?: { mentionedJid?: string[]; participant?: string } } | string;
  const parts = typeof body === 'string' ? { text: body } : body;
  const isFile = ['imageMessage', 'videoMessage', 'audioMessage', 'documentMessage'].includes(kind);
  const text = parts.text ?? parts.caption ?? (isFile ? `[${kind.replace('Message', '')}]` : undefined);
  if (!text) {
    return;
  }

  const me = socket?.user && jidNormalizedUser(socket.user.id);
  const inbound: Inbound = {
    id,
    chat: remoteJid,
    kind: isJidGroup(remoteJid) ? 'group' : 'direct',
    sender: jidNormalizedUser(participant ?? remoteJid),
    senderName: message.pushName ?? undefined,
    text,
    mention: !!me && ((parts.contextInfo?.mentionedJid ?? []).includes(me) || parts.contextInfo?.participant === me),
  };
  if (isFile && Number(parts.fileLength ?? 0) <= maxFileBytes) {
    const bytes = await downloadMediaMessage(message, 'buffer', {});
    inbound.files = [{ name: parts.fileName, mimeType: parts.mimetype, content: bytes.toString('base64') }];
  }

  await receive(inbound);
}

/** Sends once: WhatsApp knows a message that comes again by its id, which is made of the gateway's key. */
async function send(to: Target, key: string, content: AnyMessageContent, answered?: string): Promise<{ messageId: string }> {
  if (!socket || !isOpen) {
    throw new Later('WhatsApp is not connected');
  }

  const messageId = `3EB0${createHash('sha256').update(key).digest('hex').slice(0, 18).toUpperCase()}`;
  const quoted = answered ? { key: keyOf(to, answered), message: { conversation: '' } } : undefined;
  await socket.sendMessage(to.chat, content, { messageId, quoted });
  return { messageId };
}

const keyOf = (to: Target, id: string, fromMe = false): WAMessageKey => ({ remoteJid: to.chat, id, fromMe });

/** Markdown's most frequent signs as WhatsApp writes them. */
const marked = (text: string): string => text.replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/^#{1,6} (.+)$/gm, '*$1*').replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '$1 ($2)');

const fileOf = (file: SentFile): AnyMessageContent => {
  const bytes = Buffer.from(file.content, 'base64');
  return file.mimeType.startsWith('image/') ? { image: bytes, mimetype: file.mimeType }
    : file.mimeType.startsWith('video/') ? { video: bytes, mimetype: file.mimeType }
    : file.mimeType.startsWith('audio/') ? { audio: bytes, mimetype: file.mimeType }
    : { document: bytes, mimetype: file.mimeType, fileName: file.name };
};

serve({
  initialize: ({ folder }: { folder: string }) => {
    login = join(folder, 'login');
    void connect();
    return { maxChars: 4000, maxFileBytes: 16 * 1024 * 1024, editPaceMs: 2000, typing: true, reactions: true, login: true };
  },
  ping: () => ({}),
  probe: () => ({ who: socket?.user?.id }),
  send: ({ to, key, text, messageId }: Text) => send(to, key, { text: marked(text) }, messageId),
  edit: async ({ to, key, text, messageId }: Text) => {
    await send(to, `${key} ${createHash('sha256').update(text).digest('hex')}`, { text: marked(text), edit: keyOf(to, messageId!, true) });
  },
  sendFile: (file: SentFile) => send(file.to, file.key, fileOf(file), file.messageId),
  typing: ({ to }: { to: Target }) => socket?.sendPresenceUpdate('composing', to.chat),
  react: ({ to, messageId, emoji }: { to: Target; messageId: string; emoji: string }) =>
    send(to, `${messageId} ${emoji}`, { react: { text: emoji, key: keyOf(to, messageId) } }),
  logout: async () => {
    await socket?.logout().catch(() => undefined); // it may be gone already
    await rm(login, { recursive: true, force: true });
  },
  shutdown: () => setTimeout(() => process.exit(0), 100) && {},
});
