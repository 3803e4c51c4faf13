import type { Log } from '../base/log.js';
import { toChatError } from '../base/error.js';

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(name: string, options: { readonly signal?: AbortSignal }, run: () => Promise<T>): Promise<T>;
}

/**
 * Waits for the Web Lock of an account and leads while it is held: `work` starts when it is ours, and the lock goes to
 * the next tab only after `work`'s promise has settled, so that no two tabs ever resume one stream (XEP-0198 §5).
 * Where locks are refused, or there are none, this tab leads by itself.
 * @param work must end soon after `signal` is aborted.
 * @returns settles once the lock is released, or the wait was given up.
 */
export async function lead(name: string, locks: Locks | undefined, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>, log: Log): Promise<void> {
  let led = false;
  const run = async (): Promise<void> => {
    if (signal.aborted) return;
    led = true;
    await work(signal);
  };
  if (!locks) return run();
  try {
    await locks.request(name, { signal }, run);
  } catch (error) {
    if (signal.aborted) return;
    if (led) throw error;
    // SecurityError: storage is refused here, and locks with it; nobody else can share the account's archive either.
    log.warn('no lock, leading alone', toChatError(error, 'storage').message);
    await run();
  }
}
