/** The model server: one account with its devices, some scripted people, a room. */
import type { Element } from '../../../src/xmpp/element.js';
import type { Faults } from '../faults.js';
import type { Link } from '../network.js';
import type { Random } from '../random.js';
import type { Scheduler } from '../scheduler.js';
import { Archive } from './archive.js';
import type { Item } from './archive.js';
import type { Dialect } from './dialects.js';
import { answerIq } from './iq.js';
import { Room } from './room.js';
import { Session } from './session.js';
import { bare, bodyOf, delayOf, errorOf, isReceipt, isTelling, stanzaIdOf, write } from './stanza.js';
import type { Stanza } from './stanza.js';
import { Stream } from './stream.js';

export type ServerOptions = {
  readonly dialect: Dialect;
  readonly faults: Faults;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** Local parts of the scripted people. */
  readonly people: readonly string[];
  /** A scripted person gets a message. */
  readonly toPerson: (jid: string, stanza: Stanza) => void;
  /** A message was taken and archived; `conversation` is whose it is. */
  readonly onAccepted: (item: Item, conversation: string) => void;
  readonly onRefused: (body: string) => void;
  /** A client has said to have a message. */
  readonly onAcknowledged: (jid: string, conversation: string, body: string) => void;
};

export class Server {
  readonly domain = 'sim.test';
  readonly account = 'me@sim.test';
  readonly dialect: Dialect;
  readonly faults: Faults;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly archive: Archive;
  readonly room: Room;
  readonly people: readonly string[];
  readonly sessions = new Set<Session>();
  readonly streams = new Set<Stream>();
  readonly resumable = new Map<string, Session>();
  readonly #options: ServerOptions;
  #offline: Stanza[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
    ({ dialect: this.dialect, faults: this.faults, random: this.random, scheduler: this.scheduler } = options);
    this.people = options.people.map((name) => `${name}@${this.domain}`);
    this.archive = new Archive(this.account, this.random.fork());
    this.room = new Room(this, `lobby@rooms.${this.domain}`, options.people);
  }

  now(): number {
    return this.scheduler.now;
  }

  accept(link: Link): void {
    if (this.faults.strikes('connect-hangs')) return;
    if (this.faults.strikes('connect-refused')) return link.refuse();
    const stream = new Stream(this, link);
    this.streams.add(stream);
    link.accept(stream);
  }

  bound(jid: string, stream: Stream): Session {
    const session = new Session(jid, stream, (stanzas) => this.acknowledged(session, stanzas));
    this.sessions.add(session);
    return session;
  }

  /** Its connection is gone; it waits to be resumed, where it can be. */
  detached(session: Session): void {
    session.stream = undefined;
    if (session.smId === undefined) return this.ended(session);
    session.cancelExpiry?.();
    session.cancelExpiry = this.scheduler.after(this.dialect.keepsFor * 1000, () => this.ended(session));
  }

  ended(session: Session): void {
    if (session.over) return;
    session.over = true;
    session.cancelExpiry?.();
    session.stream = undefined;
    this.sessions.delete(session);
    this.room.occupants.delete(session);
    if (session.smId !== undefined) this.resumable.delete(session.smId);
    // What it had not acknowledged goes to whoever comes next; the archive has it in any case.
    if (!this.dialect.offlineStore) return;
    const unsaid = session.queue.filter((stanza) => stanza.attrs.type === 'chat' && bodyOf(stanza) !== undefined && bare(stanza.attrs['from'] ?? '') !== this.account);
    if (unsaid.length > 0 && !Array.from(this.sessions).some(({ available }) => available)) for (const stanza of unsaid) this.#storeOffline(stanza);
  }

  /** Every stream and session is gone. */
  restart(): void {
    for (const session of this.sessions) {
      const { stream } = session;
      this.ended(session);
      stream?.link.cut();
    }
    for (const stream of this.streams) if (!stream.session) stream.link.cut();
    this.streams.clear();
  }

  fromClient(session: Session, stanza: Stanza, element: Element): void {
    const to = stanza.attrs['to'] ?? '';
    if (stanza.name === 'iq') return answerIq(this, session, stanza, element);
    if (this.room.owns(to)) {
      if (stanza.name === 'presence') this.room.onPresence(session, stanza, element);
      else if (stanza.attrs.type === 'groupchat') this.room.onMessage(session, stanza);
      return;
    }
    if (stanza.name === 'presence') return this.#onPresence(session, stanza);
    if (!this.people.includes(bare(to))) return session.deliver(errorOf(stanza, 'service-unavailable'));
    const told = this.#keep(stanza, bare(to));
    for (const other of this.sessions) if (other !== session) this.#carbon(other, 'sent', told);
    if (bodyOf(stanza) !== undefined && this.faults.strikes('bounce')) {
      this.scheduler.after(200, () => session.deliver(errorOf(stanza, 'service-unavailable')));
      return;
    }
    this.#options.toPerson(bare(to), stanza);
  }

  accepted(item: Item, conversation: string): void {
    this.#options.onAccepted(item, conversation);
  }

  refused(body: string): void {
    this.#options.onRefused(body);
  }

  /** The client has acknowledged these. */
  acknowledged(session: Session, stanzas: readonly Stanza[]): void {
    for (const stanza of stanzas) {
      const body = bodyOf(stanza);
      const from = stanza.attrs['from'];
      // Only what came as itself: carbons and archive results have their own checks.
      if (stanza.name !== 'message' || stanza.attrs['type'] === 'error' || body === undefined || from === undefined || /<(forwarded|error) /.test(stanza.inner)) continue;
      this.#options.onAcknowledged(session.jid, bare(from), body);
    }
  }

  #onPresence(session: Session, presence: Stanza): void {
    if (presence.attrs['to'] !== undefined) return;
    if (presence.attrs.type === 'unavailable') {
      session.available = false;
      return;
    }
    if (session.available) return;
    session.available = true;
    for (const jid of this.people) session.deliver({ name: 'presence', attrs: { from: `${jid}/phone` }, inner: '' });
    const offline = this.#offline;
    this.#offline = [];
    if (offline.length === 0) return;
    const hand = (): void => {
      for (const stanza of offline) session.deliver(stanza);
    };
    if (this.faults.strikes('offline-late')) this.scheduler.after(15_000, hand);
    else hand();
  }

  /** Puts a message of the account into its archive; as it is told from then on. */
  #keep(stanza: Stanza, other: string): Stanza {
    const { attrs } = stanza;
    const body = bodyOf(stanza);
    if (body === undefined && !(isReceipt(stanza) && this.dialect.archivesReceipts)) return stanza;
    const item = this.archive.add({ ...stanza, attrs }, other, this.now());
    if (body !== undefined) this.accepted(item, other);
    if (!this.dialect.archives || !this.dialect.liveIds || (isTelling(stanza) && this.faults.strikes('live-id-missing'))) return stanza;
    return { ...stanza, inner: stanza.inner + stanzaIdOf(this.account, item.id) };
  }

  /** Somebody writes to the account. */
  toAccount(stanza: Stanza): void {
    const told = this.#keep(stanza, bare(stanza.attrs['from'] ?? ''));
    const present = Array.from(this.sessions).filter(({ available }) => available);
    const addressed = present.find(({ jid }) => jid === stanza.attrs['to']);
    if (present.length === 0) {
      if (this.dialect.offlineStore && bodyOf(stanza) !== undefined) this.#storeOffline(told);
      return;
    }
    const targets = addressed ? [addressed] : this.dialect.bareToAll ? present : present.slice(0, 1);
    for (const session of targets) {
      if (this.faults.strikes('live-lost')) continue;
      session.deliver({ ...told, attrs: { ...told.attrs, to: addressed ? told.attrs['to'] : this.account } });
      if (this.faults.strikes('live-twice')) session.deliver(told);
    }
    for (const session of this.sessions) if (!targets.includes(session)) this.#carbon(session, 'received', told);
  }

  #carbon(session: Session, kind: 'sent' | 'received', stanza: Stanza): void {
    if (!session.carbons || this.faults.strikes('carbon-missing')) return;
    const inner = `<${kind} xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${write(stanza)}</forwarded></${kind}>`;
    session.deliver({ name: 'message', attrs: { from: this.account, type: 'chat' }, inner });
  }

  #storeOffline(stanza: Stanza): void {
    this.#offline.push({ ...stanza, attrs: { ...stanza.attrs, to: this.account }, inner: stanza.inner + (stanza.inner.includes('<delay ') ? '' : delayOf(this.domain, this.now())) });
  }
}
