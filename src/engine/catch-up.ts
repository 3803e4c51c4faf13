import type { Archive, PageItem, PageOutcome, RunRow } from '../archive/archive-types.js';
import type { Incoming } from '../xep/module.js';
import type { Log } from '../base/log.js';
import { ChatError, toChatError } from '../base/error.js';
import { Lanes } from './lanes.js';

/** One query of an archive (XEP-0313 §4), by its archive ids. `before: ''` asks for the newest page, `after: ''` for the oldest. */
export type PageAsk = { readonly with?: string; readonly max: number } & ({ readonly after: string } | { readonly before: string });

/**
 * A page that was checked (§4.1, and by whom it was sent) and read. `complete`: nothing lies beyond it in the direction
 * asked; `stable`: and that will hold (§4.3).
 */
export type FetchedPage = { readonly items: readonly PageItem[]; readonly incomings: readonly Incoming[]; readonly complete: boolean; readonly stable: boolean };
export type FetchPage = (archive: string, ask: PageAsk, origin: 'catch-up' | 'history') => Promise<FetchedPage>;

export type CatchUpPorts = {
  readonly archive: Archive;
  readonly log: Log;
  readonly fetch: FetchPage;
  /** What a page held was committed. */
  readonly committed: (incomings: readonly Incoming[]) => void;
};

export const pageSize = 100;
/** Further behind than this, the newest page comes first and the hole is filled behind it. */
const forwardPages = 5;
/** Pages fetched when an archive is seen for the first time: of the account, so that the list of conversations fills. */
const firstPages = { own: 5, room: 1 } as const;
/** Pages fetched backwards in one go to close a hole; it is taken up again in the next session. */
const holePages = 50;

/** `mark`: the next row when it began. `caughtUp`: everything from before it has been asked for since. */
type ArchiveSession = { readonly mark: Promise<number>; caughtUp: boolean };

/** Whether anything may be missing between the newest run and the one before it. */
const hasHole = (runs: readonly RunRow[]): boolean => runs.at(-1)?.startReached === false && runs.at(-2)?.joined === false;

/**
 * Brings the local copy of server archives up to date. The cursor is the end of the newest proven run and moves with
 * its page in one transaction; what arrives live never moves it. One query of an archive at a time.
 */
export class CatchUp {
  readonly #ports: CatchUpPorts;
  readonly #lanes = new Lanes();
  readonly #sessions = new Map<string, ArchiveSession>();

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  /**
   * A session of an archive begins: the account's with its stream, a room's when it is joined. To be called before
   * anything of it is committed: what is there already may be followed by what was missed. A resumed stream has missed
   * nothing, and goes on with its session.
   */
  begin(archive: string, resumed: boolean): ArchiveSession {
    const going = this.#sessions.get(archive);
    if (resumed && going) return going;
    const session: ArchiveSession = { mark: this.#ports.archive.nextRow(), caughtUp: false };
    // Whoever needs it is told; the next one begins anew.
    session.mark.catch(() => this.#sessions.get(archive) === session && this.#sessions.delete(archive));
    this.#sessions.set(archive, session);
    return session;
  }

  /** The stream is lost, and with it every session on it. */
  streamLost(): void {
    this.#sessions.clear();
  }

  /**
   * Forward from the cursor to now; the newest page first where that is far. Afterwards everything said up to the
   * call is in the archive when `proven`, else a hole is left for `fill`: by this call, or by an earlier one.
   * @throws ChatError of the query: `offline`, `timeout`, `refused`.
   */
  now(archive: string): Promise<{ readonly proven: boolean }> {
    return this.#lanes.run(archive, () => this.#now(archive));
  }

  /** Backwards from the newest run until it meets the one before it, within a budget of pages. */
  fill(archive: string, isOwn: boolean, wanted: () => boolean): Promise<{ readonly proven: boolean }> {
    return this.#lanes.run(archive, () => this.#fill(archive, isOwn ? firstPages.own : firstPages.room, wanted));
  }

  /** A page of a conversation's history before `segment`. */
  older(archive: string, conversation: string, segment: number, isRoom: boolean): Promise<{ readonly more: boolean }> {
    return this.#lanes.run(archive, () => this.#older(archive, conversation, segment, isRoom));
  }

  async #now(archive: string): Promise<{ proven: boolean }> {
    const session = this.#sessions.get(archive) ?? this.begin(archive, false);
    const result = await this.#upToNow(archive, await session.mark);
    session.caughtUp = true;
    return result;
  }

  async #upToNow(archive: string, mark: number): Promise<{ proven: boolean }> {
    const store = this.#ports.archive;
    const newest = (await store.runs(archive)).at(-1);
    // Whatever was committed before the archive was asked, and it does not have when asked to its end, it has not got.
    const settleBefore = await store.nextRow();
    if (!newest || (newest.toId === undefined && !newest.startReached)) {
      // What was written while nobody was there is received now, for the first time (XEP-0184 §5.5), unless another device
      // of ours has said so: its receipts are in the archive too.
      await this.#latest(archive, mark);
      return { proven: true };
    }
    // An archive that was empty is read from its beginning.
    let after = newest.toId ?? '';
    try {
      for (let page = 0; page < forwardPages; page += 1) {
        const { items, incomings, complete, stable } = await this.#ports.fetch(archive, { after, max: pageSize }, 'catch-up');
        const last = items.at(-1)?.archiveId;
        await store.appendPage({ kind: 'forward', archive, segment: newest.segment, settleBefore, items, complete: complete && stable });
        this.#ports.committed(incomings);
        // What is not stable may still grow a message before its end: it closes no gap.
        if (complete) return { proven: stable && !hasHole(await store.runs(archive)) };
        // No progress: the server would be asked the same for ever, and closes no gap (XEP-0059 §2.1).
        if (last === undefined || last === after) throw new ChatError('protocol', 'a page of the archive without progress');
        after = last;
      }
    } catch (error) {
      // §4.3.2: the server no longer knows the cursor: purged or reset. What is here stays, with a gap after it.
      if (toChatError(error, 'protocol').condition !== 'item-not-found') throw error;
      this.#ports.log.warn(`the archive of ${archive} no longer holds the cursor`);
      await store.abandonCursor(archive);
    }
    const { joined } = await this.#latest(archive, mark);
    return { proven: joined };
  }

