/** Threads that play histories. */
import { Worker } from 'node:worker_threads';
import type { Report } from './thread.js';

/** Plays one history after the other on a thread until `next` has no more. */
function work<J, P>(bundle: string, next: () => J | undefined, onPlayed: (played: P) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // Most of what a history makes lives for a moment.
    const worker = new Worker(bundle, { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const go = (): void => {
      const job = next();
      if (job) worker.postMessage(job);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (report: Report<P>) => {
      if ('line' in report) return console.log(report.line);
      if ('fault' in report) return reject(new Error(report.fault));
      onPlayed(report.played);
      go();
    });
    worker.on('error', reject);
    go();
  });
}

/** Resolves when all are played, or when `enough` says so. */
export async function playAll<J, P>(bundle: string, jobs: readonly J[], threads: number, onPlayed: (played: P) => void, enough: () => boolean = () => false): Promise<void> {
  let at = 0;
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, () => work(bundle, () => (enough() ? undefined : jobs[at++]), onPlayed)));
}
