/** The small database beside the archives: who signs in here, and which archives there are to delete. */
import type { DBSchema, IDBPDatabase } from 'idb';
import { systemClock } from '../base/clock.js';
import type { Clock } from '../base/clock.js';
import type { AccountRow } from '../model/account.js';
import { deleteDatabase, openDatabase } from './open-database.js';
import type { Migration } from './schema.js';
import { reading } from './transact.js';

const NAME = 'tertulia';

interface AccountsSchema extends DBSchema {
  accounts: { key: string; value: AccountRow };
  /** Every database of ours that may exist; not every browser lists them (`indexedDB.databases`). */
  databases: { key: string; value: { readonly name: string } };
}

const migrations: readonly Migration<AccountsSchema>[] = [
  {
    name: 'accounts by slot, names of databases',
    run(database) {
      database.createObjectStore('accounts', { keyPath: 'slot' });
      database.createObjectStore('databases', { keyPath: 'name' });
    },
  },
];

/** The name of the database of somebody who is kept. */
export const keptArchive = (jid: string): string => `tertulia/${jid}`;

/** Whether somebody who is noted can sign in without being asked. */
export const isKept = (row: AccountRow | undefined): row is AccountRow => row !== undefined && (row.secret !== undefined || row.scram !== undefined);

export interface Accounts {
  get(slot: string): Promise<AccountRow | undefined>;
  /** On disk when it resolves: a guest's secret exists nowhere else. */
  put(row: AccountRow): Promise<void>;
  /** The same for somebody new; whoever was put there meanwhile, by another tab, stays. Who is there now. */
  add(row: AccountRow): Promise<AccountRow>;
  remove(slot: string): Promise<void>;
  all(): Promise<readonly AccountRow[]>;
  close(): void;
}

const open = async (clock: Clock): Promise<IDBPDatabase<AccountsSchema>> => openDatabase<AccountsSchema>(NAME, migrations, { clock });

/** Rejects with `ChatError('storage')`, as every call of it does. */
export async function openAccounts(clock: Clock = systemClock): Promise<Accounts> {
  const database = await open(clock);
  type Store = { get(slot: string): Promise<AccountRow | undefined>; put(row: AccountRow): Promise<unknown>; delete(slot: string): Promise<void> };
  const write = async <T>(work: (store: Store) => Promise<T>): Promise<T> =>
    reading(async () => {
      const tx = database.transaction('accounts', 'readwrite', { durability: 'strict' });
      const [result] = await Promise.all([work(tx.store), tx.done]);
      return result;
    });
  return {
    get: async (slot) => reading(async () => database.get('accounts', slot)),
    put: async (row) => write(async (store) => void (await store.put(row))),
    add: async (row) =>
      write(async (store) => {
        const there = await store.get(row.slot);
        if (!isKept(there)) await store.put(row);
        return isKept(there) ? there : row;
      }),
    remove: async (slot) => write(async (store) => store.delete(slot)),
    all: async () => reading(async () => database.getAll('accounts')),
    close: () => database.close(),
  };
}

async function withRegistry(clock: Clock, work: (database: IDBPDatabase<AccountsSchema>) => Promise<unknown>): Promise<void> {
  const database = await open(clock);
  try {
    await reading(async () => work(database));
  } finally {
    database.close();
  }
}

/** Notes that a database is about to exist: before it does, so that none is ever left behind. */
export const registerDatabase = async (name: string, clock: Clock): Promise<void> => withRegistry(clock, async (database) => {
    // A full disk takes no note, also not one that it has; what is on it can be read all the same.
    if (!(await database.get('databases', name))) await database.put('databases', { name });
  });
export const forgetDatabase = async (name: string, clock: Clock): Promise<void> => withRegistry(clock, async (database) => database.delete('databases', name));

/** Deletes every database of ours in this browser. Other pages close theirs when asked; one that hangs makes it reject. */
export async function deleteEverything(clock: Clock = systemClock): Promise<void> {
  const names: string[] = [];
  await withRegistry(clock, async (database) => names.push(...(await database.getAllKeys('databases'))));
  await Promise.all(names.map(async (name) => deleteDatabase(name, clock)));
  await deleteDatabase(NAME, clock);
}
