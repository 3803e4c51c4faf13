/** A thread that plays: the platform as a history needs it, one job after the other. */
import { parentPort } from 'node:worker_threads';
import { installStorage } from './browser.js';

export type Report<P> = { readonly played: P } | { readonly line: string } | { readonly fault: string };

/** What nobody caught while it played is one of its violations. */
export function serve<J extends { readonly trace?: boolean }, P extends { readonly violations: readonly string[] }>(play: (job: J, trace?: (line: string) => void) => Promise<P>): void {
  installStorage();
  const uncaught: string[] = [];
  const onError = (error: unknown): void => void uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  // The platform's own way to say that a listener threw.
  globalThis.reportError = onError;
  process.on('unhandledRejection', onError);
  // A stack is dear, and most errors here are faults that were asked for.
  Error.stackTraceLimit = 0;

  let turn: Promise<void> = Promise.resolve();
  parentPort!.on('message', (job: J) => {
    turn = turn.then(async () => {
      if (job.trace) Error.stackTraceLimit = 20;
      const played = await play(job, job.trace ? (line) => parentPort!.postMessage({ line } satisfies Report<P>) : undefined);
      const thrown = uncaught.splice(0).map((what) => `uncaught: ${what}`);
      parentPort!.postMessage({ played: { ...played, violations: [...thrown, ...played.violations] } } satisfies Report<P>);
    }).catch((error: unknown) => parentPort!.postMessage({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Report<P>));
  });
}
