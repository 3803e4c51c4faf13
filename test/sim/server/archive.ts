/** A message archive (XEP-0313) of the model server, and what it answers; it lies where a fault says so. */
import type { Element } from '../../../src/xmpp/element.js';
import type { Faults } from '../faults.js';
import type { Random } from '../random.js';
import { bodyOf, delayOf, escape, originIdOf, write } from './stanza.js';
import type { Stanza } from './stanza.js';

const NS_MAM = 'urn:xmpp:mam:2';

export type Item = {
  readonly id: string;
  readonly at: number;
  readonly stanza: Stanza;
  /** Bare address of the other side; the room itself in a room's. */
  readonly with: string;
  readonly body: string | undefined;
  readonly originId: string | undefined;
};

export type Answer = {
  /** Before the reply, in order. */
  readonly results: readonly string[];
  readonly reply: { readonly fin: string } | { readonly error: string } | undefined;
  /** After the reply. */
  readonly late: readonly string[];
  /** Milliseconds it takes. */
  readonly after: number;
};

export class Archive {
  /** Bare address of the account or room. */
  readonly owner: string;
  /** Everything it ever held, in order; what was purged too. */
  readonly all: Item[] = [];
  /** Index of the oldest item still held. */
  first = 0;
  readonly #random: Random;

  constructor(owner: string, random: Random) {
    this.owner = owner;
    this.#random = random;
  }

  get held(): readonly Item[] {
    return this.all.slice(this.first);
  }

  add(stanza: Stanza, other: string, at: number): Item {
    const item: Item = { id: this.#random.id(), at, stanza, with: other, body: bodyOf(stanza), originId: originIdOf(stanza) };
    this.all.push(item);
    return item;
  }

  purge(keep: number): void {
    this.first = Math.max(this.first, this.all.length - keep);
  }

  /** Answers `<query/>` for a client at `to`. */
  answer(query: Element, to: string, limit: number, faults: Faults): Answer {
    const ask = readAsk(query);
    const strikes = (kind: Parameters<Faults['strikes']>[0]): boolean => faults.strikes(kind);
    const refuse = (error: string): Answer => ({ results: [], reply: { error }, late: [], after: 0 });
    if (strikes('mam-error')) return refuse('internal-server-error');
    // Of an id before which older items stand it would be a lie that nobody can see through.
    if ((ask.after !== undefined || ask.since !== undefined) && strikes('mam-item-not-found')) return refuse('item-not-found');
    const since = this.held.findIndex((item) => item.id === ask.since);
    // One that is gone would hide that something is missing, and nobody could see it.
    const ignored = since >= 0 && strikes('mam-after-id-ignored');
    if (ask.since !== undefined && since < 0) return refuse('item-not-found');
    const all = this.held.filter((item, i) => (ask.with === undefined || item.with === ask.with) && (ignored || i > since));
    const max = Math.min(limit, ask.max ?? limit);
    let from = 0;
    let to_ = all.length;
    const backwards = ask.before !== undefined;
    const edge = ask.after ?? (ask.before || undefined);
    const at = all.findIndex((item) => item.id === edge);
    // The page that led to the question: it holds the item that it is to lie beyond. Older items in place of newer ones that
    // nobody has seen yet would be a lie that nobody can see through.
    const repeated = at >= 0 && strikes('mam-repeated');
    if (repeated && backwards) [from, to_] = [at, Math.min(all.length, at + max)];
    else if (repeated) [from, to_] = [Math.max(0, at + 1 - max), at + 1];
    else if (edge !== undefined) {
      const there = this.held.findIndex((item) => item.id === edge);
      if (there < 0) return refuse('item-not-found');
      if (backwards) to_ = all.filter((item) => this.held.indexOf(item) < there).length;
      else from = all.filter((item) => this.held.indexOf(item) <= there).length;
    }
    const page = backwards ? all.slice(Math.max(from, to_ - max), to_) : all.slice(from, Math.min(to_, from + max));
    let complete = backwards ? Math.max(from, to_ - max) <= 0 : from + max >= all.length;
    if (strikes('mam-empty')) return { results: [], reply: { fin: fin([], false, undefined) }, late: [], after: 0 };
    if (complete && strikes('mam-incomplete')) complete = false;
    const unstable = strikes('mam-unstable');
    const wrongQuery = strikes('mam-wrong-queryid');
    const wrongFrom = strikes('mam-wrong-from');
    let results = page.map((item) => this.#result(item, to, wrongQuery ? 'another' : ask.queryId, wrongFrom ? 'evil@elsewhere.test' : this.owner));
    if (results.length > 0 && strikes('mam-result-twice')) results = results.flatMap((result, i) => (i === 0 ? [result, result] : [result]));
    let late: string[] = [];
    if (results.length > 0 && strikes('mam-result-after-fin')) {
      late = results.slice(-1);
      results = results.slice(0, -1);
    }
    // With the last one late, the one before it would be missing in the middle: nobody could know.
    if (results.length > 0 && late.length === 0 && strikes('mam-last-missing')) results = results.slice(0, -1);
    if (strikes('mam-no-fin')) return { results, reply: undefined, late: [], after: 0 };
    return { results, late, reply: { fin: fin(page, complete, unstable ? 'false' : undefined) }, after: strikes('mam-slow') ? 25_000 : 0 };
  }

  #result(item: Item, to: string, queryId: string | undefined, from: string): string {
    const inner = `<forwarded xmlns="urn:xmpp:forward:0">${delayOf(this.owner, item.at)}${write(item.stanza)}</forwarded>`;
    return write({ name: 'message', attrs: { from, to }, inner: `<result xmlns="${NS_MAM}" queryid="${escape(queryId ?? '')}" id="${item.id}">${inner}</result>` });
  }
}

function fin(page: readonly Item[], complete: boolean, stable: string | undefined): string {
  const set = page.length > 0 ? `<first>${page[0]!.id}</first><last>${page.at(-1)!.id}</last>` : '';
  return `<fin xmlns="${NS_MAM}"${complete ? ' complete="true"' : ''}${stable === undefined ? '' : ` stable="${stable}"`}><set xmlns="http://jabber.org/protocol/rsm">${set}</set></fin>`;
}

function readAsk(query: Element): { queryId: string | undefined; with: string | undefined; since: string | undefined; after: string | undefined; before: string | undefined; max: number | undefined } {
  const set = query.getChild('set', 'http://jabber.org/protocol/rsm');
  const field = (name: string): string | undefined => query.getChild('x', 'jabber:x:data')?.getChildren('field').find((child) => child.attrs['var'] === name)?.getChildText('value') ?? undefined;
  const text = (name: string): string | undefined => set?.getChild(name)?.text();
  const max = text('max');
  return { queryId: query.attrs['queryid'], with: field('with'), since: field('after-id'), after: text('after'), before: text('before'), max: max === undefined ? undefined : Number(max) };
}
