import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { compareKeys, speedUpStorage } from './fast-store.js';

type Key = number | string | Key[];
const key: fc.Arbitrary<Key> = fc.letrec<{ key: Key }>((tie) => ({ key: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.array(tie('key'), { maxLength: 3 })) })).key;
// As it was before it is made quicker.
const cmp = indexedDB.cmp.bind(indexedDB);

/** What is in a store after the same changes, as every way of reading gives it. */
async function contents(keys: readonly (readonly [string, number])[], removed: readonly (readonly [string, number])[], from: [string, number], to: [string, number]): Promise<unknown> {
  const request = indexedDB.open(`store ${Math.random()}`, 1);
  const done = <T>(waiting: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
    waiting.onsuccess = () => resolve(waiting.result);
    waiting.onerror = () => reject(waiting.error ?? new Error('no reason'));
  });
  request.onupgradeneeded = () => request.result.createObjectStore('things', { keyPath: 'key' }).createIndex('second', 'second');
  const database = await done(request);
  const store = database.transaction('things', 'readwrite').objectStore('things');
  for (const each of keys) store.put({ key: each, second: each[1] });
  for (const each of removed) store.delete([...each]);
  const [low, high] = cmp(from, to) <= 0 ? [from, to] : [to, from];
  const range = IDBKeyRange.bound(low, high, cmp(low, high) !== 0, false);
  const walked: unknown[] = [];
  const cursors = store.index('second').openCursor(null, 'prev');
  await new Promise<void>((resolve) => {
    cursors.onsuccess = () => {
      if (!cursors.result) return resolve();
      walked.push(cursors.result.value);
      cursors.result.continue();
    };
  });
  return Promise.all([done(store.getAll()), done(store.getAll(range, 2)), done(store.getAllKeys(range)), done(store.count(range)), done(store.get([...low])), done(store.index('second').getAll(low[1])), Promise.resolve(walked)]);
}

describe('the quick storage', () => {
  it('orders keys as the standard does', () => {
    fc.assert(fc.property(key, key, (a, b) => assert.equal(Math.sign(compareKeys(a, b)), cmp(a, b))), { numRuns: 500 });
  });

  it('gives what the slow one gives', async () => {
    const pair = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 9 }));
    const cases = fc.sample(fc.tuple(fc.array(pair, { maxLength: 30 }), fc.array(pair, { maxLength: 10 }), pair, pair), { numRuns: 60, seed: 1 });
    const slow = await Promise.all(cases.map((each) => contents(...each)));
    speedUpStorage();
    const quick = await Promise.all(cases.map((each) => contents(...each)));
    assert.deepEqual(quick, slow);
  });
});
