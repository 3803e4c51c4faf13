import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Files dropped on an element. Only there: a file dropped beside it does not navigate the page away by our doing. */
export class FileDrop implements ReactiveController {
  /** A file hovers over the element. */
  over = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #take: (files: readonly File[]) => void;
  #depth = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, take: (files: readonly File[]) => void) {
    this.#host = host;
    this.#take = take;
    host.addController(this);
  }

  readonly #listener = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (event.type === 'dragenter') this.#depth++;
    if (event.type === 'dragleave') this.#depth--;
    if (event.type === 'drop') {
      this.#depth = 0;
      this.#take(Array.from(event.dataTransfer.files));
    }
    const over = this.#depth > 0;
    if (over !== this.over) {
      this.over = over;
      this.#host.requestUpdate();
    }
  };

  hostConnected(): void {
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const) this.#host.addEventListener(type, this.#listener);
  }

  hostDisconnected(): void {
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const) this.#host.removeEventListener(type, this.#listener);
    this.#depth = 0;
    this.over = false;
  }
}
