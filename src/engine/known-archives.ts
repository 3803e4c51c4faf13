import type { Archive } from '../archive/archive-types.js';
import { toChatError } from '../base/error.js';
import { discoInfo } from '../xep/0030-disco.js';
import { NS_MAM, NS_MAM_EXTENDED } from '../xep/0313-mam.js';
import type { XepContext } from '../xep/module.js';

const note = 'archives';
/** Which of them take `after-id`. */
const extendedNote = 'archives-extended';

/** Which archives there are, of the own account and of rooms: what they have said (XEP-0313 §5), kept for the next session, which need not wait to be told then. */
export class KnownArchives {
  readonly #archive: Pick<Archive, 'note' | 'setNote'>;
  readonly #all = new Set<string>();
  readonly #extended = new Set<string>();
  /** Notes that are not on the disk as they are known, for whoever takes the stream up next. */
  readonly #unnoted = new Set<string>();

  constructor(archive: Pick<Archive, 'note' | 'setNote'>) {
    this.#archive = archive;
  }

  /** What an earlier session knew. */
  async load(): Promise<void> {
    for (const [name, known] of [[note, this.#all], [extendedNote, this.#extended]] as const) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const kept = await this.#archive.note(name);
      if (Array.isArray(kept)) for (const jid of kept) if (typeof jid === 'string') known.add(jid);
    }
  }

  has(jid: string): boolean {
    return this.#all.has(jid);
  }

  /** Whether an archive says that it can be asked for the newest of what lies after an item. */
  takesSince(jid: string): boolean {
    return this.#extended.has(jid);
  }

  /**
   * Asks whether `jid` keeps an archive. What was known holds where the answer says nothing.
   * @throws ChatError `offline`, `timeout`.
   */
  async ask(ctx: XepContext, jid: string): Promise<boolean> {
    try {
      const { features } = await discoInfo(ctx, jid);
      const keeps = features.has(NS_MAM);
      await this.#learn(note, this.#all, jid, keeps);
      await this.#learn(extendedNote, this.#extended, jid, keeps && features.has(NS_MAM_EXTENDED));
      return keeps;
    } catch (thrown) {
      const { code } = toChatError(thrown, 'protocol');
      if (code === 'offline' || code === 'timeout') throw thrown;
      return this.has(jid);
    }
  }

  async #learn(name: string, known: Set<string>, jid: string, is: boolean): Promise<void> {
    if (is !== known.has(jid)) {
      if (is) known.add(jid);
      else known.delete(jid);
      this.#unnoted.add(name);
    }
    if (!this.#unnoted.delete(name)) return;
    await this.#archive.setNote(name, Array.from(known)).catch((error: unknown) => {
      this.#unnoted.add(name);
      throw error;
    });
  }
}
