import type { PageArchive } from '../archive/archive-types.js';
import type { Value } from './chat-client.js';
import { Sources } from './value.js';

/** The pictures of people: from the archive, and looked for on the server once a session when first watched. */
export class Avatars {
  readonly #hashes = new Map<string, string>();
  readonly #pictures = new Map<string, Blob | undefined>();
  readonly #values = new Sources<Blob | undefined>(
    (jid) => this.#pictures.get(jid),
    (jid) => this.#watched(jid),
  );
  readonly #asked = new Set<string>();
  readonly #want: (jid: string) => void;
  #archive: PageArchive | undefined;
  #online = false;

  constructor(want: (jid: string) => void) {
    this.#want = want;
  }

  open(archive: PageArchive | undefined): void {
    this.#archive = archive;
    this.#online = false;
    this.#asked.clear();
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
    else for (const jid of this.#values.watched()) this.#ask(jid);
  }

  get(jid: string): Value<Blob | undefined> {
    return this.#values.get(jid);
  }

  /** The shelf has changed. */
  reread(): void {
    for (const jid of this.#values.watched()) this.#read(jid);
  }

  #watched(jid: string): void {
    this.#read(jid);
    if (this.#online) this.#ask(jid);
  }

  #ask(jid: string): void {
    if (this.#asked.has(jid)) return;
    this.#asked.add(jid);
    this.#want(jid);
  }

  #read(jid: string): void {
    const archive = this.#archive;
    if (!archive) return;
    void (async () => {
      const row = await archive.get('avatars', jid);
      if (archive !== this.#archive) return;
      // Blobs of two reads are never the same object; the hash says whether the picture is.
      if (!row || this.#hashes.get(jid) === row.hash) return;
      this.#hashes.set(jid, row.hash);
      this.#pictures.set(jid, row.picture);
      this.#values.refresh(jid);
    })().catch(() => undefined);
  }
}
