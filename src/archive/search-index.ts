/**
 * Makes the search index, behind everything else and a small step at a time. Each step ends in one transaction that puts
 * a block in the place of what it is made of: whenever it is cut off, what is there says truly which rows it holds, and
 * a search looks through the others.
 */
import type { Log } from '../base/log.js';
import { makeBlock, mergeBlocks, searchedRow, searchFormat } from './search-block.js';
import type { SearchBlock, SearchedRow, SearchHeader } from './search-block.js';
import { allHeaders, deleteBlock, gapsOf, rangeOf, readBlock, writeBlock } from './search-store.js';
import type { Gap } from './search-store.js';
import type { ArchiveDatabase } from './schema.js';
import { reading } from './transact.js';

/** A new block holds at least so many messages, or so much text: what is less waits, and a search looks through it. Where more has gathered, eight times as many. */
const leastRows = 64;
const muchText = 256_000;
/** Rows read at once. */
const fewRows = 128;
/** So many neighbours of about one size become one block, up to the last size: 64, 512, 4,096 and 32,768 messages. */
const together = 8;
const lastSize = 3;

/** What has changed since the index was made: by row or conversation, when. */
type Marks = ReadonlyMap<number | string, number>;

export class SearchIndex {
  readonly #database: ArchiveDatabase;
  readonly #pause: () => Promise<void>;
  readonly #log: Log;
  readonly #rows: number;
  #writing = false;
  /** Blocks that have been freed of a conversation already, by its mark. */
  readonly #freed = new Map<number, Set<number>>();

  constructor(database: ArchiveDatabase, pause: () => Promise<void>, log: Log, rows = leastRows) {
    this.#database = database;
    this.#pause = pause;
    this.#log = log;
    this.#rows = rows;
  }

  /** 0 for a new block, one more each time that several have become one. */
  #sizeOf({ rows }: SearchHeader): number {
    return Math.max(0, Math.round(Math.log(Math.max(1, rows) / this.#rows) / Math.log(together)));
  }

  /** Whether there is more to do. */
  async step(): Promise<boolean> {
    return reading(async () => {
      this.#writing = false;
      try {
        return await this.#step();
      } catch (error) {
        // Nothing of it is written, and it is tried again.
        if (this.#writing) throw error;
        // What cannot be read, or says nothing sensible, is made again. Where the disk is to blame, this fails as well.
        this.#log.warn('the search index is made again', error instanceof Error ? error.message : undefined);
        await this.#clear();
        return true;
      }
    });
  }

  async #step(): Promise<boolean> {
    const { headers, marks } = await this.#read();
    if (headers.some(({ format }) => format !== searchFormat)) {
      await this.#clear();
      return true;
    }
    for (const [what, value] of marks) {
      // oxlint-disable-next-line no-await-in-loop -- until there is one to do
      if (typeof what === 'number' ? await this.#changed(headers, marks, what) : await this.#removed(headers, what, value)) return true;
    }
    for (const gap of gapsOf(headers)) {
      // oxlint-disable-next-line no-await-in-loop -- until there is one to do
      if (await this.#fill(gap, marks)) return true;
    }
    return this.#join(headers);
  }

  async #read(): Promise<{ headers: SearchHeader[]; marks: Marks }> {
    const tx = this.#database.transaction(['search', 'searchMarks']);
    const marks = tx.objectStore('searchMarks');
    const [headers, keys, values] = await Promise.all([tx.objectStore('search').getAll(allHeaders), marks.getAllKeys(), marks.getAll()]);
    return { headers: headers as SearchHeader[], marks: new Map(keys.map((key, i) => [key, values[i]!])) };
  }

  async #clear(): Promise<void> {
    const tx = this.#database.transaction(['search'], 'readwrite', { durability: 'relaxed' });
    tx.done.catch(() => {});
    await tx.objectStore('search').clear();
    await tx.done;
  }

  /** Puts a block in the place of others. `done`: marks that it has answered, where they have not been set again meanwhile. */
  async #replace(old: readonly SearchHeader[], block: SearchBlock | undefined, done: Marks): Promise<void> {
    this.#writing = true;
    const tx = this.#database.transaction(['search', 'searchMarks'], 'readwrite', { durability: 'relaxed' });
    // Awaited below; an abort must not count as unhandled before that.
    tx.done.catch(() => {});
    const marks = tx.objectStore('searchMarks');
    const store = tx.objectStore('search');
    await Promise.all([
      ...old.map((header) => deleteBlock(store, header)),
      block && writeBlock(store, block),
      ...Array.from(done, async ([what, value]) => ((await marks.get(what)) === value ? marks.delete(what) : undefined)),
    ]);
    await tx.done;
  }

  /** Whole ones; those that are not are taken away, and their rows are indexed again. */
  async #load(headers: readonly SearchHeader[]): Promise<SearchBlock[] | undefined> {
    const store = this.#database.transaction('search').store;
    const read = await Promise.all(headers.map((header) => readBlock(store, header)));
    const blocks = read.flatMap((block) => block ?? []);
    if (blocks.length === headers.length) return blocks;
    await this.#replace(headers.filter((_, i) => !read[i]), undefined, new Map());
    return undefined;
  }

