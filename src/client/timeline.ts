import type { PageArchive, Poke } from '../archive/archive-types.js';
import type { Unsubscribe } from '../base/emitter.js';
import type { TimelineItem } from '../model/conversation.js';
import type { MessageRow, Place } from '../model/message.js';
import type { Timeline } from './chat-client.js';
import { report } from './report.js';
import { Source } from './value.js';

/** Rows read at once, and the most that a window holds. */
const step = 75;
const most = 300;
/** A fetch from the server that brought nothing visible (other conversations, receipts) is repeated this often before it is left to the next scroll. */
const patience = 5;

type View = { readonly items: readonly TimelineItem[] | undefined; readonly atEnd: boolean; readonly atStart: boolean; readonly loading: boolean };
const nothing: View = { items: undefined, atEnd: true, atStart: false, loading: false };

export type TimelinePorts = {
  /** Fetches what stands before a segment from the server, or with `onward` what stands after the gap's other side; whether more may come. */
  readonly older: (segment: number, onward?: boolean) => Promise<{ readonly more: boolean }>;
  readonly closed: () => void;
};

/** A window over one conversation in the archive; what is committed elsewhere is told to it by pokes. */
export class ArchiveTimeline implements Timeline {
  readonly conversation: string;
  readonly #archive: PageArchive;
  readonly #ports: TimelinePorts;
  readonly #view = new Source<View>(nothing);
  /** Reads are made one after the other, each from what the one before left. */
  #queue: Promise<unknown> = Promise.resolve();
  #loadingOlder: Promise<void> | undefined;
  #loadingNewer: Promise<void> | undefined;
  #rereadWaits = false;
  /** Where the window begins, for somebody who reads on into a gap. */
  #onwardFrom: Place | undefined;
  #closed = false;

  constructor(conversation: string, archive: PageArchive, ports: TimelinePorts) {
    this.conversation = conversation;
    this.#archive = archive;
    this.#ports = ports;
    this.toEnd().catch(report);
  }

  get items(): readonly TimelineItem[] | undefined {
    return this.#view.value.items;
  }
  get atEnd(): boolean {
    return this.#view.value.atEnd;
  }
  get atStart(): boolean {
    return this.#view.value.atStart;
  }
  get loading(): boolean {
    return this.#view.value.loading;
  }
  get closed(): boolean {
    return this.#closed;
  }

  subscribe(onChange: () => void): Unsubscribe {
    return this.#view.subscribe(onChange);
  }

