/** The only source of chance in a history: the same seed gives the same numbers, in the same order. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Neighbouring seeds start alike otherwise.
    for (let i = 0; i < 4; i += 1) this.next();
  }

  /** 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` up to and with `high`. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }

  /** An id like the engine's own: 22 characters. */
  id(): string {
    let id = '';
    while (id.length < 22) id += Math.floor(this.next() * 2 ** 32).toString(36).padStart(7, '0');
    return id.slice(0, 22);
  }

  /** A source of its own: what it gives does not shift what others get. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
