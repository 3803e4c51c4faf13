import type { ReactiveController, ReactiveControllerHost } from 'lit';

type Host = ReactiveControllerHost & HTMLElement;

/**
 * Draws a long list a stretch at a time: only what was scrolled to exists, so that thousands of rows ask for thousands
 * of pictures and presences only when somebody looks. The host puts an element with `data-grow` after the last row.
 */
export class GrowingList implements ReactiveController {
  readonly #host: Host;
  readonly #step: number;
  #observer: IntersectionObserver | undefined;
  #watched: Element | undefined;
  /** How many rows to draw. */
  limit: number;

  constructor(host: Host, step = 60) {
    this.#host = host;
    this.#step = step;
    this.limit = step;
    host.addController(this);
  }

  /** Begins again at the top; for a new filter. */
  reset(): void {
    this.limit = this.#step;
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.#grow();
      },
      { rootMargin: '600px' },
    );
  }

  hostUpdated(): void {
    const end = this.#host.shadowRoot?.querySelector('[data-grow]') ?? undefined;
    // Observed anew after each update: where the end is still in sight, the observer says so once more.
    if (this.#watched) this.#observer?.unobserve(this.#watched);
    this.#watched = end;
    if (end) this.#observer?.observe(end);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#watched = undefined;
  }

  #grow(): void {
    this.limit += this.#step;
    this.#host.requestUpdate();
  }
}
