/** A page of a server archive, its messages put into their places and its cursor moved, all in one transaction. */
import type { Fact } from '../model/fact.js';
import { TAIL } from '../model/message.js';
import type { ArchivePage, PageItem, PageOutcome, RunRow } from './archive-types.js';
import { learnIds, newMessage } from './append.js';
import { countUnread, moveReadPointer } from './conversations.js';
import { storeFact } from './fold.js';
import { isMessage, Known } from './known.js';
import type { MessageFact } from './known.js';
import { settleOwn } from './outbox.js';
import { closeAllGaps, joinRuns, newRun } from './runs.js';
import { anchor, comparePlaces, emptySegment, lower, mayMiss, meet, NO_SEGMENT, ofConversation, place, settleBelow } from './segments.js';
import type { Growth, Meeting } from './segments.js';
import type { StoredMessage, StoredSegment } from './schema.js';
import { mendSeams, orderOf, seamsOf } from './seams.js';
import { settleTail, Tail, unsettle } from './tail.js';
import type { Unit } from './unit.js';

/** What a page does while it goes in. */
type Placing = {
  readonly unit: Unit;
  readonly page: ArchivePage;
  readonly known: Known;
  readonly tail: Tail;
  readonly growth: Growth;
  /** The segment it grows. */
  readonly here: number;
  /** What is older in the tail belongs to an earlier run. */
  readonly since: number;
  readonly fresh: StoredMessage[];
  readonly ownFound: Set<number>;
  /** Segments that lost a row, and may be empty now. */
  readonly left: Map<string, StoredSegment>;
};

/** `fallbackMark`: the row that was next when the archive was opened, where the page does not say what is from before. */
export async function appendPage(unit: Unit, given: ArchivePage, fallbackMark: number): Promise<PageOutcome> {
  // The page is the authority on its own ids, whatever the stanza inside says (XEP-0313 §5.1.3).
  const page: ArchivePage = { ...given, items: given.items.map((item) => ({ ...item, facts: item.facts.map((fact): Fact => ({ ...fact, archive: given.archive, archiveId: item.archiveId })) })) };
  const { archive, items } = page;
  const facts = items.flatMap((item) => item.facts);
  const bare = items.filter((item) => !item.facts.some(isMessage)).map(({ archiveId }) => ({ archive, archiveId }));
  const conversations = new Set(facts.map((fact) => fact.conversation));
  if (page.kind === 'history' || page.kind === 'onward') conversations.add(page.conversation);
  const [known] = await Promise.all([Known.load(unit, facts, bare), unit.loadRuns(archive), unit.loadSegments(conversations), unit.loadConversations(conversations)]);
  const matched = new Set(facts.filter(isMessage).flatMap((fact) => known.message(fact)?.row.id ?? []));
  if (page.kind === 'history') await unsettle(unit, anchor(unit.segments(page.conversation), page.segment));
  const tail = await Tail.load(unit, archive, await seamsOf(unit.tx.objectStore('counters'), archive), matched);

  const mark = (page.kind === 'forward' || page.kind === 'latest' ? page.settleBefore : undefined) ?? fallbackMark;
  const begin = (growth: Growth, here: number): Placing => ({
    unit, page, known, tail, growth, here, since: page.kind === 'latest' ? mark : 0, fresh: [], ownFound: new Set(), left: new Map(),
  });
  let placing: Placing;
  let joined = false;
  switch (page.kind) {
    case 'forward': {
      placing = begin('up', page.segment);
      joined = forward(placing, page.items, true);
      if (page.complete && !joined && page.segment === unit.runs(archive).at(-1)!.segment) {
        await settleTail(unit, tail, page.segment, 0, mark);
        await mendSeams(unit, archive, page.deaf);
      }
      break;
    }
    case 'latest': {
      const newest = unit.runs(archive).at(-1);
      const junction = newest ? items.findLastIndex((item) => isIn(item, newest, known)) : -1;
      if (newest && junction >= 0) {
        placing = begin('up', newest.segment);
        forward(placing, items.slice(junction + 1), false);
        joined = true;
        await settleTail(unit, tail, newest.segment, 0, mark);
      } else {
        const stretches = tail.stretches(mark);
        const { segment, held } = await newRun(unit, archive, stretches.map(({ holds }) => holds));
        placing = begin('down', segment);
        const start = beginsAt(items, known);
        joined = downward(placing);
        if (!joined && start !== undefined) await settleHeard(placing, mark, start);
        for (const [i, run] of held.entries()) {
          if (run === undefined) continue;
          const { from, to } = stretches[i]!;
          // What earlier sessions received live is before the gap, and so the gap shows there too.
          // oxlint-disable-next-line no-await-in-loop -- hardly ever more than one
          for (const conversation of await settleTail(unit, tail, run, from, to)) segmentFor(unit, archive, conversation, segment);
        }
      }
      if (!page.unstable) await mendSeams(unit, archive, page.deaf);
      break;
    }
    case 'backward':
      placing = begin('down', page.segment);
      joined = downward(placing);
      break;
    case 'history': {
      const here = await historySegment(unit, page.archive, page.conversation, page.segment);
      placing = begin('history', here);
      joined = history(placing, page.conversation);
      break;
    }
    case 'onward': {
      const below = lower(unit.segments(page.conversation), page.segment);
      if (!below || !(await endsSomewhere(unit, page.conversation, page.segment))) return { joined: false, added: 0, segment: NO_SEGMENT };
      placing = begin('onward', below.segment);
      joined = onward(placing, page.conversation);
      break;
    }
  }

  if (placing.growth === 'down' || placing.growth === 'history') await keepBelow(placing, conversations);
  await closeAllGaps(unit, archive);
  for (const id of placing.ownFound) {
    // oxlint-disable-next-line no-await-in-loop -- only own messages that were still on their way
    await settleOwn(unit, id);
  }
  if (page.kind === 'forward' || page.kind === 'latest' || (page.kind === 'backward' && page.missed)) await countUnread(unit, placing.fresh.toSorted((a, b) => comparePlaces(a.place, b.place)), mark);
  await dropEmptied(placing);
  return { joined, added: placing.fresh.length, segment: placing.here };
}

