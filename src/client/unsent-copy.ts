import type { PageArchive } from '../archive/archive-types.js';
import type { Unsent } from '../archive/mend.js';
import type { Log } from '../base/log.js';

/** What is not sent yet, in the page's memory too: a browser that is short of room takes a whole origin's storage away, from pages that are in use as well. */
export class UnsentCopy {
  #all: readonly Unsent[] = [];
  #reading = false;
  #again = false;

  /** As it was when it was last read: what may have gone out since is looked for before it goes out again. */
  get all(): readonly Unsent[] {
    return this.#all.map(({ row, ...unsent }) => ({ ...unsent, row: row.state === 'failed' || (row.file && !row.attachments) ? row : { ...row, state: 'unknown' } }));
  }

  /** The outbox has changed. */
  read(archive: PageArchive, log: Log): void {
    this.#again = true;
    if (!this.#reading) void this.#readAll(archive, log);
  }

  async #readAll(archive: PageArchive, log: Log): Promise<void> {
    this.#reading = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#read(archive); // oxlint-disable-line no-await-in-loop -- what changed meanwhile
      }
    } catch (error) {
      log.debug('the outbox was not read', error);
    }
    this.#reading = false;
  }

  async #read(archive: PageArchive): Promise<void> {
    const rows = await archive.outbox();
    this.#all = await Promise.all(rows.map(async (row) => {
      const message = await archive.message(row.message);
      const { conversation, chatType, body, file, fileName, invitation } = row;
      const draft = { conversation, chatType, sender: message?.sender ?? conversation, archive: message?.archive ?? conversation, body, ...(file && { file }), ...(fileName !== undefined && { fileName }), ...(invitation && { invitation }) };
      return { draft, row, ...(message?.state.failure && { failure: message.state.failure }) };
    }));
  }
}
