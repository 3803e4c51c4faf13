import type { Archive } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import { isTrouble } from '../archive/trouble.js';
import { ChatError } from '../base/error.js';

/** A disk that has not answered by then is not waited for, milliseconds. What it commits later is told by its poke. */
export const diskDeadline = 15_000;
/** So many writes in a row that the disk refused: it will refuse the next as well. */
const most = 4;

const writes: ReadonlySet<string> = new Set<keyof Archive>(['append', 'appendPage', 'enqueue', 'setOutboxState', 'setUploaded', 'markSent', 'markFailed']);
const immediate: ReadonlySet<string> = new Set<keyof Archive>(['close', 'destroy']);

/**
 * The archive, each call of it with a deadline: what hangs rejects with `ChatError('storage')`, and holds up nothing.
 * @param onLost the disk is of no more use: it does not answer, or has refused one write after another. Called once.
 */
export function watchArchive(archive: Archive, clock: Clock, onLost: (error: ChatError) => void): Archive {
  let refused = 0;
  let lost = false;
  const lose = (error: ChatError): void => {
    if (lost) return;
    lost = true;
    onLost(error);
  };
  const watched = Object.entries(archive).map(([name, method]) => {
    if (immediate.has(name) || typeof method !== 'function') return [name, method];
    const call = method as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const cancel = clock.after(diskDeadline, () => {
            const error = new ChatError('storage', 'the disk does not answer');
            lose(error);
            reject(error);
          });
          call(...args).then(
            (result) => {
              cancel();
              if (writes.has(name)) refused = 0;
              resolve(result);
            },
            (error: unknown) => {
              cancel();
              if (writes.has(name) && isTrouble(error) && (refused += 1) >= most) lose(error as ChatError);
              reject(error as Error);
            },
          );
        }),
    ];
  });
  return Object.fromEntries(watched) as Archive;
}
