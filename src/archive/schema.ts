/** What the archive's database looks like, and how each version of it becomes the next. */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { ConversationRow, SegmentRow } from '../model/conversation.js';
import type { AvatarRow, ContactRow, SubscriptionRequestRow } from '../model/contact.js';
import type { Fact } from '../model/fact.js';
import type { MessageRow, MessageState, OutboxRow, Place } from '../model/message.js';
import type { RoomRow } from '../model/room.js';
import type { RunRow } from './archive-types.js';
import type { SearchHeader } from './search-block.js';

/**
 * How a row's place is known. `run`: in the unbroken range of its run. `history`: in the unbroken stretch of its
 * conversation below that range. `settled`: guessed; the archive did not have it when it was asked.
 */
export type Proof = 'run' | 'history' | 'settled';

/** What the archive remembers of a message beside its row; never leaves this folder. */
export type KeptOfMessage = {
  /** Absent in the tail. */
  readonly proof?: Proof;
  /** `[archive, order]`, only in the tail: in order of arrival, an own message's of going on the wire. */
  readonly tail?: readonly [string, number];
  /** The state before any fact was folded in, once one was. */
  readonly original?: MessageState;
  /** Place of the last fact folded in; one that stands before it has all of them folded again. */
  readonly folded?: Place;
  /** It was bounced, so no acknowledgement makes it `sent`. */
  readonly bounced?: boolean;
  /** The id that its archive was said to have given it, when that could not be trusted. */
  readonly claimedId?: string;
  /** What its sender calls himself. */
  readonly nick?: string;
  /** Its sender wants to know when it has been displayed. */
  readonly markable?: true;
};
export type StoredMessage = MessageRow & { readonly kept: KeptOfMessage };

/** A fact about a message. Ids and places are drawn from the same numbers as those of messages. */
export type StoredFact = {
  readonly id: number;
  readonly fact: Fact;
  readonly place: Place;
  readonly proof?: Proof;
  /** `[conversation, target, kind]`; the target is empty for a fact that speaks of no message. */
  readonly about: readonly [string, string, string];
  /** `[conversation, target]` while there is no such message. */
  readonly waiting?: readonly [string, string];
  /** `[conversation, target, kind, sender, id]`, where it has an id at all. */
  readonly known?: readonly [string, string, string, string, string];
};

export type StoredSegment = SegmentRow & {
  readonly archive: string;
  /** Highest and lowest positions that pages of the whole archive have placed or confirmed. */
  readonly runHigh?: number;
  readonly runLow?: number;
  /** Lowest position that any page has placed or confirmed. */
  readonly knownLow?: number;
  /** Highest position of what was settled because it is older than all pages so far, and has to stay below those to come. */
  readonly belowFrom?: number;
};

export type StoredConversation = ConversationRow & {
  readonly kept: {
    readonly archive?: string;
    /** The newest message by place, which the preview shows. */
    readonly lastRow?: number;
    readonly lastPlace?: Place;
    /** The message of `readUpTo`. */
    readonly readRow?: number;
    /** The message up to which other devices, and whoever wrote, know what was read. */
    readonly toldRow?: number;
    /** Up to where the other side has seen what we wrote, and its message. */
    readonly seenUpTo?: Place;
    readonly seenRow?: number;
    /** We have said something here ourselves. */
    readonly spoke?: true;
  };
};

/** A part of the search index, packed (`search-block.ts`). */
export type StoredPart = { readonly from: number; readonly bytes: Uint8Array<ArrayBuffer> };

export interface ArchiveSchema extends DBSchema {
  messages: {
    key: number;
    value: StoredMessage;
    indexes: { place: [string, number, number]; archiveId: [string, string]; messageId: [string, string]; originId: [string, string]; tail: [string, number] };
  };
  facts: {
    key: number;
    value: StoredFact;
    indexes: { about: [string, string, string]; archiveId: [string, string]; known: [string, string, string, string, string]; waiting: [string, string] };
  };
  segments: { key: [string, number]; value: StoredSegment; indexes: { run: [string, number] } };
  runs: { key: [string, number]; value: RunRow };
  conversations: { key: string; value: StoredConversation };
  outbox: { key: number; value: OutboxRow; indexes: { originId: string; message: number; conversation: string } };
  counters: { key: string; value: number };
  contacts: { key: string; value: ContactRow };
  requests: { key: string; value: SubscriptionRequestRow };
  rooms: { key: string; value: RoomRow };
  avatars: { key: string; value: AvatarRow };
  notes: { key: string; value: unknown };
  /** `[kind, first row number of the block]`. */
  search: { key: [number, number]; value: SearchHeader | StoredPart };
  /** Rows whose text has changed or that are gone, and conversations that are, since the index was made; a number of its own for each time. */
  searchMarks: { key: number | string; value: number };
}

export type ArchiveDatabase = IDBPDatabase<ArchiveSchema>;

/** One step from a version to the next. The list is only ever appended to. */
export type Migration<S extends DBSchema> = {
  readonly name: string;
  readonly run: (database: IDBPDatabase<S>, transaction: IDBPTransaction<S, StoreNames<S>[], 'versionchange'>) => void;
};

export const archiveMigrations: readonly Migration<ArchiveSchema>[] = [
  {
    name: 'messages in runs, facts, outbox, shelves',
    run(database) {
      const messages = database.createObjectStore('messages', { keyPath: 'id' });
      messages.createIndex('place', 'place');
      messages.createIndex('archiveId', ['archive', 'archiveId']);
      messages.createIndex('messageId', ['conversation', 'messageId']);
      messages.createIndex('originId', ['conversation', 'originId']);
      messages.createIndex('tail', 'kept.tail');
      const facts = database.createObjectStore('facts', { keyPath: 'id' });
      facts.createIndex('about', 'about');
      facts.createIndex('archiveId', ['fact.archive', 'fact.archiveId']);
      facts.createIndex('known', 'known');
      facts.createIndex('waiting', 'waiting');
      database.createObjectStore('segments', { keyPath: ['conversation', 'segment'] }).createIndex('run', ['archive', 'segment']);
      database.createObjectStore('runs', { keyPath: ['archive', 'segment'] });
      database.createObjectStore('conversations', { keyPath: 'jid' });
      const outbox = database.createObjectStore('outbox', { keyPath: 'id' });
      outbox.createIndex('originId', 'originId', { unique: true });
      outbox.createIndex('message', 'message');
      outbox.createIndex('conversation', 'conversation');
      database.createObjectStore('counters');
      for (const shelf of ['contacts', 'requests', 'rooms', 'avatars'] as const) database.createObjectStore(shelf, { keyPath: 'jid' });
      database.createObjectStore('notes');
    },
  },
  {
    // Empty: it is filled behind, and opening waits for nothing.
    name: 'search index',
    run(database) {
      database.createObjectStore('search');
      database.createObjectStore('searchMarks');
    },
  },
];
