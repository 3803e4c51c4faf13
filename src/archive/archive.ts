/** Opens the archive of an account, everything that is kept of it in one database, for whoever takes in what arrives. */
import { delay, systemClock } from '../base/clock.js';
import { ChatError } from '../base/error.js';
import { append } from './append.js';
import { appendPage } from './append-page.js';
import type { ApplyTable, Archive } from './archive-types.js';
import { takenWithin } from './archive-types.js';
import { told, untold } from './displayed.js';
import { foldNew } from './fold.js';
import { Lead } from './lead.js';
import { beforeEnqueue, enqueue } from './outbox.js';
import type { BeforeEnqueue, Enqueued } from './outbox.js';
import { openPageArchive } from './page-archive.js';
import type { PageArchiveOptions } from './page-archive.js';
import { abandonCursor } from './runs.js';
import { beginSession, mendSeams } from './seams.js';
import type { SearchIndex } from './search-index.js';
import { isSound } from './sound.js';
import { messageRow } from './unit.js';
import type { Unit } from './unit.js';

/** What was handed over and is not written by then is not written at all, milliseconds: long before the page that keeps it itself is told that it could not be kept. */
const writtenWithin = 5_000;

export type ArchiveOptions = PageArchiveOptions & { readonly apply: ApplyTable };

/** Rejects with `ChatError('storage')` where there is no storage, or another page will not let go of an older version. */
export async function openArchive({ apply, ...options }: ArchiveOptions): Promise<Archive> {
  let lead: Lead | undefined;
  const { archive, database, write } = await openPageArchive(options, {
    fold: async (unit) => foldNew(unit, { apply, log: options.log }),
    guard: (database) => (lead = new Lead(database, options.clock ?? systemClock)).database,
  });
  let index: Promise<SearchIndex> | undefined;
  const openedAt = await archive.nextRow();
  const clock = options.clock ?? systemClock;
  return {
    ...archive,
    lead: lead!,
    dispatch: async (draft, originId, at, goes) => {
      let before: BeforeEnqueue;
      const work = async (unit: Unit): Promise<Enqueued> => {
        // Asked within the transaction: that of the page that waited long enough comes after it.
        const waited = clock.now() - at;
        if (waited < 0 || waited >= takenWithin) throw new ChatError('timeout', 'the page has kept it itself');
        return enqueue(unit, draft, originId, at, before);
      };
      const { row, outgoing } = await write('strict', work, async (unit) => void (before = await beforeEnqueue(unit, draft, originId, goes)), writtenWithin);
      return { row: messageRow(row), ...(outgoing && { outgoing }) };
    },
    append: async (facts, durability = 'relaxed') => write(durability, async (unit) => append(unit, facts)),
    appendPage: async (page) => write('relaxed', async (unit) => appendPage(unit, page, openedAt)),
    untold: async (jids) => write('relaxed', async (unit) => untold(unit, jids)),
    told: async (seen) => write('relaxed', async (unit) => told(unit, seen)),
    beginSession: async (archiveJid, resumed) => write('relaxed', async (unit) => beginSession(unit, archiveJid, resumed)),
    hearsAll: async (archiveJid) => write('relaxed', async (unit) => mendSeams(unit, archiveJid)),
    abandonCursor: async (archiveJid) => write('relaxed', async (unit) => abandonCursor(unit, archiveJid)),
    async indexMore() {
      index ??= import('./search-index.js').then(({ SearchIndex }) => new SearchIndex(database, async () => delay(clock, 0), options.log));
      index.catch(() => (index = undefined));
      return (await index).step();
    },
    // What cannot even be read is not whole either: a row of another shape, a store that is not there.
    sound: async () => isSound(database).catch(() => false),
  };
}
