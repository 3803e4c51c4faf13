/** What the view holds of the engine: the whole surface between `components/` and `src/`. */
import type { StorageNotice } from '../archive/mend.js';
import type { Unsubscribe } from '../base/emitter.js';
import type { AuthMode, Credentials, Deployment, SessionView, Settings } from '../model/account.js';
import type { ContactRow, OwnPresence, PresenceView, SubscriptionRequestRow } from '../model/contact.js';
import type { ConversationRow, TimelineItem } from '../model/conversation.js';
import type { Invitation } from '../model/fact.js';
import type { SearchOptions, SearchResult } from '../model/search.js';
import type { OccupantView, RoomListing, RoomRow, RoomView } from '../model/room.js';

/**
 * A value that changes: read it, and be told when to read it again (at most once a frame's worth of changes). Asking
 * for the same thing twice gives the same object while anybody watches it. `value` keeps its identity until it changes.
 */
export interface Value<T> {
  readonly value: T;
  subscribe(onChange: () => void): Unsubscribe;
}

/** A window of one conversation, kept up to date. Starts at the newest messages. */
export interface Timeline {
  readonly conversation: string;
  /** Oldest first. `undefined` until the first read of the archive has come back. */
  readonly items: readonly TimelineItem[] | undefined;
  /** The window ends at the newest message. */
  readonly atEnd: boolean;
  /** Nothing older exists, neither here nor on the server. */
  readonly atStart: boolean;
  /** Older messages are being fetched. */
  readonly loading: boolean;
  /** Shows nothing new any more: its account is gone, or was opened anew, and so has this to be. */
  readonly closed: boolean;
  subscribe(onChange: () => void): Unsubscribe;
  /** Older messages: from the archive first, from the server when a gap is reached. Drops the far end of the window. */
  loadOlder(): Promise<void>;
  /** Newer ones again, after the window has moved up. */
  loadNewer(): Promise<void>;
  toEnd(): Promise<void>;
  /** The stretch around a message; whether it is there. */
  toMessage(row: number): Promise<boolean>;
  /** Closes the gap before a segment, a page at a time: from its end, or with `onward` from its beginning. */
  openGap(segment: number, onward?: boolean): Promise<void>;
  close(): void;
}

export type Content = { readonly body: string; readonly file?: Blob; readonly fileName?: string; readonly invitation?: Invitation; /** The conversation's draft that it was written from; goes with it, unless another has taken its place. */ readonly fromDraft?: string };

export type SignInOptions = {
  readonly mode: AuthMode;
  /** `login`: what the person typed. */
  readonly credentials?: Credentials;
  /** `login`: stay signed in on this device; true where absent. */
  readonly remember?: boolean;
  /** `host`: asked at each attempt. */
  readonly callback?: () => Promise<Credentials>;
  readonly nickname?: string;
};

/** Everything a page can do. Rejections are `ChatError`. */
export interface ChatClient {
  readonly deployment: Deployment;
  readonly session: Value<SessionView>;
  /** Whether it is known yet who signs in here: false until the kept account has been looked up. */
  readonly ready: Value<boolean>;
  /** What has become of the browser's storage, until its person has taken note; `undefined` while all is kept. */
  readonly storage: Value<StorageNotice | undefined>;
  /** Its person has taken note. */
  storageNoticed(): void;
  /** Which way the account signs in; `undefined` while nobody has. */
  readonly mode: AuthMode | undefined;

  /** Takes up a kept account; false where there is none and someone has to sign in. */
  resume(slot: string): Promise<boolean>;
  /** Resolves once the server has accepted the credentials (or, for a kept account, once it is opened); rejects `not-authorized`, `unreachable`, …. A change of user purges the old one's archive first. */
  signIn(options: SignInOptions): Promise<void>;
  /** Signs out everywhere in this browser and deletes the account's archive. Where nobody is signed in here: whoever is kept under `slot`. */
  signOut(slot?: string): Promise<void>;
  /** Leaves nothing of any account behind: databases, caches, locks. */
  forget(): Promise<void>;
  setPresence(presence: OwnPresence): Promise<void>;
  /** What was chosen for the account, on whichever device. */
  readonly settings: Value<Settings>;
  setSettings(settings: Settings): Promise<void>;
  /** Tries to connect now. */
  reconnect(): Promise<void>;

  /** Newest first. */
  readonly conversations: Value<readonly ConversationRow[] | undefined>;
  /** Sum of all unread counts. */
  readonly unread: Value<number>;
  timeline(conversation: string): Timeline;
  /** Messages kept here that have all of these words, newest first; as one types, for words are found by their beginnings. */
  search(words: string, options?: SearchOptions): Promise<SearchResult>;
  openConversation(jid: string, kind: ConversationRow['kind']): Promise<void>;
  removeConversation(jid: string): Promise<void>;
  send(conversation: string, content: Content): Promise<void>;
  retry(message: number): Promise<void>;
  discard(message: number): Promise<void>;
  setDraft(conversation: string, draft: string): Promise<void>;
  /** Resolves when every text that was given to be sent or kept is in the archive, or could not be: before a reload of one's own. */
  textsKept(): Promise<void>;
  markRead(conversation: string): Promise<void>;
  setTyping(conversation: string, typing: boolean): void;
  typing(conversation: string): Value<readonly string[]>;
  /** Share of a message's file uploaded, by message row. */
  upload(message: number): Value<number | undefined>;

  readonly contacts: Value<readonly ContactRow[] | undefined>;
  readonly requests: Value<readonly SubscriptionRequestRow[]>;
  presence(jid: string): Value<PresenceView | undefined>;
  /** The picture of a contact; asks for it once when first watched. */
  avatar(jid: string): Value<Blob | undefined>;
  /** The contact's roster name, else the nickname given to a room, else what they call themselves beside the address's local part, else that part. */
  nameOf(jid: string): string;
  saveContact(contact: { readonly jid: string; readonly name?: string; readonly groups: readonly string[] }, subscribe: boolean): Promise<void>;
  removeContact(jid: string): Promise<void>;
  answerRequest(jid: string, accept: boolean): Promise<void>;

  readonly rooms: Value<readonly RoomRow[]>;
  room(jid: string): Value<RoomView | undefined>;
  /** By role, then name. */
  occupants(room: string): Value<readonly OccupantView[]>;
  findRooms(service?: string): Promise<readonly RoomListing[]>;
  joinRoom(jid: string, nick: string, options?: { readonly password?: string; readonly create?: boolean }): Promise<void>;
  leaveRoom(jid: string): Promise<void>;
  setSubject(room: string, subject: string): Promise<void>;
  bookmarkRoom(jid: string, options: { readonly name?: string; readonly nick?: string; readonly autojoin: boolean } | { readonly remove: true }): Promise<void>;
  inviteToRoom(room: string, jid: string, reason?: string): Promise<void>;
}
