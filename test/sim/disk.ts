/**
 * The disk of one device for Node: an IndexedDB in memory (fake-indexeddb) whose every operation can be failed, stalled
 * or cut, and which comes back after a power cut as a real one may. Nothing here uses a timer or chance.
 *
 * A device has tabs (pages and workers: whatever dies by itself); each has an IndexedDB of its own over the same data.
 * A tab that is dead hears nothing more, and nothing it does afterwards reaches the disk.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import 'fake-indexeddb/auto';
import { IDBFactory as FakeFactory, IDBOpenDBRequest as FakeOpenRequest, IDBVersionChangeEvent as FakeEvent } from 'fake-indexeddb';
import type { RawConnection, RawDatabase, RawFactory, RawOpenRequest, RawTransaction } from './raw-indexeddb.js';

export type Step = {
  /** From 1, over all of the device's life. */
  readonly n: number;
  readonly kind: 'open' | 'delete' | 'read' | 'write' | 'commit';
  readonly database: string;
  /** Of a commit: what it had changed. */
  readonly changes: number;
  readonly durability: IDBTransactionDurability;
  readonly mode: IDBTransactionMode;
  readonly tab: Tab;
};

/**
 * What may happen in place of an operation. `fail`, `abort`, `quota`: it fails, and its transaction with it
 * (UnknownError, AbortError, QuotaExceededError). `refuse`: opening throws at once. `hang`: it is never answered, until
 * `release`. `close-tab`: the tab dies before it; `close-tab-after`: with a commit done and not reported.
 * `kill`: the device dies; what becomes of a commit is `reopen`'s to say.
 */
export type Fault = 'fail' | 'abort' | 'quota' | 'refuse' | 'hang' | 'close-tab' | 'close-tab-after' | 'kill';

/**
 * What a power cut leaves. `committed`: what was being committed is there, though nobody was told. `lost`: it is not.
 * `lost-though-reported`: nor are commits that were reported; never a strict one, nor what came before it.
 */
export type Outcome = 'committed' | 'lost' | 'lost-though-reported';

const ERRORS = { fail: 'UnknownError', abort: 'AbortError', quota: 'QuotaExceededError', refuse: 'UnknownError' } as const;
const WRITES = /storeRecord|deleteRecord|clear/;

const rollBack = (transaction: RawTransaction): void => {
  for (const change of transaction._rollbackLog.toReversed()) change();
  transaction._rollbackLog = [];
  transaction._state = 'finished';
};
const unfinished = (raw: RawDatabase): RawTransaction[] => raw.transactions.filter(({ _state }) => _state !== 'finished');

/** What all tabs of a device share. */
type Shared = { readonly databases: Map<string, RawDatabase>; readonly queues: Map<string, Promise<void>> };

/** One page or worker: what dies by itself. */
export class Tab {
  readonly disk: Disk;
  readonly factory: IDBFactory;
  dead = false;
  readonly #raw = new FakeFactory() as unknown as RawFactory;
  readonly #onDead: (() => void) | undefined;
  readonly connections = new Set<RawConnection>();
  /** Requests to open or delete that nobody has answered, and that wait for nobody. */
  readonly opening = new Set<RawOpenRequest>();

  constructor(disk: Disk, { databases, queues }: Shared, onDead?: () => void) {
    this.disk = disk;
    this.#raw._databases = databases;
    this.#raw._connectionQueues = queues;
    this.#onDead = onDead;
    this.factory = {
      open: (name: string, version?: number) => this.#request('open', name, () => (version === undefined ? this.#raw.open(name) : this.#raw.open(name, version))),
      deleteDatabase: (name: string) => this.#request('delete', name, () => this.#raw.deleteDatabase(name)),
      databases: async () => this.#raw.databases(),
      cmp: (first: unknown, second: unknown) => this.#raw.cmp(first, second),
    } as unknown as IDBFactory;
  }

  /** The page is closed or its process killed. `committing`: what it was committing is done all the same. */
  close(committing?: RawTransaction): void {
    if (this.dead) return;
    this.dead = true;
    for (const connection of this.connections) {
      const raw = connection._rawDatabase;
      for (const transaction of unfinished(raw)) {
        if (transaction.db !== connection) continue;
        // An upgrade has to end, for other pages wait for it; only its owner is not told.
        if (transaction.mode === 'versionchange') {
          transaction.listeners = transaction.listeners.filter(({ callback }, i) => i < 3 || callback === raw.processTransactions);
          if (transaction !== committing) transaction._abort('AbortError');
        } else if (transaction === committing) transaction._state = 'finished';
        else rollBack(transaction);
      }
      raw.transactions = raw.transactions.filter(({ db }) => db !== connection);
      raw.connections = raw.connections.filter((other) => other !== connection);
      connection._closed = connection._closePending = true;
      raw.processTransactions();
    }
    this.opening.clear();
    this.#onDead?.();
  }

