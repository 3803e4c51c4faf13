/** The conversation list: previews, unread counts, read pointers, drafts. */
import type { ConversationKind } from '../model/conversation.js';
import { TAIL } from '../model/message.js';
import type { MessageRow, Place } from '../model/message.js';
import { comparePlaces } from './segments.js';
import type { StoredConversation, StoredMessage } from './schema.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

/** Characters of a preview: two lines of a list, not a second copy of the message. */
const PREVIEW = 200;
/** More unread messages than this are not counted again one by one. */
const MANY_UNREAD = 1000;
/** Own messages waiting at the end that are stepped over to find the last one read. */
const MANY_WAITING = 100;

/** Whose address a conversation is, where nothing has said so. */
async function kindOf(unit: Unit, jid: string, chatType: MessageRow['chatType'] | undefined): Promise<ConversationKind> {
  if (chatType === 'groupchat') return 'room';
  const rooms = unit.tx.objectStore('rooms');
  const slash = jid.indexOf('/');
  // Room or not, an address with a resource is one of several people behind a bare one.
  if (slash >= 0) return 'private';
  return chatType === undefined && (await rooms.getKey(jid)) !== undefined ? 'room' : 'chat';
}

/** The conversation's row, made where there is none. */
export async function conversationFor(unit: Unit, jid: string, more: { readonly kind?: ConversationKind; readonly chatType?: MessageRow['chatType'] } = {}): Promise<StoredConversation> {
  await unit.loadConversations([jid]);
  const held = unit.conversation(jid);
  if (held) return held;
  const kind = more.kind ?? (await kindOf(unit, jid, more.chatType));
  const made: StoredConversation = { jid, kind, lastAt: 0, unread: 0, kept: {} };
  unit.putConversation(made);
  return made;
}

/** A message still on its way out; nobody has read "up to" it, for what is missed meanwhile comes before it. */
export const waits = (row: MessageRow): boolean => row.mine && (row.state.delivery === 'sending' || row.state.delivery === 'failed');

/**
 * Counts new messages of others and lets an own one, said on any device, mark what is before it as read. `fresh` are
 * new rows in the order of their places; `mark`: a pointer in the tail older than this is from before the catch-up.
 */
export async function countUnread(unit: Unit, fresh: readonly StoredMessage[], mark: number): Promise<void> {
  const recount = new Set<string>();
  for (const row of fresh) {
    // oxlint-disable-next-line no-await-in-loop -- a conversation is read once
    const conversation = await conversationFor(unit, row.conversation, { chatType: row.chatType });
    const pointer = conversation.readUpTo;
    if (row.mine) {
      if (waits(row) || (pointer && comparePlaces(row.place, pointer) <= 0)) continue;
      unit.putConversation({ ...conversation, unread: 0, readUpTo: row.place, kept: { ...conversation.kept, readRow: row.id, spoke: true } });
      const last = conversation.kept.lastPlace;
      if (conversation.unread > 0 && last && comparePlaces(last, row.place) > 0) recount.add(row.conversation);
      continue;
    }
    const { nick } = row.kept;
    if (nick && nick !== conversation.nickname) unit.putConversation({ ...conversation, nickname: nick });
    const stale = pointer?.[1] === TAIL && pointer[2] < mark;
    if (!pointer || stale || comparePlaces(row.place, pointer) > 0) unit.putConversation({ ...unit.conversation(row.conversation)!, unread: conversation.unread + 1 });
  }
  if (recount.size === 0) return;
  // What was unread before may stand on either side of the new pointer.
  // oxlint-disable-next-line no-await-in-loop -- one transaction
  for (const jid of recount) await recountUnread(unit, jid);
}

/** Counts what stands after the read pointer. */
export async function recountUnread(unit: Unit, jid: string): Promise<void> {
  unit.save();
  const conversation = unit.conversation(jid)!;
  const after = IDBKeyRange.bound([...conversation.readUpTo!], [jid, []], true);
  const rows = await unit.tx.objectStore('messages').index('place').getAll(after, MANY_UNREAD);
  unit.putConversation({ ...conversation, unread: rows.filter((row) => !row.mine).length });
}

/** What was read, and what the other side has seen, goes where its message goes. */
export function moveReadPointer(unit: Unit, row: StoredMessage): void {
  let conversation = unit.conversation(row.conversation);
  if (conversation?.kept.seenRow === row.id) unit.putConversation((conversation = { ...conversation, kept: { ...conversation.kept, seenUpTo: row.place } }));
  if (conversation?.kept.readRow === row.id) unit.putConversation({ ...conversation, readUpTo: row.place });
}

