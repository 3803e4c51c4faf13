import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { keyOf } from './long-list.js';

/** What there is to move in: a `LongList`, whatever its rows are of. */
export type Rows = {
  keys(): readonly string[];
  words(): readonly string[];
  has(key: string): boolean;
  keep(key: string | undefined): void;
  drawn(): readonly HTMLElement[];
  readonly first: HTMLElement | undefined;
  readonly page: number;
};

type Host = ReactiveControllerHost & HTMLElement;
type Place = { readonly list: number; readonly key: string };

/** What was typed belongs together for so long, milliseconds. */
const typingPause = 800;

/**
 * One tab stop for the rows of a host's lists, which follow one another. Up, down, Page up and down, Home and End move in
 * them, and first letters do, through all rows: one that is not drawn is drawn first. A row is an element with a
 * `tabStop` property of its own.
 */
export class RovingFocus implements ReactiveController {
  readonly #host: Host;
  readonly #lists: readonly Rows[];
  readonly #language: () => string;
  #current: Place | undefined;
  #typed = '';
  #typedAt = 0;

  /** `language`: of the words that are typed. */
  constructor(host: Host, lists: readonly Rows[], language: () => string) {
    this.#host = host;
    this.#lists = lists;
    this.#language = language;
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
    if (this.#current && !this.#lists[this.#current.list]?.has(this.#current.key)) this.#stay(undefined);
    this.#mark();
  }

  /** To the row where one was last, else to the one that is selected, else to the first that is seen. */
  enter(): void {
    this.#stop?.focus();
  }

  /** The row that Tab goes to. */
  get #stop(): HTMLElement | undefined {
    const rows = this.#lists.flatMap((list) => list.drawn());
    const current = this.#current && this.#find(this.#current);
    if (current) return current;
    return rows.find((row) => row.hasAttribute('selected')) ?? this.#lists.find(({ first }) => first)?.first;
  }

  #mark(): void {
    const stop = this.#stop;
    for (const row of this.#lists.flatMap((list) => list.drawn())) (row as HTMLElement & { tabStop: boolean }).tabStop = row === stop;
  }

  #find({ list, key }: Place): HTMLElement | undefined {
    return this.#lists[list]?.drawn().find((row) => keyOf(row) === key);
  }

  #at(event: Event): Place | undefined {
    const path = event.composedPath();
    for (const [list, rows] of this.#lists.entries()) {
      const row = rows.drawn().find((candidate) => path.includes(candidate));
      if (row) return { list, key: keyOf(row) };
    }
    return undefined;
  }

  /** The row one is at is drawn as long as one is there. */
  #stay(place: Place | undefined): void {
    this.#current = place;
    for (const [number, list] of this.#lists.entries()) list.keep(number === place?.list ? place.key : undefined);
  }

  readonly #focused = (event: Event): void => {
    const place = this.#at(event);
    if (!place || (place.key === this.#current?.key && place.list === this.#current.list)) return;
    this.#stay(place);
    this.#mark();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = this.#at(event);
    if (!from) return;
    const places = this.#lists.flatMap((rows, list) => rows.keys().map((key): Place => ({ list, key })));
    const now = places.findIndex(({ list, key }) => list === from.list && key === from.key);
    const next = this.#next(event.key, now, places.length);
    if (next === undefined) return;
    event.preventDefault();
    const place = places[Math.min(places.length - 1, Math.max(0, next))];
    if (place) void this.#go(place);
  };

  #next(key: string, now: number, count: number): number | undefined {
    const page = this.#lists[0]?.page ?? 1;
    const moved = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: now + page, PageUp: now - page, Home: 0, End: count - 1 }[key];
    if (moved !== undefined) return moved;
    return key.length === 1 && key.trim() !== '' ? this.#typing(key, now) : undefined;
  }

  /** The next row whose words begin with what was typed; the same letter again goes on to the next of them. */
  #typing(key: string, now: number): number | undefined {
    const time = performance.now();
    this.#typed = time - this.#typedAt < typingPause && this.#typed !== key ? this.#typed + key : key;
    this.#typedAt = time;
    const words = this.#lists.flatMap((list) => list.words());
    const tag = this.#language();
    const wanted = this.#typed.toLocaleLowerCase(tag);
    const first = this.#typed.length === 1 ? now + 1 : now;
    for (let i = 0; i < words.length; i += 1) {
      const index = (first + i) % words.length;
      if (words[index]!.slice(0, wanted.length).toLocaleLowerCase(tag) === wanted) return index;
    }
    return undefined;
  }

  async #go(place: Place): Promise<void> {
    this.#stay(place);
    if (!this.#find(place)) await this.#host.updateComplete;
    // One may have moved on meanwhile.
    if (this.#current !== place) return;
    this.#mark();
    this.#find(place)?.focus();
  }
}
