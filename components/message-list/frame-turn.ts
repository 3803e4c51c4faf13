import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { afterFrame } from './frames.js';

/** While somebody writes, what pours in is drawn this far apart, milliseconds: it takes most of a frame, and the next key may come in the middle of it. */
const apart = 100;
/** For so long after a key, milliseconds, somebody writes. */
const writing = 1_000;

/**
 * When its host may draw: at once, but once a frame, so that what comes meanwhile is drawn together; and after the frame
 * that shows the sign of a key just pressed. While somebody writes less often. A hidden page has no frames: there it may draw at any time.
 */
export class FrameTurn implements ReactiveController {
  /** Resolves with the next frame, where something has been drawn since the last one; after the frame that shows a key. */
  #spent: Promise<void> | undefined;
  #typed: Promise<void> | undefined;
  #typedAt = -Infinity;
  #go = (): void => {};

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener('keydown', this.#press, { capture: true, passive: true });
  }

  hostDisconnected(): void {
    removeEventListener('keydown', this.#press, { capture: true });
  }

  async comes(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- a key may have been pressed while it waited
    for (let wait = this.#wait(); wait; wait = this.#wait()) await Promise.race([wait, new Promise<void>((resolve) => (this.#go = resolve))]);
    const rest = performance.now() - this.#typedAt < writing ? new Promise<void>((resolve) => setTimeout(resolve, apart)) : within(requestAnimationFrame);
    const spent = rest.then(() => {
      if (this.#spent === spent) this.#spent = undefined;
    });
    this.#spent = spent;
  }

  /** What is waiting draws now: it is in the same frame as it would have been, and known to be. */
  hurry(): void {
    this.#spent = this.#typed = undefined;
    this.#go();
  }

  #wait(): Promise<void> | undefined {
    return document.hidden ? undefined : (this.#typed ?? this.#spent);
  }

  readonly #press = ({ key }: KeyboardEvent): void => {
    // Enter is another matter: what it sends is drawn as soon as it can be.
    if (key.length > 1 && key !== 'Backspace') return;
    this.#typedAt = performance.now();
    this.#typed ??= within(afterFrame).then(() => {
      this.#typed = undefined;
    });
  };
}

/** Frames end when the page is hidden, and then nobody must wait for them. */
const within = (frame: (then: () => void) => unknown): Promise<void> =>
  new Promise((resolve) => {
    frame(resolve);
    setTimeout(resolve, 100);
  });
