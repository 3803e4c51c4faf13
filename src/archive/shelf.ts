/** Rows by JID that outlive the session, and small named values. */
import type { Shelf, ShelfName, ShelfRows } from '../model/shelf.js';
import type { Poke } from './archive-types.js';
import type { ArchiveDatabase } from './schema.js';
import { toChatError } from '../base/error.js';
import { reading } from './transact.js';

/** Rows read at a time: whoever has ten thousand contacts still wants to type while they are read. */
const atATime = 1_000;

export function openShelf(database: ArchiveDatabase, onPoke: (pokes: readonly Poke[]) => void): Shelf {
  async function write<S extends ShelfName>(shelf: S, rows: readonly ShelfRows[S][], remove: readonly string[] | 'all others'): Promise<void> {
    let abort = (): void => {};
    try {
      const tx = database.transaction(shelf as ShelfName, 'readwrite');
      tx.done.catch(() => {});
      abort = () => tx.abort();
      // The fence of a leader may have put another store beside it.
      const store = tx.objectStore(shelf as ShelfName);
      const cleared = remove === 'all others' ? [store.clear()] : remove.map(async (jid) => store.delete(jid));
      await Promise.all([...cleared, ...rows.map(async (row) => store.put(row))]);
      await tx.done;
    } catch (error) {
      try {
        abort();
      } catch {
        // It has aborted by itself.
      }
      throw toChatError(error, 'storage');
    }
    onPoke([{ kind: 'shelf', shelf }]);
  }

  return {
    get: async <S extends ShelfName>(shelf: S, jid: string) => reading(async () => (await database.get(shelf as ShelfName, jid)) as ShelfRows[S] | undefined),
    some: async <S extends ShelfName>(shelf: S, jids: readonly string[]) =>
      reading(async () => {
        const store = database.transaction(shelf as ShelfName).objectStore(shelf as ShelfName);
        const rows = await Promise.all(jids.map((jid) => store.get(jid)));
        return rows.filter((row) => row !== undefined) as ShelfRows[S][];
      }),
    all: async <S extends ShelfName>(shelf: S) =>
      reading(async () => {
        const store = database.transaction(shelf as ShelfName).objectStore(shelf as ShelfName);
        const rows: ShelfRows[ShelfName][] = [];
        let more: ShelfRows[ShelfName][];
        do {
          const last = rows.at(-1);
          more = await store.getAll(last && IDBKeyRange.lowerBound(last.jid, true), atATime);
          rows.push(...more);
        } while (more.length === atATime);
        return rows as ShelfRows[S][];
      }),
    put: async (shelf, rows, remove = []) => {
      if (rows.length > 0 || remove.length > 0) await write(shelf, rows, remove);
    },
    replace: async (shelf, rows) => write(shelf, rows, 'all others'),
    note: async <T>(key: string) => reading(async () => (await database.get('notes', key)) as T | undefined),
    setNote: async (key, value, withRow = false) =>
      reading(async () => {
        if (value === undefined) return database.delete('notes', key);
        if (!withRow) return void (await database.put('notes', value, key));
        const tx = database.transaction(['notes', 'counters'], 'readwrite');
        // Awaited below; that it has failed must not count as unhandled before that.
        tx.done.catch(() => {});
        const row = (await tx.objectStore('counters').get('row')) ?? 1;
        await Promise.all([tx.objectStore('notes').put({ ...value, row }, key), tx.done]);
      }),
  };
}
