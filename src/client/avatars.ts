import type { PageArchive } from '../archive/archive-types.js';
import type { Value } from './chat-client.js';
import { Sources } from './value.js';

/** The archive is read so far apart, milliseconds: whoever is drawn together is read together. */
const readEvery = 250;
/** The server is asked for whoever has been in sight so long, milliseconds; not for all that one scrolls past. */
const askAfter = 400;

/** The pictures of people: from the archive, and looked for on the server once a session when somebody looks. */
export class Avatars {
  readonly #hashes = new Map<string, string>();
  readonly #pictures = new Map<string, Blob | undefined>();
  readonly #values = new Sources<Blob | undefined>(
    (jid) => this.#pictures.get(jid),
    (jid) => this.#watched(jid),
  );
  readonly #asked = new Set<string>();
  readonly #want: (jid: string) => void;
  readonly #toRead = new Set<string>();
  readonly #toAsk = new Set<string>();
  #reading: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #lastRead = -Infinity;
  #archive: PageArchive | undefined;
  #online = false;

  constructor(want: (jid: string) => void) {
    this.#want = want;
  }

  open(archive: PageArchive | undefined): void {
    this.#archive = archive;
    this.#online = false;
    for (const set of [this.#asked, this.#toRead, this.#toAsk]) set.clear();
    this.#pictures.clear();
    this.#hashes.clear();
    this.#values.refreshAll();
    this.reread();
  }

  /** Whether somebody can be asked now. */
  online(online: boolean): void {
    if (online === this.#online) return;
    this.#online = online;
    if (!online) this.#asked.clear();
    else this.#askSoon(this.#values.watched());
  }

  get(jid: string): Value<Blob | undefined> {
    return this.#values.get(jid);
  }

  /** The shelf has changed. */
  reread(): void {
    this.#readSoon(this.#values.watched());
  }

  #watched(jid: string): void {
    this.#readSoon([jid]);
    if (this.#online) this.#askSoon([jid]);
  }

  #askSoon(jids: readonly string[]): void {
    for (const jid of jids) if (!this.#asked.has(jid)) this.#toAsk.add(jid);
    if (this.#toAsk.size === 0 || this.#asking !== undefined) return;
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      const due = Array.from(this.#toAsk).filter((jid) => this.#values.isWatched(jid));
      this.#toAsk.clear();
      if (!this.#online) return;
      for (const jid of due) {
        this.#asked.add(jid);
        this.#want(jid);
      }
    }, askAfter);
  }

  #readSoon(jids: readonly string[]): void {
    for (const jid of jids) this.#toRead.add(jid);
    if (this.#toRead.size === 0 || this.#reading !== undefined) return;
    this.#reading = setTimeout(() => {
      this.#reading = undefined;
      this.#lastRead = performance.now();
      const due = Array.from(this.#toRead).filter((jid) => this.#values.isWatched(jid));
      this.#toRead.clear();
      this.#read(due).catch(() => undefined); // no pictures; the archive says itself what is wrong with it
    }, Math.max(0, this.#lastRead + readEvery - performance.now()));
  }

  async #read(jids: readonly string[]): Promise<void> {
    const archive = this.#archive;
    if (!archive || jids.length === 0) return;
    const rows = await archive.some('avatars', jids);
    if (archive !== this.#archive) return;
    for (const row of rows) {
      // Blobs of two reads are never the same object; the hash says whether the picture is.
      if (this.#hashes.get(row.jid) === row.hash) continue;
      this.#hashes.set(row.jid, row.hash);
      this.#pictures.set(row.jid, row.picture);
      this.#values.refresh(row.jid);
    }
  }
}