  toEnd(): Promise<void> {
    return this.#read(async () => {
      const items = await this.#archive.window(this.conversation, {}, step);
      return { items, atEnd: true, atStart: startsHere(items, step) };
    });
  }

  async toMessage(id: number): Promise<boolean> {
    let found = false;
    await this.#read(async () => {
      const row = await this.#archive.message(id);
      if (row?.conversation !== this.conversation) return undefined;
      found = true;
      const [conversation, segment, position] = row.place;
      const older = await this.#archive.window(conversation, { before: [conversation, segment, position + 0.5] }, step);
      const newer = await this.#archive.window(conversation, { after: row.place }, step);
      return { items: [...older, ...newer], atStart: startsHere(older, step), atEnd: newer.length < step };
    });
    return found;
  }

  loadOlder(): Promise<void> {
    this.#loadingOlder ??= this.#loadOlder().finally(() => {
      this.#loadingOlder = undefined;
      this.#change({ loading: false });
    });
    return this.#loadingOlder;
  }

  async #loadOlder(): Promise<void> {
    await this.#queue;
    const top = (): number | undefined => this.items?.find(isMessage)?.row.id;
    for (let tries = 0; tries < patience && !this.#closed && !this.atStart; tries += 1) {
      const before = top();
      const [first] = this.items ?? [];
      let more = true;
      if (first?.kind === 'gap' && !first.lost) {
        this.#change({ loading: true });
        more = (await this.#ports.older(first.segment)).more;
        await this.#reread(step);
        // A full window stays where it was: what was fetched is above it.
        if (top() === before && this.items?.[0]?.kind !== 'gap') await this.#readOlder();
      } else await this.#readOlder();
      // A gap alone is nothing to look at: what it hides is fetched at once.
      if (!more || top() !== before) return;
    }
  }

  #readOlder(): Promise<void> {
    return this.#read(async () => {
      const { items, atEnd } = this.#view.value;
      const before = placeOf(items?.find(isMessage));
      if (!items || !before) return undefined;
      const older = await this.#archive.window(this.conversation, { before }, step);
      const all = [...older, ...items.slice(items.findIndex(isMessage))];
      return { items: all.slice(0, most), atStart: startsHere(older, step), atEnd: atEnd && all.length <= most };
    });
  }

  loadNewer(): Promise<void> {
    this.#loadingNewer ??= this.#readNewer().finally(() => {
      this.#loadingNewer = undefined;
    });
    return this.#loadingNewer;
  }

  #readNewer(): Promise<void> {
    return this.#read(async () => {
      const { items, atEnd, atStart } = this.#view.value;
      const after = placeOf(items?.findLast(isMessage));
      if (atEnd || !items || !after) return undefined;
      const newer = await this.#archive.window(this.conversation, { after }, step);
      const all = [...items, ...newer];
      return { items: all.slice(-most), atEnd: newer.length < step, atStart: atStart && all.length <= most };
    });
  }

  async openGap(segment: number, onward = false): Promise<void> {
    this.#change({ loading: true });
    this.#onwardFrom = onward ? placeOf(this.items?.find(isMessage)) : undefined;
    try {
      await this.#ports.older(segment, onward);
      await this.#reread(step);
    } finally {
      this.#onwardFrom = undefined;
      this.#change({ loading: false });
    }
  }

  /** What a commit changed. */
  poke(poke: Extract<Poke, { kind: 'messages' }>): void {
    if (poke.reset) {
      // Pages of catch-up come faster than they can be read again: once for all that came meanwhile.
      if (this.#rereadWaits) return;
      this.#rereadWaits = true;
      this.#reread(0).catch(report);
      return;
    }
    this.#read(() => {
      const { items } = this.#view.value;
      return Promise.resolve(items && merge(items, poke, this.atEnd, this.atStart));
    }).catch(report);
  }

  /** Reads the same stretch of the conversation again, with `more` rows before it: places have moved. */
  #reread(more: number): Promise<void> {
    return this.#read(async () => {
      this.#rereadWaits = false;
      const { items, atEnd } = this.#view.value;
      const limit = Math.min(most, Math.max(step, (items?.length ?? 0) + more));
      if (this.#onwardFrom) {
        const [conversation, segment, position] = this.#onwardFrom;
        const found = await this.#archive.window(this.conversation, { after: [conversation, segment, position - 0.5] }, limit);
        return { items: items?.[0]?.kind === 'gap' ? [items[0], ...found] : found, atEnd: found.length < limit };
      }
      if (!atEnd) {
        // Anchored at the last row that is still there: what the reader sees stays.
        const last = items?.findLast(isMessage);
        const row = last && (await this.#archive.message(last.row.id));
        if (row) {
          const [conversation, segment, position] = row.place;
          const found = await this.#archive.window(this.conversation, { before: [conversation, segment, position + 0.5] }, limit);
          return { items: found, atStart: startsHere(found, limit) };
        }
      }
      const found = await this.#archive.window(this.conversation, {}, limit);
      return { items: found, atEnd: true, atStart: startsHere(found, limit) };
    });
  }

  #read(read: () => Promise<Partial<View> | undefined>): Promise<void> {
    const result = this.#queue.then(async () => {
      if (this.#closed) return;
      const change = await read();
      if (change) this.#change(change);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #change(change: Partial<View>): void {
    const view = this.#view.value;
    // Nobody draws anew for what is the same.
    const same = (Object.keys(change) as (keyof View)[]).every((key) => change[key] === view[key]);
    if (!this.#closed && !same) this.#view.set({ ...view, ...change });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ports.closed();
    this.#view.set({ ...this.#view.value, loading: false });
  }
}

type MessageItem = Extract<TimelineItem, { kind: 'message' }>;
const isMessage = (item: TimelineItem): item is MessageItem => item.kind === 'message';
const placeOf = (item: MessageItem | undefined): Place | undefined => item?.row.place;

/** A short read that does not begin with a gap has met the beginning of everything. */
const startsHere = (items: readonly TimelineItem[], limit: number): boolean => items.length < limit && items[0]?.kind !== 'gap';

/** Order of places of one conversation. */
export const comparePlaces = (a: Place, b: Place): number => a[1] - b[1] || a[2] - b[2];

function merge(items: readonly TimelineItem[], poke: Extract<Poke, { kind: 'messages' }>, atEnd: boolean, atStart: boolean): Partial<View> {
  const removed = new Set(poke.removed);
  const rows = new Map<number, MessageRow>(poke.rows.map((row) => [row.id, row]));
  const merged: TimelineItem[] = [];
  for (const item of items) {
    if (item.kind === 'gap') merged.push(item);
    else if (!removed.has(item.row.id)) {
      const changed = rows.get(item.row.id);
      rows.delete(item.row.id);
      merged.push(changed ? { kind: 'message', row: changed } : item);
    }
  }
  const empty = !merged.some(isMessage);
  for (const row of Array.from(rows.values()).toSorted((a, b) => comparePlaces(a.place, b.place))) {
    let index = merged.findLastIndex((item) => item.kind === 'message' && comparePlaces(item.row.place, row.place) < 0) + 1;
    // A gap stands before its segment.
    for (let gap = merged[index]; gap?.kind === 'gap' && gap.segment <= row.place[1]; gap = merged[index]) index += 1;
    // What lies beyond an end that is not shown is found when the window gets there.
    if (empty) merged.push({ kind: 'message', row });
    else if ((index > 0 || atStart) && (index < merged.length || atEnd)) merged.splice(index, 0, { kind: 'message', row });
  }
  if (merged.length <= most) return { items: merged };
  // What came in above is loaded when one gets there; what came in between moves the far end away.
  const above = merged.find(isMessage)?.row.id !== items.find(isMessage)?.row.id;
  return atEnd || above ? { items: merged.slice(-most), atStart: false } : { items: merged.slice(0, most) };
}
