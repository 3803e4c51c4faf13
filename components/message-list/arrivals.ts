import type { MessageRow } from '../../src/model/message.js';

/** Written here and now: it may have been sent before it was first drawn. */
export const justWritten = ({ mine, at, state: { delivery } }: MessageRow): boolean => mine && (delivery === 'sending' || Math.abs(Date.now() - at) < 5000);

/**
 * The rows at the end that were not there before. What one has not sent yet stands after everything, so that what arrives
 * may come before it.
 */
export function arrivals(rows: readonly MessageRow[], known: ReadonlySet<number>): MessageRow[] {
  const fresh: MessageRow[] = [];
  let met = known.size === 0;
  for (const row of rows.toReversed()) {
    if (!known.has(row.id)) fresh.unshift(row);
    else if (row.state.delivery === 'sending' || row.state.delivery === 'failed') met = true;
    else return fresh;
  }
  // Not one row is left of those before: the window has moved.
  return met ? fresh : [];
}
