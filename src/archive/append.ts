/** Facts as they arrive live: messages go to the tail. The cursor of catch-up never moves here. */
import type { Fact } from '../model/fact.js';
import { openingState } from '../model/fold-message.js';
import { TAIL } from '../model/message.js';
import type { Place } from '../model/message.js';
import { seenAlready } from './change-state.js';
import { countUnread } from './conversations.js';
import { seamsOf } from './seams.js';
import { storeFact } from './fold.js';
import { isMessage, Known } from './known.js';
import type { MessageFact } from './known.js';
import { settleOwn } from './outbox.js';
import { emptySegment, mayMiss, NO_SEGMENT, settleAbove } from './segments.js';
import type { Proof, StoredMessage } from './schema.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

/** Makes the row of a message that was not there. */
export function newMessage(unit: Unit, fact: MessageFact, id: number, place: Place, proof: Proof | undefined): StoredMessage {
  const { kind: _, body: _body, attachments: _attachments, invitation: _invitation, markable, nick, late: _late, claimedId, ...base } = fact;
  const row: StoredMessage = {
    ...base,
    at: Number.isFinite(fact.at) ? fact.at : unit.now,
    id,
    place,
    state: openingState(fact),
    kept: { ...(proof ? { proof } : { tail: [fact.archive, place[2]] as const }), ...(markable && { markable }), ...(nick && { nick }), ...(claimedId && { claimedId }) },
  };
  unit.putMessage(row);
  unit.named.add(id);
  seenAlready(unit, row);
  return unit.message(id)!;
}

/** Ids that a later copy knows and an earlier one did not. */
export function learnIds(unit: Unit, row: StoredMessage, fact: MessageFact, override: boolean): StoredMessage {
  const archiveId = override ? (fact.archiveId ?? row.archiveId) : (row.archiveId ?? fact.archiveId);
  const messageId = row.messageId ?? fact.messageId;
  const originId = row.originId ?? fact.originId;
  if (archiveId === row.archiveId && messageId === row.messageId && originId === row.originId) return row;
  unit.named.add(row.id);
  const learnt: StoredMessage = {
    ...row,
    ...(archiveId === undefined ? {} : { archiveId }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(originId === undefined ? {} : { originId }),
  };
  unit.putMessage(learnt);
  return learnt;
}

/**
 * The place of a message that the server had kept for us and that is older than all of the newest segment, where something
 * may be missing before that: it is part of it. Both times are the server's. Elsewhere the tail says nothing wrong.
 */
async function beforeGap(unit: Unit, { conversation, archive, archiveId, at }: MessageFact): Promise<Place | undefined> {
  await Promise.all([unit.loadSegments([conversation]), unit.loadRuns(archive)]);
  const newest = unit.segments(conversation).at(-1);
  if (!newest?.gapBefore) return undefined;
  unit.save();
  const [first] = await unit.tx.objectStore('messages').index('place').getAll(startingWith(conversation, newest.segment), 1);
  if (!first || at >= first.at) return undefined;
  const runs = unit.runs(archive);
  let below = (unit.segments(conversation).at(-2) ?? runs.findLast((run) => run.segment < newest.segment))?.segment;
  if (below === undefined) {
    below = Math.min(newest.segment, NO_SEGMENT) - 1;
    unit.putRun({ archive, segment: below, startReached: false, joined: false });
  }
  const { segment, position } = settleAbove(unit.segment(conversation, below) ?? emptySegment(archive, conversation, below, mayMiss(unit.runs(archive), below, undefined)), archiveId);
  unit.putSegment(segment);
  unit.reset(conversation);
  return [conversation, below, position];
}

export async function append(unit: Unit, stanzas: readonly (readonly Fact[])[]): Promise<void> {
  const facts = stanzas.flat();
  const known = await Known.load(unit, facts);
  const fresh: StoredMessage[] = [];
  for (const fact of facts) {
    if (!isMessage(fact)) {
      if (known.fact(fact)) continue;
      const id = unit.nextId();
      known.addFact(storeFact(unit, fact, id, [fact.conversation, TAIL, id]));
      continue;
    }
    const found = known.message(fact);
    if (!found) {
      const id = unit.nextId();
      // oxlint-disable-next-line no-await-in-loop -- hardly ever
      const early = fact.late && (await beforeGap(unit, fact));
      const row = newMessage(unit, fact, id, early || [fact.conversation, TAIL, id], early ? 'settled' : undefined);
      known.add(row);
      fresh.push(row);
      continue;
    }
    known.add(learnIds(unit, found.row, fact, false));
    // oxlint-disable-next-line no-await-in-loop -- only for own messages that were still on their way
    if (found.row.mine) await settleOwn(unit, found.row.id);
  }
  // The gap before what is heard first.
  const counters = unit.tx.objectStore('counters');
  for (const archive of new Set(fresh.map((row) => row.archive))) {
    // oxlint-disable-next-line no-await-in-loop -- nearly always one
    if ((await seamsOf(counters, archive)).length > 0) for (const row of fresh) unit.reset(row.conversation);
  }
  await countUnread(unit, fresh, 0);
}
