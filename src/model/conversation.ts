import type { MessageRow, Place } from './message.js';

export type ConversationKind = 'chat' | 'room' | 'private';

/** One conversation in the list. */
export type ConversationRow = {
  /** The conversation's address (`FactBase.conversation`). */
  readonly jid: string;
  readonly kind: ConversationKind;
  /** When something was last said, milliseconds; sorts the list. */
  readonly lastAt: number;
  /** Of the newest message by place. `id`: its row's; rows that come later have greater ones. */
  readonly preview?: { readonly id: number; readonly body: string; readonly mine: boolean; readonly sender: string; readonly attachment?: boolean };
  /** Messages of others after the read pointer. */
  readonly unread: number;
  /** The last message read, where known. */
  readonly readUpTo?: Place;
  /** More was read on this device than the other ones, and whoever wrote it, have been told. */
  readonly untold?: true;
  /** What the other side calls itself; anybody may call himself anything. */
  readonly nickname?: string;
  /** What was typed and not sent. */
  readonly draft?: string;
};

/** An unbroken run of a conversation's archive; between two runs is a gap unless `gapBefore` is false. */
export type SegmentRow = {
  readonly conversation: string;
  /** Number of the archive's run it belongs to; grows with time. */
  readonly segment: number;
  /** Positions in use, both inclusive; `low > high` while it is empty. */
  readonly low: number;
  readonly high: number;
  /** Archive ids at the ends; absent while it holds no archived message. */
  readonly firstId?: string;
  readonly lastId?: string;
  /** Whether anything may be missing before its first message. */
  readonly gapBefore: boolean;
};

/** One line of a timeline: a message, or a gap that can be opened. `lost`: the server has nothing of it any more. */
export type TimelineItem =
  | { readonly kind: 'message'; readonly row: MessageRow }
  | { readonly kind: 'gap'; readonly segment: number; readonly lost?: true };

/** What was read on this device and is to be told. */
export type Seen = {
  readonly conversation: string;
  readonly chatType: 'chat' | 'groupchat';
  /** The last message of somebody else that was read, by its row. */
  readonly upTo: number;
  /** The last one that `archive` has given an id. */
  readonly archive: string;
  readonly archiveId?: string;
  /** The `messageId` of the last one whose sender wants to know. */
  readonly markable?: string;
  /** We have written here ourselves, so that they know of us. */
  readonly spoke: boolean;
};
