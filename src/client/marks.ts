import type { SessionView } from '../model/account.js';
import type { MessageRow } from '../model/message.js';

/** Puts the engine's milestones into the page's User Timing: `tertulia:connected`, `caught-up`, `sent`, `acked`. */
export class Marks {
  readonly #mark: (name: string) => void;
  readonly #waiting = new Set<number>();
  #online = false;
  #caughtUp = false;

  constructor(mark: (name: string) => void = (name) => performance.mark(name)) {
    this.#mark = mark;
  }

  session({ status, catchingUp }: SessionView): void {
    const online = status === 'online';
    if (online && !this.#online) {
      this.#caughtUp = false;
      this.#mark('tertulia:connected');
    }
    this.#online = online;
    if (online && !catchingUp && !this.#caughtUp) {
      this.#caughtUp = true;
      this.#mark('tertulia:caught-up');
    }
  }

  pressed(): void {
    this.#mark('tertulia:sent');
  }

  queued(row: number): void {
    this.#waiting.add(row);
  }

  committed(rows: readonly MessageRow[]): void {
    for (const { id, state } of rows) {
      if (!this.#waiting.has(id) || state.delivery === 'sending') continue;
      this.#waiting.delete(id);
      if (state.delivery !== 'failed') this.#mark('tertulia:acked');
    }
  }
}
