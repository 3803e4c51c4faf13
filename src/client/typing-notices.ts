import type { Clock } from '../base/clock.js';
import type { Commands } from './bus.js';

type TypingState = Parameters<Commands['typing']>[1];

/** A pause this long, milliseconds, is told as one (XEP-0085 §5.1 suggests 30 s; a reader waits for less). */
const pause = 6_000;

/** Turns keystrokes into the few notices worth sending. */
export class TypingNotices {
  readonly #clock: Clock;
  readonly #tell: (conversation: string, state: TypingState) => void;
  readonly #composing = new Map<string, { state: TypingState; cancel: () => void }>();

  constructor(clock: Clock, tell: (conversation: string, state: TypingState) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  set(conversation: string, typing: boolean): void {
    const now = this.#composing.get(conversation);
    now?.cancel();
    if (typing) {
      if (now?.state !== 'composing') this.#tell(conversation, 'composing');
      const entry: { state: TypingState; cancel: () => void } = {
        state: 'composing',
        cancel: this.#clock.after(pause, () => {
          entry.state = 'paused';
          this.#tell(conversation, 'paused');
        }),
      };
      this.#composing.set(conversation, entry);
    } else if (now) {
      this.#composing.delete(conversation);
      this.#tell(conversation, 'active');
    }
  }

  /** The message itself says that typing has ended. */
  sent(conversation: string): void {
    this.#composing.get(conversation)?.cancel();
    this.#composing.delete(conversation);
  }

  stop(): void {
    for (const { cancel } of this.#composing.values()) cancel();
    this.#composing.clear();
  }
}
