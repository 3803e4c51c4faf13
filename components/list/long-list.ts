import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { cssVars } from '../shared/css-vars.js';
import { drawnOf, heightOf, type DrawnRow, type DrawnStretch, type Heights, type Stretch } from './row-window.js';

type Host = ReactiveControllerHost & HTMLElement;

export type LongListOptions<Row> = {
  /** The list's element, by its `part` or id. */
  readonly id: string;
  /** What a row is known by, whatever its place. */
  readonly key: (row: Row) => string;
  /** What it is found by when somebody types. */
  readonly words: (row: Row) => string;
};

export type Drawing<Row> = {
  readonly label: string;
  readonly stretches: readonly Stretch<Row>[];
  readonly row: (row: Row) => TemplateResult;
  readonly heading?: (stretch: Stretch<Row>) => TemplateResult;
  /** The name of a stretch's own list. */
  readonly name?: (stretch: Stretch<Row>) => string;
};

/** Rows drawn beyond each edge of what is seen: about what a quick finger passes in a frame. */
const beyond = 8;
/** The window moves by so many rows at once. */
const step = 2;
/** Until the first rows have been measured; the first drawing is of a screen about as tall. */
const unmeasured = { heights: { row: 56, head: 36 }, view: 800 };

/**
 * Draws of a long list only what is seen, and some rows more; the scrollbar, the numbers that are read out, and the keys
 * (`RovingFocus`) know all of it. All rows are of one height, all headings too; both are measured, so zoom and larger
 * letters are no matter. The list stands in an element `.scroll` of the host's, with anything before or after it. Wants
 * the styles `list`.
 */
export class LongList<Row> implements ReactiveController {
  readonly #host: Host;
  readonly #options: LongListOptions<Row>;
  readonly #observed = new Set<Element>();
  #observer: ResizeObserver | undefined;
  #stretches: readonly Stretch<Row>[] = [];
  #heights: Heights = unmeasured.heights;
  #view = unmeasured.view;
  /** The first drawing is of what is seen alone; the rest comes with the next frame. */
  #beyond = 0;
  /** How far it is scrolled, pixels from where the list begins. */
  #scrolled = 0;
  #drawnFrom = 0;
  #kept: string | undefined;

  constructor(host: Host, options: LongListOptions<Row>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    // In the next frame: what is drawn then changes the size of the list, which is observed itself.
    this.#observer = new ResizeObserver(() => requestAnimationFrame(this.#look));
    // The scroller's own event does not bubble.
    this.#host.shadowRoot?.addEventListener('scroll', this.#look, { capture: true, passive: true });
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observed.clear();
    this.#host.shadowRoot?.removeEventListener('scroll', this.#look, { capture: true });
  }

  /** What is above the list moves it, what is around it shows more of it, larger letters make its rows larger. */
  hostUpdated(): void {
    const scroller = this.#element?.closest('.scroll');
    const wanted = new Set(scroller ? [scroller, ...scroller.children] : []);
    for (const element of this.#observed) {
      if (wanted.has(element)) continue;
      this.#observer?.unobserve(element);
      this.#observed.delete(element);
    }
    for (const element of wanted) {
      if (this.#observed.has(element)) continue;
      // What is left out at the end is padding, and changes with each step; all of it does not.
      this.#observer?.observe(element, { box: 'border-box' });
      this.#observed.add(element);
    }
  }

  get #element(): HTMLElement | null {
    return this.#host.shadowRoot?.getElementById(this.#options.id) ?? null;
  }

  readonly #look = (): void => {
    const list = this.#element;
    const scroller = list?.closest('.scroll');
    if (!list || !scroller) return;
    const view = scroller.clientHeight;
    const row = list.querySelector('[data-key]')?.getBoundingClientRect().height || this.#heights.row;
    const head = list.querySelector('h3')?.getBoundingClientRect().height || this.#heights.head;
    this.#scrolled = scroller.getBoundingClientRect().top - list.getBoundingClientRect().top;
    const same = this.#beyond === beyond && view === this.#view && row === this.#heights.row && head === this.#heights.head;
    this.#beyond = beyond;
    this.#view = view;
    this.#heights = { row, head };
    if (!same || this.#from !== this.#drawnFrom) this.#host.requestUpdate();
  };

