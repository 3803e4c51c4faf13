/** What a database in memory holds: rows in the order of their keys, their indexes, and what undoes each change. */

export type Key = number | string | readonly Key[];
export type KeyPath = string | readonly string[];
/** In an index: its key, and the row that it leads to. In a table both keys are the same. */
export type Entry = { readonly key: Key; readonly primary: Key; readonly value: unknown };

/** As the platform's, whose keys are checked. */
export class KeyRange {
  readonly lower: Key | undefined;
  readonly upper: Key | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;

  constructor(lower: Key | undefined, upper: Key | undefined, lowerOpen = false, upperOpen = false) {
    for (const key of [lower, upper]) if (key !== undefined && !isKey(key)) throw new DOMException('no key', 'DataError');
    if (lower !== undefined && upper !== undefined) {
      const order = compareKeys(lower, upper);
      if (order > 0 || (order === 0 && (lowerOpen || upperOpen))) throw new DOMException('an empty range', 'DataError');
    }
    this.lower = lower;
    this.upper = upper;
    this.lowerOpen = lowerOpen;
    this.upperOpen = upperOpen;
  }

  static bound(lower: Key, upper: Key, lowerOpen = false, upperOpen = false): KeyRange {
    return new KeyRange(lower, upper, lowerOpen, upperOpen);
  }
  static lowerBound(lower: Key, open = false): KeyRange {
    return new KeyRange(lower, undefined, open);
  }
  static upperBound(upper: Key, open = false): KeyRange {
    return new KeyRange(undefined, upper, false, open);
  }
  static only(key: Key): KeyRange {
    return new KeyRange(key, key);
  }
}

export type Query = Key | KeyRange | null | undefined;

const isKey = (value: unknown): value is Key => typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value)) || (Array.isArray(value) && value.every(isKey));

const rank = (key: Key): number => (typeof key === 'number' ? 1 : typeof key === 'string' ? 2 : 3);

/** The order of keys that Indexed Database API 3.0 §2.4 gives; dates and binary keys are not used here. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i += 1) {
      const order = compareKeys(a[i] as Key, b[i] as Key);
      if (order !== 0) return order;
    }
    return Math.sign(a.length - b.length);
  }
  return Math.sign(rank(a) - rank(b));
}

const platformClone = globalThis.structuredClone;

/** Copies what is plain; anything else goes to the platform. */
export function copy<T>(value: T): T {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException('could not be cloned', 'DataCloneError');
    return value;
  }
  if (Array.isArray(value)) return value.map(copy) as T;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return platformClone(value);
  // Spread first: what is made so has the shape of what it was made from, and is quick to read.
  const made = { ...value } as Record<string, unknown>;
  for (const key of Object.keys(made)) {
    const part = made[key];
    if (typeof part === 'object' || typeof part === 'function' || typeof part === 'symbol') made[key] = copy(part);
  }
  return made as T;
}

/** Entries by key, then by the key of their row. */
export class Order {
  readonly entries: Entry[] = [];

