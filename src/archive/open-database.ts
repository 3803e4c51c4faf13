/** The one place that opens and deletes databases. */
import { deleteDB, openDB } from 'idb';
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from 'idb';
import { ChatError, toChatError } from '../base/error.js';
import { systemClock } from '../base/clock.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { Migration } from './schema.js';

/** Why a database was closed under its user: another page deletes or upgrades it, or the browser gave up on it. */
export type ClosedReason = 'deleted' | 'upgraded' | 'terminated';

/** Where databases are: the platform's, or the page's memory. */
export type Databases = {
  readonly open: <S extends DBSchema>(name: string, version: number, callbacks: OpenDBCallbacks<S>) => Promise<IDBPDatabase<S>>;
  readonly delete: (name: string) => Promise<void>;
};
const onDisk: Databases = { open: openDB, delete: deleteDB };
/** One for all of a page's code, as `indexedDB` is: what one part of it keeps, another must find. */
let databases = onDisk;

/** From now on databases are opened and deleted there; without an argument, where the platform keeps them. */
export function keepIn(place: Databases = onDisk): void {
  databases = place;
}

/** How long another page may keep us from opening or deleting, milliseconds. Ours close when asked, so this is for a page that hangs. */
const PATIENCE = 10_000;

export type OpenOptions = {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly onClosed?: (reason: ClosedReason) => void;
};

/** Opens one that is there already, at the newest version; `undefined` where there is none, or an older one: none is made, and none upgraded. */
export async function openExisting<S extends DBSchema>(name: string, migrations: readonly Migration<S>[], options: OpenOptions = {}): Promise<IDBPDatabase<S> | undefined> {
  let refused = false;
  const refuse: Migration<S>['run'] = (_database, transaction) => {
    refused = true;
    // It ends as it was: one that was not there is not there. Its opening rejects.
    transaction.done.catch(() => {});
    transaction.abort();
  };
  try {
    return await openDatabase(name, migrations.map((migration) => ({ name: migration.name, run: (...args) => refused || refuse(...args) })), options);
  } catch (error) {
    if (refused) return undefined;
    throw error;
  }
}

/** Opens a database at the newest version of its migrations. Rejects with `ChatError('storage')`. */
export async function openDatabase<S extends DBSchema>(name: string, migrations: readonly Migration<S>[], options: OpenOptions = {}): Promise<IDBPDatabase<S>> {
  const { clock = systemClock, log, onClosed } = options;
  const state: { database?: IDBPDatabase<S>; given: boolean } = { given: true };
  const opening = (async () =>
    databases.open<S>(name, migrations.length, {
      upgrade(database, oldVersion, _newVersion, transaction) {
        for (const migration of migrations.slice(oldVersion)) migration.run(database, transaction);
      },
      blocked() {
        log?.warn('the archive waits for another page to close its older version');
      },
      // Close at once: whoever deletes or upgrades waits for it, and this page has nothing unsaved.
      blocking(_current, blockedVersion) {
        state.database?.close();
        onClosed?.(blockedVersion === null ? 'deleted' : 'upgraded');
      },
      terminated() {
        onClosed?.('terminated');
      },
    }))();
  // A database that opens after we gave up would block every later upgrade.
  void opening.then(
    (database) => {
      state.database = database;
      if (!state.given) database.close();
    },
    () => {},
  );
  try {
    return await inTime(clock, opening);
  } catch (error) {
    state.given = false;
    throw toChatError(error, 'storage');
  }
}

/** Deletes a database; waits for other pages to close it. Rejects with `ChatError('storage')` when one does not. */
export async function deleteDatabase(name: string, clock: Clock = systemClock): Promise<void> {
  try {
    await inTime(clock, (async () => databases.delete(name))());
  } catch (error) {
    throw toChatError(error, 'storage');
  }
}

function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(PATIENCE, () => reject(new ChatError('storage', 'another page holds the database')));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