  /** Where drawing begins, in steps; what is scrolled past the end is about to be scrolled back. */
  get #from(): number {
    const { row } = this.#heights;
    const height = this.#stretches.reduce((sum, stretch) => sum + heightOf(stretch, this.#heights), 0);
    const scrolled = Math.min(this.#scrolled, height - this.#view);
    return Math.max(0, Math.floor(scrolled / row / step) * step - this.#beyond) * row;
  }

  /** The list, as much of it as is drawn. */
  render(drawing: Drawing<Row>): TemplateResult {
    this.#stretches = drawing.stretches;
    const from = (this.#drawnFrom = this.#from);
    const to = from + this.#view + (2 * this.#beyond + step) * this.#heights.row;
    const { stretches, rest } = drawnOf(drawing.stretches, this.#heights, { from, to }, this.#place(this.#kept));
    const [first] = stretches;
    const { id } = this.#options;
    const all = drawing.stretches.length;
    if (all === 1 && first && !first.stretch.headed) return html`<ul id="${id}" part="list" role="list" class="long" aria-label="${drawing.label}" ${pad(first.rest)}>${this.#rows(first, drawing)}</ul>`;
    return html`<ul id="${id}" part="list" role="list" class="long" aria-label="${drawing.label}" ${pad(rest)}>
      ${repeat(
        stretches,
        ({ stretch }) => stretch.name,
        (drawn) => html`<li aria-setsize="${all}" aria-posinset="${drawn.number + 1}" ${space(drawn.skip)}>
          ${drawing.heading?.(drawn.stretch)}
          ${drawn.stretch.rows.length > 0 ? html`<ul role="list" class="long" aria-label="${drawing.name?.(drawn.stretch) ?? nothing}" ${pad(drawn.rest)}>${this.#rows(drawn, drawing)}</ul>` : nothing}
        </li>`,
      )}
    </ul>`;
  }

  #rows({ stretch, rows }: DrawnStretch<Row>, drawing: Drawing<Row>) {
    const key = ({ index }: DrawnRow): string => this.#key(stretch, index);
    return repeat(
      rows,
      key,
      (drawn) => html`<li data-key="${key(drawn)}" aria-setsize="${stretch.rows.length}" aria-posinset="${drawn.index + 1}" ${space(drawn.skip)}>${drawing.row(stretch.rows[drawn.index]!)}</li>`,
    );
  }

  #key(stretch: Stretch<Row>, index: number): string {
    return `${stretch.name}\n${this.#options.key(stretch.rows[index]!)}`;
  }

  /** Every row's key, in order: also of those that are not drawn. */
  keys(): string[] {
    return this.#stretches.flatMap((stretch) => stretch.rows.map((_, index) => this.#key(stretch, index)));
  }

  /** What all rows are found by, in the same order. */
  words(): string[] {
    return this.#stretches.flatMap(({ rows }) => rows.map((row) => this.#options.words(row)));
  }

  /** Rows that fit on the screen, all of them. */
  get page(): number {
    return Math.max(1, Math.floor(this.#view / this.#heights.row) - 1);
  }

  #place(key: string | undefined): { readonly stretch: number; readonly row: number } | undefined {
    if (key === undefined) return undefined;
    for (const [stretch, { name, rows }] of this.#stretches.entries()) {
      if (!key.startsWith(`${name}\n`)) continue;
      const wanted = key.slice(name.length + 1);
      const row = rows.findIndex((candidate) => this.#options.key(candidate) === wanted);
      if (row >= 0) return { stretch, row };
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#place(key) !== undefined;
  }

  /** This row is drawn from now on, wherever one scrolls to; instead of the one before. */
  keep(key: string | undefined): void {
    this.#kept = key;
    if (key !== undefined && !this.drawn().some((row) => keyOf(row) === key)) this.#host.requestUpdate();
  }

  /** The first row that is seen, or next to it. */
  get first(): HTMLElement | undefined {
    const rows = this.drawn();
    return rows[Math.max(0, Math.ceil((this.#scrolled - this.#drawnFrom) / this.#heights.row))] ?? rows[0];
  }

  /** The elements of the rows that are drawn, in order. */
  drawn(): HTMLElement[] {
    return Array.from(this.#element?.querySelectorAll<HTMLElement>('[data-key] > *') ?? []);
  }
}

/** The key of a drawn row. */
export const keyOf = (row: Element): string => row.closest<HTMLElement>('[data-key]')?.dataset['key'] ?? '';

const space = (pixels: number) => cssVars({ 'margin-block-start': `${pixels}px` });
const pad = (pixels: number) => cssVars({ 'padding-block-end': `${pixels}px` });
