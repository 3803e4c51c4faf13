import type { ChatError } from '../base/error.js';
import { leastLimit } from '../xep/0478-stream-limits.js';

/** A socket that was closed without a word this soon after a large message, milliseconds, was closed over it, perhaps. */
const soon = 5_000;
/** What an end of the stream adds to the one large message that was on its way, and how much is proof enough: twice said, or three times not said. */
const worth = { said: 3, silent: 2, proof: 6 } as const;
/** How servers say it: Prosody's parser and its frames, its buffer; and what any WebSocket says (RFC 6455 §7.4.1, 1009). */
const words: readonly (string | undefined)[] = ['policy-violation', 'resource-constraint'];

/**
 * Which message the server ends the stream over. A server that is sent more than it takes may say nothing but
 * `policy-violation`, and Prosody 0.12 often not even that: its socket is reset before it is read. Sent again and again,
 * such a message would hold up everything for ever. Only what is larger than what every server has to take is
 * suspected; then it goes out alone, after all others, until it is taken or proven.
 */
export class Suspects {
  /** What the server has not acknowledged, by origin-id: bytes, and when it went out. */
  readonly #onWire = new Map<string, { readonly large: boolean; readonly at: number }>();
  readonly #against = new Map<string, number>();

  sent(id: string, bytes: number, now: number): void {
    this.#onWire.set(id, { large: bytes > leastLimit, at: now });
  }

  /** The server has it, or said what is wrong with it: it was not too large. */
  taken(id: string): void {
    this.#onWire.delete(id);
    this.#against.delete(id);
  }

  /** It is not on its way any more. */
  back(id: string): void {
    this.#onWire.delete(id);
  }

  /** Nothing is on its way any more. */
  allBack(): void {
    this.#onWire.clear();
  }

  /** There is a stream: where it was resumed, what was on its way goes out now. */
  again(now: number): void {
    for (const [id, { large }] of this.#onWire) this.#onWire.set(id, { large, at: now });
  }

  /** The stream has ended. */
  ended({ code, condition }: ChatError, now: number): void {
    const large = Array.from(this.#onWire).filter(([, on]) => on.large);
    const newest = Math.max(...large.map(([, { at }]) => at));
    const said = words.includes(condition);
    if (large.length === 0 || !(said || (code === 'offline' && now - newest <= soon))) return;
    // Of several it may be any: from now on one at a time.
    for (const [id] of large) this.#against.set(id, (this.#against.get(id) ?? 0) + (large.length > 1 ? 0 : said ? worth.said : worth.silent));
  }

  /** It is to be sent alone, and last. */
  suspected(id: string): boolean {
    return this.#against.has(id);
  }

  /** Something waits to be sent alone. */
  get any(): boolean {
    return this.#against.size > 0;
  }

  /** Something is on its way. */
  get busy(): boolean {
    return this.#onWire.size > 0;
  }

  /** It is not to be sent any more. Whoever tries it again all the same begins anew. */
  proven(id: string): boolean {
    const proven = (this.#against.get(id) ?? 0) >= worth.proof;
    if (proven) this.#against.delete(id);
    return proven;
  }
}