  /** Only what an earlier session has heard is before the hole, older than `mark`: this one has heard everything since it began. */
  async #latest(archive: string, mark: number): Promise<PageOutcome> {
    const { items, incomings, complete, stable } = await this.#ports.fetch(archive, { before: '', max: pageSize }, 'catch-up');
    const outcome = await this.#ports.archive.appendPage({ kind: 'latest', archive, settleBefore: mark, items, complete: complete && stable });
    this.#ports.committed(incomings);
    return outcome;
  }

  async #fill(archive: string, first: number, wanted: () => boolean): Promise<{ proven: boolean }> {
    const store = this.#ports.archive;
    const runs = await store.runs(archive);
    const newest = runs.at(-1);
    const before = runs.at(-2);
    if (newest?.fromId === undefined) return { proven: true };
    if (newest.startReached || before?.joined === true) return { proven: true };
    // The first time there is nothing to meet: some pages for a start, the rest when somebody scrolls there.
    const isHole = before !== undefined;
    const note = `backfill:${archive}`;
    const kept = await store.note(note);
    const done = isHole ? 0 : typeof kept === 'number' ? kept : 1;
    let from = newest.fromId;
    for (let page = done; page < (isHole ? holePages : first) && wanted(); page += 1) {
      const { items, incomings, complete, stable } = await this.#ports.fetch(archive, { before: from, max: pageSize }, isHole ? 'catch-up' : 'history');
      const outcome = await store.appendPage({ kind: 'backward', archive, segment: newest.segment, items, complete: complete && stable });
      this.#ports.committed(incomings);
      if (!isHole) await store.setNote(note, page + 1);
      if ((complete && stable) || outcome.joined) return { proven: true };
      if (complete) break;
      const first = items[0]?.archiveId;
      if (first === undefined || first === from) break;
      from = first;
    }
    return { proven: !isHole };
  }

  async #older(archive: string, conversation: string, segment: number, isRoom: boolean): Promise<{ more: boolean }> {
    const store = this.#ports.archive;
    const end = async (): Promise<string> => (await store.segments(conversation)).find((row) => row.segment >= segment && row.firstId !== undefined)?.firstId ?? '';
    let before = await end();
    // From the end: what earlier sessions have heard must have been settled, or it could stand on either side of the page.
    if (before === '' && this.#sessions.get(archive)?.caughtUp !== true) {
      await this.#now(archive);
      before = await end();
    }
    const { items, incomings, complete, stable } = await this.#ports.fetch(archive, { before, max: pageSize, ...(isRoom ? {} : { with: conversation }) }, 'history');
    const outcome = await store.appendPage({ kind: 'history', archive, conversation, segment, items, complete: complete && stable });
    this.#ports.committed(incomings);
    return { more: !complete && !outcome.joined && items.length > 0 };
  }
}
