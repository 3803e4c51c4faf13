import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { openArchive } from '../../src/archive/archive.js';
import type { Archive, ArchivePage, PageItem, RunRow } from '../../src/archive/archive-types.js';
import { lower } from '../../src/archive/segments.js';
import { silentLog } from '../../src/base/log.js';
import { howOften } from '../support/property.js';

const ME = 'me@example.org';
const people = ['bob@example.org', 'carol@example.org', 'dave@example.org'] as const;

/** One page, as it is asked for of what is here: which conversation, how much, and whether the answer may still change. */
type Ask = { readonly kind: 'forward' | 'latest' | 'backward' | 'history' | 'onward'; readonly which: number; readonly max: number; readonly stable: boolean };

/** An archive of `said`, who said the n-th message; some say nothing (`undefined`). It grows between the asks. */
type World = { readonly said: readonly (number | undefined)[]; readonly begins: number; readonly asks: readonly (Ask & { readonly grow: number })[] };

// Ids that say nothing about the order.
const idOf = (n: number): string => `a${(n * 7919) % 10_007}`;
const itemOf = (who: number | undefined, n: number): PageItem => ({
  archiveId: idOf(n),
  facts: who === undefined ? [] : [{ kind: 'message', conversation: people[who]!, chatType: 'chat', sender: people[who]!, mine: false, at: 1, archive: ME, archiveId: idOf(n), messageId: `message-${n}`, body: String(n) }],
});

class Server {
  size: number;
  readonly #said: World['said'];
  constructor({ said, begins }: World) {
    this.#said = said;
    this.size = Math.min(begins, said.length);
  }
  grow(by: number): void {
    this.size = Math.min(this.#said.length, this.size + by);
  }
  #list(person?: string): number[] {
    return Array.from({ length: this.size }, (_, n) => n).filter((n) => person === undefined || (this.#said[n] !== undefined && people[this.#said[n]] === person));
  }
  page(from: { after: string } | { before: string }, max: number, person?: string): { items: PageItem[]; complete: boolean } {
    const list = this.#list(person);
    const edge = 'after' in from ? from.after : from.before;
    const at = Array.from({ length: this.size }, (_, n) => n).find((n) => idOf(n) === edge);
    const found = 'after' in from ? list.filter((n) => at === undefined || n > at) : list.filter((n) => at === undefined || n < at);
    const some = 'after' in from ? found.slice(0, max) : found.slice(-max);
    return { items: some.map((n) => itemOf(this.#said[n], n)), complete: some.length === found.length };
  }
  of(person: string): string[] {
    return this.#list(person).map(String);
  }
}

/** The newest run that is not joined to the one before it: the one that grows down. */
const newestApart = (runs: readonly RunRow[]): RunRow | undefined => runs.findLast(({ fromId }, i) => fromId !== undefined && runs[i - 1]?.joined !== true);

async function ask(archive: Archive, server: Server, { kind, which, max, stable }: Ask): Promise<void> {
  const runs = await archive.runs(ME);
  const put = async ({ items, complete }: { items: PageItem[]; complete: boolean }, of: Record<string, unknown>): Promise<void> => void (await archive.appendPage({ archive: ME, kind, items, complete: complete && stable, ...of } as unknown as ArchivePage));
  if (kind === 'latest') return put(server.page({ before: '' }, max), { settleBefore: 1, unstable: !stable });
  if (kind === 'history' || kind === 'onward') {
    const conversation = people[which % people.length]!;
    const gaps = (await archive.window(conversation, {}, 1000)).flatMap((entry) => (entry.kind === 'gap' ? [entry.segment] : []));
    if (gaps.length === 0) return;
    const segment = gaps[which % gaps.length]!;
    if (kind === 'onward') {
      const after = lower(await archive.segments(conversation), segment)?.lastId;
      return after === undefined ? undefined : put(server.page({ after }, max, conversation), { conversation, segment });
    }
    const before = (await archive.segments(conversation)).find((row) => row.segment >= segment && row.firstId !== undefined)?.firstId ?? '';
    // From the end only by who has caught up: what lies between would have its place after it.
    if (before === '' && runs.at(-1)?.toId !== idOf(server.size - 1)) return;
    return put(server.page({ before }, max, conversation), { conversation, segment });
  }
  if (kind === 'forward') {
    const cursor = runs.at(-1)?.toId;
    return cursor === undefined ? undefined : put(server.page({ after: cursor }, max), { settleBefore: 1 });
  }
  const run = newestApart(runs);
  if (run?.fromId !== undefined) await put(server.page({ before: run.fromId }, max), { segment: run.segment });
}

/** In the archive's order, each once, nothing missing where there is no gap, and each run's ends as they are. */
async function check(archive: Archive, server: Server, end: boolean): Promise<void> {
  for (const person of people) {
    const truth = server.of(person);
    // oxlint-disable-next-line no-await-in-loop -- one conversation after the other
    const shown = await archive.window(person, {}, 1000);
    let next = 0;
    let gap = false;
    for (const entry of shown) {
      if (entry.kind === 'gap') {
        gap = true;
        continue;
      }
      const at = truth.indexOf(entry.row.state.body);
      expect(at, `${person}: ${JSON.stringify(shown.map((one) => (one.kind === 'gap' ? '|' : one.row.state.body)))} of ${truth.join()}`).to.be[gap ? 'gte' : 'eq'](next);
      next = at + 1;
      gap = false;
    }
    if (end) expect(next).to.equal(truth.length);
  }
  const runs = await archive.runs(ME);
  for (const [i, run] of runs.entries()) if (run.joined) expect(runs[i + 1], 'joined to something').to.not.equal(undefined);
}

const { patience, ...often } = howOften(30);

describe('segments and runs', () => {
  it('merge to the server’s archive, in whatever order its pages come, while it grows', async function () {
    this.timeout(patience);
    const anAsk = fc.record({ kind: fc.constantFrom('forward' as const, 'latest' as const, 'backward' as const, 'history' as const, 'onward' as const, 'onward' as const), which: fc.nat(5), max: fc.integer({ min: 1, max: 6 }), stable: fc.boolean(), grow: fc.nat(6) });
    const world: fc.Arbitrary<World> = fc.record({ said: fc.array(fc.option(fc.nat(people.length - 1), { nil: undefined, freq: 6 }), { maxLength: 40, size: 'max' }), begins: fc.nat(20), asks: fc.array(anAsk, { maxLength: 14, size: 'max' }) });
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const archive = await openArchive({ name: `tertulia/test-${crypto.randomUUID()}`, apply: {}, onPoke() {}, log: silentLog });
        try {
          const server = new Server(given);
          for (const { grow, ...one } of given.asks) {
            server.grow(grow);
            await ask(archive, server, one);
            await check(archive, server, false);
          }
          // Up to the end, then whatever is still missing.
          await ask(archive, server, { kind: 'latest', which: 0, max: 5, stable: true });
          for (let i = 0; ; i += 1) {
            if (i > 1000) throw new Error('filling has no end');
            const runs = await archive.runs(ME);
            const run = newestApart(runs);
            if (!run || runs.some(({ segment, startReached }) => startReached && segment >= run.segment)) break;
            await ask(archive, server, { kind: 'backward', which: 0, max: 4, stable: true });
            await check(archive, server, false);
          }
          await check(archive, server, true);
          for (const person of people) expect((await archive.window(person, {}, 1000)).map((entry) => (entry.kind === 'gap' ? '|' : entry.row.state.body))).to.deep.equal(server.of(person));
        } finally {
          await archive.destroy();
        }
      }),
      often,
    );
  });
});
