/**
 * A database in memory, with the interface that `idb` gives: connections, and transactions whose order, isolation and
 * end are those of Indexed Database API 3.0 (§2.7). What each step meets is the disk's to say (`disk.ts`).
 */
import { copy, Table } from './tables.js';
import type { Entry, Key, KeyPath, Order, Query, Undo } from './tables.js';
import type { Fault, StepKind, Tab } from './disk.js';

type Callbacks = { blocked?(current: number, blocked: number | null): void; blocking?(current: number, blocked: number | null): void };
type Request = { readonly kind: StepKind; readonly work: () => unknown; readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

const errorNames = { fail: 'UnknownError', abort: 'AbortError', quota: 'QuotaExceededError', refuse: 'UnknownError' } as const;
export const errorOf = (fault: Fault): DOMException => new DOMException('the disk was told to fail', errorNames[fault as keyof typeof errorNames]);

/** What is stored under one name; its tabs come and go. */
export class Database {
  readonly name: string;
  version = 0;
  readonly tables = new Map<string, Table>();
  readonly connections = new Set<Connection>();
  /** Unfinished, in the order of their creation. */
  queue: Transaction[] = [];
  /** Openings and deletions, one after the other; the first is under way. */
  readonly requests: { readonly tab: Tab; readonly begin: () => void; begun: boolean }[] = [];
  /** Called when a connection is closed. */
  onClosed: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  request(tab: Tab, begin: () => void): void {
    this.requests.push({ tab, begin, begun: false });
    if (this.requests.length === 1) tab.disk.later(() => this.#begin());
  }

  /** The request under way is over. */
  next(tab: Tab): void {
    this.onClosed = undefined;
    this.requests.shift();
    if (this.requests.length > 0) tab.disk.later(() => this.#begin());
  }

  #begin(): void {
    const request = this.requests[0];
    if (!request || request.begun) return;
    request.begun = true;
    if (request.tab.dead) this.next(request.tab);
    else request.begin();
  }

  /** Runs `then` when nobody has the database open; asks everybody to close it. */
  alone(tab: Tab, version: number | null, blocked: Callbacks['blocked'], then: () => void): void {
    const current = this.version;
    let told = false;
    const look = (): void => {
      if (this.connections.size === 0) {
        this.onClosed = undefined;
        then();
      } else if (!told) {
        told = true;
        blocked?.(current, version);
      }
    };
    for (const connection of this.connections) if (!connection.closing) connection.callbacks.blocking?.(current, version);
    this.onClosed = () => tab.disk.later(() => (tab.dead ? this.next(tab) : look()));
    look();
  }

  /** A tab is gone: what it waited for, nobody waits for. */
  left(tab: Tab): void {
    const request = this.requests[0];
    if (request?.tab === tab && request.begun) this.next(tab);
  }

  finished(transaction: Transaction): void {
    this.queue = this.queue.filter((other) => other !== transaction);
    for (const other of this.queue) if (!other.started) other.soon();
    transaction.connection.closeIfIdle();
  }
}

export class Connection {
  readonly database: Database;
  readonly tab: Tab;
  readonly callbacks: Callbacks;
  closing = false;
  /** While it is being upgraded. */
  upgrade: Transaction | undefined;

  constructor(database: Database, tab: Tab, callbacks: Callbacks) {
    this.database = database;
    this.tab = tab;
    this.callbacks = callbacks;
    database.connections.add(this);
    tab.connections.add(this);
  }

  get name(): string {
    return this.database.name;
  }
  get version(): number {
    return this.database.version;
  }
  get objectStoreNames(): { contains(name: string): boolean } {
    return { contains: (name) => this.database.tables.has(name) };
  }

  transaction(stores: string | Iterable<string>, mode: IDBTransactionMode = 'readonly', options: IDBTransactionOptions = {}): Transaction {
    if (this.closing && !this.tab.dead) throw new DOMException('the connection is closed', 'InvalidStateError');
    const scope = typeof stores === 'string' ? [stores] : Array.from(stores);
    if (!scope.every((name) => this.database.tables.has(name))) throw new DOMException('no such store', 'NotFoundError');
    return new Transaction(this, scope, mode, options.durability ?? 'default');
  }

  createObjectStore(name: string, { keyPath }: { readonly keyPath?: KeyPath } = {}): Store {
    const { upgrade, database } = this;
    if (!upgrade) throw new DOMException('no upgrade', 'InvalidStateError');
    const table = new Table(keyPath);
    database.tables.set(name, table);
    upgrade.undo.push(() => database.tables.delete(name));
    return new Store(upgrade, table);
  }

  /** Once what it has under way is done. */
  close(): void {
    this.closing = true;
    this.closeIfIdle();
  }

  closeIfIdle(): void {
    if (!this.closing || !this.database.connections.has(this) || this.database.queue.some(({ connection }) => connection === this)) return;
    this.database.connections.delete(this);
    this.tab.connections.delete(this);
    this.database.onClosed?.();
  }

  // A transaction of its own for each.
  async get(store: string, key: Query): Promise<unknown> {
    return this.transaction(store).store.get(key);
  }
  async getKey(store: string, key: Query): Promise<Key | undefined> {
    return this.transaction(store).store.getKey(key);
  }
  async getAll(store: string, query?: Query, count?: number): Promise<unknown[]> {
    return this.transaction(store).store.getAll(query, count);
  }
  async getAllKeys(store: string, query?: Query, count?: number): Promise<Key[]> {
    return this.transaction(store).store.getAllKeys(query, count);
  }
  async getKeyFromIndex(store: string, index: string, key: Query): Promise<Key | undefined> {
    return this.transaction(store).store.index(index).getKey(key);
  }
  async count(store: string, query?: Query): Promise<number> {
    return this.transaction(store).store.count(query);
  }
  async put(store: string, value: unknown, key?: Key): Promise<Key> {
    const tx = this.transaction(store, 'readwrite');
    return (await Promise.all([tx.objectStore(store).put(value, key), tx.done]))[0];
  }
  async delete(store: string, query: Query): Promise<void> {
    const tx = this.transaction(store, 'readwrite');
    await Promise.all([tx.objectStore(store).delete(query), tx.done]);
  }
  async clear(store: string): Promise<void> {
    const tx = this.transaction(store, 'readwrite');
    await Promise.all([tx.objectStore(store).clear(), tx.done]);
  }
}

export class Transaction {
  readonly connection: Connection;
  readonly scope: readonly string[];
  readonly mode: IDBTransactionMode;
  readonly durability: IDBTransactionDurability;
  readonly done: Promise<void>;
  started = false;
  over = false;
  hung = false;
  /** What takes its changes back, in the order in which they were made. Kept after the commit. */
  undo: Undo[] = [];
  #requests: Request[] = [];
  #scheduled = false;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  /** Called with the commit, or with what aborted it. */
  onEnd: ((error: unknown) => void) | undefined;

  constructor(connection: Connection, scope: readonly string[], mode: IDBTransactionMode, durability: IDBTransactionDurability) {
    this.connection = connection;
    this.scope = scope;
    this.mode = mode;
    this.durability = durability;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The dead may ask; what is theirs stands in no queue.
    if (connection.tab.dead) return;
    connection.database.queue.push(this);
    this.soon();
  }

  get store(): Store {
    return this.objectStore(this.scope[0]!);
  }

  objectStore(name: string): Store {
    const table = this.mode === 'versionchange' || this.scope.includes(name) ? this.connection.database.tables.get(name) : undefined;
    if (this.over) throw new DOMException('the transaction is over', 'InvalidStateError');
    if (!table) throw new DOMException('no such store', 'NotFoundError');
    return new Store(this, table);
  }

  ask<T>(kind: StepKind, work: () => T): Promise<T> {
    if (this.over) throw new DOMException('the transaction is over', 'TransactionInactiveError');
    if (kind === 'write' && this.mode === 'readonly') throw new DOMException('it only reads', 'ReadOnlyError');
    return new Promise((resolve, reject) => {
      this.#requests.push({ kind, work, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  abort(): void {
    if (this.over) throw new DOMException('the transaction is over', 'InvalidStateError');
    this.#abort(new DOMException('aborted', 'AbortError'));
  }

  /** Its next step, where it is its turn. */
  soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.connection.tab.disk.later(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  /** Nobody hears of it: its tab is dead, or its device. */
  drop(keep: boolean): void {
    if (this.over) return;
    this.over = true;
    this.#requests = [];
    if (!keep) this.rollBack();
  }

  rollBack(): void {
    for (const change of this.undo.toReversed()) change();
    this.undo = [];
  }

  #isItsTurn(): boolean {
    if (this.started) return true;
    for (const other of this.connection.database.queue) {
      if (other === this) break;
      if ((this.mode !== 'readonly' || other.mode !== 'readonly') && other.scope.some((name) => this.scope.includes(name))) return false;
    }
    return (this.started = true);
  }

  #run(): void {
    const { tab, database } = this.connection;
    const { disk } = tab;
    if (this.over || this.hung || tab.dead || !this.#isItsTurn()) return;
    // What was asked at once is answered at once; what the answers lead to is asked in a step of its own.
    const requests = this.#requests;
    this.#requests = [];
    const commits = requests.length === 0;
    if (commits && this.mode === 'readonly') return this.#end();
    for (let i = 0; i < requests.length || commits; i += 1) {
      const request = requests[i];
      const fault = disk.step({ kind: request?.kind ?? 'commit', database: database.name, changes: this.undo.length, durability: this.durability, mode: this.mode, tab }, this);
      if (tab.dead) return;
      if (fault === 'hang') {
        this.hung = true;
        disk.hung.add(this);
        this.#requests = [...requests.slice(i), ...this.#requests];
        return;
      }
      if (!request) {
        if (fault !== undefined) return this.#abort(errorOf(fault));
        if (this.undo.length > 0) disk.committed(this);
        return this.#end();
      }
      try {
        if (fault !== undefined) throw errorOf(fault);
        request.resolve(request.work());
      } catch (error) {
        request.reject(error);
        this.#requests = [...requests.slice(i + 1), ...this.#requests];
        // As `idb` has it: why, the request's owner is told; whoever waits for the end learns that it was aborted.
        return this.#abort(new DOMException('aborted', 'AbortError'));
      }
    }
    this.soon();
  }

  #end(): void {
    this.over = true;
    this.connection.database.finished(this);
    this.#resolve();
    this.onEnd?.(undefined);
  }

  #abort(error: DOMException): void {
    this.over = true;
    this.rollBack();
    const requests = this.#requests;
    this.#requests = [];
    for (const { reject } of requests) reject(new DOMException('aborted', 'AbortError'));
    this.connection.database.finished(this);
    this.#reject(error);
    this.onEnd?.(error);
  }
}

/** What stores and indexes have in common. */
class Source {
  readonly transaction: Transaction;
  readonly order: Order;

  constructor(transaction: Transaction, order: Order) {
    this.transaction = transaction;
    this.order = order;
  }

  get(query: Query): Promise<unknown> {
    return this.transaction.ask('read', () => copy(this.order.first(query)?.value));
  }
  getKey(query: Query): Promise<Key | undefined> {
    return this.transaction.ask('read', () => this.order.first(query)?.primary);
  }
  getAll(query?: Query, count?: number): Promise<unknown[]> {
    return this.transaction.ask('read', () => this.#some(query, count).map(({ value }) => copy(value)));
  }
  getAllKeys(query?: Query, count?: number): Promise<Key[]> {
    return this.transaction.ask('read', () => this.#some(query, count).map(({ primary }) => copy(primary)));
  }
  count(query?: Query): Promise<number> {
    return this.transaction.ask('read', () => this.#some(query).length);
  }

  openCursor(query?: Query, direction: IDBCursorDirection = 'next'): Promise<Cursor | null> {
    return this.transaction.ask('read', () => {
      const [from, to] = this.order.bounds(query);
      const back = direction === 'prev';
      return from < to ? new Cursor(this, query, back, this.order.entries[back ? to - 1 : from]!) : null;
    });
  }
  openKeyCursor(query?: Query, direction?: IDBCursorDirection): Promise<Cursor | null> {
    return this.openCursor(query, direction);
  }

  #some(query: Query, count?: number): readonly Entry[] {
    const [from, to] = this.order.bounds(query);
    return this.order.entries.slice(from, count ? Math.min(to, from + count) : to);
  }
}

class Cursor {
  readonly #source: Source;
  readonly #query: Query;
  readonly #back: boolean;
  #entry: Entry;

  constructor(source: Source, query: Query, back: boolean, entry: Entry) {
    this.#source = source;
    this.#query = query;
    this.#back = back;
    this.#entry = entry;
  }

  get key(): Key {
    return this.#entry.key;
  }
  get primaryKey(): Key {
    return this.#entry.primary;
  }
  get value(): unknown {
    return copy(this.#entry.value);
  }

  /** The same cursor, further on; null at the end. */
  advance(steps: number): Promise<Cursor | null> {
    const { order, transaction } = this.#source;
    return transaction.ask('read', () => {
      const [from, to] = order.bounds(this.#query);
      const at = order.beside(this.#entry, this.#back, steps);
      if (at < from || at >= to) return null;
      this.#entry = order.entries[at]!;
      return this;
    });
  }
  continue(): Promise<Cursor | null> {
    return this.advance(1);
  }
}

class Store extends Source {
  readonly #table: Table;

  constructor(transaction: Transaction, table: Table) {
    super(transaction, table.order);
    this.#table = table;
  }

  get indexNames(): { contains(name: string): boolean } {
    return { contains: (name) => this.#table.indexes.has(name) };
  }

  index(name: string): Source {
    const index = this.#table.indexes.get(name);
    if (!index) throw new DOMException('no such index', 'NotFoundError');
    return new Source(this.transaction, index.order);
  }

  createIndex(name: string, path: KeyPath, { unique = false }: { readonly unique?: boolean } = {}): Source {
    if (this.transaction.mode !== 'versionchange') throw new DOMException('no upgrade', 'InvalidStateError');
    this.transaction.undo.push(this.#table.addIndex(name, path, unique));
    return this.index(name);
  }

  put(value: unknown, key?: Key): Promise<Key> {
    return this.#write(value, key, true);
  }
  add(value: unknown, key?: Key): Promise<Key> {
    return this.#write(value, key, false);
  }
  delete(query: Query): Promise<void> {
    return this.transaction.ask('write', () => void this.transaction.undo.push(...this.#table.delete(query)));
  }
  clear(): Promise<void> {
    return this.delete(undefined);
  }

  #write(value: unknown, given: Key | undefined, overwrites: boolean): Promise<Key> {
    const stored = copy(value);
    const key = this.#table.keyFor(stored, given);
    return this.transaction.ask('write', () => {
      this.transaction.undo.push(this.#table.put(key, stored, overwrites));
      return key;
    });
  }
}
