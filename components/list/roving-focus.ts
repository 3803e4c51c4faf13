import type { ReactiveController, ReactiveControllerHost } from 'lit';

type Host = ReactiveControllerHost & HTMLElement;

/**
 * One tab stop for a list of rows; up, down, Home and End move in it. Rows are the elements that match `selector` in
 * the host's shadow root, each with a `tabStop` property of its own.
 */
export class RovingFocus implements ReactiveController {
  readonly #host: Host;
  readonly #selector: string;
  readonly #preferred: () => Element | null;
  #current: Element | undefined;

  /** `preferred`: the row that Tab goes to before anybody has moved, else the first. */
  constructor(host: Host, selector: string, preferred: () => Element | null = () => null) {
    this.#host = host;
    this.#selector = selector;
    this.#preferred = preferred;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener('keydown', this.#key);
    this.#host.addEventListener('focusin', this.#focused);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('keydown', this.#key);
    this.#host.removeEventListener('focusin', this.#focused);
  }

  hostUpdated(): void {
    this.#mark();
  }

  /** To the row where one was last, else to the first. */
  enter(): void {
    const rows = this.#rows;
    this.#go(this.#current && rows.includes(this.#current) ? this.#current : (this.#preferred() ?? rows[0]));
  }

  get #rows(): Element[] {
    return Array.from(this.#host.shadowRoot?.querySelectorAll(this.#selector) ?? []);
  }

  #mark(): void {
    const rows = this.#rows;
    if (this.#current && !rows.includes(this.#current)) this.#current = undefined;
    const stop = this.#current ?? this.#preferred() ?? rows[0];
    for (const row of rows) (row as Element & { tabStop: boolean }).tabStop = row === stop;
  }

  #at(event: Event): Element | undefined {
    const path = event.composedPath();
    return this.#rows.find((row) => path.includes(row));
  }

  readonly #focused = (event: Event): void => {
    const row = this.#at(event);
    if (!row || row === this.#current) return;
    this.#current = row;
    this.#mark();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = this.#at(event);
    if (!row) return;
    const rows = this.#rows;
    const now = rows.indexOf(row);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#go(rows[Math.min(rows.length - 1, Math.max(0, next))]);
  };

  #go(row: Element | undefined): void {
    if (!(row instanceof HTMLElement)) return;
    this.#current = row;
    this.#mark();
    row.focus();
  }
}
