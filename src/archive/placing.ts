/** What a page of a server archive does to places while it goes in. */
import type { ArchivePage } from './archive-types.js';
import { moveReadPointer } from './conversations.js';
import type { Known } from './known.js';
import { emptySegment, mayMiss, place } from './segments.js';
import type { Growth } from './segments.js';
import type { StoredMessage, StoredSegment } from './schema.js';
import type { Tail } from './tail.js';
import type { Unit } from './unit.js';

export type Placing = {
  readonly unit: Unit;
  readonly page: ArchivePage;
  readonly known: Known;
  readonly tail: Tail;
  readonly growth: Growth;
  /** The segment it grows. */
  readonly here: number;
  /** What is older in the tail belongs to an earlier run. */
  readonly since: number;
  /** What is newer in the tail was heard after the archive had been read to its end: in a page before that end, it is another copy of what was there. */
  readonly until: number;
  readonly fresh: StoredMessage[];
  readonly ownFound: Set<number>;
  /** Segments that lost a row, and may be empty now. */
  readonly left: Map<string, StoredSegment>;
};

/** The conversation's segment in a run, made where there is none. */
export function segmentFor(unit: Unit, archive: string, conversation: string, number: number): StoredSegment {
  const held = unit.segment(conversation, number);
  if (held) return held;
  const earlier = unit.segments(conversation).findLast((row) => row.segment < number);
  const made = emptySegment(archive, conversation, number, mayMiss(unit.runs(archive), number, earlier?.segment));
  unit.putSegment(made);
  unit.reset(conversation);
  return made;
}

/** The position of an item in the segment that grows, and the segment grown by it. `at`: where it is already. */
export function position(placing: Placing, conversation: string, archiveId: string, at: number | undefined): number {
  const { unit, page, growth, here } = placing;
  const grown = place(segmentFor(unit, page.archive, conversation, here), growth, archiveId, at);
  unit.putSegment(grown.segment);
  return grown.position;
}

export function moveTo(placing: Placing, row: StoredMessage, to: number, proof: NonNullable<StoredMessage['kept']['proof']>): StoredMessage {
  const { unit, here, left } = placing;
  const { tail: _, ...kept } = row.kept;
  const moved: StoredMessage = { ...row, place: [row.conversation, here, to], kept: { ...kept, proof } };
  unit.putMessage(moved);
  moveReadPointer(unit, moved);
  if (row.place[1] === here && row.place[2] === to) return moved;
  unit.reset(row.conversation);
  const from = unit.segment(row.conversation, row.place[1]);
  if (from && from.segment !== here) left.set(`${from.segment} ${from.conversation}`, from);
  return moved;
}

/** A segment whose last message has moved on is no place any more; a gap before it is a gap before the next one. */
export async function dropEmptied({ unit, left }: Placing): Promise<void> {
  if (left.size === 0) return;
  unit.save();
  for (const { conversation, segment } of left.values()) {
    const range = IDBKeyRange.bound([conversation, segment], [conversation, segment, []]);
    // oxlint-disable-next-line no-await-in-loop -- one transaction, few segments
    if ((await unit.tx.objectStore('messages').index('place').count(range)) > 0) continue;
    const emptied = unit.segment(conversation, segment)!;
    const next = unit.segments(conversation).find((row) => row.segment > segment);
    if (!next) continue;
    if (emptied.gapBefore && !next.gapBefore) unit.putSegment({ ...next, gapBefore: true });
    unit.removeSegment(emptied);
  }
}
