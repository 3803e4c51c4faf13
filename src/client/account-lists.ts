import type { PageArchive, Poke } from '../archive/archive-types.js';
import type { ContactRow, SubscriptionRequestRow } from '../model/contact.js';
import type { ConversationRow } from '../model/conversation.js';
import type { RoomRow } from '../model/room.js';
import type { ShelfName } from '../model/shelf.js';
import { localOf } from '../base/jid.js';
import { Source } from './value.js';

/** The lists of the open account as the archive has them; empty while there is none. */
export class AccountLists {
  readonly conversations = new Source<readonly ConversationRow[] | undefined>(undefined);
  readonly unread = new Source(0);
  readonly contacts = new Source<readonly ContactRow[] | undefined>(undefined);
  readonly requests = new Source<readonly SubscriptionRequestRow[]>([]);
  readonly rooms = new Source<readonly RoomRow[]>([]);
  readonly #contactByJid = new Map<string, ContactRow>();
  readonly #stale = new Set<ShelfName>();
  readonly #reading = new Map<ShelfName, Promise<void>>();
  readonly #roomByJid = new Map<string, RoomRow>();
  #nicknames: ReadonlyMap<string, string> = new Map();
  #archive: PageArchive | undefined;

  /** Shows another account's lists, or none; or those of the same over another archive, whose people and rooms stay in view meanwhile. Resolves when they have been read. */
  async open(archive: PageArchive | undefined, same = false): Promise<void> {
    this.#archive = archive;
    this.#show(undefined);
    this.#stale.clear();
    this.#reading.clear();
    if (!same || !archive) {
      this.contacts.set(undefined);
      this.#contactByJid.clear();
      this.#roomByJid.clear();
      this.requests.set([]);
      this.rooms.set([]);
    }
    if (archive) await Promise.all([this.#readConversations(), this.shelf('contacts'), this.shelf('requests'), this.shelf('rooms')]);
  }

  /** What somebody calls himself, together with who that is: anybody may call himself anything. */
  nicknamed(jid: string): string | undefined {
    const nickname = this.#nicknames.get(jid);
    return nickname && `${nickname} (${localOf(jid) || jid})`;
  }

  contact(jid: string): ContactRow | undefined {
    return this.#contactByJid.get(jid);
  }

  room(jid: string): RoomRow | undefined {
    return this.#roomByJid.get(jid);
  }

  async #readConversations(): Promise<void> {
    const archive = this.#archive;
    const rows = await archive?.conversations();
    if (rows && archive === this.#archive) this.#show(rows);
  }

  poke(poke: Extract<Poke, { kind: 'conversations' }>): void {
    const now = this.conversations.value;
    // The first read is still under way and will see it.
    if (!now) return;
    const replaced = new Set([...poke.rows.map((row) => row.jid), ...(poke.removed ?? [])]);
    this.#show([...now.filter((row) => !replaced.has(row.jid)), ...poke.rows]);
  }

  #show(rows: readonly ConversationRow[] | undefined): void {
    this.#nicknames = new Map((rows ?? []).flatMap(({ jid, nickname }) => (nickname ? [[jid, nickname]] : [])));
    this.conversations.set(rows?.toSorted((a, b) => b.lastAt - a.lastAt || (a.jid < b.jid ? -1 : 1)));
    this.unread.set((rows ?? []).reduce((sum, row) => sum + row.unread, 0));
  }

  /** Reads a shelf again. Changes that come while it is read are one more reading, however many they are: rooms are entered by the hundred. */
  async shelf(name: ShelfName): Promise<void> {
    const archive = this.#archive;
    if (!archive || name === 'avatars') return;
    this.#stale.add(name);
    const reading = this.#reading.get(name) ?? this.#readStale(archive, name);
    this.#reading.set(name, reading);
    return reading;
  }

  async #readStale(archive: PageArchive, name: Exclude<ShelfName, 'avatars'>): Promise<void> {
    try {
      while (archive === this.#archive && this.#stale.delete(name)) await this.#read(archive, name);
    } finally {
      if (archive === this.#archive) this.#reading.delete(name);
    }
  }

  async #read(archive: PageArchive, name: Exclude<ShelfName, 'avatars'>): Promise<void> {
    const rows = await archive.all(name);
    if (archive !== this.#archive) return;
    if (name === 'contacts') {
      this.#contactByJid.clear();
      for (const row of rows as readonly ContactRow[]) this.#contactByJid.set(row.jid, row);
      this.contacts.set(rows as readonly ContactRow[]);
    } else if (name === 'requests') this.requests.set((rows as readonly SubscriptionRequestRow[]).toSorted((a, b) => a.at - b.at));
    else {
      this.#roomByJid.clear();
      for (const row of rows as readonly RoomRow[]) this.#roomByJid.set(row.jid, row);
      this.rooms.set(rows as readonly RoomRow[]);
    }
  }
}
