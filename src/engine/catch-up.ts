import type { Archive, PageItem, RunRow } from '../archive/archive-types.js';
import type { OutboxRow } from '../model/message.js';
import type { Incoming } from '../xep/module.js';
import type { Log } from '../base/log.js';
import { ChatError, toChatError } from '../base/error.js';
import { lower, NO_SEGMENT } from '../archive/segments.js';
import { Lanes } from './lanes.js';

/**
 * One query of an archive (XEP-0313 §4), by its archive ids. `before: ''` asks for the newest page, `after: ''` for the oldest;
 * with `since` nothing is in it that does not lie after that.
 */
export type PageAsk = { readonly with?: string; readonly max: number } & ({ readonly after: string } | { readonly before: string; readonly since?: string });

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
  /** Whether an archive says that it takes `since`. */
  readonly takesSince: (archive: string) => boolean;
  /** What a page held was committed. */
  readonly committed: (incomings: readonly Incoming[]) => void;
};

/**
 * What became of a message of unknown fate. `lost`: the archive no longer reaches back to when it was sent, or is
 * another one now; nobody can tell.
 */
export type Fate = 'absent' | 'found' | 'lost';

export const pageSize = 100;
/** Pages fetched when an archive is seen for the first time: of the account, so that the list of conversations fills. */
const firstPages = { own: 5, room: 1 } as const;
/** Pages of one archive fetched backwards in one session to close its holes; what remains is shown as gaps, and taken up again in the next. */
const holePages = 500;
/** Archives of which a page may be asked for before its turn; each keeps it in memory until then. */
const mostAhead = 4;

/**
 * `began`: what separates what was heard before from what this session hears. `caughtUp`: everything from before it has
 * been asked for since. `deaf`: nothing is delivered to it yet, so that what the archive gets now may not be heard.
 */
type ArchiveSession = { readonly began: Promise<number>; caughtUp: boolean; deaf: boolean; pages: number };

/** Where the proven part of an archive ends: the newest run that is one. */
const proven = (run: RunRow): boolean => run.toId !== undefined || run.startReached;

/** The newest run with a hole before it that is worth closing: there is something on the other side. */
function holed(runs: readonly RunRow[]): RunRow | undefined {
  for (let i = runs.length - 1; i > 0; i -= 1) {
    const run = runs[i]!;
    if (run.startReached) return undefined;
    if (run.fromId !== undefined && !runs[i - 1]!.joined) return runs.slice(0, i).some(proven) ? run : undefined;
  }
  return undefined;
}

const isMissing = (error: unknown): boolean => toChatError(error, 'protocol').condition === 'item-not-found';

/**
 * Brings the local copy of server archives up to date. The cursor is the end of the newest proven run and moves with
 * its page in one transaction; what arrives live never moves it. One query of an archive at a time, so that what a
 * person asks for waits for two pages at most: the one that is being written, and the one asked for ahead.
 */