  #request(kind: 'open' | 'delete', name: string, make: () => RawOpenRequest): RawOpenRequest {
    const silent = (): RawOpenRequest => new FakeOpenRequest() as unknown as RawOpenRequest;
    if (this.dead) return silent();
    const fault = this.disk.step({ kind, database: name, changes: 0, durability: 'default', mode: 'versionchange', tab: this });
    if (this.dead || fault === 'hang') return silent();
    if (fault === 'refuse') throw new DOMException('the disk was told to refuse', 'SecurityError');
    const request = fault === undefined ? make() : silent();
    this.opening.add(request);
    this.#listen(request);
    if (fault !== undefined) {
      setImmediate(() => {
        request.readyState = 'done';
        request.error = new DOMException('the disk was told to fail', ERRORS[fault as keyof typeof ERRORS]);
        request.dispatchEvent(new FakeEvent('error'));
      });
    } else if (kind === 'delete') {
      request.dispatchEvent = ((dispatch) => (event: Event) => {
        if (event.type === 'success') this.disk.forget(name);
        return dispatch(event);
      })(request.dispatchEvent);
    }
    return request;
  }

  /** Sees the connection and its upgrade before anybody else does; keeps the dead from hearing of them. */
  #listen(request: RawOpenRequest): void {
    const dispatch = request.dispatchEvent.bind(request);
    request.dispatchEvent = (event) => {
      const { type } = event;
      if (type === 'blocked') this.opening.delete(request);
      else if (type === 'upgradeneeded') this.opening.add(request);
      else this.opening.delete(request);
      if (this.dead) {
        // Thrown here, it is what aborts the upgrade.
        if (type === 'upgradeneeded') throw new DOMException('the page is gone', 'AbortError');
        if (type === 'success') request.result?.close();
        return true;
      }
      if (request.result) this.#adopt(request.result);
      if (type === 'upgradeneeded' && request.transaction) this.#adoptTransaction(request.transaction);
      return dispatch(event);
    };
  }

  #adopt(connection: RawConnection): void {
    if (this.connections.has(connection)) return;
    this.connections.add(connection);
    const begin = connection.transaction.bind(connection);
    connection.transaction = (...args) => {
      // The dead may ask; a transaction of theirs stands in no queue.
      if (this.dead) connection._closePending = false;
      const transaction = begin(...args);
      this.#adoptTransaction(transaction);
      if (this.dead) {
        const raw = connection._rawDatabase;
        raw.transactions = raw.transactions.filter((other) => other !== transaction);
        connection._closePending = true;
      }
      return transaction;
    };
  }

  #adoptTransaction(transaction: RawTransaction): void {
    const start = transaction._start.bind(transaction);
    transaction._start = () => {
      if (this.dead || this.disk.hung.has(transaction)) return;
      const next = transaction._requests.find(({ request }) => request.readyState !== 'done');
      if (!next && transaction._state === 'finished') return start();
      const { mode, durability, _rollbackLog: log, db } = transaction;
      if (!next && mode === 'readonly') return start();
      const kind = !next ? 'commit' : !next.request.source || WRITES.test(next.operation.name) ? 'write' : 'read';
      const fault = this.disk.step({ kind, database: db._rawDatabase.name, changes: log.length, durability, mode, tab: this }, transaction);
      if (this.dead) {
        if (fault === 'close-tab-after' && kind === 'commit' && mode === 'versionchange') start();
        return undefined;
      }
      transaction._started = true;
      if (fault === 'hang') this.disk.hung.set(transaction, () => (next || log.length === 0 ? start() : this.disk.committed(transaction, start)));
      else if (fault !== undefined) this.#fail(transaction, next, ERRORS[fault as keyof typeof ERRORS], start);
      else if (next || log.length === 0) start();
      else this.disk.committed(transaction, start);
      return undefined;
    };
  }

  #fail(transaction: RawTransaction, next: RawTransaction['_requests'][number] | undefined, error: string, start: () => void): void {
    const fail = (): never => {
      throw new DOMException('the disk was told to fail', error);
    };
    if (next?.request.source) {
      next.operation = fail;
      start();
    } else transaction._abort(error);
  }
}

export class Disk {
  /** Asked before every operation. */
  onStep: ((step: Step) => Fault | undefined) | undefined;
  steps = 0;
  /** Transactions that were told to hang, and what lets each go on. */
  readonly hung = new Map<RawTransaction, () => void>();
  #shared: Shared = { databases: new Map(), queues: new Map() };
  #tabs = new Set<Tab>();
  /** Commits that were reported and that a power cut may undo, oldest first. */
  #relaxed: RawTransaction[] = [];
  /** What was being committed when the power went. */
  #cut: RawTransaction | undefined;

