/** What one transaction has read and will write: rows are changed here first and put once. */
import type { IDBPTransaction } from 'idb';
import type { MessageRow } from '../model/message.js';
import type { ConversationRow } from '../model/conversation.js';
import type { Poke, RunRow } from './archive-types.js';
import type { ArchiveSchema, StoredConversation, StoredFact, StoredMessage, StoredSegment } from './schema.js';

export const writeStores = ['messages', 'facts', 'segments', 'runs', 'conversations', 'outbox', 'counters', 'rooms', 'searchMarks'] as const;
export type WriteTransaction = IDBPTransaction<ArchiveSchema, typeof writeStores, 'readwrite'>;

/** Everything of a conversation, or of an archive: every key that starts with `first`. Arrays sort after numbers. */
export const startingWith = (...first: (string | number)[]): IDBKeyRange => IDBKeyRange.bound(first, [...first, []]);

export function messageRow(stored: StoredMessage): MessageRow {
  const { kept: _, ...row } = stored;
  return row;
}
export function conversationRow(stored: StoredConversation): ConversationRow {
  const { kept: _, ...row } = stored;
  return row;
}

/** A failed request aborts its transaction, which is where it is reported. */
export const reportedByTransaction = (): void => {};

export class Unit {
  readonly tx: WriteTransaction;
  readonly now: number;
  /** Facts that are new or have moved, to be folded. */
  readonly unfolded = new Set<number>();
  /** Messages that are new or have got another id: facts may have waited for them. */
  readonly named = new Set<number>();
  #next = 0;
  #first = 0;
  readonly #messages = new Map<number, StoredMessage>();
  readonly #facts = new Map<number, StoredFact>();
  readonly #conversations = new Map<string, StoredConversation | undefined>();
  readonly #segments = new Map<string, StoredSegment[]>();
  readonly #runs = new Map<string, RunRow[]>();
  readonly #runsChanged = new Set<string>();
  readonly #unsaved = { messages: new Set<number>(), facts: new Set<number>(), conversations: new Set<string>(), segments: new Map<string, StoredSegment>(), runs: new Map<string, RunRow>() };
  readonly #poked = { messages: new Set<number>(), removed: new Map<string, number[]>(), resets: new Set<string>(), conversations: new Set<string>(), removedConversations: new Set<string>(), outbox: new Set<number>() };

  constructor(tx: WriteTransaction, now: number) {
    this.tx = tx;
    this.now = now;
  }

  async begin(): Promise<this> {
    this.#first = this.#next = (await this.tx.objectStore('counters').get('row')) ?? 1;
    return this;
  }

  nextId(): number {
    return this.#next++;
  }

