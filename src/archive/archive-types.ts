import type { Fact, FactKind } from '../model/fact.js';
import type { MessageRow, MessageState, OutboxRow, Place } from '../model/message.js';
import type { ConversationRow, Seen, SegmentRow, TimelineItem } from '../model/conversation.js';
import type { SearchOptions, SearchResult } from '../model/search.js';
import type { Shelf, ShelfName } from '../model/shelf.js';
import type { Attachment, Invitation } from '../model/fact.js';

/** Folds by kind of fact, handed in by the composition root so that the archive knows no extension. */
export type ApplyTable = { readonly [K in FactKind]?: (state: MessageState, fact: Fact<K>) => void };

/** What a commit changed; told to every page after it, never before. May carry the rows. */
export type Poke =
  /** `rows` were added or changed; with `reset`, places moved or gaps changed as well and a window must be read again. */
  | { readonly kind: 'messages'; readonly conversation: string; readonly rows: readonly MessageRow[]; readonly removed?: readonly number[]; readonly reset?: boolean }
  | { readonly kind: 'conversations'; readonly rows: readonly ConversationRow[]; readonly removed?: readonly string[] }
  | { readonly kind: 'shelf'; readonly shelf: ShelfName }
  /** Rows of the outbox that were put, changed or taken away. */
  | { readonly kind: 'outbox'; readonly ids: readonly number[] };

/**
 * One unbroken run of a server archive (own account's or a room's), all conversations together. A conversation's
 * `SegmentRow` of the same number holds its part. Runs are numbered upwards in time; the newest one's `toId` is
 * the cursor of catch-up.
 */
export type RunRow = {
  readonly archive: string;
  readonly segment: number;
  readonly fromId?: string;
  readonly toId?: string;
  /** Nothing older exists in the archive. */
  readonly startReached: boolean;
  /** Nothing is missing between this run and the next one. */
  readonly joined: boolean;
};

/** One item of a MAM page. `facts` may be empty: the item still moves the cursor. */
export type PageItem = { readonly archiveId: string; readonly facts: readonly Fact[] };

/** A page of a server archive, validated, items in the archive's order. */
export type ArchivePage = {
  readonly archive: string;
  readonly items: readonly PageItem[];
  /** The server said that nothing lies beyond in the direction asked, and that the page is stable. */
  readonly complete: boolean;
} & (
  /** After the cursor, the end of the newest run. `settleBefore`: tail rows with a smaller `id`, not on their way out, that the completed archive does not have are placed at its end. */
  | { readonly kind: 'forward'; readonly settleBefore: number; readonly deaf?: boolean }
  /** The newest items, to start a run, or to continue the newest where an item of it is met. */
  | {
      readonly kind: 'latest';
      /** What is in the tail from before this session's stream, as `forward` has it: older than the page, if it is not in it. Where absent: what was there when the archive was opened. */
      readonly settleBefore?: number;
      /** Nothing is delivered to this session yet: what the archive gets after the page may not be heard. */
      readonly deaf?: boolean;
      /** The end may still change (XEP-0313 §4.3): the tail is not known to go on from it. */
      readonly unstable?: boolean;
    }
  /** Before the first item of run `segment`, all conversations: the newest run that has one and is not joined to the run before it. One in between would have to go through what history has fetched past it. */
  | {
      readonly kind: 'backward';
      readonly segment: number;
      /** It closes a hole that an absence has left: what it holds counts as unread. */
      readonly missed?: boolean;
    }
  /** Before the first item of a conversation's segment: `with` was asked for. From the end only once the session has caught up. */
  | { readonly kind: 'history'; readonly conversation: string; readonly segment: number }
  /** After the last item of a conversation's segment before the gap that `segment` begins with: `with` was asked for. Not taken (`segment` of the outcome is -1) where no item would be sure to be met on the other side. */
  | { readonly kind: 'onward'; readonly conversation: string; readonly segment: number }
);

export type PageOutcome = {
  /** The page met what was already there: the hole is closed. */
  readonly joined: boolean;
  /** Items that were new. */
  readonly added: number;
  /** The run the items went into. */
  readonly segment: number;
};

export type Draft = { readonly conversation: string; readonly chatType: 'chat' | 'groupchat'; readonly sender: string; readonly archive: string; readonly body: string; readonly file?: Blob; readonly fileName?: string; readonly invitation?: Invitation; /** What it was written from: where the conversation's draft still is that, it goes in the same transaction. */ readonly fromDraft?: string };

/** So long, milliseconds, the leader may take up what a page hands it to send; after that the page keeps it itself. */
export const takenWithin = 500;

export interface ArchiveLead {
  /** Leads from now on, and nobody else: writes of earlier leaders reject. The epoch, which grows with each leader. `onLost` is told once, as soon as it is seen that another has come. */
  take(onLost: () => void): Promise<number>;
  /** How long ago, milliseconds, it was last certain that this one leads. */
  readonly age: number;
  /** Rejects with `offline` where another leads, with `storage` where it cannot be read. */
  prove(): Promise<void>;
}

/**
 * Everything that is kept of one account, in one IndexedDB database. Each method is one transaction; none resolves
 * before its commit, and a failed write rejects with `ChatError('storage')`. After the commit `onPoke` is called.
 */
