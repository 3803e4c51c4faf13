/** What this session heard before a page, and is not in it, stands right below it. */
import type { StoredMessage } from './schema.js';
import { settleBelow } from './segments.js';
import { moveTo, segmentFor } from './placing.js';
import type { Placing } from './placing.js';

/**
 * The newest page begins within what this session has heard, at `start`: what was heard before that is right below it.
 * One that reaches further back would have it, if the archive had.
 */
export async function settleHeard(placing: Placing, mark: number, start: number): Promise<void> {
  const rows = placing.tail.between(mark, start);
  const conversations = new Set(rows.map((row) => row.conversation));
  await Promise.all([placing.unit.loadSegments(conversations), placing.unit.loadConversations(conversations)]);
  for (const row of rows.toReversed()) settleBelowOf(placing, row);
}

/**
 * What was settled below earlier pages, and is not in this one either, is older than this one too: but for what history
 * was asked `before`, and all that stands above it; and for what was heard after the archive had been read to its end.
 */
export async function keepBelow(placing: Placing, conversations: Iterable<string>, before?: string): Promise<void> {
  const { unit, growth, here, until } = placing;
  for (const conversation of conversations) {
    const segment = unit.segment(conversation, here);
    if (segment?.belowFrom === undefined) continue;
    const { belowFrom, ...rest } = segment;
    const lowest = (growth === 'down' ? segment.runLow : segment.knownLow) ?? Infinity;
    // With what this page has moved.
    unit.save();
    // oxlint-disable-next-line no-await-in-loop -- one transaction, hardly ever more than one
    const rows = await unit.tx.objectStore('messages').index('place').getAll(IDBKeyRange.bound([conversation, here], [conversation, here, belowFrom]));
    const held = rows.map((row) => unit.hold(row)).filter((row) => row.kept.proof === 'settled' && row.id < until);
    const at = before === undefined ? -1 : held.findIndex((row) => row.archiveId === before);
    const settled = at < 0 ? held : held.slice(0, at);
    const last = settled.at(-1);
    unit.putSegment(last ? { ...rest, belowFrom: last.place[2] } : rest);
    if (!settled.some((row) => row.place[2] > lowest)) continue;
    unit.putSegment(rest);
    for (const row of settled.toReversed()) settleBelowOf(placing, row);
  }
}

export function settleBelowOf(placing: Placing, row: StoredMessage): void {
  const { unit, page, here } = placing;
  const segment = segmentFor(unit, page.archive, row.conversation, here);
  const { segment: grown, position: to } = settleBelow(segment, row.archiveId);
  unit.putSegment(grown);
  moveTo(placing, row, to, 'settled');
}
