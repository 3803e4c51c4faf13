/** When to try again, and when not to. */
import type { ChatError, ChatErrorCode } from '../base/error.js';

const least = 1_000;
const most = 60_000;

/** Milliseconds to wait before each attempt: full jitter, 1 s up to 60 s, so that a fallen server is not run over by all at once. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;
  constructor(random: () => number) {
    this.#random = random;
  }
  next(): number {
    const ceiling = Math.min(most, 2 * least * 2 ** Math.min(this.#failures++, 10));
    return Math.round(least + this.#random() * (ceiling - least));
  }
  reset(): void {
    this.#failures = 0;
  }
}

/** Milliseconds a stream has to last before its end is taken for an accident rather than a refusal. */
export const stableAfter = 10_000;

const finalCodes: readonly ChatErrorCode[] = ['not-authorized', 'insecure', 'forged-server', 'invalid', 'registration'];
/**
 * Stream errors that another attempt cannot mend. `conflict`: our resource is random, so whoever took it holds this very
 * stream (another tab that resumed it); taking it back would be a fight without an end.
 */
const finalConditions: readonly string[] = ['conflict', 'host-gone', 'host-unknown', 'improper-addressing', 'not-authorized', 'unsupported-version'];

/** Whether to give up (`refused`) instead of trying again. */
export const isFinal = (error: ChatError): boolean =>
  finalCodes.includes(error.code) || (error.code === 'stream-error' && finalConditions.includes(error.condition ?? ''));