export interface Archive extends Shelf {
  /** Who writes what comes from the wire: one engine of all that have this archive open. */
  readonly lead: ArchiveLead;
  /** Facts as they arrived live, a list per stanza, all in one transaction: messages go to the tail, others fold into their target or wait for it. `strict`: nobody else has them, so it waits for the disk. */
  append(facts: readonly (readonly Fact[])[], durability?: 'strict' | 'relaxed'): Promise<void>;
  /** A page of MAM and the move of its cursor, in one transaction. */
  appendPage(page: ArchivePage): Promise<PageOutcome>;
  runs(archive: string): Promise<readonly RunRow[]>;
  /** The archive was purged or reset (`item-not-found`): the newest run stays, a gap after it. */
  abandonCursor(archive: string): Promise<void>;
  /** A session of an archive begins; to be called before anything of it is appended. Until a page shows that nothing was missed, what it hears stands after a gap. `mark`: what is for `settleBefore`. `caughtUp`: such a page has come already, for the stream was resumed. */
  beginSession(archive: string, resumed: boolean): Promise<{ readonly mark: number; readonly caughtUp: boolean }>;
  /** There is no archive to have missed anything of. */
  hearsAll(archive: string): Promise<void>;
  /** The id the next row will get: a mark in time for `settleBefore`. */
  nextRow(): Promise<number>;
  segments(conversation: string): Promise<readonly SegmentRow[]>;
  hasFact(kind: FactKind, conversation: string, target: string, mine: boolean): Promise<boolean>;

  /** A window of a timeline, oldest first. Without a bound: the newest. */
  window(conversation: string, bound: { readonly before?: Place; readonly after?: Place }, limit: number): Promise<readonly TimelineItem[]>;
  /** The first unread message, where the conversation has one. */
  message(id: number): Promise<MessageRow | undefined>;
  /** Messages that have all of the words, by their beginnings. What is not in the index yet is looked through as well, up to a limit. */
  search(words: string, options?: SearchOptions): Promise<SearchResult>;
  conversations(): Promise<readonly ConversationRow[]>;
  conversation(jid: string): Promise<ConversationRow | undefined>;
  /** The server's archive of an account that is still to be made has nothing in it: nothing is missing here. */
  beginArchive(jid: string): Promise<void>;
  /** Makes the conversation's row where there is none, so that it is listed. */
  openConversation(jid: string, kind: ConversationRow['kind']): Promise<void>;
  removeConversation(jid: string): Promise<void>;
  setDraft(jid: string, draft: string): Promise<void>;
  /** Moves the read pointer to the newest message and the count to 0. */
  markRead(jid: string): Promise<void>;
  /** What was read here in these conversations and nobody has been told of. */
  untold(jids: readonly string[]): Promise<readonly Seen[]>;
  /** It has been told. */
  told(seen: Pick<Seen, 'conversation' | 'upTo'>): Promise<void>;

  /** Outbox row and pending message in one transaction, `durability: 'strict'`. An own message that has the id is left as it is, and returned, where it is with the server or has the same text. */
  enqueue(draft: Draft, originId: string, at: number): Promise<MessageRow>;
  /** As `enqueue`, for the leader, who `goes` and sends it at once: it is in flight in the same transaction, where nothing of its conversation has to go before it. Rejects with `timeout` what was written `takenWithin` ago or more. Without `outgoing` it is kept already. */
  dispatch(draft: Draft, originId: string, at: number, goes: boolean): Promise<{ readonly row: MessageRow; readonly outgoing?: OutboxRow }>;
  /** All of it, in order; or these rows of it, as far as they are there. */
  outbox(ids?: readonly number[]): Promise<readonly OutboxRow[]>;
  setOutboxState(id: number, state: OutboxRow['state']): Promise<void>;
  setUploaded(id: number, attachments: readonly Attachment[]): Promise<void>;
  /** The server has it (0198 ack, room's echo, MAM copy): the outbox row goes, the message is `sent`. By origin id. */
  markSent(originIds: readonly string[]): Promise<void>;
  markFailed(id: number, condition: string, text?: string): Promise<void>;
  /** Back into the queue: a failed message, under the same ids. By message row. */
  retry(message: number): Promise<void>;
  /** Takes an unsent message away altogether. By message row. */
  discard(message: number): Promise<void>;

  /** One small step towards a search index that has everything; whether there is more to do. */
  indexMore(): Promise<boolean>;

  /** Whether the database is whole; one that is not is to be given up, since it would show holes as if nothing were missing. */
  sound(): Promise<boolean>;

  /** `givingUp`: the disk is held up; what it has not committed yet is not to be committed long after its writer was told so. */
  close(givingUp?: boolean): void;
  /** Closes and deletes the database: nothing is left behind. */
  destroy(): Promise<void>;
}

/** The archive as a page has it: whatever arrives, the engine takes in. */
export type PageArchive = Omit<Archive, 'lead' | 'dispatch' | 'append' | 'appendPage' | 'abandonCursor' | 'beginSession' | 'hearsAll' | 'untold' | 'told' | 'indexMore' | 'sound'>;
