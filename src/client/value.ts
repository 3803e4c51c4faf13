import type { Unsubscribe } from '../base/emitter.js';
import type { Value } from './chat-client.js';

/** Sources that changed since the last microtask; told together, so that one commit is one drawing. */
const changed = new Set<Source<unknown>>();
let scheduled = false;

function flush(): void {
  scheduled = false;
  const now = Array.from(changed);
  changed.clear();
  for (const source of now) source.tell();
}

/** The writing end of a `Value`. Writes are told once per microtask, and not at all when nothing changed. */
export class Source<T> implements Value<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  readonly #onWatched: (() => void) | undefined;

  /** `onWatched` runs when the first subscriber comes. */
  constructor(value: T, onWatched?: () => void) {
    this.#value = value;
    this.#onWatched = onWatched;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    if (this.#listeners.size === 0) return;
    changed.add(this);
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(flush);
  }

  subscribe(onChange: () => void): Unsubscribe {
    // A wrapper of its own: the same function may subscribe twice.
    const listener = () => onChange();
    const first = this.#listeners.size === 0;
    this.#listeners.add(listener);
    if (first) this.#onWatched?.();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  tell(): void {
    for (const listener of Array.from(this.#listeners)) {
      try {
        listener();
      } catch (error) {
        reportError(error);
      }
    }
  }
}

/** A `Source` per key, made when first asked for; those that nobody watches are dropped when there are many. */
export class Sources<T> {
  readonly #sources = new Map<string, Source<T>>();
  readonly #read: (key: string) => T;
  readonly #onWatched: ((key: string) => void) | undefined;

  /** `read` tells the present value of a key; `refresh` asks it again. */
  constructor(read: (key: string) => T, onWatched?: (key: string) => void) {
    this.#read = read;
    this.#onWatched = onWatched;
  }

  get(key: string): Value<T> {
    let source = this.#sources.get(key);
    if (source === undefined) {
      if (this.#sources.size > 1000) this.#sweep();
      source = new Source(this.#read(key), this.#onWatched && (() => this.#onWatched?.(key)));
      this.#sources.set(key, source);
    }
    return source;
  }

  refresh(key: string): void {
    this.#sources.get(key)?.set(this.#read(key));
  }

  refreshAll(): void {
    for (const key of this.#sources.keys()) this.refresh(key);
  }

  isWatched(key: string): boolean {
    return this.#sources.get(key)?.watched ?? false;
  }

  /** Keys that somebody watches now. */
  watched(): string[] {
    return Array.from(this.#sources).flatMap(([key, source]) => (source.watched ? [key] : []));
  }

  #sweep(): void {
    for (const [key, source] of this.#sources) if (!source.watched) this.#sources.delete(key);
  }
}
