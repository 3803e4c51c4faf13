/** The rules of placing, without a database: how segments grow, and where something may be missing. */
import type { Place } from '../model/message.js';
import type { RunRow } from './archive-types.js';
import type { Proof, StoredSegment } from './schema.js';

export const comparePlaces = (a: Place, b: Place): number =>
  a[0] !== b[0] ? (a[0] < b[0] ? -1 : 1) : a[1] - b[1] || a[2] - b[2];

/** The segment asked for by a timeline whose conversation has none yet. */
export const NO_SEGMENT = -1;

export const emptySegment = (archive: string, conversation: string, segment: number, gapBefore: boolean): StoredSegment =>
  ({ archive, conversation, segment, low: 1, high: 0, gapBefore });

/** Which way a page grows a segment, and what its word is worth: a run's, or with `history` (down) and `onward` (up) its conversation's. */
export type Growth = 'up' | 'down' | 'history' | 'onward';
/** The page says how one conversation goes on, and nothing of the others. */
export const ofConversation = (growth: Growth): boolean => growth === 'history' || growth === 'onward';

/**
 * The position of an item in a segment. `at`: the position it has there already, not yet confirmed; kept where
 * everything confirmed lies on the other side of it, so that nothing jumps on the screen.
 */
export function place(segment: StoredSegment, growth: Growth, archiveId: string, at?: number): { segment: StoredSegment; position: number } {
  let { low, high, firstId, lastId } = segment;
  const { runHigh = -Infinity, runLow = Infinity, knownLow = Infinity } = segment;
  let position: number;
  if (growth === 'onward') {
    position = ++high;
    lastId = archiveId;
    firstId ??= archiveId;
  } else if (growth === 'up') {
    position = at !== undefined && at > runHigh ? at : ++high;
    lastId = archiveId;
    firstId ??= archiveId;
  } else {
    position = at !== undefined && at < (growth === 'down' ? runLow : knownLow) ? at : --low;
    // A run grows down through what history has already fetched: its end stays where history left it.
    if (position <= Math.min(knownLow, runLow)) firstId = archiveId;
    lastId ??= archiveId;
  }
  const grown: StoredSegment = {
    ...segment, low, high, lastId, firstId: firstId ?? archiveId,
    knownLow: Math.min(knownLow, position),
    ...(ofConversation(growth) ? {} : { runHigh: Math.max(runHigh, position), runLow: Math.min(runLow, position) }),
  };
  return { segment: grown, position };
}

/** A position for a row that the archive did not have: at an end, confirming nothing. An id given live may be asked from, though it proves nothing. */
const settle = (segment: StoredSegment, position: number, archiveId: string | undefined): { segment: StoredSegment; position: number } => {
  const firstId = segment.firstId ?? archiveId;
  const { low, high } = segment;
  return { segment: { ...segment, low: Math.min(low, position), high: Math.max(high, position), ...(firstId === undefined ? {} : { firstId }) }, position };
};
export const settleAbove = (segment: StoredSegment, archiveId?: string): { segment: StoredSegment; position: number } => settle(segment, segment.high + 1, archiveId);
export const settleBelow = (segment: StoredSegment, archiveId?: string): { segment: StoredSegment; position: number } =>
  settle({ ...segment, belowFrom: segment.belowFrom ?? segment.low - 1 }, segment.low - 1, archiveId);

/**
 * Whether anything may be missing before a conversation's segment in run `segment`. `earlier` is the number of the
 * conversation's segment before it. `runs` are its archive's, in order.
 */
export function mayMiss(runs: readonly RunRow[], segment: number, earlier: number | undefined): boolean {
  // What lies before the archive's own beginning cannot be fetched by anybody.
  if (runs.some((run) => run.segment > segment && run.startReached)) return false;
  for (let i = runs.findIndex((run) => run.segment === segment); i >= 0; i--) {
    const before = runs[i - 1];
    if (runs[i]!.startReached) return false;
    if (!before?.joined) return true;
    if (earlier !== undefined && before.segment <= earlier) return false;
  }
  return true;
}

/** Closes the gaps that `runs` show to be none; only the segments that changed. `segments` are one conversation's, in order. */
export function closeGaps(runs: readonly RunRow[], segments: readonly StoredSegment[]): StoredSegment[] {
  const closed: StoredSegment[] = [];
  segments.forEach((segment, i) => {
    if (segment.gapBefore && !mayMiss(runs, segment.segment, segments[i - 1]?.segment)) closed.push({ ...segment, gapBefore: false });
  });
  return closed;
}

/**
 * The segment that history asked for `number` goes into: that one, or the next that has an end to ask from, or the
 * newest. What was only settled may have no id of the archive, and so no end.
 */
export function anchor<S extends { readonly segment: number; readonly firstId?: string }>(segments: readonly S[], number: number): S | undefined {
  return segments.find((row) => row.segment >= number && row.firstId !== undefined) ?? segments.at(-1);
}

/** The segment on the older side of the gap that segment `number` begins with, where it has an end to ask from. */
export function lower<S extends { readonly segment: number; readonly lastId?: string }>(segments: readonly S[], number: number): S | undefined {
  return segments.findLast((row) => row.segment < number && row.lastId !== undefined);
}

/** What to do with an item of a page that is in the archive already. */
export type Meeting = 'move' | 'skip' | 'junction';

/** `here`: the segment the page grows; `there`: where the item is, with `TAIL` higher than any. */
export function meet(growth: Growth, here: number, there: number, proof: Proof | undefined): Meeting {
  // The tail and what was only settled have no place of their own yet.
  if (proof === undefined || proof === 'settled') return 'move';
  if (there === here) return proof === 'history' && !ofConversation(growth) ? 'move' : 'skip';
  // Only the newest run grows up: whatever is elsewhere is older.
  const beyond = growth === 'onward' ? there > here : growth !== 'up' && there < here;
  if (!beyond) return 'skip';
  // Only the conversation's own stretch is unbroken there, not the run's: the page has to go through it.
  return ofConversation(growth) || proof === 'run' ? 'junction' : 'move';
}