  /** How many come before `key`, or up to and with it. */
  #before(key: Key, andWith: boolean, primary?: Key): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.entries[middle]!;
      const order = compareKeys(entry.key, key) || (primary === undefined ? 0 : compareKeys(entry.primary, primary));
      if (order < 0 || (andWith && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Indexes of the first entry of a query, and of the one after the last. */
  bounds(query: Query): readonly [number, number] {
    if (query === null || query === undefined) return [0, this.entries.length];
    if (!(query instanceof KeyRange)) {
      if (!isKey(query)) throw new DOMException('no key', 'DataError');
      return [this.#before(query, false), this.#before(query, true)];
    }
    const { lower, upper, lowerOpen, upperOpen } = query;
    return [lower === undefined ? 0 : this.#before(lower, lowerOpen), upper === undefined ? this.entries.length : this.#before(upper, !upperOpen)];
  }

  first(query: Query): Entry | undefined {
    const [from, to] = this.bounds(query);
    return from < to ? this.entries[from] : undefined;
  }

  /** Where an entry would stand. */
  place({ key, primary }: Entry): number {
    return this.#before(key, false, primary);
  }

  /** The entry before or after this one, whether or not it is there itself. */
  beside(entry: Entry, back: boolean, steps: number): number {
    return back ? this.#before(entry.key, false, entry.primary) - steps : this.#before(entry.key, true, entry.primary) + steps - 1;
  }

  insert(entry: Entry): void {
    this.entries.splice(this.place(entry), 0, entry);
  }

  remove(entry: Entry): void {
    this.entries.splice(this.place(entry), 1);
  }

  /** Puts one in the place of another that has its keys. */
  replace(entry: Entry): void {
    this.entries[this.place(entry)] = entry;
  }
}

const read = (value: unknown, path: readonly string[]): unknown => {
  let at = value;
  for (const name of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
};

/** Reads a key out of a value; absent where there is none. */
function keyReader(path: KeyPath): (value: unknown) => Key | undefined {
  if (typeof path === 'string') {
    const names = path.split('.');
    return (value) => {
      const key = read(value, names);
      return isKey(key) ? key : undefined;
    };
  }
  const parts = path.map((each) => each.split('.'));
  return (value) => {
    const key: Key[] = [];
    for (const names of parts) {
      const part = read(value, names);
      if (!isKey(part)) return undefined;
      key.push(part);
    }
    return key;
  };
}

type Index = { readonly order: Order; readonly keyOf: (value: unknown) => Key | undefined; readonly unique: boolean };
/** Takes a change back. */
export type Undo = () => void;

export class Table {
  readonly order = new Order();
  readonly indexes = new Map<string, Index>();
  readonly #keyOf: ((value: unknown) => Key | undefined) | undefined;

  constructor(keyPath: KeyPath | undefined) {
    this.#keyOf = keyPath === undefined ? undefined : keyReader(keyPath);
  }

  addIndex(name: string, path: KeyPath, unique: boolean): Undo {
    const keyOf = keyReader(path);
    const index: Index = { order: new Order(), keyOf, unique };
    for (const { primary, value } of this.order.entries) {
      const key = keyOf(value);
      if (key !== undefined) index.order.insert({ key, primary, value });
    }
    this.indexes.set(name, index);
    return () => this.indexes.delete(name);
  }

  /** The key that a value has, or is given. Throws `DataError` where there is none. */
  keyFor(value: unknown, given: unknown): Key {
    const key = this.#keyOf && given === undefined ? this.#keyOf(value) : this.#keyOf ? undefined : given;
    if (!isKey(key)) throw new DOMException('no key', 'DataError');
    return key;
  }

  /** Throws `ConstraintError`, nothing being changed. */
  put(key: Key, value: unknown, overwrites: boolean): Undo {
    const before = this.order.first(key);
    if (before && !overwrites) throw new DOMException('the key is there', 'ConstraintError');
    for (const { order, keyOf, unique } of this.indexes.values()) {
      if (!unique) continue;
      const other = keyOf(value);
      const taken = other === undefined ? undefined : order.first(other);
      if (taken && compareKeys(taken.primary, key) !== 0) throw new DOMException('the key of an index is there', 'ConstraintError');
    }
    const entry: Entry = { key, primary: key, value };
    if (!before) {
      this.#insert(entry);
      return () => this.#remove(entry);
    }
    this.#replace(before, entry);
    return () => this.#replace(entry, before);
  }

  delete(query: Query): Undo[] {
    const [from, to] = this.order.bounds(query);
    return this.order.entries.slice(from, to).map((entry) => {
      this.#remove(entry);
      return () => this.#insert(entry);
    });
  }

  /** Nearly every change leaves most of the keys in the indexes as they are. */
  #replace(old: Entry, entry: Entry): void {
    const { primary, value } = entry;
    this.order.replace(entry);
    for (const { order, keyOf } of this.indexes.values()) {
      const [from, to] = [keyOf(old.value), keyOf(value)];
      if (from !== undefined && to !== undefined && compareKeys(from, to) === 0) order.replace({ key: to, primary, value });
      else {
        if (from !== undefined) order.remove({ key: from, primary, value });
        if (to !== undefined) order.insert({ key: to, primary, value });
      }
    }
  }

  #insert(entry: Entry): void {
    this.order.insert(entry);
    for (const { order, keyOf } of this.indexes.values()) {
      const key = keyOf(entry.value);
      if (key !== undefined) order.insert({ key, primary: entry.primary, value: entry.value });
    }
  }

  #remove(entry: Entry): void {
    this.order.remove(entry);
    for (const { order, keyOf } of this.indexes.values()) {
      const key = keyOf(entry.value);
      if (key !== undefined) order.remove({ key, primary: entry.primary, value: entry.value });
    }
  }
}
