import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Says when somebody is looking: the page is visible and has the focus, and the element is on the screen. `read` is asked
 * then, and again whenever one of these changes.
 */
export class ReadMarker implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #read: () => void;
  #intersection: IntersectionObserver | undefined;
  #onScreen = false;

  constructor(host: ReactiveControllerHost & HTMLElement, read: () => void) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.check);
    window.addEventListener('focus', this.check);
    this.#intersection = new IntersectionObserver((entries) => {
      this.#onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.check();
    });
    this.#intersection.observe(this.#host);
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.check);
    window.removeEventListener('focus', this.check);
    this.#intersection?.disconnect();
    this.#onScreen = false;
  }

  readonly check = (): void => {
    if (this.#onScreen && document.visibilityState === 'visible' && document.hasFocus()) this.#read();
  };
}
