/** The raw limits of a page: a field to type into, a list of a few hundred lines to scroll in, a socket to send on. Nothing else. */
import { connect } from './wire.js';

const field = document.createElement('textarea');
const list = document.createElement('div');
list.id = 'list';
for (let i = 0; i < 300; i += 1) {
  const line = document.createElement('p');
  line.textContent = `Line ${i}: ${'some words '.repeat(1 + (i % 9))}`;
  list.append(line);
}
document.body.append(field, list);

/** Sends a message; the machine's time at which it was handed to the socket. */
async function sayRaw(service: string, account: string, to: string, body: string): Promise<number> {
  const wire = await connect(service, account, 'tertulia');
  const at = performance.timeOrigin + performance.now();
  wire.send(`<message xmlns='jabber:client' type='chat' to='${to}' id='${body}'><body>${body}</body></message>`);
  return at;
}

Object.assign(globalThis, { sayRaw });