  /** The words of a stretch that are not in the index yet; false where there are too few to begin. */
  async #fill({ from, to }: Gap, marks: Marks): Promise<boolean> {
    const rows: SearchedRow[] = [];
    let text = 0;
    let next = from;
    const most = together * this.#rows;
    while (rows.length < most && text < muchText) {
      // oxlint-disable-next-line no-await-in-loop -- few at a time, for each may be long
      const read = await this.#database.getAll('messages', IDBKeyRange.bound(next, to), Math.min(fewRows, most - rows.length));
      rows.push(...read.map(searchedRow));
      text = rows.reduce((sum, { body }) => sum + body.length, 0);
      if (read.length === 0) break;
      next = read.at(-1)!.id + 1;
    }
    const full = rows.length >= this.#rows || text >= muchText;
    if (!full && to === Infinity) return false;
    const end = full ? rows.at(-1)!.id : to;
    await this.#replace([], makeBlock(from, end, rows), within(marks, from, end));
    return true;
  }

  async #join(headers: readonly SearchHeader[]): Promise<boolean> {
    for (let size = 0; size < lastSize; size += 1) {
      let run: SearchHeader[] = [];
      for (const header of headers) {
        run = this.#sizeOf(header) > size || (run.length > 0 && run.at(-1)!.to + 1 !== header.from) ? [] : run;
        if (this.#sizeOf(header) <= size) run.push(header);
        if (run.length < together) continue;
        // oxlint-disable-next-line no-await-in-loop -- the one that is done
        const blocks = await this.#load(run);
        // oxlint-disable-next-line no-await-in-loop -- the same
        if (blocks) await this.#replace(run, await mergeBlocks(run[0]!.from, header.to, blocks, () => true, this.#pause), new Map());
        return true;
      }
    }
    return false;
  }

  /** A row's text is another, or it is gone: its block is made again without the old words and with the new ones. */
  async #changed(headers: readonly SearchHeader[], marks: Marks, id: number): Promise<boolean> {
    const header = headers.find(({ from, to }) => from <= id && id <= to);
    // What is not in the index yet will be read as it is then.
    if (!header) return false;
    const done = within(marks, header.from, header.to);
    const messages = this.#database.transaction('messages').store;
    const rows = await Promise.all(Array.from(done.keys(), (row) => messages.get(row as number)));
    const [block] = (await this.#load([header])) ?? [];
    if (!block) return true;
    const fresh = makeBlock(header.from, header.to, rows.flatMap((row) => (row ? searchedRow(row) : [])));
    await this.#replace([header], await mergeBlocks(header.from, header.to, [block, fresh], (row, which) => which === 1 || !done.has(row), this.#pause), done);
    return true;
  }

  /** A conversation is gone: its words go from one block after the other. */
  async #removed(headers: readonly SearchHeader[], jid: string, value: number): Promise<boolean> {
    const freed = this.#freed.get(value) ?? new Set();
    this.#freed.set(value, freed);
    // What has come since stays.
    const header = headers.find(({ from, conversations }) => from < value && conversations.includes(jid) && !freed.has(from));
    if (!header) {
      this.#freed.delete(value);
      await this.#replace([], undefined, new Map([[jid, value]]));
      return true;
    }
    const here = new Set(await this.#database.getAllKeys('messages', rangeOf(header)));
    const [block] = (await this.#load([header])) ?? [];
    if (block) await this.#replace([header], await mergeBlocks(header.from, header.to, [block], (row) => here.has(row), this.#pause), new Map());
    freed.add(header.from);
    return true;
  }
}

const within = (marks: Marks, from: number, to: number): Marks => new Map(Array.from(marks).filter(([what]) => typeof what === 'number' && what >= from && what <= to));
