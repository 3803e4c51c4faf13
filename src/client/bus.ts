import type { ChatErrorCode } from '../base/error.js';
import type { OwnPresence, SubscriptionRequestRow } from '../model/contact.js';
import type { LiveChange } from '../model/live.js';
import type { RoomListing } from '../model/room.js';
import type { Poke } from '../archive/archive-types.js';

/**
 * What pages ask of the leader's engine. Each answers once; `offline` at once where it cannot wait for a connection.
 * Never carries a credential.
 */
export interface Commands {
  /** Proves the connection, or connects now; where it was refused only with `refusedToo`, which a person has to ask for. */
  wake(refusedToo?: boolean): void;
  /** Something was put into the outbox. */
  flush(): void;
  setPresence(presence: OwnPresence): void;
  /** One's own typing (XEP-0085); sent only where the other side asked for it. */
  typing(conversation: string, state: 'composing' | 'paused' | 'active'): void;
  /** The page is looked at, or not any more (XEP-0352). */
  visible(anyPage: boolean): void;
  /** Fetches history before `segment` of a conversation; whether more may come. */
  older(conversation: string, segment: number): { readonly more: boolean };
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

/** What goes over the BroadcastChannel of an account, between every page and the leader's engine. */
export type BusMessage =
  | { readonly type: 'poke'; readonly pokes: readonly Poke[] }
  | { readonly type: 'live'; readonly changes: readonly LiveChange[] }
  /** A page asks for the whole live state; a new leader sends it unasked. */
  | { readonly type: 'live-please' }
  | { readonly type: 'live-all'; readonly changes: readonly LiveChange[] }
  | { readonly type: 'call'; readonly id: string; readonly command: Command; readonly args: readonly unknown[] }
  | { readonly type: 'answer'; readonly id: string; readonly result?: unknown; readonly error?: { readonly code: ChatErrorCode; readonly message: string; readonly condition?: string } }
  /** Somebody has just proven who they are: a leader that was refused lets another engine try. */
  | { readonly type: 'yield' }
  /** The account was signed out or forgotten in some tab: all close their archive now. */
  | { readonly type: 'gone' };

export const busName = (database: string): string => `tertulia/${database}`;
