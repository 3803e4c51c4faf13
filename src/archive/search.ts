/** Looks for words in all messages: by the index, and in what is not in it yet. Newest first. */
import type { Log } from '../base/log.js';
import type { FoundMark, FoundMessage, SearchOptions, SearchResult } from '../model/search.js';
import { lookUp, markOf, newestFirst, partOf, readDocs, searchFormat } from './search-block.js';
import type { Docs, SearchHeader } from './search-block.js';
import { findIn, readQuery } from './search-text.js';
import type { Query } from './search-text.js';
import { allHeaders, bytesOf, docsKey, gapsOf, partOfAll } from './search-store.js';
import type { Gap } from './search-store.js';
import type { ArchiveDatabase, StoredMessage, StoredPart } from './schema.js';
import { reading } from './transact.js';
import { messageRow } from './unit.js';

/** How much a search looks through by itself, in UTF-16 units, and what a row costs besides: about a tenth of a second. */
const muchText = 2_000_000;
const perRow = 1_000;
/** Rows read at once. */
const fewRows = 128;
/** Blocks whose messages are read at once, the newest; the others when it is their turn. */
const fewBlocks = 8;
/** Rows that have changed since the index was made, and are looked at one by one. */
const manyMarks = 512;

export async function search(database: ArchiveDatabase, words: string, options: SearchOptions, log: Log): Promise<SearchResult> {
  options.signal?.throwIfAborted();
  const query = readQuery(words);
  if (query.wanted.length === 0) return { found: [], all: true };
  try {
    const looking = new Search(database, query, options);
    const result = await looking.run(true);
    // oxlint-disable-next-line no-await-in-loop -- hardly ever one
    for (const { from } of looking.damaged) await database.put('searchMarks', -Date.now(), from);
    return result;
  } catch (error) {
    options.signal?.throwIfAborted();
    // The messages may be well all the same, and the index is made again.
    log.warn('the search index cannot be read', error instanceof Error ? error.message : undefined);
    return reading(async () => new Search(database, query, options).run(false));
  }
}

/** A block in which something may be, newest first; its messages are read when it is their turn. */
type Hits = { readonly header: SearchHeader; readonly found: Uint8Array; packed?: Uint8Array<ArrayBuffer>; docs?: Docs; next: number };
type Candidate = FoundMark & { readonly known?: FoundMessage };

const searchStores = ['search', 'searchMarks', 'messages'] as const;
const open = (database: ArchiveDatabase) => database.transaction(searchStores);

class Search {
  readonly #tx: ReturnType<typeof open>;
  readonly #query: Query;
  readonly #options: SearchOptions;
  /** Blocks that were looked through as if there were none; to be made again. */
  readonly damaged: SearchHeader[] = [];
  #text = muchText;
  #all = true;
  /** Rows that need no index: they have been looked at, and those that match are here. */
  readonly #looked = new Set<number>();
  #direct: FoundMessage[] = [];
  #closed: Hits[] = [];
  #opened: Hits[] = [];

  constructor(database: ArchiveDatabase, query: Query, options: SearchOptions) {
    this.#tx = open(database);
    this.#tx.done.catch(() => {});
    this.#query = query;
    this.#options = options;
  }

