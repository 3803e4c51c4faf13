import type { ConversationKind, ConversationRow, TimelineItem } from '../../src/model/conversation.js';
import { TAIL, type MessageRow } from '../../src/model/message.js';
import type { Timeline, Value } from '../../src/client/chat-client.js';
import type { Line, Script } from './fake-data.js';

/** A `Value` that a test can set. */
export class Cell<T> implements Value<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }
  get value(): T {
    return this.#value;
  }
  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    this.touch();
  }
  /** Says that something behind the value has changed. */
  touch(): void {
    for (const listener of Array.from(this.#listeners)) listener();
  }
  get watched(): boolean {
    return this.#listeners.size > 0;
  }
  subscribe(onChange: () => void): () => void {
    const listener = (): void => onChange();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

type StoredGap = { readonly kind: 'gap'; readonly segment: number; readonly hidden: readonly MessageRow[] };
type Stored = { readonly kind: 'message'; readonly row: MessageRow } | StoredGap;

let nextId = 1;

/** One conversation in memory: the rows, and what the list of conversations says of it. */
export class FakeConversation {
  readonly changed = new Cell(0);
  items: readonly Stored[] = [];
  row: ConversationRow;
  readonly endless: boolean;
  readonly #me: string;
  readonly #now: () => number;

  constructor(script: Script, me: string, now: () => number) {
    this.#me = me;
    this.#now = now;
    this.endless = script.endless ?? false;
    this.row = { jid: script.jid, kind: script.kind, lastAt: now(), unread: 0, ...(script.draft && { draft: script.draft }) };
    this.items = script.lines.map((line, index): Stored => ('gap' in line ? { kind: 'gap', segment: index + 1, hidden: line.gap.map((old) => this.#rowOf(old)) } : { kind: 'message', row: this.#rowOf(line) }));
    const messages = this.items.filter((item) => item.kind === 'message');
    const lastRead = messages.at(-1 - (script.unread ?? 0));
    this.row = { ...this.row, unread: script.unread ?? 0, ...(lastRead && { readUpTo: lastRead.row.place }) };
    this.#describe();
  }

  get kind(): ConversationKind {
    return this.row.kind;
  }

  #rowOf(line: Line): MessageRow {
    const id = nextId++;
    const mine = line.from === 'me';
    const { jid, kind } = this.row;
    const sender = kind === 'room' ? `${jid}/${mine ? 'Mira' : line.from}` : mine ? this.#me : line.from;
    return {
      id,
      place: [jid, line.delivery === 'sending' ? TAIL : 0, id],
      conversation: jid,
      chatType: kind === 'room' ? 'groupchat' : 'chat',
      sender,
      mine,
      at: this.#now() - line.ago * 60_000,
      archive: kind === 'room' ? jid : this.#me,
      originId: `origin-${id}`,
      state: {
        body: line.body ?? '',
        attachments: line.attachments ?? [],
        ...(line.invitation && { invitation: line.invitation }),
        ...(mine && { delivery: line.delivery ?? 'sent' }),
        ...(line.failure && { failure: line.failure }),
      },
    };
  }

  add(line: Line): MessageRow {
    const row = this.#rowOf(line);
    // What is not sent yet stands after everything, as in the archive.
    const waiting = row.state.delivery === 'sending' ? 0 : this.items.toReversed().findIndex((item) => item.kind === 'gap' || item.row.state.delivery !== 'sending');
    this.items = this.items.toSpliced(this.items.length - Math.max(0, waiting), 0, { kind: 'message', row });
    if (!row.mine) this.row = { ...this.row, unread: this.row.unread + 1 };
    this.#describe();
    this.changed.set(this.changed.value + 1);
    return row;
  }

  patch(id: number, state: Partial<MessageRow['state']>): void {
    this.items = this.items.map((item) => (item.kind === 'message' && item.row.id === id ? { kind: 'message', row: { ...item.row, state: { ...item.row.state, ...state } } } : item));
    this.changed.set(this.changed.value + 1);
  }

  remove(id: number): void {
    this.items = this.items.filter((item) => item.kind === 'gap' || item.row.id !== id);
    this.#describe();
    this.changed.set(this.changed.value + 1);
  }

  find(id: number): MessageRow | undefined {
    return this.items.flatMap((item) => (item.kind === 'message' && item.row.id === id ? [item.row] : []))[0];
  }

  openGap(segment: number): void {
    this.items = this.items.flatMap((item): Stored[] => (item.kind === 'gap' && item.segment === segment ? item.hidden.map((row) => ({ kind: 'message', row })) : [item]));
    this.changed.set(this.changed.value + 1);
  }

  markRead(): void {
    const last = this.items.at(-1);
    this.row = { ...this.row, unread: 0, ...(last?.kind === 'message' && { readUpTo: last.row.place }) };
  }

  #describe(): void {
    const last = this.items.flatMap((item) => (item.kind === 'message' ? [item.row] : [])).at(-1);
    if (!last) return;
    this.row = { ...this.row, lastAt: last.at, preview: { id: last.id, body: last.state.body, mine: last.mine, sender: last.sender, ...(last.state.attachments.length > 0 && { attachment: true }) } };
  }
}

const WINDOW = 200;
const PAGE = 50;

/** A window over a `FakeConversation`, with the manners of the real one. `pause` holds every read back until resumed. */
export class FakeTimeline implements Timeline {
  readonly conversation: string;
  loading = false;
  closed = false;
  readonly #source: FakeConversation;
  readonly #changed = new Cell(0);
  readonly #wait: () => Promise<void>;
  readonly #unsubscribe: () => void;
  #items: readonly TimelineItem[] | undefined;
  #from = 0;
  #to = 0;

  constructor(source: FakeConversation, wait: () => Promise<void>) {
    this.conversation = source.row.jid;
    this.#source = source;
    this.#wait = wait;
    this.#to = source.items.length;
    this.#from = Math.max(0, this.#to - PAGE);
    let known = source.items.length;
    this.#unsubscribe = source.changed.subscribe(() => {
      const length = source.items.length;
      if (this.#to === known || length < known) this.#to = length;
      this.#from = Math.max(0, Math.max(this.#from, this.#to - WINDOW));
      known = length;
      this.#read();
    });
    void wait().then(() => this.#read());
  }

  get items(): readonly TimelineItem[] | undefined {
    return this.#items;
  }
  get atEnd(): boolean {
    return this.#to >= this.#source.items.length;
  }
  get atStart(): boolean {
    return this.#items !== undefined && this.#from === 0 && !this.#source.endless && this.#source.items[0]?.kind !== 'gap';
  }
  subscribe(onChange: () => void): () => void {
    return this.#changed.subscribe(onChange);
  }

  async loadOlder(): Promise<void> {
    if (this.loading || this.closed) return;
    await this.#load(() => {
      const [top] = this.#source.items;
      if (this.#from === 0 && top?.kind === 'gap') this.#source.openGap(top.segment);
      this.#from = Math.max(0, this.#from - PAGE);
      this.#to = Math.min(this.#to, this.#from + WINDOW);
    });
  }
  async loadNewer(): Promise<void> {
    if (this.loading || this.closed || this.atEnd) return;
    await this.#load(() => {
      this.#to = Math.min(this.#source.items.length, this.#to + PAGE);
      this.#from = Math.max(this.#from, this.#to - WINDOW);
    });
  }
  async toEnd(): Promise<void> {
    this.#to = this.#source.items.length;
    this.#from = Math.max(0, this.#to - PAGE);
    this.#read();
  }
  async toMessage(id: number): Promise<boolean> {
    await this.#wait();
    const at = this.#source.items.findIndex((item) => item.kind === 'message' && item.row.id === id);
    if (at < 0) return false;
    this.#from = Math.max(0, at - PAGE);
    this.#to = Math.min(this.#source.items.length, at + PAGE);
    this.#read();
    return true;
  }
  async openGap(segment: number): Promise<void> {
    await this.#load(() => this.#source.openGap(segment));
  }
  close(): void {
    this.closed = true;
    this.#unsubscribe();
    this.#changed.touch();
  }

  async #load(move: () => void): Promise<void> {
    this.loading = true;
    this.#changed.touch();
    await this.#wait();
    this.loading = false;
    move();
    this.#read();
  }

  #read(): void {
    if (this.closed) return;
    this.#items = this.#source.items.slice(this.#from, this.#to).map((item) => (item.kind === 'gap' ? { kind: 'gap', segment: item.segment } : item));
    this.#changed.touch();
  }
}
