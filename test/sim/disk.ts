/**
 * The disk of one device: databases in memory whose every operation can be failed, stalled or cut, and which come back
 * after a power cut as real ones may. Nothing here uses a timer or chance.
 *
 * A device has tabs (pages and workers: whatever dies by itself). A tab that is dead hears nothing more, and nothing it
 * does afterwards reaches the disk.
 */
import { Connection, Database, errorOf, Transaction } from './database.js';

export type StepKind = 'open' | 'delete' | 'read' | 'write' | 'commit';
export type Step = {
  /** From 1, over all of the device's life. */
  readonly n: number;
  readonly kind: StepKind;
  readonly database: string;
  /** How many there are to commit. */
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

type Callbacks = {
  upgrade?(connection: Connection, oldVersion: number, newVersion: number, transaction: Transaction): void;
  blocked?(current: number, blocked: number | null): void;
  blocking?(current: number, blocked: number | null): void;
};

const never = <T>(): Promise<T> => new Promise(() => {});

/** One page or worker: what dies by itself. */
export class Tab {
  readonly disk: Disk;
  dead = false;
  readonly connections = new Set<Connection>();
  readonly #onDead: (() => void) | undefined;

  constructor(disk: Disk, onDead?: () => void) {
    this.disk = disk;
    this.#onDead = onDead;
  }

  /** The page is closed or its process killed. `committing`: what it was committing is done all the same. */
  close(committing?: Transaction): void {
    if (this.dead) return;
    this.dead = true;
    for (const connection of this.connections) {
      const { database } = connection;
      const [own, others] = [database.queue.filter((each) => each.connection === connection), database.queue.filter((each) => each.connection !== connection)];
      for (const transaction of own) {
        this.disk.hung.delete(transaction);
        transaction.drop(transaction === committing);
      }
      database.queue = others;
      database.connections.delete(connection);
      for (const other of others) if (!other.started) other.soon();
      database.onClosed?.();
    }
    this.disk.left(this);
    this.#onDead?.();
  }

  /** As `openDB` of `idb`. */
  open(name: string, version: number, callbacks: Callbacks = {}): Promise<Connection> {
    return this.#request('open', name, (database, resolve, reject) => {
      if (database.version > version) {
        database.next(this);
        reject(new DOMException('it is newer', 'VersionError'));
      } else if (database.version === version) {
        database.next(this);
        resolve(new Connection(database, this, callbacks));
      } else database.alone(this, version, callbacks.blocked, () => this.#upgrade(database, version, callbacks, resolve, reject));
    });
  }

  #upgrade(database: Database, version: number, callbacks: Callbacks, resolve: (connection: Connection) => void, reject: (error: unknown) => void): void {
    const old = database.version;
    const connection = new Connection(database, this, callbacks);
    const transaction = new Transaction(connection, [], 'versionchange', 'default');
    connection.upgrade = transaction;
    database.version = version;
    transaction.undo.push(() => (database.version = old));
    transaction.onEnd = (error) => {
      connection.upgrade = undefined;
      if (error) connection.close();
      database.next(this);
      if (error) reject(new DOMException('the upgrade was aborted', 'AbortError'));
      else resolve(connection);
    };
    callbacks.upgrade?.(connection, old, version, transaction);
  }

  /** As `deleteDB` of `idb`. */
  delete(name: string, callbacks: Pick<Callbacks, 'blocked'> = {}): Promise<void> {
    return this.#request('delete', name, (database, resolve) =>
      database.alone(this, null, callbacks.blocked, () => {
        this.disk.forget(name);
        database.version = 0;
        database.tables.clear();
        database.next(this);
        resolve();
      }),
    );
  }

  #request<T>(kind: StepKind, name: string, begin: (database: Database, resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    if (this.dead) return never();
    const fault = this.disk.step({ kind, database: name, changes: 0, durability: 'default', mode: 'versionchange', tab: this });
    if (this.dead || fault === 'hang') return never();
    if (fault === 'refuse') throw new DOMException('the disk was told to refuse', 'SecurityError');
    return new Promise((resolve, reject) => {
      if (fault !== undefined) return this.disk.later(() => this.dead || reject(errorOf(fault)));
      const database = this.disk.database(name);
      database.request(this, () => begin(database, resolve, reject));
    });
  }
}

