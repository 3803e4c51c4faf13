import type { XmppServer } from '../../../servers/hosts.mjs';
import { newId } from '../../../src/base/id.js';
import { xml } from '../../../src/xmpp/element.js';
import { signInRaw, type Heard, type Raw } from './raw.js';

export type CompanionOptions = { readonly password?: string; readonly available?: boolean; readonly room?: { readonly jid: string; readonly nick: string } };
type Test = { after(run: () => Promise<void>): void };

/** Another client, past the line that is cut, which comes back after its server did. What it says, the server has. */
export class Companion {
  readonly account: string;
  readonly #test: Test;
  readonly #server: XmppServer;
  readonly #options: CompanionOptions;
  #raw: Promise<Raw>;

  constructor(test: Test, server: XmppServer, account: string, options: CompanionOptions = {}) {
    this.#test = test;
    this.#server = server;
    this.account = account;
    this.#options = options;
    this.#raw = this.#connect();
    // Whoever uses it is told.
    this.#raw.catch(() => {});
  }

  async #connect(): Promise<Raw> {
    const { room, ...options } = this.#options;
    const raw = await signInRaw(this.#test, this.#server, this.account, options);
    if (room) raw.send(xml('presence', { to: `${room.jid}/${room.nick}` }, xml('x', { xmlns: 'http://jabber.org/protocol/muc' }, xml('history', { maxstanzas: '0' }))));
    return raw;
  }

  /** The server was started anew. */
  async comeBack(): Promise<void> {
    const before = await this.#raw.catch(() => undefined);
    await before?.close().catch(() => {});
    this.#raw = this.#connect();
    await this.#raw;
  }

  /** On a busy machine its own stream may be given up for dead. */
  async #there(): Promise<Raw> {
    if (!(await this.#raw).online) await this.comeBack();
    return this.#raw;
  }

  /** Where its stream was given up meanwhile, an answer on the next one says nothing of what was sent before: its own archive does. */
  async say(to: string, body: string): Promise<void> {
    const raw = await this.#there();
    await raw.say(to, body);
    if (!raw.online && !(await this.archive(to)).some((message) => message.body === body)) await this.say(to, body);
  }

  /** Says something in the room; back when the room has said it to everybody. */
  async sayToRoom(room: string, body: string): Promise<void> {
    const raw = await this.#there();
    raw.send(xml('message', { type: 'groupchat', to: room, id: newId() }, xml('body', {}, body)));
    while (!raw.heard.some((message) => message.body === body)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async archive(other: string): Promise<Heard[]> {
    return (await this.#there()).archive(other);
  }
  async roomArchive(room: string): Promise<Heard[]> {
    return (await this.#there()).roomArchive(room);
  }
}
