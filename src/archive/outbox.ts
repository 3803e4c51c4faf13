/** What a person asked to send, kept until the server has it. */
import { ChatError } from '../base/error.js';
import type { Attachment } from '../model/fact.js';
import { MAX_BODY } from '../model/fold-message.js';
import { TAIL } from '../model/message.js';
import type { MessageState, OutboxRow } from '../model/message.js';
import type { Draft } from './archive-types.js';
import { changeState, seenAlready } from './change-state.js';
import { conversationFor, lastArrived, readAll, setDraft, waits } from './conversations.js';
import type { StoredMessage } from './schema.js';
import { reportedByTransaction } from './unit.js';
import type { Unit } from './unit.js';

const undelivered = (state: MessageState): boolean => state.delivery === undefined || state.delivery === 'sending' || state.delivery === 'failed';

const toSent = (state: MessageState): void => {
  if (!undelivered(state)) return;
  state.delivery = 'sent';
  delete state.failure;
};

const toFailed = (condition: string, text: string | undefined) => (state: MessageState): void => {
  if (state.delivery === 'delivered' || state.delivery === 'read') return;
  state.delivery = 'failed';
  state.failure = text === undefined ? { condition } : { condition, text };
};

/** The message with this id in a conversation. */
async function ownMessage(unit: Unit, conversation: string, originId: string): Promise<StoredMessage | undefined> {
  const [row] = await unit.tx.objectStore('messages').index('originId').getAll([conversation, originId], 1);
  return row && unit.hold(row);
}

/** Whether nothing of a conversation is still to go, or may have to go once more. */
async function isFree(unit: Unit, conversation: string): Promise<boolean> {
  const rows = await unit.tx.objectStore('outbox').index('conversation').getAll(conversation);
  return rows.every(({ state }) => state === 'inflight' || state === 'failed');
}

export type BeforeEnqueue = { readonly held: StoredMessage | undefined; readonly goes: boolean };
/** What `enqueue` has to know, asked for in one go. `goes`: it is sent at once, where nothing has to go before it. */
export async function beforeEnqueue(unit: Unit, { conversation, archive }: Draft, originId: string, goes: boolean): Promise<BeforeEnqueue> {
  const [held, free] = await Promise.all([ownMessage(unit, conversation, originId), goes && isFree(unit, conversation), unit.loadConversations([conversation]), goes && unit.loadRuns(archive)]);
  return { held, goes: free };
}

export type Enqueued = { readonly row: StoredMessage; readonly outgoing?: OutboxRow };

/** What goes at once is in flight from the beginning: one write, where there would be two. */
export async function enqueue(unit: Unit, draft: Draft, originId: string, at: number, { held, goes }: BeforeEnqueue): Promise<Enqueued> {
  const { conversation, chatType, sender, archive, body, file, fileName, invitation, fromDraft } = draft;
  if (body.length > MAX_BODY) throw new ChatError('too-large', `a message may have ${MAX_BODY} characters`);
  // Put back after the storage was lost, it may have come from the server's archive already.
  if (held?.mine && (!waits(held) || (await isSame(unit, held, body)))) return { row: held };
  const since = goes ? await newestProven(unit, archive) : undefined;
  const listed = await conversationFor(unit, conversation, { chatType });
  if (!listed.kept.spoke) unit.putConversation({ ...listed, kept: { ...listed.kept, spoke: true } });
  if (fromDraft && listed.draft === fromDraft) await setDraft(unit, conversation, '');
  if (listed.unread > 0) await readAll(unit, conversation);
  const id = unit.nextId();
  // Its address comes with the upload; what it is shows at once.
  const attachments = file ? [{ url: '', size: file.size, ...(fileName === undefined ? {} : { name: fileName }), ...(file.type ? { mediaType: file.type } : {}) }] : [];
  const row: StoredMessage = {
    conversation, chatType, sender, mine: true, at, messageId: originId, originId, archive,
    id, place: [conversation, TAIL, id], state: { body, attachments, delivery: 'sending', ...(invitation ? { invitation } : {}) }, kept: { tail: [archive, id] },
  };
  unit.putMessage(row);
  const outgoing: OutboxRow = {
    id: unit.nextId(), message: id, conversation, chatType, originId, body, at, state: goes ? 'inflight' : 'queued', ...(since === undefined ? {} : { since }),
    ...(file ? { file } : {}), ...(fileName === undefined ? {} : { fileName }), ...(invitation ? { invitation } : {}),
  };
  unit.tx.objectStore('outbox').add(outgoing).catch(reportedByTransaction);
  unit.pokeOutbox(outgoing.id);
  return { row, outgoing };
}

