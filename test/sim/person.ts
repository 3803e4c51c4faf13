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
  /** Their client counts, as some do: what they send can be told apart by the archive's ids alone. */
  readonly #counts: boolean;
  #sent = 0;

  constructor(world: World, name: string, random: Random) {
    this.#world = world;
    this.name = name;
    this.jid = `${name}@sim.test`;
    this.#random = random;
    const { archives, liveIds } = world.dialect;
    this.#counts = archives && liveIds && random.chance(0.3);
  }

  #id(): string {
    return this.#counts ? String((this.#sent += 1)) : this.#random.id();
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
    this.#world.server.room.say(this.name, { attrs: { id: this.#id() }, inner: `<body>${this.name}-${this.#written}</body>` });
  }

  #send(to: string, inner: string): void {
    this.#world.server.toAccount({ name: 'message', attrs: { from: `${this.jid}/phone`, to, type: 'chat', id: this.#id() }, inner });
  }
}
