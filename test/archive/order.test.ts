import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import type { Archive, ArchivePage, PageItem } from '../../src/archive/archive-types.js';
import type { Fact } from '../../src/model/fact.js';
import type { OutboxRow } from '../../src/model/message.js';
import { BOB, CAROL, destroyAll, draft, ME, NOW, open } from './fixtures.js';
import { howOften } from '../support/property.js';

const DAVE = 'dave@example.org';
const people = [BOB, CAROL, DAVE] as const;

type Stored = { archiveId: string; with: string; body: string; mine: boolean; bare: boolean; messageId: string; originId?: string; /** Was there before: its sender could not know that it had come through. */ again?: true };

/** The server's archive and what it answers: the truth that every timeline is held against. */
class Server {
  readonly items: Stored[] = [];

  store(more: Omit<Stored, 'archiveId'>): Stored {
    // Ids that say nothing about the order.
    const stored = { ...more, archiveId: `a${(this.items.length * 7919) % 10_007}` };
    this.items.push(stored);
    return stored;
  }

  page(ask: { after?: string | undefined; before?: string | undefined; max: number; with?: string }): { items: Stored[]; complete: boolean } {
    const list = this.items.filter((stored) => ask.with === undefined || stored.with === ask.with);
    const at = (id: string): number => {
      const found = list.findIndex((stored) => stored.archiveId === id);
      if (found < 0) throw new Error('item-not-found');
      return found;
    };
    if (ask.before !== undefined) {
      const end = ask.before === '' ? list.length : at(ask.before);
      return { items: list.slice(Math.max(0, end - ask.max), end), complete: end <= ask.max };
    }
    const start = ask.after === undefined ? 0 : at(ask.after) + 1;
    return { items: list.slice(start, start + ask.max), complete: start + ask.max >= list.length };
  }
}

const factOf = (stored: Stored, how: { archiveId: boolean; messageId: boolean }): Fact<'message'> => ({
  kind: 'message', conversation: stored.with, chatType: 'chat', sender: stored.mine ? ME : stored.with, mine: stored.mine, at: 0, archive: ME, body: stored.body,
  ...(how.messageId ? { messageId: stored.messageId } : {}),
  ...(stored.originId === undefined ? {} : { originId: stored.originId }),
  ...(how.archiveId ? { archiveId: stored.archiveId } : {}),
});
const itemOf = (stored: Stored): PageItem => ({ archiveId: stored.archiveId, facts: stored.bare ? [] : [factOf(stored, { archiveId: true, messageId: true })] });

/** What an engine does with an archive and a server, one step at a time. */
class Simulation {
  readonly server = new Server();
  archive: Archive;
  readonly name: string;
  online = false;
  /** Caught up with the server in this session. */
  live = false;
  #mark = 0;
  #count = 0;

  constructor(archive: Archive, name: string) {
    this.archive = archive;
    this.name = name;
  }

  body(): string {
    return `m${this.#count++}`;
  }

  async arrive(with_: string, mine: boolean, how: { archiveId: boolean; messageId: boolean }): Promise<void> {
    const body = this.body();
    const stored = this.server.store({ with: with_, body, mine, bare: false, messageId: `message-of-${body}`, ...(mine ? { originId: `origin-of-${body}` } : {}) });
    // A copy of what another device sent comes without an id of the archive (XEP-0280).
    if (!this.online) return;
    await this.archive.append([[factOf(stored, mine ? { archiveId: false, messageId: true } : how)]]);
  }

  /** A copy of what one of our devices sent before comes through late, and the server keeps it under another id. */
  async arriveAgain(which: number, archiveId: boolean): Promise<void> {
    const sent = this.server.items.filter((stored) => stored.mine && !stored.again);
    if (sent.length === 0) return;
    const stored = this.server.store({ ...sent[which % sent.length]!, again: true });
    if (this.online) await this.archive.append([[factOf(stored, { archiveId, messageId: true })]]);
  }

  bare(with_: string): void {
    this.server.store({ with: with_, body: '', mine: false, bare: true, messageId: 'none' });
  }