/** Kept by the leader, who could not say so in time to the page that handed it over. */
const isSame = async (unit: Unit, held: StoredMessage, body: string): Promise<boolean> =>
  held.state.body === body && (await unit.tx.objectStore('outbox').index('message').getKey(held.id)) !== undefined;

async function change(unit: Unit, id: number, to: (row: OutboxRow) => OutboxRow): Promise<OutboxRow | undefined> {
  const store = unit.tx.objectStore('outbox');
  const row = await store.get(id);
  if (!row) return undefined;
  await store.put(to(row));
  unit.pokeOutbox(id);
  return row;
}

export async function setOutboxState(unit: Unit, id: number, state: OutboxRow['state']): Promise<void> {
  const store = unit.tx.objectStore('outbox');
  const outgoing = await store.get(id);
  if (!outgoing) return;
  const row = state === 'inflight' ? await unit.loadMessage(outgoing.message) : undefined;
  const { since, ...rest } = outgoing;
  const known = state === 'inflight' ? row && (await newestProven(unit, row.archive)) : since;
  await store.put({ ...rest, state, ...(known === undefined ? {} : { since: known }) });
  unit.pokeOutbox(id);
  if (!row?.kept.tail) return;
  // From now on it stands in the order of arrival, among those of other conversations as well.
  unit.putMessage({ ...row, kept: { ...row.kept, tail: [row.archive, unit.nextId()] } });
  await moveBehindArrivals(unit, row.id);
}

/** Whatever the archive gets from now on stands after the end of this run. */
const newestProven = async (unit: Unit, archive: string): Promise<number | undefined> =>
  (await unit.loadRuns(archive)).findLast((run) => run.toId !== undefined || run.startReached)?.segment;

/**
 * What was written while offline goes on the wire after what has arrived meanwhile, and stands there in the server's
 * archive as well. Those still waiting stay behind it.
 */
async function moveBehindArrivals(unit: Unit, message: number): Promise<void> {
  const row = await unit.loadMessage(message);
  if (!row?.kept.tail) return;
  const { conversation } = row;
  const index = unit.tx.objectStore('messages').index('place');
  const end = [conversation, TAIL, []];
  const outbox = await unit.tx.objectStore('outbox').index('conversation').getAll(conversation);
  const waiting = new Set(outbox.filter(({ state }) => state === 'queued' || state === 'failed').map((other) => other.message));
  const last = await lastArrived(unit, IDBKeyRange.bound([...row.place], end, true), (other) => waiting.has(other.id));
  if (!last) return;
  const next = await index.openKeyCursor(IDBKeyRange.bound([...last.place], end, true));
  const between = next ? (last.place[2] + next.key[2]) / 2 : Infinity;
  const position = next && between > last.place[2] && between < next.key[2] ? between : unit.nextId();
  unit.putMessage({ ...row, place: [conversation, TAIL, position] });
  unit.reset(conversation);
}

export async function setUploaded(unit: Unit, id: number, attachments: readonly Attachment[]): Promise<void> {
  const outgoing = await change(unit, id, (row) => ({ ...row, attachments }));
  const row = outgoing && (await unit.loadMessage(outgoing.message));
  if (row) changeState(unit, row, (state) => void (state.attachments = attachments));
}

