/**
 * Databases in this page's memory, for where the browser's are refused or fail: the same interface as `idb` gives, over
 * an IndexedDB written in JavaScript. `idb` itself cannot: it knows the platform's classes from its first use.
 */
import { IDBCursor as Cursor, IDBDatabase as Database, IDBFactory as Factory, IDBIndex as Index, IDBKeyRange as KeyRange, IDBObjectStore as ObjectStore, IDBRequest as Request, IDBTransaction as Transaction } from 'fake-indexeddb';
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from 'idb';
import type { Databases } from './open-database.js';

type Method = (...args: unknown[]) => unknown;

const reads = new Set(['get', 'getKey', 'getAll', 'getAllKeys', 'count']);
const writes = new Set(['put', 'add', 'delete', 'clear']);
const kinds = [Database, Transaction, ObjectStore, Index, Cursor];
const wrappers = new WeakMap<object, object>();
const ends = new WeakMap<IDBTransaction, Promise<void>>();

const answer = (request: IDBRequest): Promise<unknown> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(wrap(request.result)), { once: true });
    request.addEventListener('error', () => reject(request.error), { once: true });
  });

/** The platform's ranges are strangers to these databases. */
const own = (arg: unknown): unknown => (arg instanceof IDBKeyRange ? new (KeyRange as unknown as new (...args: unknown[]) => unknown)(arg.lower, arg.upper, arg.lowerOpen, arg.upperOpen) : arg);

function endOf(transaction: IDBTransaction): Promise<void> {
  const known = ends.get(transaction);
  if (known) return known;
  const end = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new DOMException('aborted', 'AbortError')));
  });
  ends.set(transaction, end);
  return end;
}

/** `database.get(store, …)`, `database.put(store, …)`: a transaction of its own. */
async function alone(database: IDBDatabase, method: string, store: string, args: readonly unknown[]): Promise<unknown> {
  const transaction = database.transaction(store, writes.has(method) ? 'readwrite' : 'readonly');
  const end = endOf(transaction);
  const request = (transaction.objectStore(store) as unknown as Record<string, Method>)[method]!(...args.map(own)) as IDBRequest;
  const [result] = await Promise.all([answer(request), writes.has(method) ? end : undefined]);
  return result;
}

const traps: ProxyHandler<object> = {
  get(target, name: string) {
    if (target instanceof Transaction) {
      if (name === 'done') return endOf(target);
      if (name === 'store') return wrap(target.objectStore(target.objectStoreNames[0]!));
    }
    if (target instanceof Database && (reads.has(name) || writes.has(name))) return (store: string, ...args: unknown[]) => alone(target, name, store, args);
    const value = (target as Record<string, unknown>)[name];
    if (typeof value !== 'function') return wrap(value);
    return (...args: unknown[]) => {
      const result: unknown = (value as Method).apply(target, args.map(own));
      // A cursor answers through the request that it came from.
      return wrap(target instanceof Cursor && (name === 'continue' || name === 'advance') ? target.request : result);
    };
  },
  set(target, name: string, value) {
    (target as Record<string, unknown>)[name] = value;
    return true;
  },
};

function wrap(value: unknown): unknown {
  if (value instanceof Request) return answer(value);
  if (!(value instanceof Object) || !kinds.some((kind) => value instanceof kind)) return value;
  // Whoever awaits `done` is told; nobody else has to be.
  if (value instanceof Transaction) endOf(value).catch(() => {});
  const wrapper = wrappers.get(value) ?? new Proxy(value, traps);
  wrappers.set(value, wrapper);
  return wrapper;
}

/** Empty ones; they go with the page. */
export function memoryDatabases(): Databases {
  const factory = new Factory();
  return {
    async open<S extends DBSchema>(name: string, version: number, callbacks: OpenDBCallbacks<S>) {
      const request = factory.open(name, version);
      request.addEventListener('upgradeneeded', ({ oldVersion, newVersion }) => callbacks.upgrade?.(wrap(request.result) as IDBPDatabase<S>, oldVersion, newVersion, wrap(request.transaction) as never, undefined as never));
      request.addEventListener('blocked', ({ oldVersion, newVersion }) => callbacks.blocked?.(oldVersion, newVersion, undefined as never));
      const database = await answer(request);
      request.result.addEventListener('versionchange', ({ oldVersion, newVersion }) => callbacks.blocking?.(oldVersion, newVersion, undefined as never));
      return database as IDBPDatabase<S>;
    },
    async delete(name) {
      await answer(factory.deleteDatabase(name));
    },
  };
}
