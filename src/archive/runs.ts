/** Runs of an archive as they begin and join. */
import type { SegmentRow } from '../model/conversation.js';
import { closeGaps, emptySegment } from './segments.js';
import type { StoredSegment } from './schema.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

const isEmpty = (segment: SegmentRow): boolean => segment.low > segment.high;

/** Nothing is missing between two runs, nor between those in between. */
export function joinRuns(unit: Unit, archive: string, from: number, to: number): void {
  for (const run of unit.runs(archive)) {
    if (run.segment >= from && run.segment < to && !run.joined) unit.putRun({ ...run, joined: true });
  }
}

async function segmentsOf(unit: Unit, archive: string): Promise<StoredSegment[]> {
  const stored = await unit.tx.objectStore('segments').index('run').getAll(startingWith(archive));
  await unit.loadSegments(stored.map((row) => row.conversation));
  return stored;
}

/**
 * Begins a run that nothing connects with the one before: every conversation of the archive gets a segment in it, if
 * only to hold the gap. `heard`: for each stretch of the tail whether anything of it is still there; the first one goes
 * on where the newest run ends, each of the others is a run without ends between that and the new one. `held`: their runs.
 */
export async function newRun(unit: Unit, archive: string, heard: readonly boolean[]): Promise<{ segment: number; held: readonly (number | undefined)[] }> {
  if (unit.runs(archive).length === 0 && heard[0]) unit.putRun({ archive, segment: 0, startReached: false, joined: false });
  const stored = await segmentsOf(unit, archive);
  const runs = unit.runs(archive);
  const newest = runs.at(-1);
  // One that was complete while it was empty says that the archive began after it: it is not to be filled from above. Nor is one that
  // is joined to the run before it: that nothing is missing between them was said of it while it was empty.
  const unused = newest && !newest.startReached && newest.toId === undefined && newest.fromId === undefined && runs.length > 1 && !runs.at(-2)!.joined && !stored.some((row) => row.segment === newest.segment && !isEmpty(row));
  let segment = unused ? newest.segment : newest ? newest.segment + 1 : 0;
  const before = unit.runs(archive).findLast((run) => run.segment < segment)?.segment;
  const take = (): number => {
    if (!unit.runs(archive).some((run) => run.segment === segment)) unit.putRun({ archive, segment, startReached: false, joined: false });
    return segment++;
  };
  const held = heard.map((some, i) => (some ? (i === 0 ? before : take()) : undefined));
  segment = take();
  for (const conversation of new Set(stored.map((row) => row.conversation))) {
    if (unit.segment(conversation, segment)) continue;
    unit.putSegment(emptySegment(archive, conversation, segment, true));
    unit.reset(conversation);
  }
  return { segment, held };
}

/** Closes every gap that the runs, as they are now, show to be none. */
export async function closeAllGaps(unit: Unit, archive: string): Promise<void> {
  if (!unit.takeRunsChanged(archive)) return;
  // Segments that this very page has begun are looked at too.
  unit.save();
  const stored = await segmentsOf(unit, archive);
  for (const conversation of new Set(stored.map((row) => row.conversation))) {
    for (const segment of closeGaps(unit.runs(archive), unit.segments(conversation))) {
      unit.putSegment(segment);
      unit.reset(conversation);
    }
  }
}

/**
 * The server no longer knows the cursor. What is here stays; a run without ends begins after it, and so does a gap in
 * every conversation, until the newest page of the archive has been asked for.
 */
export async function abandonCursor(unit: Unit, archive: string): Promise<void> {
  const runs = await unit.loadRuns(archive);
  if (runs.at(-1)?.toId !== undefined) await newRun(unit, archive, []);
}
