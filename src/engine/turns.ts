type Waiting = { readonly urgent: boolean; readonly archive: string; readonly start: () => void };

/** Lets a few archives be asked at a time: first those that are not up to date yet, then by use. */
export class Turns {
  readonly #rank: (archive: string) => number;
  readonly #most: number;
  #busy = 0;
  readonly #waiting: Waiting[] = [];

  /** `rank`: who comes first of several, the highest. */
  constructor(most: number, rank: (archive: string) => number) {
    this.#most = most;
    this.#rank = rank;
  }

  async run<T>(archive: string, urgent: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#most) {
      await new Promise<void>((start) => {
        this.#waiting.push({ archive, urgent, start });
      });
    } else this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #next(): void {
    let best = 0;
    const worth = ({ archive, urgent }: Waiting): number => this.#rank(archive) + (urgent ? 1e15 : 0);
    for (let i = 1; i < this.#waiting.length; i += 1) if (worth(this.#waiting[i]!) > worth(this.#waiting[best]!)) best = i;
    const [next] = this.#waiting.splice(best, 1);
    if (next) next.start();
    else this.#busy -= 1;
  }
}
