/** A page of a server archive, its messages put into their places and its cursor moved, all in one transaction. */
import type { Fact } from '../model/fact.js';
import { TAIL } from '../model/message.js';
import type { ArchivePage, PageItem, PageOutcome, RunRow } from './archive-types.js';
import { learnIds, newMessage } from './append.js';
import { countUnread } from './conversations.js';
import { storeFact } from './fold.js';
import { isMessage, Known } from './known.js';
import type { MessageFact } from './known.js';
import { settleOwn } from './outbox.js';
import { dropEmptied, moveTo, position, segmentFor } from './placing.js';
import type { Placing } from './placing.js';
import { closeAllGaps, joinRuns, newRun } from './runs.js';
import { anchor, comparePlaces, lower, meet, NO_SEGMENT, ofConversation } from './segments.js';
import type { Growth, Meeting } from './segments.js';
import type { StoredMessage } from './schema.js';
import { heardOf, mendSeams, orderOf } from './seams.js';
import { keepBelow, settleBelowOf, settleHeard } from './settle-below.js';
import { settleTail, Tail, unsettle } from './tail.js';
import type { Unit } from './unit.js';

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
  const { seams, caughtUp } = await heardOf(unit.tx.objectStore('counters'), archive);
  const tail = await Tail.load(unit, archive, seams, matched);

  const mark = (page.kind === 'forward' || page.kind === 'latest' ? page.settleBefore : undefined) ?? fallbackMark;
  /** The item that a page of history lies before. */
  let before: string | undefined;
  const begin = (growth: Growth, here: number): Placing => ({
    unit, page, known, tail, growth, here, since: page.kind === 'latest' ? mark : 0,
    until: page.kind === 'backward' || (page.kind === 'history' && unit.segment(page.conversation, here)?.runLow !== undefined) ? caughtUp : Infinity, fresh: [], ownFound: new Set(), left: new Map(),
  });
  let placing: Placing;
  let joined = false;
  switch (page.kind) {
    case 'forward': {
      const here = unit.runs(archive).at(-1)?.segment ?? 0;
      placing = begin('up', here);
      upward(placing, items, true);
      if (page.complete) {
        await settleTail(unit, tail, here, 0, mark);
        await mendSeams(unit, archive, page.deaf);
      }
      break;
    }
    case 'latest': {
      const newest = unit.runs(archive).at(-1);
      const junction = newest ? items.findLastIndex((item) => isIn(item, newest, known)) : -1;
      if (newest && junction >= 0) {
        placing = begin('up', newest.segment);
        upward(placing, items.slice(junction + 1), false);
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
      before = unit.segment(page.conversation, here)?.firstId;
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

  if (placing.growth === 'down' || placing.growth === 'history') await keepBelow(placing, conversations, before);
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

function whereabouts(item: PageItem, archive: string, known: Known): { conversation: string; segment: number; proof: StoredMessage['kept']['proof'] } | undefined {
  for (const fact of item.facts) {
    const found = isMessage(fact) ? known.message(fact) : undefined;
    if (found?.exact) return { conversation: found.row.place[0], segment: found.row.place[1], proof: found.row.kept.proof };
  }
  const stored = known.factOf(archive, item.archiveId);
  return stored && { conversation: stored.place[0], segment: stored.place[1], proof: stored.proof };
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
  // Where only facts were left of a segment it is none any more, and no end of anything.
  if (!at || (ofConversation(growth) && !unit.segment(at.conversation, at.segment))) return undefined;
  return meet(growth, here, at.segment, at.proof);
}

/** Grows the newest run upwards, where there is none to meet. `first`: the page may be the archive's beginning. */
function upward(placing: Placing, items: readonly PageItem[], first: boolean): void {
  const { unit, page, here } = placing;
  const run = unit.runs(page.archive).find((row) => row.segment === here);
  if (!run) unit.putRun({ archive: page.archive, segment: here, startReached: true, joined: false });
  else if (first && run.toId === undefined && run.fromId === undefined) unit.putRun({ ...run, startReached: true });
  for (const item of items) {
    placeItem(placing, item);
    const held = unit.runs(page.archive).find((row) => row.segment === here)!;
    unit.putRun({ ...held, fromId: held.fromId ?? item.archiveId, toId: item.archiveId });
  }
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

function placeItem(placing: Placing, item: PageItem): void {
  for (const fact of item.facts) {
    // A filtered page speaks of one conversation only.
    if ((placing.page.kind === 'history' || placing.page.kind === 'onward') && fact.conversation !== placing.page.conversation) continue;
    if (isMessage(fact)) placeMessage(placing, fact);
    else placeFact(placing, fact);
  }
}

/** Whether a row that the archive has confirmed stands after where the page has come to: it was placed by a later copy. Where history has fetched it from above, that may have gone past here, and has seen this copy too. */
function standsLater({ unit, growth, here }: Placing, { place: [conversation, there, at], kept }: StoredMessage): boolean {
  if (there !== here) return there > here && kept.proof === 'run';
  return growth === 'history' || (growth === 'down' && at >= (unit.segment(conversation, here)?.runLow ?? Infinity));
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
  const { proof: was } = found.row.kept;
  // The same message archived twice (a re-sent stanza): it stands where it was first.
  const again = !found.exact && (was === 'run' || was === 'history');
  if (again ? !standsLater(placing, found.row) : meet(growth, here, found.row.place[1], was) !== 'move') return;
  const row = learnIds(unit, found.row, fact, true);
  const moved = moveTo(placing, row, position(placing, row.conversation, archiveId, row.place[1] === here ? row.place[2] : undefined), proof);
  known.add(moved);
  if (growth === 'up' || growth === 'onward' || row.place[1] !== TAIL) return;
  // What arrived just before it and is not in the page goes with it, or it would stand after what came later.
  for (const older of tail.justBefore(row.id, placing.since, placing.until)) settleBelowOf(placing, older);
}

/** Where the first item that says anything stands in the tail, if it does. */
function beginsAt(items: readonly PageItem[], known: Known): number | undefined {
  const first = items.find((item) => item.facts.length > 0)?.facts[0];
  const held = first && (isMessage(first) ? known.message(first)?.row : known.fact(first));
  if (held?.place[1] !== TAIL) return undefined;
  return 'kept' in held ? orderOf(held) : held.place[2];
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
