/** XEP-0198 §5: what is kept of a stream, to resume it after a reload, a crash or in another tab. */
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { isCount } from './0198-counts.js';

/**
 * A stream that can be resumed. It is tried however old it is: asking costs no round trip of its own, and `<failed h>` says
 * what arrived (§5). Counts are modulo 2^32 (§4); `seq` is what the server's `h` will be once it
 * has the frame.
 */
export type SmState = {
  readonly id: string;
  /** Seconds the server keeps the stream, where it said so. */
  readonly max?: number;
  readonly location?: string;
  readonly jid: string;
  readonly hIn: number;
  readonly hOut: number;
  readonly queue: readonly { readonly seq: number; readonly xml: string }[];
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
};
export type SmStore = { load(): Promise<SmState | undefined>; save(state: SmState | undefined): Promise<void> };

/** A disk that has not answered by then holds up no stream, milliseconds. */
const diskDeadline = 5_000;

type Options = { readonly store: SmStore; readonly clock: Clock; readonly log: Log };

/** The state on the disk, one save after the other. */
export class KeptState {
  readonly #options: Options;
  readonly #snapshot: () => SmState | undefined;
  #saving: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #hIn = 0;

  constructor(options: Options, snapshot: () => SmState | undefined) {
    this.#options = options;
    this.#snapshot = snapshot;
  }

  /** `h` as last kept. */
  get hIn(): number {
    return this.#hIn;
  }

  /** `undefined` where nothing was kept, or nothing that can be read. */
  async load(): Promise<SmState | undefined> {
    const state = await this.#options.store.load();
    if (!state) return undefined;
    if (typeof state.id !== 'string' || typeof state.jid !== 'string' || !isCount(state.hIn) || !isCount(state.hOut) || !Array.isArray(state.queue)) {
      this.#options.log.warn('the kept stream is unreadable');
      return undefined;
    }
    return state;
  }

  /** Keeps the state as it is when the save before this one is through; calls in between share it. */
  save(): Promise<void> {
    this.#next ??= this.#saving = this.#saving.then(async () => {
      this.#next = undefined;
      const state = this.#snapshot();
      try {
        await this.#options.store.save(state);
        this.#hIn = state?.hIn ?? 0;
      } catch (error) {
        this.#options.log.warn('the stream could not be kept', error);
      }
    });
    return this.#next;
  }

  /** The same, waiting for the disk no longer than a stream may be held up. */
  saveInTime(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(diskDeadline, resolve);
      void this.save().then(() => {
        cancel();
        resolve();
      });
    });
  }
}
