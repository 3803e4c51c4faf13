/**
 * Who may write what comes from the wire. Each leader takes the next epoch when it begins; from then on every write of
 * those before it is refused by the database itself, in the very transaction. A tab that was frozen in the middle of a
 * step, and wakes up when another has long resumed its stream, so changes nothing.
 */
import type { Clock } from '../base/clock.js';
import { ChatError } from '../base/error.js';
import type { ArchiveLead } from './archive-types.js';
import type { ArchiveDatabase } from './schema.js';
import { reading } from './transact.js';

/** Every write has one of these stores in its scope; the epoch is in both. */
const keepers = ['counters', 'notes'] as const;
type Keeper = (typeof keepers)[number];
const EPOCH = 'epoch';

type Transaction = { objectStore(name: Keeper): { get(key: string): Promise<unknown> }; abort(): void; readonly done: Promise<unknown> };
type Open = (stores: string | Iterable<string>, mode?: IDBTransactionMode, options?: IDBTransactionOptions) => Transaction;

export class Lead implements ArchiveLead {
  /** The database as its leader has it. */
  readonly database: ArchiveDatabase;
  readonly #database: ArchiveDatabase;
  readonly #clock: Clock;
  #epoch: number | undefined;
  #onLost = (): void => {};
  /** When the archive was last seen to be ours: the beginning of that look, milliseconds. */
  #provenAt = -Infinity;

  constructor(database: ArchiveDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    const transaction: Open = (stores, mode, options) => this.#transaction(stores, mode, options);
    this.database = new Proxy(database, {
      get(target, name) {
        if (name === 'transaction') return transaction;
        const value: unknown = Reflect.get(target, name, target);
        // Shortcuts that write open their transaction on whatever they are called on: that must be the fence.
        return typeof value === 'function' && !['put', 'add', 'delete', 'clear'].includes(String(name)) ? (value.bind(target) as unknown) : value;
      },
    });
  }

  async take(onLost: () => void): Promise<number> {
    const provenAt = this.#clock.now();
    const epoch = await reading(async () => {
      const tx = this.#database.transaction(keepers, 'readwrite', { durability: 'relaxed' });
      // Awaited below; that it has failed must not count as unhandled before that.
      tx.done.catch(() => {});
      const before = await tx.objectStore('counters').get(EPOCH);
      const next = (before ?? 0) + 1;
      await Promise.all([tx.objectStore('counters').put(next, EPOCH), tx.objectStore('notes').put(next, EPOCH), tx.done]);
      return next;
    });
    this.#epoch = epoch;
    this.#onLost = onLost;
    this.#provenAt = provenAt;
    return epoch;
  }

  get age(): number {
    const age = this.#clock.now() - this.#provenAt;
    // A clock that was set back proves nothing.
    return age < 0 ? Infinity : age;
  }

  async prove(): Promise<void> {
    const at = this.#clock.now();
    const found = await reading(async () => this.#database.get('counters', EPOCH));
    if (found === this.#epoch) this.#provenAt = at;
    else throw this.#lost();
  }

  #lost(): ChatError {
    const onLost = this.#onLost;
    this.#onLost = () => {};
    onLost();
    return new ChatError('offline', 'another engine leads');
  }

  #transaction(stores: string | Iterable<string>, mode?: IDBTransactionMode, options?: IDBTransactionOptions): Transaction {
    const open = this.#database.transaction.bind(this.#database) as unknown as Open;
    if (mode !== 'readwrite' || this.#epoch === undefined) return open(stores, mode, options);
    const scope = typeof stores === 'string' ? [stores] : Array.from(stores);
    let keeper = keepers.find((name) => scope.includes(name));
    if (!keeper) scope.push((keeper = 'counters'));
    const at = this.#clock.now();
    const tx = open(scope, mode, options);
    // Asked first, so that nothing of the transaction can be committed before the answer.
    tx.objectStore(keeper).get(EPOCH).then(
      (found) => {
        if (found === this.#epoch) this.#provenAt = Math.max(this.#provenAt, at);
        else {
          this.#lost();
          tx.abort();
        }
      },
      () => {}, // the transaction has failed, and says so itself
    );
    return tx;
  }
}
