import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * What the on-screen keyboard covers of an element, as `--t-keyboard` on it. Only the visual viewport knows: `dvh` does not
 * shrink for a keyboard, and iOS scrolls the page under it instead.
 */
export class KeyboardInset implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  readonly #measure = (): void => {
    const viewport = window.visualViewport;
    // Pinched in, the viewport is small without any keyboard.
    if (!viewport || viewport.scale > 1.05) return;
    const covered = this.#host.getBoundingClientRect().bottom - (viewport.offsetTop + viewport.height);
    const set = parseFloat(this.#host.style.getPropertyValue('--t-keyboard')) || 0;
    const inset = Math.max(0, Math.round(covered + set));
    // Less than a row of keys is a toolbar or a rounding.
    this.#host.style.setProperty('--t-keyboard', `${inset > 60 && inset < window.innerHeight ? inset : 0}px`);
  };

  hostConnected(): void {
    window.visualViewport?.addEventListener('resize', this.#measure);
    window.visualViewport?.addEventListener('scroll', this.#measure);
  }

  hostDisconnected(): void {
    window.visualViewport?.removeEventListener('resize', this.#measure);
    window.visualViewport?.removeEventListener('scroll', this.#measure);
  }
}
