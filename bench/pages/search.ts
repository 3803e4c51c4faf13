/** Search as the app does it, in a page; and the raw limits: as many rows read by their numbers, and every row looked at. */
import { openPageArchive } from '../../src/archive/page-archive.js';
import { findIn, readQuery } from '../../src/archive/search-text.js';
import { silentLog } from '../../src/base/log.js';
import type { SearchOptions } from '../../src/model/search.js';
import { seeded } from '../../test/sim/random.js';

const open = async (name: string) => openPageArchive({ name, onPoke() {}, log: silentLog });
const limit = 50;

/** What people might type to find these messages again: the beginnings of their words, letter by letter, or two of them; and what is not there. */
async function queriesFor(name: string, count: number): Promise<string[]> {
  const { database } = await open(name);
  const random = seeded(11);
  const last = (await database.transaction('messages').store.openKeyCursor(null, 'prev'))?.key ?? 1;
  const queries: string[] = [];
  while (queries.length < count) {
    // oxlint-disable-next-line no-await-in-loop -- few
    const [row] = await database.getAll('messages', IDBKeyRange.lowerBound(Math.floor(random() * last)), 1);
    const words = row?.state.body.split(/\s+/).filter((word) => readQuery(word).wanted.length > 0) ?? [];
    const [first, second] = [words[Math.floor(random() * words.length)], words[Math.floor(random() * words.length)]];
    if (first === undefined || second === undefined) continue;
    const kind = queries.length % 8;
    queries.push(kind < 4 ? Array.from(first).slice(0, kind + 1).join('') : kind < 6 ? first : kind === 6 ? `${first} ${second}` : `${first}qqq`);
  }
  database.close();
  return queries;
}

/** Milliseconds of each. The first results, newest first. */
async function searchOurs(name: string, queries: readonly string[], conversation?: string): Promise<{ readonly ms: number[]; readonly all: boolean }> {
  const { archive, database } = await open(name);
  // What searches is fetched with the first one.
  await archive.search('qqqq');
  const ms: number[] = [];
  let every = true;
  for (const query of queries) {
    const began = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
    const { all } = await archive.search(query, { limit, ...(conversation !== undefined && { conversation }) });
    ms.push(performance.now() - began);
    every &&= all;
  }
  database.close();
  return { ms, all: every };
}

async function searchRaw(name: string, times: number): Promise<number[]> {
  const { database } = await open(name);
  const last = (await database.transaction('messages').store.openKeyCursor(null, 'prev'))?.key ?? 1;
  const ms: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const from = 1 + Math.floor((last * time) / times);
    const began = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
    await database.getAll('messages', IDBKeyRange.lowerBound(from), limit);
    ms.push(performance.now() - began);
  }
  database.close();
  return ms;
}

/** Every row looked at, for one query: what it takes, and whether the index finds as many. */
async function scanAll(name: string, words: string): Promise<{ readonly ms: number; readonly scanned: number; readonly found: number }> {
  const { archive, database } = await open(name);
  const began = performance.now();
  const query = readQuery(words);
  let scanned = 0;
  for (let from = 0; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- all at once would not fit
    const rows = await database.getAll('messages', IDBKeyRange.lowerBound(from, true), 2_000);
    scanned += rows.filter((row) => findIn(row.state.body, query)).length;
    if (rows.length === 0) break;
    from = rows.at(-1)!.id;
  }
  const ms = performance.now() - began;
  let count = 0;
  for (let before: SearchOptions['before']; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- page by page
    const { found, more } = await archive.search(words, { limit: 1_000, ...(before && { before }) });
    count += found.length;
    if (!more) break;
    before = more;
  }
  database.close();
  return { ms, scanned, found: count };
}

/** Bytes: of all texts in UTF-8; of the index, with its keys as they are stored (UTF-8 and eight a number). */
async function indexSize(name: string): Promise<{ readonly text: number; readonly index: number }> {
  const { database } = await open(name);
  const encoder = new TextEncoder();
  let text = 0;
  for (let from = 0; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- all at once would not fit
    const rows = await database.getAll('messages', IDBKeyRange.lowerBound(from, true), 2_000);
    for (const row of rows) text += encoder.encode(row.state.body).length;
    if (rows.length === 0) break;
    from = rows.at(-1)!.id;
  }
  let index = 0;
  for (const stored of await database.getAll('search')) index += 20 + ('bytes' in stored ? stored.bytes.length + 24 : JSON.stringify(stored).length);
  database.close();
  return { text, index };
}

Object.assign(globalThis, { queriesFor, searchOurs, searchRaw, scanAll, indexSize });
