/** Hands stanzas over in order, a batch at a time, and counts each once its batch has been dealt with. */
import type { Element } from './element.js';
import type { Log } from '../base/log.js';
import { ChatError } from '../base/error.js';

export type IntakeOptions = {
  /** Rejects with `ChatError('storage')` where the batch is fine and could not be kept. */
  readonly handle: (stanzas: readonly Element[]) => Promise<void>;
  readonly handled: (count: number) => void;
  /** A batch could not be kept: it and what comes after it on this stream are not counted, so the server keeps them. */
  readonly failed: (error: ChatError) => void;
  readonly log: Log;
};

export class Intake {
  readonly #options: IntakeOptions;
  #queue: { readonly stanza: Element | undefined; readonly counted: boolean }[] = [];
  #running: Promise<void> | undefined;
  #failed = false;
  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** No stanza: one that is dealt with already, and whose turn to be counted comes after those before it. */
  push(stanza: Element | undefined, counted: boolean): void {
    if (this.#failed) return;
    this.#queue.push({ stanza, counted });
    this.#running ??= this.#run();
  }

  /** Resolves when everything that came has been handled and counted. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Another stream begins, on which the server sends again what was not counted. */
  begin(): void {
    this.#failed = false;
  }

  async #run(): Promise<void> {
    // Not in the socket's own task: what came with it goes into the same batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const stanzas = batch.flatMap(({ stanza }) => (stanza ? [stanza] : []));
      try {
        if (stanzas.length > 0) await this.#options.handle(stanzas);
      } catch (error) {
        if (error instanceof ChatError && error.code === 'storage') {
          this.#failed = true;
          this.#queue = [];
          this.#options.failed(error);
          break;
        }
        // Whatever is wrong with it, it would be wrong again: a stanza that is never counted is sent again for ever.
        this.#options.log.warn(`${stanzas.length} stanzas could not be handled`, error);
      }
      const counted = batch.filter((entry) => entry.counted).length;
      if (counted > 0) this.#options.handled(counted);
    }
    this.#running = undefined;
  }
}
