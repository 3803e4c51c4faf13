/** What pages read: windows of timelines, the conversation list. */
import type { TimelineItem } from '../model/conversation.js';
import type { FactKind } from '../model/fact.js';
import { TAIL } from '../model/message.js';
import type { Place } from '../model/message.js';
import type { Archive } from './archive-types.js';
import { orderOf, seamBetween, seamsOf } from './seams.js';
import { anchor, mayMiss, NO_SEGMENT } from './segments.js';
import type { ArchiveDatabase, StoredMessage, StoredSegment } from './schema.js';
import { reading } from './transact.js';
import { conversationRow, messageRow, startingWith } from './unit.js';
import { waits } from './conversations.js';

type Reader = Pick<Archive, 'window' | 'message' | 'conversations' | 'conversation' | 'runs' | 'segments' | 'nextRow' | 'hasFact'>;
type Bound = { readonly before?: Place; readonly after?: Place };

export function openReader(database: ArchiveDatabase): Reader {
  return {
    window: async (conversation, bound, limit) => reading(async () => readWindow(database, conversation, bound, limit)),
    message: async (id) =>
      reading(async () => {
        const row = await database.get('messages', id);
        return row && messageRow(row);
      }),
    conversations: async () =>
      reading(async () => (await database.getAll('conversations')).map(conversationRow).toSorted((a, b) => b.lastAt - a.lastAt)),
    conversation: async (jid) =>
      reading(async () => {
        const row = await database.get('conversations', jid);
        return row && conversationRow(row);
      }),
    runs: async (archive) => reading(async () => database.getAll('runs', startingWith(archive))),
    segments: async (conversation) =>
      reading(async () => {
        const all = await database.getAll('segments', startingWith(conversation));
        return all.map((stored) => {
          const { archive: _, runHigh: _high, runLow: _low, knownLow: _known, ...row } = stored;
          // Where it has no end of its own to ask from, that of the next one.
          const firstId = anchor(all, row.segment)?.firstId;
          return firstId === undefined ? row : { ...row, firstId };
        });
      }),
    nextRow: async () => reading(async () => (await database.get('counters', 'row')) ?? 1),
    hasFact: async (kind, conversation, target, mine) => reading(async () => hasFact(database, kind, conversation, target, mine)),
  };
}

async function hasFact(database: ArchiveDatabase, kind: FactKind, conversation: string, target: string, mine: boolean): Promise<boolean> {
  let cursor = await database.transaction('facts').store.index('about').openCursor([conversation, target, kind]);
  while (cursor) {
    if (cursor.value.fact.mine === mine) return true;
    // oxlint-disable-next-line no-await-in-loop -- a cursor
    cursor = await cursor.continue();
  }
  return false;
}

const readStores = ['messages', 'segments', 'runs', 'conversations', 'counters'] as const;
const reader = (database: ArchiveDatabase) => database.transaction(readStores);
type ReadTransaction = ReturnType<typeof reader>;

