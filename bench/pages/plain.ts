/** The raw limits of a page: a field to type into, a list of a few hundred lines (or as many as the address asks for) to scroll in, a socket to send on. Nothing else. */
import { connect } from './wire.js';

const field = document.createElement('textarea');
const list = document.createElement('div');
list.id = 'list';
const lines = Number(new URLSearchParams(location.search).get('lines') ?? 300);
for (let i = 0; i < lines; i += 1) {
  const line = document.createElement('p');
  line.textContent = `Line ${i}: ${'some words '.repeat(1 + (i % 9))}`;
  list.append(line);
}
document.body.append(field, list);

let wire: ReturnType<typeof connect> | undefined;

/** Sends a message, on the connection of the one before; the machine's time at which it was handed to the socket. */
async function sayRaw(service: string, account: string, to: string, body: string): Promise<number> {
  const there = await (wire ??= connect(service, account, 'tertulia'));
  const at = performance.timeOrigin + performance.now();
  there.send(`<message xmlns='jabber:client' type='chat' to='${to}' id='${body}'><body>${body}</body></message>`);
  return at;
}

/** Enters a room and looks at nothing: when it was let in, and when the message with these words came, by the machine's time. */
async function enterRaw(service: string, account: string, room: string, nick: string, words: string, managed: boolean): Promise<{ readonly began: number; readonly joined: number; readonly heard: Promise<number> }> {
  const wire = await connect(service, account, 'tertulia', { managed });
  const now = (): number => performance.timeOrigin + performance.now();
  const heard = new Promise<number>((resolve) => {
    wire.onMessage = (frame) => {
      if (frame.includes(words)) resolve(now());
    };
  });
  const began = now();
  const joined = await new Promise<number>((resolve) => {
    wire.onPresence = (frame) => {
      if (frame.includes(`/${nick}`)) resolve(now());
    };
    wire.send(`<presence xmlns='jabber:client' to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  });
  return { began, joined, heard };
}

Object.assign(globalThis, { sayRaw, enterRaw });