export class Disk {
  /** Asked before every operation. */
  onStep: ((step: Step) => Fault | undefined) | undefined;
  steps = 0;
  /** Transactions that were told to hang. */
  readonly hung = new Set<Transaction>();
  /** Does the next thing in a moment: one after the other, in the order in which they were asked for. */
  readonly later: (run: () => void) => void;
  readonly #databases = new Map<string, Database>();
  readonly #tabs = new Set<Tab>();
  /** Commits that were reported and that a power cut may undo, oldest first. */
  #relaxed: Transaction[] = [];
  /** What was being committed when the power went. */
  #cut: Transaction | undefined;

  constructor(later: (run: () => void) => void = setImmediate) {
    this.later = later;
  }

  /** `onDead`: the tab, or the device, was killed from within `onStep`. */
  tab(onDead?: () => void): Tab {
    const tab = new Tab(this, onDead);
    this.#tabs.add(tab);
    return tab;
  }

  /** For tabs. */
  database(name: string): Database {
    const there = this.#databases.get(name);
    if (there) return there;
    const made = new Database(name);
    this.#databases.set(name, made);
    return made;
  }

  /** For tabs: this one is gone. */
  left(tab: Tab): void {
    for (const database of this.#databases.values()) database.left(tab);
  }

  /** How many reported commits a power cut may undo now. */
  get undoable(): number {
    return this.#relaxed.length;
  }

  /** Lets go on what hangs. */
  release(): void {
    const all = Array.from(this.hung);
    this.hung.clear();
    for (const transaction of all) {
      transaction.hung = false;
      transaction.soon();
    }
  }

  /** The power goes: every tab is dead, and what was not committed is undone. */
  kill(committing?: Transaction): void {
    this.#cut = committing;
    for (const tab of this.#tabs) tab.close(committing);
    this.#tabs.clear();
    this.hung.clear();
  }

  /** The device starts again. `undo`: how many reported commits are lost, at most those that can be (one unless said otherwise). */
  reopen(outcome: Outcome = 'committed', undo = 1): void {
    if (this.#tabs.size > 0) this.kill();
    if (this.#cut) {
      if (outcome === 'committed') this.#keep(this.#cut);
      else this.#cut.rollBack();
    }
    this.#cut = undefined;
    if (outcome === 'lost-though-reported') for (const transaction of this.#relaxed.toReversed().slice(0, undo)) transaction.rollBack();
    // What is here has survived.
    this.#relaxed = [];
    // Nobody waits any more.
    for (const database of this.#databases.values()) {
      database.requests.length = 0;
      database.onClosed = undefined;
    }
  }

  /** For tabs: an operation is about to be done. */
  step(what: Omit<Step, 'n'>, transaction?: Transaction): Fault | undefined {
    this.steps += 1;
    if (!this.onStep) return undefined;
    const fault = this.onStep({ ...what, n: this.steps });
    const committing = what.kind === 'commit' ? transaction : undefined;
    if (fault === 'kill') this.kill(committing);
    else if (fault === 'close-tab') what.tab.close();
    else if (fault === 'close-tab-after') {
      if (committing && what.mode !== 'versionchange') this.#keep(committing);
      what.tab.close(committing);
    }
    return fault;
  }

  /** For tabs: a transaction with changes is committed. */
  committed(transaction: Transaction): void {
    this.#keep(transaction);
  }

  /** For tabs: the database is no more. */
  forget(name: string): void {
    this.#relaxed = this.#relaxed.filter(({ connection }) => connection.name !== name);
  }

  /** A strict commit takes everything that came before it in its database to the disk. */
  #keep(transaction: Transaction): void {
    if (transaction.durability === 'strict') this.forget(transaction.connection.name);
    else this.#relaxed.push(transaction);
  }
}