/** Whether an item lies in the unbroken range of a run. */
function isIn(item: PageItem, run: RunRow, known: Known): boolean {
  if (item.archiveId === run.toId || item.archiveId === run.fromId) return true;
  const at = whereabouts(item, run.archive, known);
  return at?.segment === run.segment && at.proof === 'run';
}

function whereabouts(item: PageItem, archive: string, known: Known): { segment: number; proof: StoredMessage['kept']['proof'] } | undefined {
  for (const fact of item.facts) {
    const found = isMessage(fact) ? known.message(fact) : undefined;
    if (found?.exact) return { segment: found.row.place[1], proof: found.row.kept.proof };
  }
  const stored = known.factOf(archive, item.archiveId);
  return stored && { segment: stored.place[1], proof: stored.proof };
}

/** How an item stands to what is there: `undefined` when it is new. A run's ends are known even when they hold no row. */
function meeting({ unit, page, known, growth, here }: Placing, item: PageItem): Meeting | undefined {
  if (!ofConversation(growth)) {
    for (const run of unit.runs(page.archive)) {
      if (run.segment !== here && (item.archiveId === run.toId || item.archiveId === run.fromId)) {
        return meet(growth, here, run.segment, 'run');
      }
    }
  }
  const at = whereabouts(item, page.archive, known);
  return at && meet(growth, here, at.segment, at.proof);
}

/** Grows a run upwards; true when it has met a later one. `first`: the page may be the archive's beginning. */
function forward(placing: Placing, items: readonly PageItem[], first: boolean): boolean {
  const { unit, page, here } = placing;
  const run = unit.runs(page.archive).find((row) => row.segment === here);
  if (!run) unit.putRun({ archive: page.archive, segment: here, startReached: true, joined: false });
  else if (first && run.toId === undefined && run.fromId === undefined) unit.putRun({ ...run, startReached: true });
  for (const item of items) {
    if (meeting(placing, item) === 'junction') {
      joinRuns(unit, page.archive, here, runOf(placing, item));
      return true;
    }
    placeItem(placing, item);
    const held = unit.runs(page.archive).find((row) => row.segment === here)!;
    unit.putRun({ ...held, fromId: held.fromId ?? item.archiveId, toId: item.archiveId });
  }
  return false;
}

/** Grows a run downwards; true when it has met an earlier one. */
function downward(placing: Placing): boolean {
  const { unit, page, here } = placing;
  for (const item of page.items.toReversed()) {
    if (meeting(placing, item) === 'junction') {
      joinRuns(unit, page.archive, runOf(placing, item), here);
      return true;
    }
    placeItem(placing, item);
    const run = unit.runs(page.archive).find((row) => row.segment === here)!;
    unit.putRun({ ...run, fromId: item.archiveId, toId: run.toId ?? item.archiveId });
  }
  if (!page.complete) return false;
  const run = unit.runs(page.archive).find((row) => row.segment === here);
  if (run) unit.putRun({ ...run, startReached: true });
  // Earlier runs that were not met are gone from the server: nothing can be fetched in between.
  const oldest = unit.runs(page.archive)[0]?.segment;
  if (oldest !== undefined && oldest < here) joinRuns(unit, page.archive, oldest, here);
  return false;
}

