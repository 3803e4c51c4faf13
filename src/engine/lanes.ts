/** Runs what is given under the same key one after the other, and what is given under different keys side by side. */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#tails.set(key, result);
    const drop = (): void => {
      if (this.#tails.get(key) === result) this.#tails.delete(key);
    };
    result.then(drop, drop);
    return result;
  }
}
