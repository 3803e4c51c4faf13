/**
 * Virtual time. Whatever happens in a history is a task here: timers, frames on the wire, and the steps of the storage.
 * A task runs to the end of its microtasks before the next one begins, in an order that
 * the seed alone decides.
 */
import type { Random } from './random.js';

type Task = { readonly at: number; readonly order: number; run: (() => void) | undefined };

/** Real turns of the event loop are dear: so many tasks share one. */
const tasksPerTurn = 64;

/** A history with more tasks than this never comes to rest; the busiest have a sixth of them. */
const mostTasks = 100_000;

export class Scheduler {
  /** Milliseconds since the epoch. */
  now: number;
  /** Tasks run so far. */
  ran = 0;
  readonly #random: Random;
  /** How long one step of the storage takes at most, milliseconds. */
  readonly #stepTime: number;
  readonly #onError: (error: unknown) => void;
  readonly #heap: Task[] = [];
  #order = 0;
  #lastStep = 0;
  #cutOff = false;

  constructor(random: Random, start: number, stepTime: number, onError: (error: unknown) => void) {
    this.#random = random;
    this.now = start;
    this.#stepTime = stepTime;
    this.#onError = onError;
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { at: this.now + Math.max(0, ms), order: (this.#order += 1), run };
    this.#push(task);
    return () => {
      task.run = undefined;
    };
  }

  /** A step of the storage: in order among themselves, but things happen in between. */
  step(run: () => void): void {
    this.#lastStep = Math.max(this.#lastStep, this.now) + this.#random.next() * this.#stepTime;
    this.#push({ at: this.#lastStep, order: (this.#order += 1), run });
  }

  /** Lets everything happen that happens within `ms`; ends early where `done` says so. */
  async advance(ms: number, done?: () => boolean): Promise<void> {
    const end = this.now + ms;
    let over = false;
    const turn = (): void => {
      if (over || done?.()) {
        over = true;
        return;
      }
      if (this.ran >= mostTasks) {
        if (!this.#cutOff) this.#onError(new Error('it never comes to rest'));
        over = this.#cutOff = true;
        return;
      }
      const task = this.#pop(end);
      if (!task) {
        over = true;
        return;
      }
      this.now = Math.max(this.now, task.at);
      this.ran += 1;
      try {
        task.run?.();
      } catch (error) {
        this.#onError(error);
      }
    };
    while (!over) {
      // oxlint-disable-next-line no-await-in-loop -- the loop of the world
      await new Promise<void>((resolve) => {
        for (let i = 0; i < tasksPerTurn; i += 1) setImmediate(turn);
        setImmediate(resolve);
      });
    }
    if (!done?.()) this.now = end;
  }

  stop(): void {
    this.#heap.length = 0;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let i = heap.push(task) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(task, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = task;
  }

  #pop(end: number): Task | undefined {
    const heap = this.#heap;
    for (;;) {
      const first = heap[0];
      if (!first || first.at > end) return undefined;
      const last = heap.pop()!;
      if (heap.length > 0) {
        let i = 0;
        for (;;) {
          let child = 2 * i + 1;
          if (child >= heap.length) break;
          if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
          if (!before(heap[child]!, last)) break;
          heap[i] = heap[child]!;
          i = child;
        }
        heap[i] = last;
      }
      if (first.run) return first;
    }
  }
}

const before = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
