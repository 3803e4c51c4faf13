import type { Attachment, FactBase, Invitation } from './fact.js';

/** How far a message of one's own has come. `sent` means that the server has it. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** What the facts about a message fold into. Extensions add fields by declaration merging. */
export interface MessageState {
  body: string;
  attachments: readonly Attachment[];
  invitation?: Invitation;
  /** Own messages only. */
  delivery?: Delivery;
  /** Why it failed: a stanza error's condition, or `upload`, `unreadable`, `too-large`, `too-long`, `expired`; with the server's words. */
  failure?: { condition: string; text?: string };
}

/** Where a message stands: conversation, segment, position. Compared part by part, as IndexedDB compares keys. */
export type Place = readonly [conversation: string, segment: number, position: number];

/** The segment of messages that the archive has not confirmed yet: after every other one. */
export const TAIL = 2 ** 31;

/** One message as the archive keeps it and a page draws it: the fold of its facts. */
export type MessageRow = FactBase & {
  /** Local number, unique in this browser, never changes: the view's key. */
  readonly id: number;
  readonly place: Place;
  readonly state: MessageState;
};

/** What a person asked to send; kept until the server has it. */
export type OutboxRow = {
  /** Grows; the order of sending within a conversation. */
  readonly id: number;
  /** The `MessageRow` that shows it. */
  readonly message: number;
  readonly conversation: string;
  readonly chatType: 'chat' | 'groupchat';
  /** Both the stanza's id and its origin-id; the same at every attempt. */
  readonly originId: string;
  readonly body: string;
  /** Written at, milliseconds; becomes XEP-0203 delay when sent much later. */
  readonly at: number;
  readonly file?: Blob;
  readonly fileName?: string;
  /** Set once the upload is done (XEP-0363). */
  readonly attachments?: readonly Attachment[];
  /** `inflight`: on the wire, not yet acknowledged. `unknown`: was on the wire when the stream was lost; settled against the archive before it is sent again. */
  readonly state: 'queued' | 'inflight' | 'unknown' | 'failed';
  /** The newest proven run of its archive when it went on the wire: the archive can have it only after that. Absent where there was none. */
  readonly since?: number;
  readonly invitation?: Invitation;
};
