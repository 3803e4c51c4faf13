import type { Log } from '../base/log.js';
import type { Incoming, XepContext, XepModule } from '../xep/module.js';

/** More than this many held reactions are dropped, oldest first: a receipt is a courtesy, not a duty (XEP-0184 §5.4). */
const limit = 2000;

/**
 * Lets the modules react to what was committed: to a live stanza at once, to a missed one when catch-up has ended (by
 * then it is known what another device has answered already), to older history never.
 */
export class Reactions {
  readonly #modules: readonly XepModule[];
  readonly #ctx: () => XepContext;
  readonly #log: Log;
  #held: Incoming[] = [];

  constructor(modules: readonly XepModule[], ctx: () => XepContext, log: Log) {
    this.#modules = modules.filter((module) => module.react !== undefined);
    this.#ctx = ctx;
    this.#log = log;
  }

  add(incomings: readonly Incoming[]): void {
    for (const incoming of incomings) {
      if (incoming.origin === 'live') this.#react(incoming);
      else if (incoming.origin === 'catch-up') this.#held.push(incoming);
    }
    if (this.#held.length > limit) this.#held = this.#held.slice(-limit);
  }

  /** Catch-up has ended. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const incoming of held) this.#react(incoming);
  }

  #react(incoming: Incoming): void {
    // Never awaited by the inbox: a reaction may wait for an IQ whose answer stands behind this very stanza.
    for (const module of this.#modules) {
      void (async () => module.react?.(incoming, this.#ctx()))().catch((error: unknown) => this.#log.warn(`XEP-${module.xep} could not react`, error));
    }
  }
}
