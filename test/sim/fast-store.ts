/**
 * The in-memory IndexedDB as quick as a simulation needs it: its trees are walked without generators, and plain values
 * are copied without the platform's serializer. What it does stays the same (test/sim/fast-store.test.ts).
 */
import BinarySearchTree from '../../node_modules/fake-indexeddb/build/esm/lib/binarySearchTree.js';

type Key = number | string | Date | readonly Key[];
type Node = { record: { readonly key: Key; readonly value: unknown }; left?: Node; right?: Node; deleted: boolean };
type Range = { readonly lower?: Key; readonly upper?: Key; readonly lowerOpen: boolean; readonly upperOpen: boolean };
type Tree = { _root?: Node; readonly _keysAreUnique: boolean };

const rank = (key: Key): number => (typeof key === 'number' ? 1 : typeof key === 'string' ? 3 : Array.isArray(key) ? 5 : 2);

/** The order of keys that Indexed Database API 3.0 §2.4 gives; binary keys are not used here. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const kind = rank(a) - rank(b);
  if (kind !== 0) return kind < 0 ? -1 : 1;
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i += 1) {
      const order = compareKeys(a[i] as Key, b[i] as Key);
      if (order !== 0) return order;
    }
    return Math.sign(a.length - b.length);
  }
  return Math.sign(Number(a) - Number(b));
}

function collect(node: Node | undefined, { lower, upper, lowerOpen, upperOpen }: Range, found: unknown[]): void {
  if (!node) return;
  const low = lower === undefined ? -1 : compareKeys(lower, node.record.key);
  const high = upper === undefined ? 1 : compareKeys(upper, node.record.key);
  const range = { lower, upper, lowerOpen, upperOpen } as Range;
  if (low <= 0) collect(node.left, range, found);
  if ((lowerOpen ? low < 0 : low <= 0) && (upperOpen ? high > 0 : high >= 0) && !node.deleted) found.push(node.record);
  if (high >= 0) collect(node.right, range, found);
}

/** Copies what is plain; anything else goes to the platform. */
function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException('could not be cloned', 'DataCloneError');
    return value;
  }
  if (Array.isArray(value)) return value.map(copy);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return platformClone(value);
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(value)) made[key] = copy((value as Record<string, unknown>)[key]);
  return made;
}

const platformClone = globalThis.structuredClone;

export function speedUpStorage(): void {
  const tree = BinarySearchTree.prototype as unknown as Record<string, unknown>;
  tree['_compare'] = function compare(this: Tree, a: { key: Key; value: Key }, b: { key: Key; value: Key }): number {
    return compareKeys(a.key, b.key) || (this._keysAreUnique ? 0 : compareKeys(a.value, b.value));
  };
  tree['getRecords'] = function getRecords(this: Tree, range: Range, descending = false): Iterator<unknown> {
    const found: unknown[] = [];
    collect(this._root, range, found);
    if (descending) found.reverse();
    return found[Symbol.iterator]();
  };
  globalThis.structuredClone = copy as typeof structuredClone;
}
