import type { Archive, PageArchive } from './archive-types.js';
import type { Clock } from '../base/clock.js';
import { ChatError } from '../base/error.js';
import { isTrouble } from './trouble.js';

/** A disk that has not answered by then is not waited for, milliseconds. What it commits later is told by its poke. */
export const diskDeadline = 15_000;

const writes: ReadonlySet<string> = new Set<keyof Archive>(['append', 'appendPage', 'enqueue', 'dispatch', 'setOutboxState', 'setUploaded', 'markSent', 'markFailed']);

export type WatchOptions = {
  readonly clock: Clock;
  /** How many writes in a row the disk may refuse; 0: nothing at all may fail, for there is a person who waits. */
  readonly forgives: number;
  /** The disk is of no more use: it does not answer, or has refused too often. Called once. */
  readonly onLost: (error: ChatError) => void;
};

/** The archive, each call of it with a deadline: what hangs rejects with `ChatError('storage')`, and holds up nothing. */
export function watchArchive<A extends PageArchive>(archive: A, { clock, forgives, onLost }: WatchOptions): A {
  let refused = 0;
  let over = false;
  const waiting = new Set<(error: ChatError) => void>();
  const lose = (error: ChatError): void => {
    if (over) return;
    over = true;
    onLost(error);
  };
  const watch = (name: string, call: (...args: unknown[]) => Promise<unknown>) => (...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(diskDeadline, () => {
        const error = new ChatError('storage', 'the disk does not answer');
        lose(error);
        reject(error);
      });
      waiting.add(reject);
      const counts = forgives === 0 || writes.has(name);
      call(...args).then(
        (result) => {
          cancel();
          waiting.delete(reject);
          if (counts) refused = 0;
          resolve(result);
        },
        (error: unknown) => {
          cancel();
          waiting.delete(reject);
          if (counts && isTrouble(error) && (refused += 1) > forgives) lose(error as ChatError);
          reject(error as Error);
        },
      );
    });
  // Closing is no question, deleting has a deadline of its own, and nobody waits for the index: a step of it rests between its parts.
  const close = (givingUp?: boolean): void => {
    over = true;
    archive.close(givingUp);
    if (givingUp) for (const reject of waiting) reject(new ChatError('storage', 'the disk does not answer'));
  };
  const watched = Object.entries(archive).map(([name, method]) => [name, typeof method !== 'function' || name === 'destroy' || name === 'indexMore' ? method : name === 'close' ? close : watch(name, method as never)]);
  return Object.fromEntries(watched) as A;
}