  async connect(): Promise<void> {
    if (this.online) return;
    this.online = true;
    this.live = false;
    this.#mark = (await this.archive.beginSession(ME, false)).mark;
    for (const row of await this.archive.outbox()) if (row.state === 'inflight') await this.archive.setOutboxState(row.id, 'unknown');
  }

  drop(): void {
    this.online = false;
    this.live = false;
  }

  async reload(): Promise<void> {
    this.drop();
    this.archive.close();
    this.archive = (await open(this.name)).archive;
  }

  /** One page towards the end of the archive. */
  async catchUp(max: number, newestFirst: boolean): Promise<void> {
    if (!this.online) return;
    const newest = (await this.archive.runs(ME)).at(-1);
    if (newestFirst || newest?.toId === undefined) {
      if (this.live) return;
      // It may be shorter than what has arrived in this session, but one that says nothing new of that, or begins with a later copy, tells not where it is.
      const all = this.server.items;
      let size = max + all.length - 1 - all.findLastIndex(({ bare, again }) => !bare && !again);
      while (all.at(-size)?.again) size += 1;
      const { items, complete } = this.server.page({ before: '', max: size });
      await this.archive.appendPage({ archive: ME, settleBefore: this.#mark, kind: 'latest', items: items.map(itemOf), complete });
      this.live = true;
      return;
    }
    const settleBefore = await this.archive.nextRow();
    const { items, complete } = this.server.page({ after: newest.toId, max });
    await this.archive.appendPage({ archive: ME, settleBefore, kind: 'forward', items: items.map(itemOf), complete });
    this.live ||= complete;
  }

  async catchUpAltogether(max: number): Promise<void> {
    for (let i = 0; this.online && !this.live; i++) {
      if (i > 1000) throw new Error('catch-up has no end');
      await this.catchUp(max, false);
    }
  }

  /** One page between runs; false when there is nothing to fill. */
  async fill(max: number): Promise<boolean> {
    if (!this.online) return false;
    const runs = await this.archive.runs(ME);
    const run = runs.findLast((candidate, i) => candidate.fromId !== undefined && !candidate.startReached && !runs[i - 1]?.joined);
    if (!run) return false;
    const { items, complete } = this.server.page({ before: run.fromId, max });
    await this.archive.appendPage({ archive: ME, kind: 'backward', segment: run.segment, items: items.map(itemOf), complete });
    return true;
  }

  /** Opens a gap that a person sees in a timeline; false when there is none. */
  async scroll(conversation: string, max: number, lowest: boolean): Promise<boolean> {
    if (!this.online) return false;
    const gaps = (await this.archive.window(conversation, {}, 1000)).filter((entry) => entry.kind === 'gap');
    const gap = lowest ? gaps[0] : gaps.at(-1);
    if (!gap) return false;
    const before = (await this.archive.segments(conversation)).find((row) => row.segment === gap.segment)?.firstId ?? '';
    // From the end only once the session has caught up, as the engine does it.
    if (before === '' && !this.live) {
      await this.catchUpAltogether(max);
      return this.scroll(conversation, max, lowest);
    }
    const { items, complete } = this.server.page({ before, max, with: conversation });
    const page: ArchivePage = { archive: ME, kind: 'history', conversation, segment: gap.segment, items: items.map(itemOf), complete };
    await this.archive.appendPage(page);
    return true;
  }

  async write(with_: string): Promise<void> {
    const body = this.body();
    await this.archive.enqueue(draft(body, { conversation: with_ }), `own-origin-of-${body}`, 0);
  }

  /** As the leader does it: in flight from the beginning, where nothing waits. */
  async say(with_: string, fate: 'acked' | 'unacked' | 'lost'): Promise<void> {
    const body = this.body();
    const { outgoing } = await this.archive.dispatch(draft(body, { conversation: with_ }), `own-origin-of-${body}`, NOW, this.live);
    if (outgoing?.state === 'inflight') await this.#onWire(outgoing, fate);
  }

  async #onWire(row: OutboxRow, fate: 'acked' | 'unacked' | 'lost'): Promise<void> {
    if (fate !== 'lost') this.server.store({ with: row.conversation, body: row.body, mine: true, bare: false, messageId: row.originId, originId: row.originId });
    if (fate === 'acked') await this.archive.markSent([row.originId]);
    else this.drop();
  }

  /** Sends what waits. `fate`: the connection ends before the acknowledgement, or before the server had it. */
  async flush(fate: 'acked' | 'unacked' | 'lost'): Promise<void> {
    if (!this.live) return;
    const holes = (await this.archive.runs(ME)).some((run, i, runs) => !run.joined && i < runs.length - 1);
    for (const row of await this.archive.outbox()) {
      // What may be in the hole is sent again only when the hole is closed.
      if (row.state === 'unknown' && holes) continue;
      await this.archive.setOutboxState(row.id, 'inflight');
      await this.#onWire(row, fate);
      if (!this.live) return;
    }
  }

  async timeline(conversation: string): Promise<(string | undefined)[]> {
    const waiting = new Set((await this.archive.outbox()).map((row) => row.message));
    return (await this.archive.window(conversation, {}, 1000)).flatMap((entry) => (entry.kind === 'gap' ? [undefined] : waiting.has(entry.row.id) ? [] : [entry.row.state.body]));
  }

  truth(conversation: string): string[] {
    return this.server.items.filter((stored) => stored.with === conversation && !stored.bare && !stored.again).map((stored) => stored.body);
  }

  /** In order, nothing twice, and a gap wherever anything is missing: at any time, but for the end while the session is not live. */
  async expectHonest(): Promise<void> {
    const twice = new Set(this.server.items.filter((stored) => stored.again).map((stored) => stored.body));
    // What the server has twice stands where its first copy is only once that is known; until then, so does what was heard with it.
    const misled = (await this.misplaced()).length > 0;
    for (const conversation of people) {
      const truth = this.truth(conversation).filter((body) => !twice.has(body));
      const all = await this.timeline(conversation);
      for (const body of twice) expect(all.filter((other) => other === body).length, `${body} in ${all.join(' ')}`).to.be.at.most(1);
      if (misled) continue;
      const shown = all.filter((body) => body === undefined || !twice.has(body));
      let next = 0;
      let gap = false;
      for (const body of [...shown, 'END']) {
        if (body === undefined) {
          gap = true;
          continue;
        }
        const index = body === 'END' ? truth.length : truth.indexOf(body);
        const told = `${conversation}: ${shown.map((entry) => entry ?? '|').join(' ')} of ${truth.join(' ')}`;
        expect(index, `out of order or twice, ${told}`).to.be.at.least(next);
        // A row whose fate is unknown is not shown as said, and may be what is missing.
        if (body === 'END' && !this.live) break;
        if (index > next) expect(gap || (await this.unsettled(truth.slice(next, index))), `silent hole, ${told}`).to.equal(true);
        next = index + 1;
        gap = false;
      }
    }
  }

  /** What stands where a later copy of it is. */
  async misplaced(): Promise<(string | undefined)[]> {
    const first = new Set(this.server.items.filter((stored) => !stored.again).map((stored) => stored.archiveId));
    const windows = await Promise.all(people.map(async (conversation) => this.archive.window(conversation, {}, 1000)));
    return windows.flat().flatMap((entry) => (entry.kind === 'gap' || entry.row.archiveId === undefined || first.has(entry.row.archiveId) ? [] : [entry.row.state.body]));
  }

  async unsettled(bodies: readonly string[]): Promise<boolean> {
    const waiting = new Set((await this.archive.outbox()).map((row) => row.body));
    return bodies.every((body) => waiting.has(body));
  }

  /** Catches up, sends and fills until nothing is left to do. */
  async finish(max: number, byHand: boolean): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.connect();
      await this.catchUpAltogether(max);
      await this.expectHonest();
      if (byHand) {
        for (const conversation of people) {
          for (let i = 0; await this.scroll(conversation, max, round === 0); i++) {
            if (i > 1000) throw new Error('history has no end');
            await this.expectHonest();
          }
        }
      }
      for (let i = 0; await this.fill(max); i++) {
        if (i > 1000) throw new Error('filling has no end');
        await this.expectHonest();
      }
      await this.expectHonest();
      await this.flush('acked');
      if (round < 2) this.drop();
    }
  }
}

