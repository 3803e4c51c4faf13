/** Opens the archive of an account: everything that is kept of it, in one database. */
import { systemClock } from '../base/clock.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { forgetDatabase, registerDatabase } from './accounts.js';
import { append } from './append.js';
import { appendPage } from './append-page.js';
import type { ApplyTable, Archive, Poke } from './archive-types.js';
import { conversationFor, readAll, removeConversation, setDraft } from './conversations.js';
import { deleteDatabase, openDatabase } from './open-database.js';
import type { ClosedReason } from './open-database.js';
import { discard, enqueue, markFailed, markSent, retry, setOutboxState, setUploaded } from './outbox.js';
import { openReader } from './reader.js';
import { abandonCursor } from './runs.js';
import { archiveMigrations } from './schema.js';
import type { ArchiveSchema } from './schema.js';
import { openShelf } from './shelf.js';
import { reading, transact } from './transact.js';
import type { Writing } from './transact.js';
import { messageRow } from './unit.js';

export type ArchiveOptions = {
  /** The database's name; one for each account. */
  readonly name: string;
  readonly apply: ApplyTable;
  /** Called after each commit that changed something. */
  readonly onPoke: (pokes: readonly Poke[]) => void;
  readonly clock?: Clock;
  readonly log: Log;
  /** The database was closed under us; whatever is asked afterwards rejects with `ChatError('storage')`. */
  readonly onClosed?: (reason: ClosedReason) => void;
};

/** Rejects with `ChatError('storage')` where there is no storage, or another page will not let go of an older version. */
export async function openArchive({ name, apply, onPoke, clock = systemClock, log, onClosed }: ArchiveOptions): Promise<Archive> {
  await registerDatabase(name, clock);
  const database = await openDatabase<ArchiveSchema>(name, archiveMigrations, { clock, log, ...(onClosed ? { onClosed } : {}) });
  const writing: Writing = { database, apply, onPoke, clock, log };
  const reader = openReader(database);
  const openedAt = await reader.nextRow();

  return {
    ...openShelf(database, onPoke),
    ...reader,
    append: async (facts) => transact(writing, 'relaxed', async (unit) => append(unit, facts)),
    appendPage: async (page) => transact(writing, 'relaxed', async (unit) => appendPage(unit, page, openedAt)),
    abandonCursor: async (archive) => transact(writing, 'relaxed', async (unit) => abandonCursor(unit, archive)),

    openConversation: async (jid, kind) => transact(writing, 'relaxed', async (unit) => void (await conversationFor(unit, jid, { kind }))),
    removeConversation: async (jid) => transact(writing, 'strict', async (unit) => removeConversation(unit, jid)),
    setDraft: async (jid, draft) => transact(writing, 'relaxed', async (unit) => setDraft(unit, jid, draft)),
    markRead: async (jid) => transact(writing, 'relaxed', async (unit) => readAll(unit, jid)),

    enqueue: async (draft, originId, at) => messageRow(await transact(writing, 'strict', async (unit) => enqueue(unit, draft, originId, at))),
    outbox: async () => reading(async () => database.getAll('outbox')),
    setOutboxState: async (id, state) => transact(writing, 'strict', async (unit) => setOutboxState(unit, id, state)),
    setUploaded: async (id, attachments) => transact(writing, 'strict', async (unit) => setUploaded(unit, id, attachments)),
    markSent: async (originIds) => transact(writing, 'strict', async (unit) => markSent(unit, originIds)),
    markFailed: async (id, condition, text) => transact(writing, 'strict', async (unit) => markFailed(unit, id, condition, text)),
    retry: async (message) => transact(writing, 'strict', async (unit) => retry(unit, message)),
    discard: async (message) => transact(writing, 'strict', async (unit) => discard(unit, message)),

    close: () => database.close(),
    async destroy() {
      database.close();
      await deleteDatabase(name, clock);
      await forgetDatabase(name, clock);
    },
  };
}