export class CatchUp {
  readonly #ports: CatchUpPorts;
  readonly #lanes = new Lanes();
  readonly #sessions = new Map<string, ArchiveSession>();
  /** Archives that do not do with `since` what they say. */
  readonly #sinceless = new Set<string>();
  /** By archive: the page before an item, asked for before its turn, so that the server looks for it while another one is written here. */
  readonly #ahead = new Map<string, { readonly before: string; readonly origin: 'catch-up' | 'history'; readonly page: Promise<FetchedPage> }>();

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  /**
   * A session of an archive begins: the account's with its stream, a room's when it is joined. To be called before
   * anything of it is committed: what is there already may be followed by what was missed. A resumed stream has missed
   * nothing, and goes on with its session. `deaf`: until `hears` nothing is delivered to it.
   */
  begin(archive: string, resumed: boolean, deaf = false): ArchiveSession {
    const going = this.#sessions.get(archive);
    if (resumed && going) return going;
    const session: ArchiveSession = {
      began: this.#ports.archive.beginSession(archive, resumed).then(({ mark, caughtUp }) => {
        session.caughtUp ||= caughtUp;
        return mark;
      }),
      caughtUp: false,
      deaf,
      pages: 0,
    };
    // Whoever needs it is told; the next one begins anew.
    session.began.catch(() => this.#sessions.get(archive) === session && this.#sessions.delete(archive));
    this.#sessions.set(archive, session);
    return session;
  }

  /** From now on what the archive gets is delivered as well. */
  hears(archive: string): void {
    const session = this.#sessions.get(archive);
    if (session) session.deaf = false;
  }

  /** The stream is lost, and with it every session on it. */
  streamLost(): void {
    this.#sessions.clear();
    this.#ahead.clear();
  }

  /**
   * From the cursor to now: the newest page of what lies after it, where the archive can be asked for that; else one page
   * forward, and where there is more, the newest page next. `fill` closes the hole that is left. Afterwards everything said up to the call is here, or behind a gap that shows. False where the
   * archive's answer may still change (§4.3): to be asked again. `asked` is called when the first question is on its way.
   * @throws ChatError of the query: `offline`, `timeout`, `refused`; `protocol` where the archive contradicts itself.
   */
  now(archive: string, asked = (): void => {}): Promise<boolean> {
    return this.#lanes.run(archive, () => this.#now(archive, asked));
  }

  /**
   * One page backwards into the newest hole that has something on its other side, or of the first few of an archive
   * never seen. True where there is more to fetch.
   */
  fill(archive: string, isOwn: boolean): Promise<boolean> {
    return this.#lanes.run(archive, () => this.#fill(archive, isOwn ? firstPages.own : firstPages.room));
  }

  /** A page of a conversation's history before `segment`. */
  older(archive: string, conversation: string, segment: number, isRoom: boolean): Promise<{ readonly more: boolean }> {
    return this.#lanes.run(archive, () => this.#older(archive, conversation, segment, isRoom));
  }

  /** A page of a conversation from the older side of the gap that `segment` begins with; from its newer side where there is nothing to begin from. */
  newer(archive: string, conversation: string, segment: number, isRoom: boolean): Promise<{ readonly more: boolean }> {
    return this.#lanes.run(archive, () => this.#newer(archive, conversation, segment, isRoom));
  }

  /**
   * Looks for an own message of unknown fate, after `now` has returned true: in all that its archive has got since the
   * end of the run that was the newest when it went out. Asks the server only where that is not all here.
   */
  async lookFor(archive: string, row: OutboxRow): Promise<Fate> {
    const runs = await this.#ports.archive.runs(archive);
    for (let i = runs.length - 1; i >= 0 && (i === runs.length - 1 || runs[i]!.joined); i -= 1) {
      if (row.since !== undefined && runs[i]!.segment <= row.since) return 'absent';
      if (runs[i]!.startReached) return row.since === undefined ? 'absent' : 'lost';
    }
    let after = runs.find((run) => run.segment === row.since)?.toId ?? '';
    for (let page = 0; page < holePages; page += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- each page names the next; between two, others may ask
        const { items, complete, stable } = await this.#lanes.run(archive, () => this.#fetch(archive, { after, max: pageSize, ...(row.chatType === 'chat' ? { with: row.conversation } : {}) }, 'history'));
        if (items.some(({ facts }) => facts.some((fact) => fact.mine && (fact.originId ?? fact.messageId) === row.originId))) return 'found';
        if (complete && stable) return 'absent';
        if (complete) break;
        after = items.at(-1)!.archiveId;
      } catch (error) {
        if (isMissing(error)) return 'lost';
        throw error;
      }
    }
    throw new ChatError('protocol', 'the archive has no end, or is still changing');
  }

  /** A page that leads on: not empty unless nothing lies beyond it, and without the item that it lies beyond (XEP-0059 §2.1). */
  async #fetch(archive: string, ask: PageAsk, origin: 'catch-up' | 'history'): Promise<FetchedPage> {
    const page = await this.#ports.fetch(archive, ask, origin);
    const edges = 'after' in ask ? [ask.after] : [ask.before, ask.since];
    // It would be asked for ever, and a cursor would go back.
    if ((page.items.length === 0 && !page.complete) || page.items.some(({ archiveId }) => edges.includes(archiveId))) throw new ChatError('protocol', 'a page of the archive without progress');
    return page;
  }

  async #now(archive: string, asked = (): void => {}): Promise<boolean> {
    const session = this.#sessions.get(archive) ?? this.begin(archive, false);
    const stable = await this.#upToNow(archive, await session.began, session.deaf, asked);
    session.caughtUp ||= stable;
    return stable;
  }

  async #upToNow(archive: string, mark: number, deaf: boolean, asked: () => void): Promise<boolean> {
    const store = this.#ports.archive;
    // Whatever was committed before the archive was asked, and it does not have when asked to its end, it has not got.
    const [atFirst, settleBefore] = await Promise.all([store.runs(archive), store.nextRow()]);
    let runs = atFirst;
    const newest = runs.at(-1);
    let latest: Promise<FetchedPage> | undefined;
    if (newest && proven(newest)) {
      try {
        const asking = this.#newSince(archive, newest.toId);
        asked();
        const { isNewest, ...page } = await asking;
        if (isNewest && !page.complete) latest = Promise.resolve(page);
        else {
          const { items, incomings, complete, stable } = page;
          // There is more than this page has: the server looks for the newest one while this one is written.
          latest = complete ? undefined : this.#newest(archive);
          await store.appendPage({ kind: 'forward', archive, settleBefore, deaf, items, complete: complete && stable });
          this.#ports.committed(incomings);
          if (!latest) return stable;
          runs = await store.runs(archive);
        }
      } catch (error) {
        // §4.3.2: the server no longer knows the cursor: purged or reset. What is here stays, with a gap after it.
        if (!isMissing(error)) throw error;
        this.#ports.log.warn(`the archive of ${archive} no longer holds the cursor`);
        await store.abandonCursor(archive);
      }
    }
    // Only what an earlier session has heard is before the hole, older than `mark`: this one has heard everything since it began.
    latest ??= this.#newest(archive);
    asked();
    const { items, incomings, complete, stable } = await latest;
    if (!complete) this.#askAhead(archive, items, runs.some(proven) ? 'catch-up' : 'history', runs);
    await store.appendPage({ kind: 'latest', archive, settleBefore: mark, deaf, unstable: !stable, items, complete: complete && stable });
    this.#ports.committed(incomings);
    return stable;
  }

  #newest(archive: string): Promise<FetchedPage> {
    const page = this.#fetch(archive, { before: '', max: pageSize }, 'catch-up');
    // Whoever waits for it is told, and nobody does where the page before it could not be written.
    page.catch(() => {});
    return page;
  }

  /** The newest page of what lies after the cursor; where the archive cannot be asked for that, the oldest. An archive that was empty is read from its beginning. */
  async #newSince(archive: string, cursor: string | undefined): Promise<FetchedPage & { readonly isNewest: boolean }> {
    if (cursor !== undefined && this.#ports.takesSince(archive) && !this.#sinceless.has(archive)) {
      try {
        return { ...(await this.#fetch(archive, { before: '', since: cursor, max: pageSize }, 'catch-up')), isNewest: true };
      } catch (error) {
        const { code } = toChatError(error, 'protocol');
        if ((code !== 'refused' && code !== 'protocol') || isMissing(error)) throw error;
        this.#ports.log.warn(`the archive of ${archive} does not say what is new as it should`, error);
        this.#sinceless.add(archive);
      }
    }
    return { ...(await this.#fetch(archive, { after: cursor ?? '', max: pageSize }, 'catch-up')), isNewest: false };
  }

  /** Asks for the page before `items`, unless they have reached what is here. */
  #askAhead(archive: string, items: readonly PageItem[], origin: 'catch-up' | 'history', runs: readonly RunRow[]): void {
    const before = items[0]?.archiveId;
    const ends = new Set(runs.flatMap(({ fromId, toId }) => [fromId, toId]));
    if (before === undefined || this.#ahead.size >= mostAhead || items.some(({ archiveId }) => ends.has(archiveId))) return;
    const page = this.#fetch(archive, { before, max: pageSize }, origin);
    // Whoever takes it is told.
    page.catch(() => {});
    this.#ahead.set(archive, { before, origin, page });
  }

  #takeAhead(archive: string, before: string, origin: 'catch-up' | 'history'): Promise<FetchedPage> | undefined {
    const ahead = this.#ahead.get(archive);
    this.#ahead.delete(archive);
    return ahead?.before === before && ahead.origin === origin ? ahead.page : undefined;
  }

  async #fill(archive: string, first: number): Promise<boolean> {
    const store = this.#ports.archive;
    const session = this.#sessions.get(archive);
    const runs = await store.runs(archive);
    const hole = holed(runs);
    // The first time there is nothing to meet: some pages for a start, the rest when somebody scrolls there.
    const note = `backfill:${archive}`;
    const kept = hole ? 0 : await store.note(note);
    const done = typeof kept === 'number' ? kept : 1;
    const run = hole ?? (done < first && !runs.slice(0, -1).some(proven) ? runs.at(-1) : undefined);
    if (run?.fromId === undefined || (!hole && run.startReached) || (session && session.pages >= holePages)) {
      this.#ahead.delete(archive);
      return false;
    }
    if (session) session.pages += 1;
    const origin = hole ? 'catch-up' : 'history';
    const fetched = this.#takeAhead(archive, run.fromId, origin) ?? this.#fetch(archive, { before: run.fromId, max: pageSize }, origin);
    await this.#before(fetched, (page) => {
      if (!page.complete && (hole || done + 1 < first)) this.#askAhead(archive, page.items, origin, runs);
      return { kind: 'backward', archive, segment: run.segment, missed: hole !== undefined, ...page };
    });
    if (!hole) await store.setNote(note, done + 1);
    return true;
  }

  async #newer(archive: string, conversation: string, segment: number, isRoom: boolean): Promise<{ more: boolean }> {
    const after = lower(await this.#ports.archive.segments(conversation), segment)?.lastId;
    if (after === undefined) return this.#older(archive, conversation, segment, isRoom);
    let page: FetchedPage;
    try {
      page = await this.#fetch(archive, { after, max: pageSize, ...(isRoom ? {} : { with: conversation }) }, 'history');
    } catch (error) {
      // Purged from the beginning up to there: from the other side it is seen how much.
      if (isMissing(error)) return this.#older(archive, conversation, segment, isRoom);
      throw error;
    }
    const { items, incomings, complete, stable } = page;
    const taken = await this.#ports.archive.appendPage({ kind: 'onward', archive, conversation, segment, items, complete: complete && stable });
    if (taken.segment === NO_SEGMENT) return this.#older(archive, conversation, segment, isRoom);
    const { joined } = taken;
    this.#ports.committed(incomings);
    return { more: !complete && !joined };
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
    const fetched = this.#fetch(archive, { before, max: pageSize, ...(isRoom ? {} : { with: conversation }) }, 'history');
    return this.#before(fetched, (page) => ({ kind: 'history', archive, conversation, segment, ...page }));
  }

  async #before(fetched: Promise<FetchedPage>, pageOf: (page: Pick<FetchedPage, 'items' | 'complete'>) => Parameters<Archive['appendPage']>[0]): Promise<{ more: boolean }> {
    let page: FetchedPage;
    try {
      page = await fetched;
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Archives are purged from their beginning: of what lies before a missing item nothing is left.
      page = { items: [], incomings: [], complete: true, stable: true };
    }
    const { items, incomings, complete, stable } = page;
    const { joined } = await this.#ports.archive.appendPage(pageOf({ items, complete: complete && stable }));
    this.#ports.committed(incomings);
    return { more: !complete && !joined };
  }
}
