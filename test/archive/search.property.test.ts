import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { openDatabase } from '../../src/archive/open-database.js';
import { archiveMigrations } from '../../src/archive/schema.js';
import type { ArchiveDatabase, ArchiveSchema } from '../../src/archive/schema.js';
import { search } from '../../src/archive/search.js';
import { SearchIndex } from '../../src/archive/search-index.js';
import { findIn, readQuery } from '../../src/archive/search-text.js';
import { silentLog } from '../../src/base/log.js';
import type { FoundMark } from '../../src/model/search.js';
import { BOB, CAROL, destroyAll, draft, edit, message, NOW, open } from './fixtures.js';

const words = ['tea', 'team', 'Téa', 'green', 'grün', 'お茶', '緑茶', 'شكرا', '👍', 'x'.repeat(40), '한국어'] as const;
const people = [BOB, CAROL];
const text = fc.array(fc.constantFrom(...words), { minLength: 0, maxLength: 4 }).map((chosen) => chosen.join(' '));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hear' as const), who: fc.nat(1), said: fc.array(fc.record({ body: text, at: fc.nat(20) }), { minLength: 1, maxLength: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('index' as const), steps: fc.integer({ min: 1, max: 12 }), /** Its transaction that is cut off. */ crash: fc.option(fc.nat(8), { nil: undefined }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('correct' as const), which: fc.nat(60), body: text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('correct while indexing' as const), which: fc.nat(60), body: text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write and discard' as const), body: text }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The database as somebody has it whose `at`-th transaction that writes is cut off. */
function crashing(database: ArchiveDatabase, at: number): ArchiveDatabase {
  let count = 0;
  return new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'transaction') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return (...args: Parameters<ArchiveDatabase['transaction']>) => {
        const tx = target.transaction(...args);
        if (args[1] === 'readwrite' && count++ === at) queueMicrotask(() => tx.abort());
        return tx;
      };
    },
  });
}

async function play(database: ArchiveDatabase, archive: Awaited<ReturnType<typeof open>>['archive'], steps: readonly Step[]): Promise<void> {
  let said = 0;
  const correct = async (which: number, body: string): Promise<void> => archive.append([[edit(`message-no-${which}`, body, { id: `edit-no-${(said += 1)}`, with: people[which % 2]! })]]);
  let index = new SearchIndex(database, async () => {}, silentLog, 3);
  for (const each of steps) {
    // oxlint-disable no-await-in-loop -- one after the other
    if (each.kind === 'hear') {
      // Those of one person have even numbers.
      await archive.append(each.said.map(({ body, at }) => [message(body, { id: `message-no-${(said += 1) * 2 + each.who}`, with: people[each.who]!, at: NOW + at })]));
    } else if (each.kind === 'correct') await correct(each.which, each.body);
    else if (each.kind === 'correct while indexing') await Promise.all([index.step(), correct(each.which, each.body)]);
    else if (each.kind === 'remove') await archive.removeConversation(people[each.who]!);
    else if (each.kind === 'write and discard') await archive.discard((await archive.enqueue(draft(each.body), `own-no-${(said += 1)}`, NOW)).id);
    else {
      // Whoever is cut off is another one when it comes back.
      if (each.crash !== undefined) index = new SearchIndex(crashing(database, each.crash), async () => {}, silentLog, 3);
      for (let i = 0; i < each.steps; i += 1) await index.step().catch(() => false);
      if (each.crash !== undefined) index = new SearchIndex(database, async () => {}, silentLog, 3);
    }
    // oxlint-enable no-await-in-loop
  }
}

type Asked = { readonly words: string; readonly conversation?: string };

/** What anybody would find who looks at every row. */
async function scan(database: ArchiveDatabase, { words: asked, conversation }: Asked): Promise<number[]> {
  const query = readQuery(asked);
  const rows = await database.getAll('messages');
  return rows
    .filter((row) => query.wanted.length > 0 && (conversation === undefined || row.conversation === conversation) && findIn(row.state.body, query))
    .toSorted((a, b) => b.at - a.at || b.id - a.id)
    .map(({ id }) => id);
}

async function ask(database: ArchiveDatabase, { words: asked, ...options }: Asked): Promise<number[]> {
  const ids: number[] = [];
  for (let before: FoundMark | undefined; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- page by page
    const { found, more, all } = await search(database, asked, { ...options, limit: 4, ...(before && { before }) }, silentLog);
    if (!all) throw new Error('not all was looked at');
    ids.push(...found.map(({ row }) => row.id));
    if (!more) return ids;
    before = more;
  }
}

describe('search, whatever has happened', () => {
  afterEach(destroyAll);

  it('finds what a look at every message finds', async () => {
    const asked = fc.array(fc.constantFrom(...words, 't', 'gr', '茶', 'x', '하', 'tea gr', '👍 شك', 'お茶 tea'), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), asked, async (steps, queries) => {
        const { archive, name } = await open();
        const database = await openDatabase<ArchiveSchema>(name, archiveMigrations);
        try {
          await play(database, archive, steps);
          const compare = async (when: string): Promise<void> => {
            for (const query of queries) {
              for (const conversation of [undefined, CAROL]) {
                const each = { words: query, ...(conversation && { conversation }) };
                // oxlint-disable-next-line no-await-in-loop -- one after the other
                expect(await ask(database, each), `${query}, ${when}`).to.deep.equal(await scan(database, each));
              }
            }
          };
          await compare('as it was left');
          const index = new SearchIndex(database, async () => {}, silentLog, 3);
          // oxlint-disable-next-line no-await-in-loop, no-empty -- until there is no more to do
          while (await index.step()) {}
          await compare('indexed');
        } finally {
          database.close();
          archive.close();
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);
});
