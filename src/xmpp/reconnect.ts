/** When to try again, and when not to. */
import type { ChatError, ChatErrorCode } from '../base/error.js';

/** Milliseconds. A wait is between `least` and a ceiling that doubles with every failure, up to `most`. */
const least = 1_000;
const most = 60_000;
/** The first ceilings: of a line that broke and nothing was said; of a server that says goodbye, as it seems to everybody. */
const ceilings = { broken: 4_000, goodbye: 16_000 } as const;
/** A session that was well and broke off is taken up again within this: most often it was our own network. */
const blink = 3_000;
/** Milliseconds a session has to last before its end is taken for an accident rather than a refusal. */
const stableAfter = 10_000;

/** Conditions by which a server says that there is too much of us, or that it cannot check credentials now. */
const busy: readonly string[] = ['resource-constraint', 'policy-violation', 'temporary-auth-failure'];
/** Conditions that are about this stream and say nothing of the server. */
const ours: readonly string[] = ['reset', 'connection-timeout', 'undefined-condition', 'not-well-formed', 'bad-format', 'handled-count-too-high'];

/**
 * How long to wait before each attempt: full jitter, from the first one on and up to 60 s, so that a fallen server is not
 * run over by all at once. What it has said decides how wide the first spread is.
 */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;
  constructor(random: () => number) {
    this.#random = random;
  }
  /** Milliseconds to wait. `error` is why the last stream ended, or why none came; `lasted`: for how long it was a session, milliseconds. */
  next({ condition }: Pick<ChatError, 'condition'>, lasted?: number): number {
    if (lasted !== undefined && lasted >= stableAfter) this.#failures = 0;
    const said = condition !== undefined && !ours.includes(condition);
    const failures = this.#failures++;
    if (failures === 0 && lasted !== undefined && !said) return Math.round(this.#random() * blink);
    const first = !said ? ceilings.broken : busy.includes(condition) ? most : ceilings.goodbye;
    // A line that flaps lets us in time and again: nobody has to wait long for that.
    const top = lasted !== undefined && !said ? ceilings.goodbye : most;
    return Math.round(least + this.#random() * (Math.min(top, first * 2 ** Math.min(failures, 10)) - least));
  }
  reset(): void {
    this.#failures = 0;
  }
}

const finalCodes: readonly ChatErrorCode[] = ['not-authorized', 'insecure', 'forged-server', 'invalid', 'registration'];
/**
 * Stream errors that another attempt cannot mend. `conflict`: our resource is random, so whoever took it holds this very
 * stream (another tab that resumed it); taking it back would be a fight without an end.
 */
const finalConditions: readonly string[] = ['conflict', 'host-gone', 'host-unknown', 'improper-addressing', 'not-authorized', 'unsupported-version'];

/** Whether to give up (`refused`) instead of trying again. */
export const isFinal = (error: ChatError): boolean =>
  // Too many accounts from this network lately: there may be one later.
  (finalCodes.includes(error.code) && !(error.code === 'registration' && error.condition === 'rate-limited')) || (error.code === 'stream-error' && finalConditions.includes(error.condition ?? ''));
