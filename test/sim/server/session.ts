/** One resource of the account at the server: it may outlive its connection (XEP-0198). */
import type { Stream } from './stream.js';
import { write } from './stanza.js';
import type { Stanza } from './stanza.js';

const modulus = 2 ** 32;
export const plus = (count: number, by: number): number => (((count + by) % modulus) + modulus) % modulus;

export class Session {
  readonly jid: string;
  stream: Stream | undefined;
  managed = false;
  /** Set where the client may come back to it. */
  smId: string | undefined;
  /** Stanzas of the client that were handled. */
  handled = 0;
  /** How many of ours the client has acknowledged, and those it has not. */
  acked = 0;
  readonly queue: Stanza[] = [];
  /** What came last was the half of a frame. */
  half = false;
  available = false;
  carbons = false;
  over = false;
  cancelExpiry: (() => void) | undefined;

  readonly #onAcknowledged: (stanzas: readonly Stanza[]) => void;

  constructor(jid: string, stream: Stream, onAcknowledged: (stanzas: readonly Stanza[]) => void) {
    this.#onAcknowledged = onAcknowledged;
    this.jid = jid;
    this.stream = stream;
  }

  deliver(stanza: Stanza): void {
    if (this.over) return;
    const addressed: Stanza = { ...stanza, attrs: { ...stanza.attrs, to: stanza.attrs.to ?? this.jid } };
    if (this.managed) this.queue.push(addressed);
    this.stream?.send(write(addressed));
    // Servers ask now and then.
    if (this.managed && this.queue.length % 5 === 0) this.stream?.send('<r xmlns="urn:xmpp:sm:3"/>');
  }

  /** The client has said how many it has. More than it was sent is let pass, less than before is not. */
  acknowledged(h: number): boolean {
    const got = plus(h, -this.acked);
    if (got > modulus / 2) return false;
    this.#onAcknowledged(this.queue.splice(0, Math.min(got, this.queue.length)));
    this.acked = h;
    return true;
  }
}
