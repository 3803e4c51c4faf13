import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IDBKeyRange as PlatformRange, indexedDB as platform } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { openDB } from 'idb';
import { Disk } from './disk.js';
import { compareKeys, KeyRange } from './tables.js';

type Key = number | string | Key[];
const key: fc.Arbitrary<Key> = fc.letrec<{ key: Key }>((tie) => ({ key: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.array(tie('key'), { maxLength: 3 })) })).key;

type Row = { readonly id: readonly [string, number]; readonly name?: string; readonly deep: { readonly n: number } };
const row: fc.Arbitrary<Row> = fc.record({ id: fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 5 })), name: fc.constantFrom('x', 'y', 'z'), deep: fc.record({ n: fc.integer({ min: 0, max: 3 }) }) }, { requiredKeys: ['id', 'deep'] });
type Range = { readonly lower: [string, number]; readonly upper: [string, number]; readonly lowerOpen: boolean; readonly upperOpen: boolean };
const range: fc.Arbitrary<Range> = fc.record({ lower: fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 5 })), upper: fc.tuple(fc.constantFrom('b', 'c'), fc.integer({ min: 0, max: 5 })), lowerOpen: fc.boolean(), upperOpen: fc.boolean() });
/** Something that a transaction asks for. */
type Ask =
  | { readonly how: 'put' | 'add'; readonly row: Row }
  | { readonly how: 'delete' | 'get' | 'getAll' | 'getAllKeys' | 'count'; readonly range: Range; readonly count?: number }
  | { readonly how: 'cursor'; readonly back: boolean; readonly steps: number }
  | { readonly how: 'clear' | 'abort' | 'two' | 'byName' | 'byBoth' };
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ how: fc.constantFrom('put' as const, 'put' as const, 'put' as const, 'add' as const), row }) },
  { weight: 3, arbitrary: fc.record({ how: fc.constantFrom('delete' as const, 'get' as const, 'getAll' as const, 'getAllKeys' as const, 'count' as const), range, count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ how: fc.constant('cursor' as const), back: fc.boolean(), steps: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ how: fc.constantFrom('clear' as const, 'abort' as const, 'two' as const, 'byName' as const, 'byBoth' as const) }) },
);

/** The part of `idb` that is compared. */
type Source = Readonly<Record<'get' | 'getKey' | 'getAll' | 'getAllKeys' | 'count', (query?: unknown, count?: number) => Promise<unknown>>> & { openCursor(query?: unknown, direction?: 'next' | 'prev'): Promise<{ readonly key: unknown; readonly primaryKey: unknown; readonly value: unknown; advance(steps: number): Promise<never> } | null> };
type Store = Source & { put(value: unknown): Promise<unknown>; add(value: unknown): Promise<unknown>; delete(query: unknown): Promise<void>; clear(): Promise<void>; index(name: string): Source; createIndex(name: string, path: string | string[], options?: object): unknown };
type Base = { createObjectStore(name: string, options?: object): Store; transaction(store: string, mode: IDBTransactionMode): { readonly store: Store; readonly done: Promise<void>; abort(): void } };

const upgrade = (base: Base): void => {
  const rows = base.createObjectStore('rows', { keyPath: 'id' });
  rows.createIndex('name', 'name');
  rows.createIndex('both', ['name', 'deep.n'], { unique: true });
};

const outcome = async (work: () => Promise<unknown>): Promise<unknown> => work().catch((error: unknown) => `failed: ${(error as Error).name}`);

async function run(base: Base, transactions: readonly (readonly Ask[])[], within: (range: Range) => unknown): Promise<unknown> {
  const told: unknown[] = [];
  for (const asks of transactions) {
    const tx = base.transaction('rows', 'readwrite');
    tx.done.catch(() => {});
    for (const each of asks) told.push(await outcome(async () => answer(tx.store, tx, each, within))); // oxlint-disable-line no-await-in-loop -- one after the other
    told.push(await outcome(async () => tx.done)); // oxlint-disable-line no-await-in-loop
  }
  const all = base.transaction('rows', 'readonly').store;
  return [told, await Promise.all([all.getAll(), all.index('name').getAllKeys(), all.index('both').getAllKeys()])];
}

async function answer(store: Store, tx: { abort(): void }, each: Ask, within: (range: Range) => unknown): Promise<unknown> {
  switch (each.how) {
    case 'put':
    case 'add':
      return store[each.how](each.row);
    case 'delete':
      return store.delete(within(each.range));
    case 'get':
    case 'count':
      return store[each.how](within(each.range));
    case 'getAll':
    case 'getAllKeys':
      return store[each.how](within(each.range), each.count);
    case 'clear':
      return store.clear();
    case 'abort':
      return tx.abort();
    case 'two':
      return Promise.all([store.index('name').get('x'), store.index('name').getKey('y')]);
    case 'byName':
      return store.index('name').getAll('y');
    case 'byBoth':
      return store.index('both').count();
    case 'cursor': {
      const walked: unknown[] = [];
      for (let cursor = await store.index('name').openCursor(undefined, each.back ? 'prev' : 'next'); cursor; cursor = await cursor.advance(each.steps)) walked.push([cursor.key, cursor.primaryKey, cursor.value]); // oxlint-disable-line no-await-in-loop
      return walked;
    }
  }
}

describe('a database in memory', () => {
  it('orders keys as the standard does', () => {
    fc.assert(fc.property(key, key, (a, b) => assert.equal(Math.sign(compareKeys(a, b)), platform.cmp(a, b))), { numRuns: 500 });
  });

  it('answers whatever is asked of it as an IndexedDB does, errors and aborts included', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(ask, { maxLength: 8 }), { maxLength: 5 }), async (transactions) => {
        const theirs = (await openDB(`compared ${(made += 1)}`, 1, { upgrade: (base) => upgrade(base as unknown as Base) })) as unknown as Base;
        const ours = (await new Disk().tab().open('compared', 1, { upgrade: (base) => upgrade(base as unknown as Base) })) as unknown as Base;
        const expected = await run(theirs, transactions, ({ lower, upper, lowerOpen, upperOpen }) => PlatformRange.bound(lower, upper, lowerOpen && compareKeys(lower, upper) !== 0, upperOpen && compareKeys(lower, upper) !== 0));
        const found = await run(ours, transactions, ({ lower, upper, lowerOpen, upperOpen }) => KeyRange.bound(lower, upper, lowerOpen && compareKeys(lower, upper) !== 0, upperOpen && compareKeys(lower, upper) !== 0));
        assert.deepEqual(found, expected);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('lets writers of the same store wait for each other, readers not, nor writers of another', async () => {
    const database = await new Disk().tab().open('order', 1, { upgrade: (base) => void (base.createObjectStore('a'), base.createObjectStore('b')) });
    const order: string[] = [];
    const use = async (name: string, stores: string[], mode: IDBTransactionMode, asks: number): Promise<void> => {
      const tx = database.transaction(stores, mode);
      for (let i = 0; i < asks; i += 1) await tx.objectStore(stores[0]!).get(1); // oxlint-disable-line no-await-in-loop
      order.push(name);
      await tx.done;
    };
    await Promise.all([use('long', ['a'], 'readonly', 9), use('reader', ['a'], 'readonly', 1), use('writer', ['a', 'b'], 'readwrite', 1), use('behind', ['b'], 'readonly', 1)]);
    assert.deepEqual(order, ['reader', 'long', 'writer', 'behind']);
  });
});