/** The run in which an item was met. */
function runOf(placing: Placing, item: PageItem): number {
  const { unit, page, known, here } = placing;
  const byEnd = unit.runs(page.archive).find((run) => run.segment !== here && (item.archiveId === run.toId || item.archiveId === run.fromId));
  return byEnd?.segment ?? whereabouts(item, page.archive, known)!.segment;
}

/** Grows one conversation's segment downwards; true when it has met an earlier one. */
function history(placing: Placing, conversation: string): boolean {
  const { unit, page, here } = placing;
  const close = (downTo: number): void => closeBetween(unit, conversation, downTo, here);
  for (const item of page.items.toReversed()) {
    if (meeting(placing, item) === 'junction') {
      close(whereabouts(item, page.archive, placing.known)!.segment);
      return true;
    }
    placeItem(placing, item);
  }
  // Also over items that hold nothing, or are here already: the next page is asked for before this one.
  const segment = unit.segment(conversation, here)!;
  const firstId = page.items[0]?.archiveId;
  if (firstId !== undefined && firstId !== segment.firstId) unit.putSegment({ ...segment, firstId });
  if (page.complete) close(-Infinity);
  return false;
}

/** Grows one conversation's segment upwards, through the gap after it; true when it has met a later one. */
function onward(placing: Placing, conversation: string): boolean {
  const { unit, page, here } = placing;
  for (const item of page.items) {
    if (meeting(placing, item) === 'junction') {
      closeBetween(unit, conversation, here, whereabouts(item, page.archive, placing.known)!.segment);
      return true;
    }
    placeItem(placing, item);
  }
  const segment = unit.segment(conversation, here)!;
  const lastId = page.items.at(-1)?.archiveId;
  if (lastId !== undefined && lastId !== segment.lastId) unit.putSegment({ ...segment, lastId });
  // Nothing of the conversation is in the archive after it.
  if (page.complete) closeBetween(unit, conversation, here, Infinity);
  return false;
}

/** Whether a page that comes from below is sure to meet something in this segment: else it would go past it, to what came later, and nobody would see. */
async function endsSomewhere(unit: Unit, conversation: string, segment: number): Promise<boolean> {
  // Nearly always the first one says so, and there may be a million.
  let cursor = await unit.tx.objectStore('messages').index('place').openCursor(IDBKeyRange.bound([conversation, segment], [conversation, segment, []]));
  // oxlint-disable-next-line no-await-in-loop -- a cursor
  while (cursor && cursor.value.kept.proof !== 'run' && cursor.value.kept.proof !== 'history') cursor = await cursor.continue();
  return cursor !== null;
}

/** Nothing is missing in a conversation from one segment to another. */
function closeBetween(unit: Unit, conversation: string, from: number, to: number): void {
  for (const segment of unit.segments(conversation)) {
    if (segment.segment > from && segment.segment <= to && segment.gapBefore) unit.putSegment({ ...segment, gapBefore: false });
  }
  unit.reset(conversation);
}

/** The segment that history goes into; one in the newest run where there is none at all. */
async function historySegment(unit: Unit, archive: string, conversation: string, asked: number): Promise<number> {
  const held = anchor(unit.segments(conversation), asked);
  if (held) return held.segment;
  const runs = unit.runs(archive);
  const newest = runs.at(-1)?.segment ?? 0;
  // A run without ends: it says that these numbers are taken, and nothing about the archive.
  if (!runs.some((run) => run.segment === newest)) unit.putRun({ archive, segment: newest, startReached: false, joined: false });
  segmentFor(unit, archive, conversation, newest);
  return newest;
}

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

function placeItem(placing: Placing, item: PageItem): void {
  for (const fact of item.facts) {
    // A filtered page speaks of one conversation only.
    if ((placing.page.kind === 'history' || placing.page.kind === 'onward') && fact.conversation !== placing.page.conversation) continue;
    if (isMessage(fact)) placeMessage(placing, fact);
    else placeFact(placing, fact);
  }
}

function position(placing: Placing, conversation: string, archiveId: string, at: number | undefined): number {
  const { unit, page, growth, here } = placing;
  const grown = place(segmentFor(unit, page.archive, conversation, here), growth, archiveId, at);
  unit.putSegment(grown.segment);
  return grown.position;
}

