import type { Clock } from '../base/clock.js';

export type WorkerWatchParts = {
  readonly clock: Clock;
  /** Has this page's engine take the lead: resolves as soon as its worker has heard it. */
  readonly claim: () => Promise<void>;
  /** Puts another worker into the place of one that hangs. */
  readonly restart: () => Promise<void>;
};

/**
 * How often it is looked whether the worker has answered, and how often in vain before it is replaced. Together less than what a held-up
 * disk is waited for (`archive/watch-archive.ts`): a worker that hangs in the middle of a write lets go of it.
 */
const every = 1_000;
const inVain = 8;
const mostPatient = 8;
/** A look as late as this, milliseconds, was held up together with its page, or comes seldom because nobody looks at it: it says nothing of the worker. */
const late = 250;

/** Looks after this page's own worker, where nobody else leads: one that only has much to do answers between two tasks, one that hangs never will. */
export class WorkerWatch {
  readonly #parts: WorkerWatchParts;
  #looking = false;
  /** One that has only just begun may have to be fetched first. */
  #patience = 1;

  constructor(parts: WorkerWatchParts) {
    this.#parts = parts;
  }

  /** Nobody gives a sign of life: this page's engine is to lead. */
  claim(): void {
    if (this.#looking) return;
    this.#looking = true;
    let answered = false;
    const heard = (): void => void (answered = true);
    this.#parts.claim().then(heard, heard);
    const look = (missed: number): void => {
      const due = this.#parts.clock.now() + every;
      this.#parts.clock.after(every, () => {
        const count = missed + (Math.abs(this.#parts.clock.now() - due) < late ? 1 : 0);
        if (!answered && count < inVain * this.#patience) return look(count);
        this.#looking = false;
        this.#patience = answered ? 1 : Math.min(mostPatient, this.#patience * 2);
        if (!answered) void this.#parts.restart();
      });
    };
    look(0);
  }
}