  async run(indexed: boolean): Promise<SearchResult> {
    const usable = indexed ? await this.#readIndex() : [];
    const first = Promise.all(this.#closed.slice(0, fewBlocks).map((hits) => this.#readDocs(hits)));
    // Awaited below, unless something else fails first.
    first.catch(() => {});
    for (const gap of gapsOf(usable).toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- the newest first, as far as it goes
      await this.#scan(gap);
    }
    await first;
    this.#direct.sort((a, b) => newestFirst(markOf(a.row), markOf(b.row)));
    return this.#collect();
  }

  async #readDocs(hits: Hits): Promise<void> {
    hits.packed ??= bytesOf(await this.#tx.objectStore('search').get(docsKey(hits.header.from)));
  }

  #check(): void {
    if (!this.#options.signal?.aborted) return;
    this.#tx.abort();
    this.#options.signal.throwIfAborted();
  }

  /** What the index says; the blocks that say anything. */
  async #readIndex(): Promise<SearchHeader[]> {
    const { lookups } = this.#query;
    const store = this.#tx.objectStore('search');
    const needed = [...new Set(lookups.map(({ term }) => partOf(term)))];
    const [headers, marks, ...parts] = await Promise.all([
      store.getAll(allHeaders) as Promise<SearchHeader[]>,
      this.#tx.objectStore('searchMarks').getAllKeys(IDBKeyRange.upperBound(Infinity), manyMarks + 1),
      ...needed.map(async (part) => store.getAll(partOfAll(part)) as Promise<StoredPart[]>),
    ]);
    this.#check();
    if (marks.length > manyMarks) this.#all = false;
    const packed = new Map(needed.map((part, i) => [part, new Map(parts[i]!.map((stored) => [stored.from, bytesOf(stored)]))]));
    const usable = headers.filter((header) => {
      if (header.format !== searchFormat) return false;
      const found = this.#matching(header, (part) => packed.get(part)?.get(header.from));
      if (found && (this.#options.conversation === undefined || header.conversations.includes(this.#options.conversation))) this.#closed.push({ header, found, next: 0 });
      if (!found) this.damaged.push(header);
      return found !== undefined;
    });
    this.#closed.sort((a, b) => b.header.newest - a.header.newest);
    const rows = await Promise.all(marks.map((id) => this.#tx.objectStore('messages').get(id as number)));
    for (const row of rows) if (row) this.#look(row);
    return usable;
  }

  /** Which messages of a block may match; `undefined` where it is damaged. */
  #matching(header: SearchHeader, part: (number: number) => Uint8Array | undefined): Uint8Array | undefined {
    try {
      const all = new Uint8Array(header.rows).fill(1);
      for (const lookup of this.#query.lookups) {
        const number = partOf(lookup.term);
        const bytes = part(number) ?? new Uint8Array(0);
        if (bytes.length !== header.sizes[number]) return undefined;
        const found = lookUp(bytes, lookup, header);
        for (let doc = 0; doc < all.length; doc += 1) all[doc]! &= found[doc]!;
      }
      for (const doc of header.wide) all[doc] = 1;
      return all;
    } catch {
      return undefined;
    }
  }

  /** What is not in the index, as far as there is time. */
  async #scan({ from, to }: Gap): Promise<void> {
    const store = this.#tx.objectStore('messages');
    const few = await store.getAll(IDBKeyRange.bound(from, to), fewRows + 1);
    this.#check();
    if (few.length <= fewRows) return few.forEach((row) => this.#look(row));
    for (let end = to; end >= from; ) {
      const range = IDBKeyRange.bound(from, end);
      // oxlint-disable no-await-in-loop -- from the newest back
      let cursor = await store.openKeyCursor(range, 'prev');
      if (!cursor) return;
      if (this.#text <= 0) {
        this.#all = false;
        return;
      }
      cursor = await cursor.advance(fewRows - 1);
      const rows = await store.getAll(cursor ? IDBKeyRange.bound(cursor.key, end) : range);
      // oxlint-enable no-await-in-loop
      this.#check();
      for (const row of rows) this.#look(row);
      if (!cursor) return;
      end = cursor.key - 1;
    }
  }

  #look(row: StoredMessage): void {
    if (this.#looked.has(row.id)) return;
    this.#looked.add(row.id);
    const match = this.#match(row);
    if (match) this.#direct.push(match);
  }

  #match(row: StoredMessage): FoundMessage | undefined {
    this.#text -= perRow;
    const { conversation, before } = this.#options;
    if (conversation !== undefined && row.conversation !== conversation) return undefined;
    if (before && newestFirst(before, markOf(row)) >= 0) return undefined;
    this.#text -= row.state.body.length;
    const spans = findIn(row.state.body, this.#query);
    return spans && { row: messageRow(row), spans };
  }

  async #collect(): Promise<SearchResult> {
    const { limit = 50 } = this.#options;
    const found: FoundMessage[] = [];
    for (let last: FoundMark | undefined; ; ) {
      const batch: Candidate[] = [];
      while (batch.length < Math.min(limit, fewRows) + 1) {
        // oxlint-disable-next-line no-await-in-loop -- in their order
        const next = await this.#take();
        if (!next) break;
        batch.push(next);
      }
      const store = this.#tx.objectStore('messages');
      // oxlint-disable-next-line no-await-in-loop -- as many as are needed
      const rows = await Promise.all(batch.map(async ({ id, known }) => known ?? store.get(id)));
      this.#check();
      for (const row of rows) {
        if (!row) this.#text -= perRow;
        const match = row && ('spans' in row ? row : this.#match(row));
        if (match && found.length === limit) return { found, more: markOf(found.at(-1)!.row), all: this.#all };
        if (match) found.push(match);
      }
      last = batch.at(-1) ?? last;
      if (batch.length === 0 || !last) return { found, all: this.#all };
      if (this.#text <= 0) return { found, more: { at: last.at, id: last.id }, all: this.#all };
    }
  }

  /** The newest of what has not been taken yet. A block is opened when something in it may be the newest. */
  async #take(): Promise<Candidate | undefined> {
    for (;;) {
      let best: Hits | undefined;
      for (const hits of this.#opened) if (!best || newestFirst(headOf(hits), headOf(best)) < 0) best = hits;
      const [direct] = this.#direct;
      const head = best && (!direct || newestFirst(headOf(best), markOf(direct.row)) < 0) ? headOf(best) : direct && markOf(direct.row);
      const [closed] = this.#closed;
      if (closed && (!head || closed.header.newest >= head.at)) {
        this.#closed.shift();
        // oxlint-disable-next-line no-await-in-loop -- one after the other, until the newest is known
        await this.#open(closed);
      } else if (best && head && best.docs!.ids[best.next] === head.id) {
        this.#advance(best);
        if (!this.#looked.has(head.id)) return head;
      } else if (direct) {
        this.#direct.shift();
        return { ...markOf(direct.row), known: direct };
      } else return undefined;
    }
  }

  async #open(hits: Hits): Promise<void> {
    await this.#readDocs(hits);
    hits.docs = readDocs({ header: hits.header, docs: hits.packed! });
    const { conversation, before } = this.#options;
    const wanted = conversation === undefined ? -1 : hits.header.conversations.indexOf(conversation);
    const { ids, times, conversations } = hits.docs;
    for (let doc = 0; doc < ids.length; doc += 1) {
      if ((wanted >= 0 && conversations[doc] !== wanted) || (before && newestFirst(before, { at: times[doc]!, id: ids[doc]! }) >= 0)) hits.found[doc] = 0;
    }
    hits.next = -1;
    this.#opened.push(hits);
    this.#advance(hits);
  }

  /** To its next message, or away with it. */
  #advance(hits: Hits): void {
    hits.next = hits.found.indexOf(1, hits.next + 1);
    if (hits.next < 0) this.#opened = this.#opened.filter((other) => other !== hits);
  }
}

const headOf = ({ docs, next }: Hits): FoundMark => ({ at: docs!.times[next]!, id: docs!.ids[next]! });