  /** `onDead`: the tab, or the device, was killed from within `onStep`. */
  tab(onDead?: () => void): Tab {
    const tab = new Tab(this, this.#shared, onDead);
    this.#tabs.add(tab);
    return tab;
  }

  /** How many reported commits a power cut may undo now. */
  get undoable(): number {
    return this.#relaxed.length;
  }

  /** Something is under way that will be answered by itself. Not: what hangs, what waits for it, an opening that is blocked. */
  get busy(): boolean {
    for (const tab of this.#tabs) if (tab.opening.size > 0) return true;
    for (const raw of this.#shared.databases.values()) {
      const held = new Set<string>();
      // Those that have ended are there until their owners have been told.
      for (const transaction of raw.transactions) {
        const scope = Array.from(transaction._scope);
        if (this.hung.has(transaction) || scope.some((store) => held.has(store))) for (const store of scope) held.add(store);
        else return true;
      }
    }
    return false;
  }

  /** Lets go on what hangs. */
  release(): void {
    const all = Array.from(this.hung);
    this.hung.clear();
    for (const [transaction, resume] of all) if (transaction._state !== 'finished') resume();
  }

  /** The power goes: every tab is dead, and what was not committed is undone. */
  kill(committing?: RawTransaction): void {
    this.#cut = committing;
    for (const raw of this.#shared.databases.values()) for (const transaction of unfinished(raw)) if (transaction !== committing) rollBack(transaction);
    for (const tab of this.#tabs) tab.close(committing);
    this.#tabs.clear();
    this.hung.clear();
  }

  /** The device starts again. `undo`: how many reported commits are lost, at most those that can be (one unless said otherwise). */
  reopen(outcome: Outcome = 'committed', undo = 1): void {
    if (this.#tabs.size > 0) this.kill();
    if (this.#cut) {
      if (outcome === 'committed') this.#keep(this.#cut);
      else rollBack(this.#cut);
    }
    this.#cut = undefined;
    if (outcome === 'lost-though-reported') for (const transaction of this.#relaxed.toReversed().slice(0, undo)) rollBack(transaction);
    // What is here has survived.
    this.#relaxed = [];
    const databases = new Map<string, RawDatabase>();
    for (const old of this.#shared.databases.values()) {
      if (old.version === 0) continue;
      // New ones, so that the dead hold on to nothing.
      const raw = new old.constructor(old.name, old.version);
      raw.rawObjectStores = new Map(old.rawObjectStores);
      for (const store of raw.rawObjectStores.values()) store.rawDatabase = raw;
      databases.set(raw.name, raw);
    }
    this.#shared = { databases, queues: new Map() };
  }

  /** The browser throws a database away under everybody who has it open (eviction, "clear site data"). */
  evict(name: string): void {
    const raw = this.#shared.databases.get(name);
    if (!raw) return;
    this.#shared.databases.delete(name);
    this.forget(name);
    for (const transaction of unfinished(raw)) transaction._abort('AbortError');
    for (const connection of raw.connections) {
      connection._closed = connection._closePending = true;
      setImmediate(() => connection.dispatchEvent(new FakeEvent('close')));
    }
  }

  /** For tabs: an operation is about to be done. */
  step(what: Omit<Step, 'n'>, transaction?: RawTransaction): Fault | undefined {
    this.steps += 1;
    const fault = this.onStep?.({ ...what, n: this.steps });
    const committing = what.kind === 'commit' ? transaction : undefined;
    if (fault === 'kill') this.kill(committing);
    else if (fault === 'close-tab') what.tab.close();
    else if (fault === 'close-tab-after') {
      if (committing) this.#keep(committing);
      what.tab.close(committing);
    }
    return fault;
  }

  /** For tabs: a transaction with changes is being committed; `report` says so to its owner. */
  committed(transaction: RawTransaction, report: () => void): void {
    this.#keep(transaction);
    report();
  }

  /** For tabs: the database is no more. */
  forget(name: string): void {
    this.#relaxed = this.#relaxed.filter(({ db }) => db._rawDatabase.name !== name);
  }

  /** A strict commit takes everything that came before it in its database to the disk. */
  #keep(transaction: RawTransaction): void {
    if (transaction.durability === 'strict') this.forget(transaction.db._rawDatabase.name);
    else this.#relaxed.push(transaction);
  }
}

const here = new AsyncLocalStorage<Tab>();

/** Runs `work` and everything that it starts on a tab's storage. What a timer of the tests' own calls has to be told again. */
export const runOn = <T>(tab: Tab, work: () => T): T => here.run(tab, work);

/** Resolves when all that the disks had to do has been answered, and has led to nothing more that they have to do. */
export async function quiet(...disks: readonly Disk[]): Promise<void> {
  for (let calm = 0; calm < 2; calm = disks.some((disk) => disk.busy) ? 0 : calm + 1) {
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Puts the disks in the place of the global `indexedDB`. `current`: which tab asks; by default the one of `runOn`. */
export function installDisks(current: () => Tab | undefined = () => here.getStore()): void {
  Object.defineProperty(globalThis, 'indexedDB', {
    configurable: true,
    get(): IDBFactory {
      const tab = current();
      if (!tab) throw new Error('this code runs on no disk');
      return tab.factory;
    },
  });
}
