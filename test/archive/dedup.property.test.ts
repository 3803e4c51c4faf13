import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import type { Archive, PageItem } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { silentLog } from '../../src/base/log.js';
import type { Fact } from '../../src/model/fact.js';
import { howOften } from '../support/property.js';

const ME = 'me@example.org';
const people = ['bob@example.org', 'carol@example.org'] as const;

/**
 * What somebody wrote, once. Its client gave it an id that tells (`long`), a short one, or none; the server may have got it twice,
 * for its sender could not know that the first time had come through: each time under another archive id.
 */
type Written = { readonly who: number; readonly mine: boolean; readonly text: string; readonly id: 'long' | 'short' | 'none'; readonly twice: boolean };
/** A copy of it as it arrives: live or as a carbon, with or without the archive's id; or in a page. */
type Copy = { readonly of: number; readonly second: boolean; readonly withId: boolean };
type Step = { readonly kind: 'live'; readonly copies: readonly Copy[] } | { readonly kind: 'latest' | 'backward' | 'forward' | 'history'; readonly max: number; readonly who: number; /** Else the oldest. */ readonly run?: number };

const archiveIdOf = (n: number, second: boolean): string => `a${(n * 2 + (second ? 1 : 0)) * 7919 % 10_007}`;

function factOf(written: readonly Written[], { of, second, withId }: Copy): Fact<'message'> {
  const { who, mine, text, id } = written[of]!;
  const conversation = people[who]!;
  // Short ids are counters: two messages may have the same one.
  const messageId = id === 'long' ? `id-of-message-${of}` : id === 'short' ? `m${of % 3}` : undefined;
  return {
    kind: 'message', conversation, chatType: 'chat', sender: mine ? ME : conversation, mine, at: of, archive: ME, body: `${of}:${text}`,
    ...(messageId !== undefined && { messageId, ...(mine && id === 'long' && { originId: messageId }) }),
    ...(withId && { archiveId: archiveIdOf(of, second) }),
  };
}

/** The server's archive, in which the second copies come a little later than the first. */
const archiveOf = (written: readonly Written[]): Copy[] => {
  const list: (Copy & { readonly at: number })[] = [];
  written.forEach(({ twice }, of) => {
    list.push({ of, second: false, withId: true, at: of });
    if (twice) list.push({ of, second: true, withId: true, at: of + 2.5 });
  });
  return list.toSorted((a, b) => a.at - b.at);
};

async function play(archive: Archive, written: readonly Written[], steps: readonly Step[]): Promise<void> {
  const held = archiveOf(written);
  const itemOf = (copy: Copy): PageItem => ({ archiveId: archiveIdOf(copy.of, copy.second), facts: [factOf(written, copy)] });
  const indexOf = (id: string | undefined): number => held.findIndex(({ of, second }) => archiveIdOf(of, second) === id);
  for (const step of steps) {
    // oxlint-disable no-await-in-loop -- one after the other
    const runs = await archive.runs(ME);
    if (step.kind === 'live') {
      await archive.append(step.copies.filter(({ of }) => of < written.length).map((copy) => [factOf(written, { ...copy, second: copy.second && written[copy.of]!.twice })]));
    } else if (step.kind === 'latest') {
      const items = held.slice(-step.max).map(itemOf);
      await archive.appendPage({ archive: ME, kind: 'latest', items, complete: items.length === held.length, settleBefore: 1 });
    } else if (step.kind === 'history') {
      const conversation = people[step.who]!;
      const segment = (await archive.segments(conversation)).find(({ firstId }) => firstId !== undefined);
      const end = segment?.firstId === undefined ? held.length : indexOf(segment.firstId);
      const found = held.slice(0, end).filter(({ of }) => people[written[of]!.who] === conversation);
      await archive.appendPage({ archive: ME, kind: 'history', conversation, segment: segment?.segment ?? -1, items: found.slice(-step.max).map(itemOf), complete: found.length <= step.max });
    } else {
      const run = step.kind === 'forward' ? runs.at(-1) : (runs[step.run ?? -1] ?? runs.find(({ fromId }) => fromId !== undefined));
      if (!run || (step.kind === 'forward' && run.toId === undefined)) continue;
      if (step.kind === 'forward') {
        const found = held.slice(indexOf(run.toId) + 1);
        await archive.appendPage({ archive: ME, kind: 'forward', settleBefore: 1, items: found.slice(0, step.max).map(itemOf), complete: found.length <= step.max });
      } else {
        const found = held.slice(0, indexOf(run.fromId));
        await archive.appendPage({ archive: ME, kind: 'backward', segment: run.segment, items: found.slice(-step.max).map(itemOf), complete: found.length <= step.max });
      }
    }
    // oxlint-enable no-await-in-loop
  }
}

