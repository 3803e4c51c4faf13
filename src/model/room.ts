import type { Show } from './contact.js';

/** A room one is in, or keeps as a bookmark (XEP-0402). */
export type RoomRow = {
  readonly jid: string;
  readonly name?: string;
  readonly nick?: string;
  readonly password?: string;
  /** Joined again at every start. */
  readonly autojoin: boolean;
  readonly bookmarked: boolean;
  readonly subject?: string;
  /** Elements other clients keep in the bookmark, as XML, handed back unchanged (XEP-0402 §4). */
  readonly extensions?: string;
};

export type Role = 'none' | 'visitor' | 'participant' | 'moderator';
export type Affiliation = 'outcast' | 'none' | 'member' | 'admin' | 'owner';

/** Why one is not in a room. The view has words and a way on for each. */
export type RoomRefusal =
  | 'nickname-conflict'
  | 'password-required'
  | 'members-only'
  | 'banned'
  | 'full'
  | 'not-found'
  | 'creation-refused'
  | 'nickname-locked'
  | 'kicked'
  | 'affiliation-lost'
  | 'destroyed'
  | 'shutdown'
  | 'unreachable'
  | 'refused';

/** The live state of a room. */
export type RoomView = {
  readonly state: 'joining' | 'joined' | 'left' | 'refused';
  readonly nick: string;
  readonly role: Role;
  readonly affiliation: Affiliation;
  readonly name?: string;
  readonly subject?: string;
  readonly refusal?: RoomRefusal;
  /** The actor's or the server's words, and where a destroyed room has moved (§10.9). */
  readonly reason?: string;
  readonly movedTo?: string;
  /** Occupants see each other's real addresses (§5.1). */
  readonly nonAnonymous?: boolean;
  readonly moderated?: boolean;
  readonly occupants: number;
};

export type OccupantView = {
  readonly nick: string;
  readonly role: Role;
  readonly affiliation: Affiliation;
  readonly show: Show;
  readonly status?: string;
  /** Real bare JID where the room shows it. */
  readonly jid?: string;
};

/** One line of a room directory (XEP-0045 §6.3). */
export type RoomListing = { readonly jid: string; readonly name?: string; readonly occupants?: number };
