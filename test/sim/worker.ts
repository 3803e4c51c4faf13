/** The simulator's thread: plays the seeds it is given. */
import type { FaultKind } from './faults.js';
import { play } from './play.js';
import { serve } from './thread.js';

export type Job = { readonly seed: number; readonly trace?: boolean; readonly only?: readonly FaultKind[] | undefined };

serve(async ({ seed, only }: Job, trace) => play(seed, { only, trace }));