function placeMessage(placing: Placing, fact: MessageFact): void {
  const { unit, known, growth, here, tail } = placing;
  const proof = ofConversation(growth) ? 'history' : 'run';
  const { conversation } = fact;
  const archiveId = fact.archiveId!;
  const found = known.message(fact);
  if (!found) {
    const row = newMessage(unit, fact, unit.nextId(), [conversation, here, position(placing, conversation, archiveId, undefined)], proof);
    known.add(row);
    placing.fresh.push(row);
    return;
  }
  if (found.row.mine) placing.ownFound.add(found.row.id);
  // The same message archived twice (a re-sent stanza): it stands where it was first.
  const { proof: was } = found.row.kept;
  if (!found.exact && (was === 'run' || was === 'history')) return;
  if (meet(growth, here, found.row.place[1], was) !== 'move') return;
  const row = learnIds(unit, found.row, fact, true);
  const moved = moveTo(placing, row, position(placing, row.conversation, archiveId, row.place[1] === here ? row.place[2] : undefined), proof);
  known.add(moved);
  if (growth === 'up' || growth === 'onward' || row.place[1] !== TAIL) return;
  // What arrived just before it and is not in the page goes with it, or it would stand after what came later.
  for (const older of tail.justBefore(row.id, placing.since)) settleBelowOf(placing, older);
}

/** Where the first item that says anything stands in the tail, if it does. */
function beginsAt(items: readonly PageItem[], known: Known): number | undefined {
  const first = items.find((item) => item.facts.length > 0)?.facts[0];
  const held = first && (isMessage(first) ? known.message(first)?.row : known.fact(first));
  if (held?.place[1] !== TAIL) return undefined;
  return 'kept' in held ? orderOf(held) : held.place[2];
}

/**
 * The newest page begins within what this session has heard, at `start`: what was heard before that is right below it.
 * One that reaches further back would have it, if the archive had.
 */
async function settleHeard(placing: Placing, mark: number, start: number): Promise<void> {
  const rows = placing.tail.between(mark, start);
  const conversations = new Set(rows.map((row) => row.conversation));
  await Promise.all([placing.unit.loadSegments(conversations), placing.unit.loadConversations(conversations)]);
  for (const row of rows.toReversed()) settleBelowOf(placing, row);
}

/** What was settled below earlier pages, and is not in this one either, is older than this one too. */
async function keepBelow(placing: Placing, conversations: Iterable<string>): Promise<void> {
  const { unit, growth, here } = placing;
  for (const conversation of conversations) {
    const segment = unit.segment(conversation, here);
    if (segment?.belowFrom === undefined) continue;
    const { belowFrom, ...rest } = segment;
    const lowest = (growth === 'down' ? segment.runLow : segment.knownLow) ?? Infinity;
    // With what this page has moved.
    unit.save();
    // oxlint-disable-next-line no-await-in-loop -- one transaction, hardly ever more than one
    const rows = await unit.tx.objectStore('messages').index('place').getAll(IDBKeyRange.bound([conversation, here], [conversation, here, belowFrom]));
    const settled = rows.map((row) => unit.hold(row)).filter((row) => row.kept.proof === 'settled');
    if (settled.length === 0) unit.putSegment(rest);
    if (!settled.some((row) => row.place[2] > lowest)) continue;
    unit.putSegment(rest);
    for (const row of settled.toReversed()) settleBelowOf(placing, row);
  }
}

function settleBelowOf(placing: Placing, row: StoredMessage): void {
  const { unit, page, here } = placing;
  const segment = segmentFor(unit, page.archive, row.conversation, here);
  const { segment: grown, position: to } = settleBelow(segment, row.archiveId);
  unit.putSegment(grown);
  moveTo(placing, row, to, 'settled');
}

function moveTo(placing: Placing, row: StoredMessage, to: number, proof: NonNullable<StoredMessage['kept']['proof']>): StoredMessage {
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

function placeFact(placing: Placing, fact: Fact): void {
  const { unit, known, growth, here } = placing;
  const proof = ofConversation(growth) ? 'history' : 'run';
  const stored = known.fact(fact);
  const archiveId = fact.archiveId!;
  if (stored && stored.fact.archiveId !== undefined && stored.fact.archiveId !== archiveId && stored.proof) return;
  if (stored && meet(growth, here, stored.place[1], stored.proof) !== 'move') return;
  const to = position(placing, fact.conversation, archiveId, stored?.place[1] === here ? stored.place[2] : undefined);
  known.addFact(storeFact(unit, fact, stored?.id ?? unit.nextId(), [fact.conversation, here, to], proof));
}

/** A segment whose last message has moved on is no place any more; a gap before it is a gap before the next one. */
async function dropEmptied({ unit, left }: Placing): Promise<void> {
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