/** The server has this own message: nothing is left to send. What was bounced stays so until it is retried. */
export async function settleOwn(unit: Unit, message: number): Promise<void> {
  const outbox = unit.tx.objectStore('outbox');
  const [row, outgoing] = await Promise.all([unit.loadMessage(message), outbox.index('message').get(message)]);
  const bounced = row?.kept.bounced === true && row.state.delivery === 'failed';
  if (outgoing && !bounced) {
    await outbox.delete(outgoing.id);
    unit.pokeOutbox(outgoing.id);
  }
  if (!row || bounced || !undelivered(row.state)) return;
  changeState(unit, row, toSent);
  // Somebody may be quicker to read than the server to acknowledge.
  await unit.loadConversations([row.conversation]);
  seenAlready(unit, unit.message(message)!);
}

export async function markSent(unit: Unit, originIds: readonly string[]): Promise<void> {
  const index = unit.tx.objectStore('outbox').index('originId');
  const rows = await Promise.all(originIds.map(async (originId) => index.get(originId)));
  for (const row of rows) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction
    if (row) await settleOwn(unit, row.message);
  }
}

export async function markFailed(unit: Unit, id: number, condition: string, text: string | undefined): Promise<void> {
  const outgoing = await change(unit, id, (row) => ({ ...row, state: 'failed' }));
  const row = outgoing && (await unit.loadMessage(outgoing.message));
  if (!row) return;
  // Refused before it was on the wire: it stands among those that were, not before all of them.
  const refused = outgoing.state === 'queued' && row.kept.tail;
  changeState(unit, refused ? { ...row, kept: { ...row.kept, tail: [row.archive, unit.nextId()] } } : row, toFailed(condition, text));
}

/** Own, and not known to be with the server. */
async function unsent(unit: Unit, message: number): Promise<StoredMessage> {
  const row = await unit.loadMessage(message);
  if (!row?.mine || (row.state.delivery !== 'sending' && row.state.delivery !== 'failed')) throw new ChatError('invalid', 'not an unsent message');
  return row;
}

/** To the end of the queue and of the tail, so that what is read and what is sent have one order. */
export async function retry(unit: Unit, message: number): Promise<void> {
  const row = await unsent(unit, message);
  if (row.state.delivery !== 'failed') return;
  if (row.originId === undefined) throw new ChatError('invalid', 'not a message of this browser');
  const store = unit.tx.objectStore('outbox');
  const old = await store.index('message').get(message);
  if (old) await store.delete(old.id);
  const id = unit.nextId();
  const { conversation, chatType, originId, at } = row;
  const { body, attachments, invitation } = row.state;
  await store.add({
    message, conversation, chatType, originId, body, at,
    // What was not uploaded yet has a file, and no address for it.
    ...(!old && attachments.length > 0 ? { attachments } : {}), ...(invitation ? { invitation } : {}),
    ...old, id, state: 'queued',
  });
  unit.pokeOutbox(id, ...(old ? [old.id] : []));
  // The bounce was of the last attempt; folded again, it must not fail this one.
  const facts = unit.tx.objectStore('facts');
  const bounces = await facts.index('about').getAllKeys([conversation, row.messageId ?? originId, 'failure']);
  await Promise.all(bounces.map(async (bounce) => facts.delete(bounce)));
  const { bounced: _, proof, ...kept } = row.kept;
  // What the server's archive has placed stays there, as on every other device: a message that it has twice stands where it was first.
  const position = unit.nextId();
  const again: StoredMessage = proof === 'run' || proof === 'history' ? { ...row, kept: { ...kept, proof } } : { ...row, place: [conversation, TAIL, position], kept: { ...kept, tail: [row.archive, position] } };
  changeState(unit, again, (state) => {
    state.delivery = 'sending';
    delete state.failure;
  });
  unit.reset(conversation);
}

export async function discard(unit: Unit, message: number): Promise<void> {
  const row = await unsent(unit, message);
  const store = unit.tx.objectStore('outbox');
  const outgoing = await store.index('message').get(message);
  if (outgoing) {
    await store.delete(outgoing.id);
    unit.pokeOutbox(outgoing.id);
  }
  await unit.loadConversations([row.conversation]);
  unit.removeMessage(row);
}
