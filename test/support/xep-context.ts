// A context without a network or a database: what a module sends is kept, what it asks is answered by the test.
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { bareJid, domainOf } from '../../src/base/jid.js';
import { childElements, NS_STANZAS } from '../../src/xmpp/element.js';
import { parse } from './xml.js';
import type { Clock } from '../../src/base/clock.js';
import type { Element } from '../../src/xmpp/element.js';
import type { LiveTopic, LiveTopics, Live } from '../../src/model/live.js';
import type { Shelf, ShelfName, ShelfRows } from '../../src/model/shelf.js';
import type { XepContext, XepModule } from '../../src/xep/module.js';
import type { Fact, FactKind } from '../../src/model/fact.js';

/** A clock that stands still until told to go on. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #due: { at: number; run: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const entry = { at: this.#now + ms, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((one) => one !== entry);
    };
  }
  /** Time passes and nothing runs: the machine slept. */
  sleep(ms: number): void {
    this.#now += ms;
    for (const entry of this.#due) entry.at += ms;
  }
  get pending(): number {
    return this.#due.length;
  }
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
  /** The machine slept: timers run late, each seeing the time after it. */
  jump(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }
}

export class TestLive implements Live {
  readonly #values = new Map<string, unknown>();
  get<T extends LiveTopic>(topic: T, key: string): LiveTopics[T] | undefined {
    return this.#values.get(`${topic} ${key}`) as LiveTopics[T] | undefined;
  }
  set<T extends LiveTopic>(topic: T, key: string, value: LiveTopics[T] | undefined): void {
    if (value === undefined) this.#values.delete(`${topic} ${key}`);
    else this.#values.set(`${topic} ${key}`, value);
  }
  entries<T extends LiveTopic>(topic: T, prefix = ''): readonly (readonly [string, LiveTopics[T]])[] {
    const start = `${topic} ${prefix}`;
    return Array.from(this.#values).filter(([key]) => key.startsWith(start)).map(([key, value]) => [key.slice(topic.length + 1), value as LiveTopics[T]] as const);
  }
}

export class TestShelf implements Shelf {
  readonly #rows = new Map<ShelfName, Map<string, unknown>>();
  readonly #notes = new Map<string, unknown>();
  #of(shelf: ShelfName): Map<string, unknown> {
    const rows = this.#rows.get(shelf) ?? new Map<string, unknown>();
    this.#rows.set(shelf, rows);
    return rows;
  }
  async get<S extends ShelfName>(shelf: S, jid: string): Promise<ShelfRows[S] | undefined> {
    return this.#of(shelf).get(jid) as ShelfRows[S] | undefined;
  }
  async some<S extends ShelfName>(shelf: S, jids: readonly string[]): Promise<readonly ShelfRows[S][]> {
    return jids.flatMap((jid) => (this.#of(shelf).get(jid) as ShelfRows[S] | undefined) ?? []);
  }
  async all<S extends ShelfName>(shelf: S): Promise<readonly ShelfRows[S][]> {
    return Array.from(this.#of(shelf).values()) as ShelfRows[S][];
  }
  async put<S extends ShelfName>(shelf: S, rows: readonly ShelfRows[S][], remove: readonly string[] = []): Promise<void> {
    for (const jid of remove) this.#of(shelf).delete(jid);
    for (const row of rows) this.#of(shelf).set(row.jid, structuredClone(row));
  }
  async replace<S extends ShelfName>(shelf: S, rows: readonly ShelfRows[S][]): Promise<void> {
    this.#of(shelf).clear();
    await this.put(shelf, rows);
  }
  async note<T>(key: string): Promise<T | undefined> {
    return structuredClone(this.#notes.get(key)) as T | undefined;
  }
  async setNote(key: string, value: unknown): Promise<void> {
    this.#notes.set(key, structuredClone(value));
  }
}

/** The error a stanza of type `error` becomes, as the connection makes it. */
export function stanzaError(stanza: Element): ChatError {
  const error = stanza.getChild('error');
  const named = error && childElements(error).find((child) => child.getNS() === NS_STANZAS && child.getName() !== 'text');
  return new ChatError('refused', error?.getChildText('text') ?? 'refused', { condition: named?.getName() });
}

type Answer = Element | string | ChatError;
export type FakeContext = XepContext & {
  readonly clock: TestClock;
  readonly live: TestLive;
  /** Messages, presences and IQ replies, in order. */
  readonly sent: Element[];
  readonly nonzas: Element[];
  /** Every IQ that was asked. */
  readonly asked: Element[];
  /** Bare JIDs that `trusts` says yes to. */
  readonly trusted: Set<string>;
  /** When conversations were used. */
  readonly uses: Map<string, number>;
  /** `kind conversation target` that `mine` says yes to. */
  readonly recorded: Set<string>;
  /** What `record` was given. */
  readonly facts: Fact[];
  /** Answers IQs from now on; the newest handler that returns something wins. XML of type `error` rejects. */
  onIq(answer: (iq: Element) => Answer | undefined | Promise<Answer | undefined>): void;
};

/** A context of `jid`. An IQ that no handler answers is refused with `service-unavailable`. */
export function fakeContext(options: { jid?: string; nickname?: string; modules?: readonly XepModule[]; streamFeatures?: Element } = {}): FakeContext {
  const jid = options.jid ?? 'romeo@montague.example/garden';
  const handlers: Parameters<FakeContext['onIq']>[0][] = [];
  let ids = 0;
  const context: FakeContext = {
    jid,
    me: bareJid(jid),
    server: domainOf(jid),
    nickname: options.nickname,
    clock: new TestClock(),
    newId: () => `id${++ids}`,
    log: silentLog,
    live: new TestLive(),
    shelf: new TestShelf(),
    streamFeatures: options.streamFeatures,
    modules: options.modules ?? [],
    sent: [],
    nonzas: [],
    asked: [],
    trusted: new Set(),
    uses: new Map(),
    recorded: new Set(),
    facts: [],
    record: async (facts) => void context.facts.push(...facts),
    send: (stanza) => void context.sent.push(stanza),
    sendNonza: (element) => void context.nonzas.push(element),
    async iq(stanza) {
      context.asked.push(stanza);
      for (const handler of handlers.toReversed()) {
        const answer = await handler(stanza);
        if (answer === undefined) continue;
        if (answer instanceof ChatError) throw answer;
        const reply = typeof answer === 'string' ? parse(answer) : answer;
        if (reply.attrs['type'] === 'error') throw stanzaError(reply);
        return reply;
      }
      throw new ChatError('refused', 'nobody answers', { condition: 'service-unavailable' });
    },
    mine: async (kind: FactKind, conversation, target) => context.recorded.has(`${kind} ${conversation} ${target}`),
    used: (conversation) => context.uses.get(conversation) ?? 0,
    trusts: (address) => context.trusted.has(bareJid(address)),
    onIq: (answer) => void handlers.push(answer),
  };
  return context;
}

/** Lets everything that is already on its way happen. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
