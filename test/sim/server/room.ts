/** A room (XEP-0045) of the model server; it keeps an archive where the server does. */
import type { Element } from '../../../src/xmpp/element.js';
import { Archive } from './archive.js';
import type { Item } from './archive.js';
import type { Server } from './server.js';
import type { Session } from './session.js';
import { bare, bodyOf, delayOf, errorOf, isTelling, stanzaIdOf } from './stanza.js';
import type { Stanza } from './stanza.js';

const NS_USER = 'http://jabber.org/protocol/muc#user';

export class Room {
  readonly jid: string;
  readonly archive: Archive;
  readonly #server: Server;
  /** Sessions of the account that are in it, and under which nickname. */
  readonly occupants = new Map<Session, string>();
  /** Nicknames of the scripted people, always in it. */
  readonly #people: readonly string[];

  constructor(server: Server, jid: string, people: readonly string[]) {
    this.jid = jid;
    this.#server = server;
    this.#people = people;
    this.archive = new Archive(jid, server.random.fork());
  }

  onPresence(session: Session, presence: Stanza, element: Element): void {
    const nick = (presence.attrs['to'] ?? '').split('/')[1] ?? '';
    if (presence.attrs['type'] === 'unavailable') {
      if (this.occupants.delete(session)) session.deliver(this.#presence(nick, ['110'], 'unavailable'));
      return;
    }
    const isNew = !this.occupants.has(session);
    this.occupants.set(session, nick);
    if (!isNew && !element.getChild('x', 'http://jabber.org/protocol/muc')) return;
    for (const name of this.#people) session.deliver(this.#presence(name, []));
    session.deliver(this.#presence(nick, ['100', '110']));
    if (!this.#server.dialect.archives) this.#history(session, element);
    session.deliver({ name: 'message', attrs: { from: this.jid, type: 'groupchat' }, inner: '<subject/>' });
  }

  #presence(nick: string, codes: readonly string[], type?: string): Stanza {
    const inner = `<x xmlns="${NS_USER}"><item affiliation="member" role="${type === undefined ? 'participant' : 'none'}"/>${codes.map((code) => `<status code="${code}"/>`).join('')}</x>`;
    return { name: 'presence', attrs: { from: `${this.jid}/${nick}`, type }, inner };
  }

  #history(session: Session, element: Element): void {
    const ask = element.getChild('x')?.getChild('history')?.attrs ?? {};
    const since = ask['since'] === undefined ? 0 : Date.parse(ask['since']);
    const most = ask['maxstanzas'] === undefined ? 20 : Number(ask['maxstanzas']);
    const items = this.archive.all.filter((item) => item.at >= since).slice(most === 0 ? Infinity : -most);
    for (const item of items) session.deliver({ ...item.stanza, attrs: { ...item.stanza.attrs, to: undefined }, inner: item.stanza.inner + delayOf(this.jid, item.at) });
  }

  isIn(session: Session): boolean {
    return this.occupants.has(session);
  }

  /** The room loses its people: with a word, or without. */
  lose(session: Session, how: 'kicked' | 'shut-down' | 'forgotten'): void {
    const nick = this.occupants.get(session);
    if (nick === undefined) return;
    this.occupants.delete(session);
    if (how !== 'forgotten') session.deliver(this.#presence(nick, ['110', how === 'kicked' ? '307' : '332'], 'unavailable'));
  }

  onMessage(session: Session, message: Stanza): void {
    const { faults } = this.#server;
    const nick = this.occupants.get(session);
    const body = bodyOf(message);
    const refuse = (type: string): void => {
      if (body !== undefined) this.#server.refused(body);
      session.deliver(errorOf(message, 'not-acceptable', type));
    };
    if (nick === undefined) return refuse('cancel');
    if (body === undefined) return;
    if (faults.strikes('room-refuses')) return refuse('modify');
    this.say(nick, message, session);
  }

  /** Somebody says something; `by` is the session of the account it came from. */
  say(nick: string, message: Pick<Stanza, 'attrs' | 'inner'>, by?: Session): Item {
    const { faults, dialect } = this.#server;
    const said: Stanza = { name: 'message', attrs: { ...message.attrs, from: `${this.jid}/${nick}`, to: undefined, type: 'groupchat' }, inner: message.inner };
    const item = this.archive.add(said, this.jid, this.#server.now());
    this.#server.accepted(item, this.jid);
    for (const session of this.occupants.keys()) {
      if (session === by && faults.strikes('room-echo-lost')) continue;
      if (session !== by && faults.strikes('live-lost')) continue;
      const named = dialect.archives && dialect.liveIds && !(isTelling(said) && faults.strikes('room-id-missing'));
      session.deliver(named ? { ...said, inner: said.inner + stanzaIdOf(this.jid, item.id) } : said);
    }
    return item;
  }

  /** Whether a stanza is for this room or somebody in it. */
  owns(to: string): boolean {
    return bare(to) === this.jid;
  }
}
