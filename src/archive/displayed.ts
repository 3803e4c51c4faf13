/** How far a conversation has been seen: by us, on whichever device, and by the other side. Both only ever move forward. */
import type { Seen } from '../model/conversation.js';
import type { Fact } from '../model/fact.js';
import { arrived, changeState, toRead } from './change-state.js';
import { conversationFor, recountUnread } from './conversations.js';
import { comparePlaces } from './segments.js';
import type { StoredConversation, StoredMessage } from './schema.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

/** More rows than this before a mark are not looked at one by one. */
const MANY = 1000;
/** So far back the last message of somebody else is looked for, to tell that it was read. */
const FEW = 50;

/** Folds a `displayed` fact that aims at `row`. */
export async function displayedUpTo(unit: Unit, row: StoredMessage, fact: Fact<'displayed'>): Promise<void> {
  if (fact.byArchive && row.archiveId !== fact.target) return;
  const conversation = await conversationFor(unit, row.conversation, { chatType: row.chatType });
  if (fact.mine) return readElsewhere(unit, conversation, row);
  // What others wrote is not theirs to mark, and in a room nobody speaks for all.
  if (row.mine && row.chatType === 'chat') await seenByOther(unit, conversation, row);
}

/** Another device of ours has shown it. */
async function readElsewhere(unit: Unit, conversation: StoredConversation, row: StoredMessage): Promise<void> {
  const { readUpTo, kept: { toldRow } } = conversation;
  const told = toldRow === undefined ? undefined : await unit.loadMessage(toldRow);
  const kept = told && comparePlaces(told.place, row.place) >= 0 ? conversation.kept : { ...conversation.kept, toldRow: row.id };
  if (readUpTo && comparePlaces(row.place, readUpTo) < 0) {
    unit.putConversation({ ...conversation, kept });
    return;
  }
  const { untold: _, ...rest } = conversation;
  unit.putConversation({ ...rest, readUpTo: row.place, kept: { ...kept, readRow: row.id } });
  await recountUnread(unit, row.conversation);
}

/** The other side has seen what we wrote, up to here. */
async function seenByOther(unit: Unit, conversation: StoredConversation, row: StoredMessage): Promise<void> {
  const { jid, kept } = conversation;
  const { seenUpTo } = kept;
  if (seenUpTo && comparePlaces(row.place, seenUpTo) <= 0) return;
  unit.putConversation({ ...conversation, kept: { ...kept, seenUpTo: row.place, seenRow: row.id } });
  unit.save();
  const before = await newest(unit, IDBKeyRange.bound(seenUpTo ? [...seenUpTo] : [jid], [...row.place], seenUpTo !== undefined), MANY);
  for (const one of before) if (one.mine && one.id !== row.id && arrived(one.state)) changeState(unit, one, toRead);
  // Whoever has seen it has it, whatever else we know of it.
  changeState(unit, unit.message(row.id) ?? row, toRead);
}

/** The last rows of a range of places, in order. */
async function newest(unit: Unit, range: IDBKeyRange, count: number): Promise<StoredMessage[]> {
  const index = unit.tx.objectStore('messages').index('place');
  let cursor = await index.openKeyCursor(range, 'prev');
  if (cursor) cursor = await cursor.advance(count - 1);
  const rows = await index.getAll(cursor ? IDBKeyRange.bound(cursor.key, range.upper) : range);
  return rows.map((row) => unit.hold(row));
}

/** What was read here in these conversations and is not told yet; where there is nothing to tell, none. */
export async function untold(unit: Unit, jids: readonly string[]): Promise<Seen[]> {
  await unit.loadConversations(jids);
  const found = await Promise.all(jids.map(async (jid) => seenIn(unit, unit.conversation(jid))));
  return found.flatMap((seen) => seen ?? []);
}

async function seenIn(unit: Unit, conversation: StoredConversation | undefined): Promise<Seen | undefined> {
  if (!conversation?.untold || !conversation.readUpTo) return undefined;
  const { jid, readUpTo, kept } = conversation;
  const rows = await newest(unit, IDBKeyRange.bound(startingWith(jid).lower, [...readUpTo]), FEW);
  const theirs = rows.slice(rows.findIndex(({ id }) => id === kept.toldRow) + 1).filter(({ mine }) => !mine);
  const last = theirs.at(-1);
  if (!last) {
    const { untold: _, ...rest } = conversation;
    unit.putConversation(rest);
    return undefined;
  }
  const archived = theirs.findLast(({ archiveId }) => archiveId !== undefined);
  const markable = theirs.findLast((row) => row.kept.markable && row.messageId !== undefined);
  return {
    conversation: jid, chatType: last.chatType, upTo: last.id, archive: last.archive, spoke: kept.spoke === true,
    ...(archived && { archiveId: archived.archiveId }), ...(markable && { markable: markable.messageId }),
  } as Seen;
}

/** It has been told: up to the message `upTo`. */
export async function told(unit: Unit, { conversation: jid, upTo }: Pick<Seen, 'conversation' | 'upTo'>): Promise<void> {
  await unit.loadConversations([jid]);
  const conversation = unit.conversation(jid);
  if (!conversation) return;
  unit.putConversation({ ...conversation, kept: { ...conversation.kept, toldRow: upTo } });
  // Whatever was read meanwhile stays to be told.
  await seenIn(unit, unit.conversation(jid));
}