const person = fc.constantFrom(...people);
const size = fc.integer({ min: 1, max: 4 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('arrive' as const), with: person, mine: fc.boolean(), how: fc.constantFrom({ archiveId: true, messageId: true }, { archiveId: true, messageId: false }, { archiveId: false, messageId: true }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat(9), archiveId: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bare' as const), with: person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('catch-up' as const), max: size, newestFirst: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fill' as const), max: size }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('scroll' as const), with: person, max: size, lowest: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const), with: person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('say' as const), with: person, fate: fc.constantFrom('acked' as const, 'unacked' as const, 'lost' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const), fate: fc.constantFrom('acked' as const, 'unacked' as const, 'lost' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(simulation: Simulation, next: Step): Promise<void> {
  switch (next.do) {
    case 'arrive': return simulation.arrive(next.with, next.mine, next.how);
    case 'again': return simulation.arriveAgain(next.which, next.archiveId);
    case 'bare': return simulation.bare(next.with);
    case 'connect': return simulation.connect();
    case 'catch-up': return simulation.catchUp(next.max, next.newestFirst);
    case 'fill': return void (await simulation.fill(next.max));
    case 'scroll': return void (await simulation.scroll(next.with, next.max, next.lowest));
    case 'write': return simulation.write(next.with);
    case 'say': return simulation.say(next.with, next.fate);
    case 'flush': return simulation.flush(next.fate);
    case 'drop': return simulation.drop();
    case 'reload': return simulation.reload();
  }
}

const { patience, ...often } = howOften(40);

const from = (who: (typeof people)[number], archiveId = true): Step => ({ do: 'arrive', with: who, mine: false, how: archiveId ? { archiveId, messageId: true } : { archiveId: false, messageId: true } });

/** What has gone wrong once, as steps and the size of the last pages. */
const mended: [Step[], number][] = [
  // History from the end was asked for before what an earlier session heard had been settled: it came between what was missed.
  [[{ do: 'connect' }, from(BOB), { do: 'reload' }, from(BOB), from(BOB), { do: 'connect' }, from(BOB), { do: 'scroll', with: BOB, max: 3, lowest: false }], 1],
  // The newest page was shorter than what had been heard: the rest of that went behind whatever came later.
  [[{ do: 'connect' }, from(BOB), from(CAROL), { do: 'catch-up', max: 1, newestFirst: false }, { do: 'drop' }, from(BOB)], 1],
  // What was settled without an id of the archive, so that history was asked from the end, stood above what it brought.
  [[{ do: 'connect' }, from(BOB, false), from(CAROL), { do: 'catch-up', max: 1, newestFirst: false }, from(BOB), { do: 'scroll', with: BOB, max: 1, lowest: false }], 1],
  // What was settled with an id of the archive, so that history was asked from there, was put below what it brought.
  [[from(BOB), { do: 'connect' }, from(BOB), from(DAVE), { do: 'scroll', with: BOB, max: 1, lowest: false }], 1],
  [[from(BOB), { do: 'connect' }, from(BOB), from(DAVE)], 1],
];

describe('the order of an archive', () => {
  afterEach(destroyAll);

  for (const byHand of [false, true]) {
    it(`is the server’s, with nothing lost, twice, or silently missing, whatever happens (${byHand ? 'scrolled back' : 'filled by itself'})`, async function () {
      this.timeout(patience);
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), size, async (steps, max) => {
          const { archive, name } = await open();
          const simulation = new Simulation(archive, name);
          for (const next of steps) {
            await take(simulation, next);
            await simulation.expectHonest();
          }
          await simulation.finish(max, byHand);
          // A run cannot tell whether history of one conversation, fetched before it came by, had passed the first copy.
          const misplaced = await simulation.misplaced();
          if (!byHand && !steps.some((one) => one.do === 'scroll')) expect(misplaced).to.deep.equal([]);
          const sure = (body: string | undefined): boolean => !misplaced.includes(body);
          for (const conversation of people) expect((await simulation.timeline(conversation)).filter(sure)).to.deep.equal(simulation.truth(conversation).filter(sure));
          expect(await simulation.archive.outbox()).to.deep.equal([]);
          simulation.archive.close();
          await destroyAll();
        }),
        { ...often, examples: mended },
      );
    });
  }
});
