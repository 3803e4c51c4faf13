/** Somebody at the other end, with a plain client of their own: writes, receives, says that it came. */
import type { Random } from './random.js';
import { bodyOf } from './server/stanza.js';
import type { Stanza } from './server/stanza.js';
import type { World } from './world.js';

export class Person {
  readonly name: string;
  readonly jid: string;
  readonly #world: World;
  readonly #random: Random;
  /** Whom they answer: the device that wrote last. */
  #lockedTo: string | undefined;
  #written = 0;

  constructor(world: World, name: string, random: Random) {
    this.#world = world;
    this.name = name;
    this.jid = `${name}@sim.test`;
    this.#random = random;
  }

  receive(stanza: Stanza): void {
    const { id, from } = stanza.attrs;
    if (bodyOf(stanza) === undefined || id === undefined || from === undefined) return;
    this.#lockedTo = from;
    this.#world.event({ kind: 'received', body: bodyOf(stanza)! });
    if (stanza.inner.includes('<markable xmlns="urn:xmpp:chat-markers:0"') && this.#random.chance(0.2)) {
      this.#world.scheduler.after(this.#random.between(3000, 30_000), () => this.#send('me@sim.test', `<displayed xmlns="urn:xmpp:chat-markers:0" id="${id}"/><store xmlns="urn:xmpp:hints"/>`));
    }
    if (!stanza.inner.includes('<request xmlns="urn:xmpp:receipts"') || this.#random.chance(0.2)) return;
    const receipt = `<received xmlns="urn:xmpp:receipts" id="${id}"/><store xmlns="urn:xmpp:hints"/>`;
    this.#world.scheduler.after(this.#random.between(50, 3000), () => this.#send(from, receipt));
  }

  write(): void {
    this.#written += 1;
    const to = this.#lockedTo !== undefined && this.#random.chance(0.5) ? this.#lockedTo : 'me@sim.test';
    const request = this.#random.chance(0.5) ? '<request xmlns="urn:xmpp:receipts"/>' : '';
    this.#send(to, `<body>${this.name}-${this.#written}</body>${request}`);
  }

  say(): void {
    this.#written += 1;
    this.#world.server.room.say(this.name, { attrs: { id: this.#random.id() }, inner: `<body>${this.name}-${this.#written}</body>` });
  }

  #send(to: string, inner: string): void {
    this.#world.server.toAccount({ name: 'message', attrs: { from: `${this.jid}/phone`, to, type: 'chat', id: this.#random.id() }, inner });
  }
}
