import type { PresenceView } from './contact.js';
import type { OccupantView, RoomView } from './room.js';
import type { SessionView, Settings } from './account.js';

/**
 * What is true only now and is not archived, by topic and key. The leader's engine writes it, every page holds a
 * replica. `undefined` means gone.
 */
export interface LiveTopics {
  /** Key `''`. */
  session: SessionView;
  /** Key `''`. */
  settings: Settings;
  /** Key: the contact's bare JID. */
  presence: PresenceView;
  /** Key: the conversation; who is typing there (bare JID or nick). */
  typing: readonly string[];
  /** Key: the room's JID. */
  room: RoomView;
  /** Key: `room/nick`. */
  occupant: OccupantView;
  /** Key: the message row's id; share of its file uploaded, 0 to 1. */
  upload: number;
}
export type LiveTopic = keyof LiveTopics;
export type LiveChange = { [T in LiveTopic]: { readonly topic: T; readonly key: string; readonly value: LiveTopics[T] | undefined } }[LiveTopic];

export interface Live {
  get<T extends LiveTopic>(topic: T, key: string): LiveTopics[T] | undefined;
  set<T extends LiveTopic>(topic: T, key: string, value: LiveTopics[T] | undefined): void;
  /** Every key of a topic that starts with `prefix`. */
  entries<T extends LiveTopic>(topic: T, prefix?: string): readonly (readonly [string, LiveTopics[T]])[];
}