/** All of it: the newest page, then every hole from its newer end. */
async function finish(archive: Archive, written: readonly Written[]): Promise<void> {
  await play(archive, written, [{ kind: 'latest', max: 6, who: 0 }]);
  for (let i = 0; ; i += 1) {
    if (i > 100) throw new Error('filling has no end');
    // oxlint-disable no-await-in-loop -- page after page
    const runs = await archive.runs(ME);
    const run = runs.findLastIndex(({ fromId, startReached }, at) => fromId !== undefined && !startReached && runs[at - 1]?.joined !== true && !runs.slice(at).some((later) => later.startReached));
    if (run < 0) return;
    await play(archive, written, [{ kind: 'backward', max: 6, who: 0, run }]);
    // oxlint-enable no-await-in-loop
  }
}

/** How often each is shown. */
async function shown(archive: Archive): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  const windows = await Promise.all(people.map(async (who) => archive.window(who, {}, 1000)));
  for (const entry of windows.flat()) {
    if (entry.kind === 'gap') continue;
    const of = Number(entry.row.state.body.split(':')[0]);
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  return counts;
}

const { patience, ...often } = howOften(40);

describe('the same message twice', () => {
  it('is shown once, whatever ways its copies come, and nothing is taken for what it is not', async function () {
    this.timeout(patience);
    const written = fc.array(
      fc.record({ who: fc.nat(1), mine: fc.boolean(), text: fc.constantFrom('hello', 'hello', 'yes', ''), id: fc.constantFrom('long' as const, 'long' as const, 'short' as const, 'none' as const), twice: fc.boolean() }),
      { minLength: 1, maxLength: 12, size: 'max' },
    );
    const copy = fc.record({ of: fc.nat(11), second: fc.boolean(), withId: fc.boolean() });
    const page = fc.record({ kind: fc.constantFrom('latest' as const, 'backward' as const, 'forward' as const, 'history' as const), max: fc.integer({ min: 1, max: 6 }), who: fc.nat(1) });
    const step: fc.Arbitrary<Step> = fc.oneof(fc.record({ kind: fc.constant('live' as const), copies: fc.array(copy, { minLength: 1, maxLength: 5 }) }), page, page);
    await fc.assert(
      fc.asyncProperty(written, fc.array(step, { maxLength: 14, size: 'max' }), async (all, steps) => {
        const archive = await openArchive({ name: `tertulia/test-${crypto.randomUUID()}`, apply: {}, onPoke() {}, log: silentLog });
        try {
          // Without an id that tells, a copy without the archive's id or under another one is another message, for all that anybody can know.
          const told = all.map((one) => ({ ...one, twice: one.twice && one.id === 'long' }));
          const sound = steps.map((one): Step => (one.kind !== 'live' ? one : { ...one, copies: one.copies.map((each) => ({ ...each, withId: each.withId || told[each.of]?.id !== 'long' })) }));
          await play(archive, told, sound);
          for (const [of, count] of await shown(archive)) expect(count, `message ${of}`).to.equal(1);
          // All of it, from the end to the beginning.
          await finish(archive, told);
          const counts = await shown(archive);
          expect(told.map((_, of) => counts.get(of) ?? 0)).to.deep.equal(told.map(() => 1));
          // And once more: nothing changes.
          await play(archive, told, sound);
          expect(await shown(archive)).to.deep.equal(counts);
        } finally {
          await archive.destroy();
        }
      }),
      often,
    );
  });
});
