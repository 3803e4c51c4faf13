/** The simulator's thread: the platform as a history needs it; plays the seeds it is given, one after the other. */
import { parentPort } from 'node:worker_threads';
import { installStorage } from './browser.js';
import type { FaultKind } from './faults.js';
import { speedUpStorage } from './fast-store.js';
import { play } from './play.js';
import type { Played } from './play.js';
import { takeOverImmediates } from './scheduler.js';

export type Job = { readonly seed: number; readonly trace?: boolean; readonly only?: readonly FaultKind[] | undefined };
export type Report = { readonly played: Played } | { readonly line: string };

takeOverImmediates();
speedUpStorage();
installStorage();
const uncaught: string[] = [];
const onError = (error: unknown): void => void uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
// The platform's own way to say that a listener threw.
globalThis.reportError = onError;
process.on('unhandledRejection', onError);
// A stack is dear, and most errors here are faults that were asked for.
Error.stackTraceLimit = 0;

let turn: Promise<void> = Promise.resolve();
parentPort!.on('message', ({ seed, trace, only }: Job) => {
  turn = turn.then(async () => {
    if (trace) Error.stackTraceLimit = 20;
    const played = await play(seed, { only, trace: trace ? (line) => parentPort!.postMessage({ line } satisfies Report) : undefined });
    const thrown = uncaught.splice(0).map((what) => `uncaught: ${what}`);
    parentPort!.postMessage({ played: { ...played, violations: [...thrown, ...played.violations] } } satisfies Report);
  });
});
