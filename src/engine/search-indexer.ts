import type { Archive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { LiveStore } from './live-store.js';
import { isTrouble } from '../archive/trouble.js';

/** From what has come to the first step for it, milliseconds. */
const quiet = 3_000;
/** Between two steps, so that whoever waits is served, milliseconds. */
const pause = 50;

export type SearchIndexerParts = { readonly archive: Pick<Archive, 'indexMore'>; readonly live: Pick<LiveStore, 'get' | 'watch'>; readonly clock: Clock; readonly log: Log };

/** Brings the search index up to date when there is nothing else to do: after the catch-up, and when nothing comes. */
export class SearchIndexer {
  readonly #parts: SearchIndexerParts;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #working = false;
  /** Something has come during a step. */
  #again = false;

  constructor(parts: SearchIndexerParts) {
    this.#parts = parts;
    parts.live.watch('session', () => this.#wait(quiet));
    this.#wait(quiet);
  }

  /** Messages have come, changed or gone. */
  poked(pokes: readonly Poke[]): void {
    if (pokes.some(({ kind }) => kind === 'messages')) this.#wait(quiet);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** What comes meanwhile does not put it off: where somebody always talks it would never be done. */
  #wait(ms: number): void {
    this.#again = true;
    if (this.#stopped || this.#working) return;
    this.#cancel ??= this.#parts.clock.after(ms, () => {
      this.#cancel = undefined;
      void this.#work();
    });
  }

  get #busy(): boolean {
    const session = this.#parts.live.get('session', '');
    return session?.status === 'connecting' || session?.catchingUp === true;
  }

  async #work(): Promise<void> {
    // The end of it is a change of the session.
    if (this.#busy) return;
    this.#working = true;
    this.#again = false;
    let more = false;
    try {
      more = await this.#parts.archive.indexMore();
    } catch (error) {
      // It is tried again when something comes. A full disk is for whoever writes what a person would miss.
      if (!this.#stopped) this.#parts.log.warn('the search index waits', isTrouble(error) ? undefined : error);
    }
    this.#working = false;
    if (more || this.#again) this.#wait(more ? pause : quiet);
  }
}
