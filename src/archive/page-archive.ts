/** Opens the archive of an account for what a person does: reading, writing, the outbox. What arrives comes in by `archive.ts`. */
import { systemClock } from '../base/clock.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { forgetDatabase, registerDatabase } from './accounts.js';
import type { PageArchive, Poke } from './archive-types.js';
import { conversationFor, readAll, removeConversation, setDraft } from './conversations.js';
import { deleteDatabase, openDatabase, openExisting } from './open-database.js';
import type { ClosedReason } from './open-database.js';
import { beforeEnqueue, discard, enqueue, markFailed, markSent, retry, setOutboxState, setUploaded } from './outbox.js';
import type { BeforeEnqueue } from './outbox.js';
import { openReader } from './reader.js';
import { archiveMigrations } from './schema.js';
import type { ArchiveDatabase, ArchiveSchema } from './schema.js';
import { openShelf } from './shelf.js';
import { reading, transact } from './transact.js';
import type { Transact, Writing } from './transact.js';
import { messageRow } from './unit.js';

export type PageArchiveOptions = {
  /** The database's name; one for each account. */
  readonly name: string;
  /** Called after each commit that changed something. */
  readonly onPoke: (pokes: readonly Poke[]) => void;
  readonly clock?: Clock;
  readonly log: Log;
  /** The database was closed under us; whatever is asked afterwards rejects with `ChatError('storage')`. */
  readonly onClosed?: (reason: ClosedReason) => void;
  /** Most likely it is there: opened without a step before, and only made like any other where it is not. */
  readonly atOnce?: boolean;
};

/**
 * Rejects with `ChatError('storage')` where there is no storage, or another page will not let go of an older version.
 * @param engine what the engine does beside: `fold` makes what a transaction has taken in part of its messages (a page takes
 * nothing in), `guard` lets nobody write who does not lead.
 * @returns the archive, and how whoever has more to read and to write does so.
 */
export async function openPageArchive({ name, onPoke, clock = systemClock, log, onClosed, atOnce = false }: PageArchiveOptions, engine?: { readonly fold: NonNullable<Writing['fold']>; readonly guard: (database: ArchiveDatabase) => ArchiveDatabase }): Promise<{ readonly archive: PageArchive; readonly database: ArchiveDatabase; readonly write: Transact }> {
  const options = { clock, log, ...(onClosed ? { onClosed } : {}) };
  // One that is there was noted before it was made.
  let opened: ArchiveDatabase | undefined = atOnce ? await openExisting<ArchiveSchema>(name, archiveMigrations, options) : undefined;
  if (!opened) {
    await registerDatabase(name, clock);
    opened = await openDatabase<ArchiveSchema>(name, archiveMigrations, options);
  }
  const database = engine?.guard(opened) ?? opened;
  const running = new Set<() => void>();
  const writing: Writing = { database, onPoke, clock, log, ...(engine ? { fold: engine.fold } : { running }) };
  const write: Transact = async (...how) => transact(writing, ...how);

  const archive: PageArchive = {
    ...openShelf(database, onPoke),
    ...openReader(database),

    // Fetched with the first search.
    search: async (words, options = {}) => (await import('./search.js')).search(database, words, options, log),

    beginArchive: async (jid) =>
      write('relaxed', async (unit) => {
        if ((await unit.loadRuns(jid)).length === 0) unit.putRun({ archive: jid, segment: 0, startReached: true, joined: false });
      }),
    openConversation: async (jid, kind) => write('relaxed', async (unit) => void (await conversationFor(unit, jid, { kind }))),
    removeConversation: async (jid) => write('strict', async (unit) => removeConversation(unit, jid)),
    setDraft: async (jid, draft) => write('relaxed', async (unit) => setDraft(unit, jid, draft), async (unit) => unit.loadConversations([jid])),
    markRead: async (jid) => write('relaxed', async (unit) => readAll(unit, jid)),

    enqueue: async (draft, originId, at) => {
      let before: BeforeEnqueue;
      const { row } = await write('strict', async (unit) => enqueue(unit, draft, originId, at, before), async (unit) => void (before = await beforeEnqueue(unit, draft, originId, false)));
      return messageRow(row);
    },
    outbox: async (ids) =>
      reading(async () => {
        if (!ids) return database.getAll('outbox');
        const { store } = database.transaction('outbox');
        return (await Promise.all(ids.map(async (id) => store.get(id)))).filter((row) => row !== undefined);
      }),
    setOutboxState: async (id, state) => write('strict', async (unit) => setOutboxState(unit, id, state)),
    setUploaded: async (id, attachments) => write('strict', async (unit) => setUploaded(unit, id, attachments)),
    markSent: async (originIds) => write('strict', async (unit) => markSent(unit, originIds)),
    markFailed: async (id, condition, text) => write('strict', async (unit) => markFailed(unit, id, condition, text)),
    retry: async (message) => write('strict', async (unit) => retry(unit, message)),
    discard: async (message) => write('strict', async (unit) => discard(unit, message)),

    close(givingUp = false) {
      if (givingUp) for (const giveUp of Array.from(running)) giveUp();
      database.close();
    },
    async destroy() {
      database.close();
      await deleteDatabase(name, clock);
      await forgetDatabase(name, clock);
    },
  };
  return { archive, database, write };
}
