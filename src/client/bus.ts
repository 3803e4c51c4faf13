import type { ChatErrorCode } from '../base/error.js';
import type { Settings } from '../model/account.js';
import type { OwnPresence, SubscriptionRequestRow } from '../model/contact.js';
import type { LiveChange } from '../model/live.js';
import type { RoomListing } from '../model/room.js';
import type { MessageRow } from '../model/message.js';
import type { Draft, Poke } from '../archive/archive-types.js';

/**
 * What pages ask of the leader's engine. Each answers once; `offline` at once where it cannot wait for a connection.
 * Never carries a credential.
 */
export interface Commands {
  /** Proves the connection, or connects now; where it was refused only with `refusedToo`, which a person has to ask for. */
  wake(refusedToo?: boolean): void;
  /** Something was put into the outbox. */
  flush(): void;
  /** A message just written, to be kept and sent. It is not kept where this rejects, nor where it is begun with later than `takenWithin`. */
  send(draft: Draft, originId: string, at: number): MessageRow;
  setPresence(presence: OwnPresence): void;
  setSettings(settings: Settings): void;
  /** One's own typing (XEP-0085); sent only where the other side asked for it. */
  typing(conversation: string, state: 'composing' | 'paused' | 'active'): void;
  /** The page is looked at, or not any more (XEP-0352). */
  visible(anyPage: boolean): void;
  /** A page shows this conversation: what was missed of it comes first. */
  opened(conversation: string): void;
  /** Fetches a page of what a gap hides: before `segment`, which it stands before, or with `onward` after what is before the gap; whether more may come. */
  older(conversation: string, segment: number, onward?: boolean): { readonly more: boolean };
  saveContact(contact: { readonly jid: string; readonly name?: string; readonly groups: readonly string[] }, subscribe: boolean): void;
  removeContact(jid: string): void;
  answerRequest(request: Pick<SubscriptionRequestRow, 'jid'>, accept: boolean): void;
  findRooms(service: string): readonly RoomListing[];
  joinRoom(room: { readonly jid: string; readonly nick: string; readonly password?: string; readonly create?: boolean }): void;
  leaveRoom(jid: string): void;
  setSubject(jid: string, subject: string): void;
  bookmarkRoom(room: { readonly jid: string; readonly name?: string; readonly nick?: string; readonly autojoin: boolean } | { readonly jid: string; readonly remove: true }): void;
  inviteToRoom(room: string, jid: string, reason?: string): void;
  /** Looks for a picture of somebody, once a session. */
  wantAvatar(jid: string): void;
  signOut(): void;
}
export type Command = keyof Commands;

/**
 * Raised with every change of what goes over the bus, in form or in meaning. Pages of two builds may be open at once:
 * they hear that the other is there, and read nothing of what it says. The older one steps back.
 */
export const busVersion = 2;

/**
 * What goes over the BroadcastChannel of an account, between every page and the leader's engine. `epoch` is the
 * leader's: what an earlier one says, on waking up, is not true any more.
 */
export type BusMessage =
  | { readonly type: 'poke'; readonly pokes: readonly Poke[] }
  | { readonly type: 'live'; readonly epoch: number; readonly changes: readonly LiveChange[] }
  /** A page asks for the whole live state; a new leader sends it unasked. Without an epoch: of an engine that could not begin. */
  | { readonly type: 'live-please' }
  | { readonly type: 'live-all'; readonly epoch?: number; readonly changes: readonly LiveChange[] }
  /** A page asks whether its leader lives; it answers at once, with whose engine it is. */
  | { readonly type: 'ping' }
  | { readonly type: 'here'; readonly epoch: number; readonly tab: string }
  | { readonly type: 'call'; readonly id: string; readonly command: Command; readonly args: readonly unknown[] }
  | { readonly type: 'answer'; readonly id: string; readonly result?: unknown; readonly error?: { readonly code: ChatErrorCode; readonly message: string; readonly condition?: string } }
  /** Somebody has just proven who they are: a leader that was refused lets another engine try. */
  | { readonly type: 'yield' }
  /** The account was signed out or forgotten in some tab: all close their archive now. */
  | { readonly type: 'gone' };

export const busName = (database: string): string => `tertulia/${database}`;
