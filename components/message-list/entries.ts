import type { TimelineItem } from '../../src/model/conversation.js';
import type { MessageRow, Place } from '../../src/model/message.js';

/** One line of the list as it is drawn. `key` never changes for the same thing. */
export type Entry =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'gap'; readonly key: string; readonly segment: number; readonly lost?: true | undefined }
  | { readonly kind: 'message'; readonly key: string; readonly row: MessageRow; readonly first: boolean; readonly last: boolean };

/** What one person says within this time reads as one. */
const TOGETHER = 5 * 60_000;

/** The day that was asked for last: most messages are of the same one as their neighbour. */
let day = { from: 0, to: 0, name: '' };

function dayOf(at: number): string {
  if (!(at >= day.from && at < day.to)) {
    const midnight = new Date(at);
    const name = midnight.toDateString();
    const from = midnight.setHours(0, 0, 0, 0);
    day = { from, to: midnight.setDate(midnight.getDate() + 1), name };
  }
  return day.name;
}

const together = (a: MessageRow, b: MessageRow): boolean => a.sender === b.sender && a.mine === b.mine && Math.abs(b.at - a.at) < TOGETHER && dayOf(a.at) === dayOf(b.at);

/** The lines of a window: days between days, the line before the first unread message, and who speaks in a go. */
export function entriesOf(items: readonly TimelineItem[], unreadFrom: number | undefined): Entry[] {
  const entries: Entry[] = [];
  let current = '';
  items.forEach((item, index) => {
    if (item.kind === 'gap') {
      entries.push({ ...item, key: `gap-${item.segment}` });
      return;
    }
    const { row } = item;
    const before = neighbour(items[index - 1]);
    const after = neighbour(items[index + 1]);
    if (dayOf(row.at) !== current) {
      current = dayOf(row.at);
      entries.push({ kind: 'day', key: `day-${row.id}`, at: row.at });
    }
    if (row.id === unreadFrom) entries.push({ kind: 'unread', key: 'unread' });
    const first = !before || row.id === unreadFrom || !together(before, row);
    const last = !after || after.id === unreadFrom || !together(row, after);
    entries.push({ kind: 'message', key: `m-${row.id}`, row, first, last });
  });
  return entries;
}

const neighbour = (item: TimelineItem | undefined): MessageRow | undefined => (item?.kind === 'message' ? item.row : undefined);

/** The first message of others after what was read; `undefined` where all is read. */
export function firstUnread(items: readonly TimelineItem[], unread: number, readUpTo: Place | undefined): number | undefined {
  if (unread === 0) return undefined;
  const theirs = items.flatMap((item) => (item.kind === 'message' && !item.row.mine ? [item.row] : []));
  if (readUpTo) return theirs.find((row) => compare(row.place, readUpTo) > 0)?.id;
  return theirs.at(-Math.min(unread, theirs.length))?.id;
}

function compare(a: Place, b: Place): number {
  return a[1] - b[1] || a[2] - b[2];
}
