/** Threads that play histories. */
import { Worker } from 'node:worker_threads';
import type { Played } from './play.js';
import type { Job, Report } from './worker.js';

/** Plays one history after the other on a thread until `next` has no more. */
function work(bundle: string, next: () => Job | undefined, onPlayed: (played: Played) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // Most of what a history makes lives for a moment.
    const worker = new Worker(bundle, { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const go = (): void => {
      const job = next();
      if (job) worker.postMessage(job);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (report: Report) => {
      if ('line' in report) return console.log(report.line);
      onPlayed(report.played);
      go();
    });
    worker.on('error', reject);
    go();
  });
}

/** Resolves when all are played, or when `enough` says so. */
export async function playAll(bundle: string, jobs: readonly Job[], threads: number, onPlayed: (played: Played) => void, enough: () => boolean = () => false): Promise<void> {
  let at = 0;
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, () => work(bundle, () => (enough() ? undefined : jobs[at++]), onPlayed)));
}
