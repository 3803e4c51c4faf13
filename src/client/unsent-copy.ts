import type { PageArchive } from '../archive/archive-types.js';
import type { Unsent } from '../archive/mend.js';
import type { Log } from '../base/log.js';
import type { OutboxRow } from '../model/message.js';

/** What is not sent yet, in the page's memory too: a browser that is short of room takes a whole origin's storage away, from pages that are in use as well. */
export class UnsentCopy {
  readonly #rows = new Map<number, Unsent>();
  /** To be read: rows that have changed, or all of them. */
  #changed = new Set<number>();
  #everything = false;
  #reading = false;

  /** As it was when it was last read: what may have gone out since is looked for before it goes out again. */
  get all(): readonly Unsent[] {
    const inOrder = Array.from(this.#rows).toSorted(([a], [b]) => a - b);
    return inOrder.map(([, { row, ...unsent }]) => ({ ...unsent, row: row.state === 'failed' || (row.file && !row.attachments) ? row : { ...row, state: 'unknown' } }));
  }

  /** These rows of the outbox have changed; without, nothing of it is known yet. */
  read(archive: PageArchive, log: Log, ids?: readonly number[]): void {
    if (ids) for (const id of ids) this.#changed.add(id);
    else this.#everything = true;
    if (!this.#reading) void this.#readAll(archive, log);
  }

  async #readAll(archive: PageArchive, log: Log): Promise<void> {
    this.#reading = true;
    let failed = false;
    while (this.#everything || this.#changed.size > 0) {
      const ids = this.#everything ? undefined : Array.from(this.#changed);
      this.#everything = false;
      this.#changed = new Set();
      try {
        await this.#read(archive, ids); // oxlint-disable-line no-await-in-loop -- what changed meanwhile
      } catch (error) {
        log.debug('the outbox was not read', error);
        failed = true;
      }
    }
    // With the next change; a disk that does not answer is not asked again and again.
    this.#everything = failed;
    this.#reading = false;
  }

  async #read(archive: PageArchive, ids: readonly number[] | undefined): Promise<void> {
    const found = await Promise.all((await archive.outbox(ids)).map(async (row) => unsentOf(archive, row)));
    if (ids) for (const id of ids) this.#rows.delete(id);
    else this.#rows.clear();
    for (const unsent of found) this.#rows.set(unsent.row.id, unsent);
  }
}

async function unsentOf(archive: PageArchive, row: OutboxRow): Promise<Unsent> {
  const message = await archive.message(row.message);
  const { conversation, chatType, body, file, fileName, invitation } = row;
  const draft = { conversation, chatType, sender: message?.sender ?? conversation, archive: message?.archive ?? conversation, body, ...(file && { file }), ...(fileName !== undefined && { fileName }), ...(invitation && { invitation }) };
  return { draft, row, ...(message?.state.failure && { failure: message.state.failure }) };
}