async function readWindow(database: ArchiveDatabase, conversation: string, bound: Bound, limit: number): Promise<TimelineItem[]> {
  if (limit < 1) return [];
  const tx = reader(database);
  // One row more tells what stands before the first, or whether the end was reached.
  const [rows, segments] = await Promise.all([bound.after ? upward(tx, conversation, bound.after, limit + 1) : downward(tx, conversation, bound.before, limit + 1), tx.objectStore('segments').getAll(startingWith(conversation))]);
  let previous: number;
  /** The row that stands before the first one of the tail. */
  let heard: StoredMessage | undefined;
  let atEnd: boolean;
  let shown: StoredMessage[];
  if (bound.after) {
    previous = bound.after[1];
    heard = previous === TAIL ? (await tx.objectStore('messages').index('place').get([...bound.after])) : undefined;
    atEnd = rows.length <= limit;
    shown = rows.slice(0, limit);
  } else {
    const cut = rows.length > limit;
    previous = cut ? rows[0]!.place[1] : -Infinity;
    atEnd = !bound.before;
    shown = cut ? rows.slice(1) : rows;
    heard = cut && previous === TAIL && !waits(rows[0]!) ? rows[0] : undefined;
  }
  const inTail = shown.findLast((row) => row.place[1] === TAIL);
  const seams = inTail ? await seamsOf(tx.objectStore('counters'), inTail.archive) : [];
  const runs = segments.length > 1 ? await tx.objectStore('runs').getAll(startingWith(segments[0]!.archive)) : [];
  // An archive that begins after something that is here was purged, or is another one now.
  const begins = runs.flatMap((run, i) => (run.startReached && runs.slice(0, i).some(({ toId }) => toId !== undefined) ? [run.segment] : []));
  const items: TimelineItem[] = [];
  if (previous === -Infinity && segments.length === 0 && (shown.length > 0 || atEnd) && (await mayHaveHistory(tx, conversation, shown[0]))) {
    items.push({ kind: 'gap', segment: NO_SEGMENT });
  }
  for (const row of shown) {
    const gap = gapBetween(segments, previous, row.place[1]);
    const begun = begins.findLast((segment) => previous > -Infinity && previous < segment && segment <= row.place[1]);
    if (gap !== undefined) items.push({ kind: 'gap', segment: gap });
    else if (begun !== undefined) items.push({ kind: 'gap', segment: begun, lost: true });
    // What is still on its way out is in no archive: nothing is missing before it.
    if (row.place[1] === TAIL && !waits(row)) {
      const seam = seamBetween(seams, heard ? orderOf(heard) : 0, orderOf(row));
      if (seam !== undefined && items.at(-1)?.kind !== 'gap') items.push({ kind: 'gap', segment: TAIL + seam });
      heard = row;
    }
    items.push({ kind: 'message', row: messageRow(row) });
    previous = row.place[1];
  }
  const last = atEnd ? gapBetween(segments, previous, TAIL) : undefined;
  if (last !== undefined) items.push({ kind: 'gap', segment: last });
  return items;
}

/** The highest segment after `previous`, up to `next`, with a gap before it. Those of empty segments are one gap with it. */
function gapBetween(segments: readonly StoredSegment[], previous: number, next: number): number | undefined {
  return segments.findLast((row) => row.gapBefore && row.segment > previous && row.segment <= next)?.segment;
}

async function upward(tx: ReadTransaction, conversation: string, after: Place, count: number): Promise<StoredMessage[]> {
  return tx.objectStore('messages').index('place').getAll(IDBKeyRange.bound([...after], [conversation, []], true), count);
}

/** The last `count` rows. A key cursor finds where they begin, so that they are read at once and forwards. */
async function downward(tx: ReadTransaction, conversation: string, before: Place | undefined, count: number): Promise<StoredMessage[]> {
  const index = tx.objectStore('messages').index('place');
  const range = before ? IDBKeyRange.bound([conversation], [...before], false, true) : startingWith(conversation);
  let cursor = await index.openKeyCursor(range, 'prev');
  if (cursor && count > 1) cursor = await cursor.advance(count - 1);
  return index.getAll(cursor ? IDBKeyRange.bound(cursor.key, range.upper, false, range.upperOpen) : range);
}

/** Whether the server may have more of a conversation without segments: unless its whole archive is here. */
async function mayHaveHistory(tx: ReadTransaction, conversation: string, first: StoredMessage | undefined): Promise<boolean> {
  const row = await tx.objectStore('conversations').get(conversation);
  let archive = first?.archive ?? row?.kept.archive ?? (row?.kind === 'room' ? conversation : undefined);
  const runs = await tx.objectStore('runs').getAll(archive === undefined ? null : startingWith(archive));
  if (archive === undefined) {
    // Nobody has spoken yet: it is in the account's own archive, the only one that is no room's.
    const archives = new Set(runs.map((run) => run.archive));
    const kinds = await Promise.all(Array.from(archives, async (jid) => ((await tx.objectStore('conversations').get(jid))?.kind === 'room' ? [] : [jid])));
    const own = kinds.flat();
    if (own.length !== 1) return true;
    archive = own[0]!;
  }
  const its = runs.filter((run) => run.archive === archive);
  const newest = its.at(-1);
  return !newest || mayMiss(its, newest.segment, undefined);
}
