import type { Log } from '../base/log.js';
import { ChatError, toChatError } from '../base/error.js';

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(name: string, options: { readonly signal: AbortSignal } | { readonly steal: true }, run: () => Promise<T>): Promise<T>;
}

/** Why a term was ended by others: its work must touch neither socket nor archive any more. */
export const deposed = new ChatError('offline', 'another engine leads');

export type LeaderParts = {
  /** One lock per database: two engines of one archive must never both write from the wire. */
  readonly name: string;
  /** Absent where the platform has none. */
  readonly locks: Locks | undefined;
  /**
   * Leads. Starts when the lock is ours, and settles once all is put away, soon after `signal` is aborted, or by itself,
   * to let another lead; where `signal.reason` is `deposed`, another leads already. `taken`: from somebody who gives no sign of life.
   */
  readonly work: (signal: AbortSignal, taken: boolean) => Promise<void>;
  readonly log: Log;
};

/**
 * One engine's place in the line for the lead of an account: it waits for the account's Web Lock, leads while it holds
 * it, and stands in line again afterwards. The lock goes to the next by itself when a tab is closed or crashes; of a
 * leader that only sleeps or hangs it is taken by `claim`. No two tabs ever resume one stream (XEP-0198 §5): whoever
 * wakes up deposed is stopped by the archive's fence (`src/archive/lead.ts`).
 */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #locks: Locks;
  #claimed = false;
  #closed = false;
  #waiting: AbortController | undefined;
  #term: AbortController | undefined;
  /** Settles when it has left the line for good; rejects where `work` has. */
  readonly ended: Promise<void>;

  constructor(parts: LeaderParts) {
    this.#parts = parts;
    this.#locks = parts.locks ?? noLocks();
    this.ended = this.#stand();
  }

  /** Takes the lead, whoever has it: that one gives no sign of life. */
  claim(): void {
    if (this.#term || this.#closed) return;
    this.#claimed = true;
    this.#waiting?.abort();
  }

  /** Ends it. Whoever is next leads. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting?.abort();
    this.#term?.abort();
    await this.ended.catch(() => {});
  }

  async #stand(): Promise<void> {
    let locks = this.#locks;
    while (!this.#closed) {
      const steal = this.#claimed;
      this.#claimed = false;
      const waiting = (this.#waiting = new AbortController());
      let term: Promise<void> | undefined;
      const run = (): Promise<void> => (term = this.#lead(steal));
      try {
        await locks.request(this.#parts.name, steal ? { steal } : { signal: waiting.signal }, run); // oxlint-disable-line no-await-in-loop
      } catch (error) {
        if (term) {
          // Stolen: it must have stopped before it stands in line again. What the work itself has thrown is thrown.
          this.#term?.abort(deposed);
          await (term as Promise<void>); // oxlint-disable-line no-await-in-loop
        } else if (!waiting.signal.aborted) {
          // SecurityError: storage is refused here, and locks with it; nobody else can share the account's archive either.
          this.#parts.log.warn('no lock, leading alone', toChatError(error, 'storage').message);
          locks = noLocks();
        }
      }
    }
  }

  async #lead(taken: boolean): Promise<void> {
    this.#waiting = undefined;
    if (this.#closed) return;
    this.#term = new AbortController();
    try {
      await this.#parts.work(this.#term.signal, taken);
    } finally {
      this.#term = undefined;
    }
  }
}

/** Where there are no locks, whoever comes leads; the archive's fence sends those away who came before, and they wait until they claim it. */
function noLocks(): Locks {
  let came = false;
  return {
    request(_name, options, run) {
      if (!came || 'steal' in options) {
        came = true;
        return run();
      }
      return new Promise((_resolve, reject) => {
        options.signal.addEventListener('abort', () => reject(deposed));
      });
    },
  };
}