/** Previews follow the newest message by place. Call when everything else is in place. */
export async function updatePreviews(unit: Unit): Promise<void> {
  const highest = new Map<string, StoredMessage>();
  const changed = new Set<number>();
  for (const row of unit.changedMessages) {
    changed.add(row.id);
    const high = highest.get(row.conversation);
    if (!high || comparePlaces(row.place, high.place) > 0) highest.set(row.conversation, row);
  }
  const touched = new Set([...highest.keys(), ...unit.removedFrom]);
  await unit.loadConversations(touched);
  unit.save();
  for (const jid of touched) {
    const high = highest.get(jid);
    const held = unit.conversation(jid);
    // Removed altogether in this unit.
    if (!held && !high) continue;
    // oxlint-disable-next-line no-await-in-loop -- read once
    const conversation = held ?? (await conversationFor(unit, jid, high ? { chatType: high.chatType } : {}));
    const { lastPlace, lastRow } = conversation.kept;
    let newest: StoredMessage | undefined;
    if (high && (!lastPlace || comparePlaces(high.place, lastPlace) > 0)) newest = high;
    else if (lastRow !== undefined && !changed.has(lastRow) && !unit.removedFrom.includes(jid)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one cursor step a conversation
    else newest = (await unit.tx.objectStore('messages').index('place').openCursor(startingWith(jid), 'prev'))?.value;
    unit.putConversation(withNewest(conversation, newest, unit.now));
  }
}

function withNewest(conversation: StoredConversation, newest: StoredMessage | undefined, now: number): StoredConversation {
  const { preview: _, ...rest } = conversation;
  const { lastRow: _row, lastPlace: _place, ...kept } = conversation.kept;
  if (!newest) return { ...rest, kept };
  const { body, attachments } = newest.state;
  const attachment = attachments.length > 0;
  return {
    ...rest,
    // A sender's clock may be anything; the list must not be led by the year 9999, nor go back for an old stamp.
    lastAt: Math.max(conversation.lastAt, Math.min(newest.at, now)),
    preview: { id: newest.id, body: body.slice(0, PREVIEW), mine: newest.mine, sender: newest.sender, ...(attachment ? { attachment } : {}) },
    kept: { ...kept, archive: newest.archive, lastRow: newest.id, lastPlace: newest.place },
  };
}

/** The last message of a range of places that is not an own one still `waiting`. */
export async function lastArrived(unit: Unit, range: IDBKeyRange, waiting: (row: MessageRow) => boolean = waits): Promise<StoredMessage | undefined> {
  let cursor = await unit.tx.objectStore('messages').index('place').openCursor(range, 'prev');
  for (let steps = 0; cursor && waiting(cursor.value) && steps < MANY_WAITING; steps++) {
    // oxlint-disable-next-line no-await-in-loop -- a cursor
    cursor = await cursor.continue();
  }
  return cursor && !waiting(cursor.value) ? cursor.value : undefined;
}

/** Everything so far is read. */
export async function readAll(unit: Unit, jid: string): Promise<void> {
  await unit.loadConversations([jid]);
  const conversation = unit.conversation(jid);
  if (!conversation) return;
  const row = await lastArrived(unit, startingWith(jid));
  const moves = row && (!conversation.readUpTo || comparePlaces(row.place, conversation.readUpTo) > 0);
  if (!moves && conversation.unread === 0) return;
  const pointer: { readUpTo?: Place; untold?: true } = moves ? { readUpTo: row.place, untold: true } : {};
  unit.putConversation({ ...conversation, unread: 0, ...pointer, kept: { ...conversation.kept, ...(moves ? { readRow: row.id } : {}) } });
}

export async function setDraft(unit: Unit, jid: string, draft: string): Promise<void> {
  await unit.loadConversations([jid]);
  if (draft === '' && !unit.conversation(jid)?.draft) return;
  const { draft: _, ...rest } = await conversationFor(unit, jid);
  unit.putConversation(draft === '' ? rest : { ...rest, draft });
}

/**
 * Takes a conversation out of this browser, unsent messages included. Its newest segment stays, empty and with a gap
 * before it: the server may hold the history still, and what comes later must not look as if it were the beginning.
 */
export async function removeConversation(unit: Unit, jid: string): Promise<void> {
  await unit.loadSegments([jid]);
  const { tx } = unit;
  const [messages, facts, unsent] = await Promise.all([
    tx.objectStore('messages').index('place').getAllKeys(startingWith(jid)),
    tx.objectStore('facts').index('about').getAllKeys(startingWith(jid)),
    tx.objectStore('outbox').index('conversation').getAllKeys(jid),
  ]);
  await Promise.all([
    ...messages.map(async (id) => tx.objectStore('messages').delete(id)),
    ...facts.map(async (id) => tx.objectStore('facts').delete(id)),
    ...unsent.map(async (id) => tx.objectStore('outbox').delete(id)),
  ]);
  unit.searchAgain(jid);
  const segments = unit.segments(jid);
  for (const segment of segments) unit.removeSegment(segment);
  const newest = segments.at(-1);
  if (newest) unit.putSegment({ archive: newest.archive, conversation: jid, segment: newest.segment, low: 1, high: 0, gapBefore: true });
  unit.removeConversation(jid);
  unit.reset(jid);
  unit.pokeOutbox(...unsent);
}