  /** Takes in what was read; what the unit holds already is newer. */
  hold(message: StoredMessage): StoredMessage {
    const held = this.#messages.get(message.id);
    if (!held) this.#messages.set(message.id, message);
    return held ?? message;
  }
  message(id: number): StoredMessage | undefined {
    return this.#messages.get(id);
  }
  async loadMessage(id: number): Promise<StoredMessage | undefined> {
    const row = this.#messages.get(id) ?? (await this.tx.objectStore('messages').get(id));
    return row && this.hold(row);
  }
  putMessage(message: StoredMessage): void {
    const before = this.#messages.get(message.id);
    if (before && before.state.body !== message.state.body) this.searchAgain(message.id);
    this.#messages.set(message.id, message);
    this.#unsaved.messages.add(message.id);
    this.#poked.messages.add(message.id);
  }
  removeMessage(message: StoredMessage): void {
    this.#messages.delete(message.id);
    this.#unsaved.messages.delete(message.id);
    this.#poked.messages.delete(message.id);
    this.tx.objectStore('messages').delete(message.id).catch(reportedByTransaction);
    this.searchAgain(message.id);
    const removed = this.#poked.removed.get(message.conversation) ?? [];
    removed.push(message.id);
    this.#poked.removed.set(message.conversation, removed);
  }
  /** What the search index knows of a row, or of a whole conversation, is no longer true. */
  searchAgain(what: number | string): void {
    this.tx.objectStore('searchMarks').put(this.nextId(), what).catch(reportedByTransaction);
  }
  /** Rows changed so far. */
  get changedMessages(): StoredMessage[] {
    return Array.from(this.#poked.messages, (id) => this.#messages.get(id)!);
  }
  get removedFrom(): readonly string[] {
    return [...this.#poked.removed.keys()];
  }

  holdFact(fact: StoredFact): StoredFact {
    const held = this.#facts.get(fact.id);
    if (!held) this.#facts.set(fact.id, fact);
    return held ?? fact;
  }
  fact(id: number): StoredFact | undefined {
    return this.#facts.get(id);
  }
  putFact(fact: StoredFact): void {
    this.#facts.set(fact.id, fact);
    this.#unsaved.facts.add(fact.id);
  }

  async loadConversations(jids: Iterable<string>): Promise<void> {
    const store = this.tx.objectStore('conversations');
    await Promise.all(
      Array.from(new Set(jids), async (jid) => {
        if (this.#conversations.has(jid)) return;
        const row = await store.get(jid);
        if (!this.#conversations.has(jid)) this.#conversations.set(jid, row);
      }),
    );
  }
  conversation(jid: string): StoredConversation | undefined {
    return this.#conversations.get(jid);
  }
  putConversation(row: StoredConversation): void {
    this.#conversations.set(row.jid, row);
    this.#unsaved.conversations.add(row.jid);
    this.#poked.conversations.add(row.jid);
    this.#poked.removedConversations.delete(row.jid);
  }
  removeConversation(jid: string): void {
    this.#conversations.set(jid, undefined);
    this.#unsaved.conversations.delete(jid);
    this.#poked.conversations.delete(jid);
    this.#poked.removedConversations.add(jid);
    this.tx.objectStore('conversations').delete(jid).catch(reportedByTransaction);
  }

  async loadSegments(conversations: Iterable<string>): Promise<void> {
    const store = this.tx.objectStore('segments');
    await Promise.all(
      Array.from(new Set(conversations), async (conversation) => {
        if (this.#segments.has(conversation)) return;
        const rows = await store.getAll(startingWith(conversation));
        if (!this.#segments.has(conversation)) this.#segments.set(conversation, rows);
      }),
    );
  }
  /** A conversation's segments in order. They must have been loaded. */
  segments(conversation: string): readonly StoredSegment[] {
    const held = this.#segments.get(conversation);
    if (!held) throw new Error('segments used before they were loaded');
    return held;
  }
  segment(conversation: string, segment: number): StoredSegment | undefined {
    return this.segments(conversation).find((row) => row.segment === segment);
  }
  putSegment(row: StoredSegment): void {
    const held = this.#segments.get(row.conversation) ?? [];
    const others = held.filter((other) => other.segment !== row.segment);
    this.#segments.set(row.conversation, [...others, row].toSorted((a, b) => a.segment - b.segment));
    this.#unsaved.segments.set(`${row.segment} ${row.conversation}`, row);
  }
  removeSegment(row: StoredSegment): void {
    this.#segments.set(row.conversation, (this.#segments.get(row.conversation) ?? []).filter((other) => other.segment !== row.segment));
    this.#unsaved.segments.delete(`${row.segment} ${row.conversation}`);
    this.tx.objectStore('segments').delete([row.conversation, row.segment]).catch(reportedByTransaction);
  }

  async loadRuns(archive: string): Promise<readonly RunRow[]> {
    if (!this.#runs.has(archive)) this.#runs.set(archive, await this.tx.objectStore('runs').getAll(startingWith(archive)));
    return this.runs(archive);
  }
  /** An archive's runs in order. They must have been loaded. */
  runs(archive: string): readonly RunRow[] {
    const held = this.#runs.get(archive);
    if (!held) throw new Error('runs used before they were loaded');
    return held;
  }
  putRun(row: RunRow): void {
    const held = this.runs(row.archive);
    const others = held.filter((other) => other.segment !== row.segment);
    this.#runs.set(row.archive, [...others, row].toSorted((a, b) => a.segment - b.segment));
    const before = held.find((other) => other.segment === row.segment);
    if (before?.joined !== row.joined || before.startReached !== row.startReached) this.#runsChanged.add(row.archive);
    this.#unsaved.runs.set(`${row.segment} ${row.archive}`, row);
  }
  /** Whether an archive's runs have joined or reached the start since this was last asked. */
  takeRunsChanged(archive: string): boolean {
    return this.#runsChanged.delete(archive);
  }

  /** A window of this conversation must be read again. */
  reset(conversation: string): void {
    this.#poked.resets.add(conversation);
  }
  /** These rows of the outbox were put, changed or taken away. */
  pokeOutbox(...ids: readonly number[]): void {
    for (const id of ids) this.#poked.outbox.add(id);
  }

  /** Hands what has changed to the transaction; what is read after this sees it. */
  save(): void {
    const { messages, facts, conversations, segments, runs } = this.#unsaved;
    const put = (request: Promise<unknown>): void => void request.catch(reportedByTransaction);
    const messageStore = this.tx.objectStore('messages');
    for (const id of messages) put(messageStore.put(this.#messages.get(id)!));
    const factStore = this.tx.objectStore('facts');
    for (const id of facts) put(factStore.put(this.#facts.get(id)!));
    const conversationStore = this.tx.objectStore('conversations');
    for (const jid of conversations) put(conversationStore.put(this.#conversations.get(jid)!));
    const segmentStore = this.tx.objectStore('segments');
    for (const row of segments.values()) put(segmentStore.put(row));
    const runStore = this.tx.objectStore('runs');
    for (const row of runs.values()) put(runStore.put(row));
    if (this.#next !== this.#first) put(this.tx.objectStore('counters').put((this.#first = this.#next), 'row'));
    for (const set of [messages, facts, conversations, segments, runs]) set.clear();
  }

  /** What to tell once the transaction has committed. */
  pokes(): Poke[] {
    const pokes: Poke[] = [];
    const { messages, removed, resets, conversations, removedConversations, outbox } = this.#poked;
    const byConversation = new Map<string, MessageRow[]>();
    for (const conversation of [...removed.keys(), ...resets]) byConversation.set(conversation, []);
    for (const id of messages) {
      const row = messageRow(this.#messages.get(id)!);
      const rows = byConversation.get(row.conversation);
      if (rows) rows.push(row);
      else byConversation.set(row.conversation, [row]);
    }
    for (const [conversation, rows] of byConversation) {
      const gone = removed.get(conversation);
      pokes.push({ kind: 'messages', conversation, rows, ...(gone ? { removed: gone } : {}), ...(resets.has(conversation) ? { reset: true } : {}) });
    }
    if (conversations.size > 0 || removedConversations.size > 0) {
      const rows = Array.from(conversations, (jid) => conversationRow(this.#conversations.get(jid)!));
      pokes.push({ kind: 'conversations', rows, ...(removedConversations.size > 0 ? { removed: [...removedConversations] } : {}) });
    }
    if (outbox.size > 0) pokes.push({ kind: 'outbox', ids: [...outbox] });
    return pokes;
  }
}
