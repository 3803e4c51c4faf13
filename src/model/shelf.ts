import type { AvatarRow, ContactRow, SubscriptionRequestRow } from './contact.js';
import type { RoomRow } from './room.js';

/** Rows by JID that outlive the session. Every write is committed before it resolves, and poked to the pages. */
export interface ShelfRows {
  contacts: ContactRow;
  requests: SubscriptionRequestRow;
  rooms: RoomRow;
  avatars: AvatarRow;
}
export type ShelfName = keyof ShelfRows;

export interface Shelf {
  get<S extends ShelfName>(shelf: S, jid: string): Promise<ShelfRows[S] | undefined>;
  /** Those of them that are there, read together. */
  some<S extends ShelfName>(shelf: S, jids: readonly string[]): Promise<readonly ShelfRows[S][]>;
  all<S extends ShelfName>(shelf: S): Promise<readonly ShelfRows[S][]>;
  /** Writes and removes in one transaction. */
  put<S extends ShelfName>(shelf: S, rows: readonly ShelfRows[S][], remove?: readonly string[]): Promise<void>;
  /** Makes the shelf hold just these rows, in one transaction. */
  replace<S extends ShelfName>(shelf: S, rows: readonly ShelfRows[S][]): Promise<void>;
  /** Small named values: roster version, disco cache. */
  note<T>(key: string): Promise<T | undefined>;
  /** `withRow`: with the archive's next row beside what is in it, as `row`, read in the same transaction. */
  setNote(key: string, value: unknown, withRow?: boolean): Promise<void>;
}
