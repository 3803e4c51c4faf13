import type { Log } from '../base/log.js';
import { isTrouble } from '../archive/trouble.js';
import type { AccountLists } from './account-lists.js';
import type { OpenAccount } from './open-account.js';

/** What a person writes, on its way into the archive: what the disk would not take is in the composer again. */
export class WrittenTexts {
  readonly #log: Log;
  /** What it would not take, by conversation. */
  #refused: { readonly account: string; readonly texts: Map<string, string> } | undefined;
  readonly #keeping = new Set<Promise<unknown>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** A write of somebody's text; as `write`. */
  async keep<T>({ jid }: Pick<OpenAccount, 'jid'>, conversation: string, text: string, write: Promise<T>): Promise<T> {
    this.#keeping.add(write);
    try {
      return await write;
    } catch (error) {
      if (this.#refused?.account !== jid) this.#refused = { account: jid, texts: new Map() };
      if (isTrouble(error) && text !== '') this.#refused.texts.set(conversation, text);
      throw error;
    } finally {
      this.#keeping.delete(write);
    }
  }

  /** Resolves when each is kept, or could not be. */
  async kept(): Promise<void> {
    await Promise.allSettled(this.#keeping);
  }

  /** Into an archive that is opened now, with what is shown where it is the `same` account's, in the place of one that has failed. */
  async takeAlong({ jid, archive }: Pick<OpenAccount, 'jid' | 'archive'>, lists: AccountLists, same: boolean): Promise<void> {
    const { account, texts } = this.#refused ?? {};
    this.#refused = undefined;
    const refused = account === jid ? texts : undefined;
    if (!same && !refused) return;
    try {
      const { takeAlong } = await import('./take-along.js');
      await takeAlong(archive, lists, refused ?? new Map());
    } catch (error) {
      this.#log.warn('what was half written could not be taken along', error);
    }
  }
}
