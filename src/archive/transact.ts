/** One transaction, from its first read to the pokes after its commit. */
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { ChatError, toChatError } from '../base/error.js';
import type { Poke } from './archive-types.js';
import { updatePreviews } from './conversations.js';
import type { ArchiveDatabase } from './schema.js';
import { Unit, writeStores } from './unit.js';

export type Writing = {
  readonly database: ArchiveDatabase;
  /** Facts into their messages, where facts are written. */
  readonly fold?: (unit: Unit) => Promise<void>;
  readonly clock: Clock;
  readonly onPoke: (pokes: readonly Poke[]) => void;
  readonly log: Log;
  /** How each transaction that runs is given up: a person is told that something was not kept, and that has to stay true. */
  readonly running?: Set<() => void>;
};
export type Durability = 'strict' | 'relaxed';
/** `transact` on a database that is open. */
export type Transact = <T>(durability: Durability, work: (unit: Unit) => Promise<T>, ahead?: (unit: Unit) => Promise<void>, within?: number) => Promise<T>;

/**
 * Runs `work` in one transaction. Resolves after the commit and after `onPoke`; rejects with a `ChatError`, nothing
 * written and nothing poked. `strict` waits for the disk: for what nobody else has. What a server's archive holds can
 * be fetched again, for its cursor is in the same transaction. `ahead` is asked together with the unit's own first question: each
 * answer that is waited for is one more turn of a busy thread. `within`: given up where it takes longer, milliseconds.
 */
export async function transact<T>(writing: Writing, durability: Durability, work: (unit: Unit) => Promise<T>, ahead?: (unit: Unit) => Promise<void>, within?: number): Promise<T> {
  const { database, clock, onPoke, log, running } = writing;
  let abort = (): void => {};
  const giveUp = (): void => {
    try {
      abort();
    } catch {
      // It has aborted by itself, or is being committed.
    }
  };
  running?.add(giveUp);
  const inTime = within === undefined ? undefined : clock.after(within, giveUp);
  try {
    const tx = database.transaction(writeStores, 'readwrite', { durability });
    // Awaited below; an abort must not count as unhandled before that.
    tx.done.catch(() => {});
    abort = () => tx.abort();
    const unit = new Unit(tx, clock.now());
    await Promise.all([unit.begin(), ahead?.(unit)]);
    const result = await work(unit);
    unit.save();
    await writing.fold?.(unit);
    await updatePreviews(unit);
    unit.save();
    await tx.done;
    tell(onPoke, unit.pokes(), writing);
    return result;
  } catch (error) {
    giveUp();
    const failure = toChatError(error, 'storage');
    if (failure.code === 'storage') log.warn('the archive could not write', failure.message);
    throw failure;
  } finally {
    running?.delete(giveUp);
    inTime?.();
  }
}

function tell(onPoke: Writing['onPoke'], pokes: readonly Poke[], { log }: Writing): void {
  if (pokes.length === 0) return;
  try {
    onPoke(pokes);
  } catch (error) {
    // It is written; whoever listens reads it later.
    log.warn('a change could not be told', error instanceof Error ? error.message : undefined);
  }
}

/** Runs a read; rejects with `ChatError('storage')`. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ChatError ? error : toChatError(error, 'storage');
  }
}
