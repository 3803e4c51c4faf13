import { isTrouble } from '../archive/trouble.js';

/** Tells the page's console of a fault nobody waits for. Storage that fails is told by whoever mends it, and everything is read anew. */
export function report(error: unknown): void {
  if (!isTrouble(error)) reportError(error);
}
