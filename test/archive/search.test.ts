import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openDatabase } from '../../src/archive/open-database.js';
import { archiveMigrations } from '../../src/archive/schema.js';
import type { ArchiveDatabase, ArchiveSchema } from '../../src/archive/schema.js';
import { search } from '../../src/archive/search.js';
import { SearchIndex } from '../../src/archive/search-index.js';
import type { SearchHeader } from '../../src/archive/search-block.js';
import { silentLog } from '../../src/base/log.js';
import type { SearchOptions } from '../../src/model/search.js';
import { BOB, CAROL, destroyAll, edit, message, NOW, open } from './fixtures.js';

type Room = { archive: Archive; database: ArchiveDatabase; index: SearchIndex };
const opened: ArchiveDatabase[] = [];

/** An archive whose index is made of blocks of four and more. */
async function searchable(bodies: readonly string[], rows = 4): Promise<Room> {
  const { archive, name } = await open();
  const database = await openDatabase<ArchiveSchema>(name, archiveMigrations);
  opened.push(database);
  const room = { archive, database, index: new SearchIndex(database, async () => {}, silentLog, rows) };
  await hear(room, bodies);
  return room;
}
const hear = async ({ archive }: Room, bodies: readonly string[], conversation = BOB): Promise<void> =>
  archive.append(bodies.map((body, i) => [message(body, { id: `message-${conversation}-${body.slice(0, 20)}-${i}`, with: conversation, at: NOW + i })]));
async function indexAll({ index }: Room): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop, no-empty -- until there is no more to do
  while (await index.step()) {}
}
const found = async ({ database }: Room, words: string, options: SearchOptions = {}): Promise<string[]> => (await search(database, words, options, silentLog)).found.map(({ row }) => row.state.body);
const headers = async ({ database }: Room): Promise<SearchHeader[]> => (await database.getAll('search', IDBKeyRange.bound([0], [0, []]))) as SearchHeader[];
const counted = (count: number, word = 'word'): string[] => Array.from({ length: count }, (_, i) => `${word} ${i}`);

describe('search', () => {
  afterEach(async () => {
    for (const database of opened.splice(0)) database.close();
    await destroyAll();
  });

  it('finds before anything is indexed, and the same afterwards, newest first', async () => {
    const room = await searchable(['one', 'two and one', 'three', 'One!', 'two', 'einser']);
    expect(await found(room, 'one')).to.deep.equal(['One!', 'two and one', 'one']);
    await indexAll(room);
    expect((await headers(room)).map(({ rows }) => rows)).to.deep.equal([6]);
    expect(await found(room, 'one')).to.deep.equal(['One!', 'two and one', 'one']);
    expect(await found(room, 'two on')).to.deep.equal(['two and one']);
    expect(await found(room, 'tw')).to.deep.equal(['two', 'two and one']);
    expect(await found(room, 'four')).to.deep.equal([]);
  });

  it('small blocks become large ones, and say the same', async () => {
    const room = await searchable(counted(300));
    await indexAll(room);
    const made = await headers(room);
    expect(made.map(({ rows }) => rows)).to.deep.equal([256, 32, 12]);
    expect(made.every(({ from }, i) => from === (made[i - 1]?.to ?? 0) + 1)).to.equal(true);
    expect(await found(room, 'word 123')).to.deep.equal(['word 123']);
    expect(await found(room, 'word', { limit: 3 })).to.deep.equal(['word 299', 'word 298', 'word 297']);
  });

  it('goes on from where it was left, in one conversation or in all', async () => {
    const room = await searchable(counted(30));
    await hear(room, counted(30, 'words'), CAROL);
    await indexAll(room);
    const all: string[] = [];
    for (let more: SearchOptions['before']; ; ) {
      // oxlint-disable-next-line no-await-in-loop -- page by page
      const page = await search(room.database, 'word', { limit: 7, ...(more && { before: more }) }, silentLog);
      expect(page.all).to.equal(true);
      all.push(...page.found.map(({ row }) => row.state.body));
      if (!page.more) break;
      ({ more } = page);
    }
    expect(all).to.deep.equal(Array.from({ length: 30 }, (_, i) => [`words ${29 - i}`, `word ${29 - i}`]).flat());
    expect(await found(room, 'word 3', { conversation: CAROL })).to.deep.equal(['words 3']);
    expect(await found(room, 'word', { conversation: 'nobody@example.org' })).to.deep.equal([]);
  });

  it('a text that was corrected is found by its new words at once, and its old ones are forgotten', async () => {
    const room = await searchable(counted(9));
    await indexAll(room);
    await room.archive.append([[edit(`message-${BOB}-word 2-2`, 'secret')], [edit(`message-${BOB}-word 3-3`, 'plain')]]);
    await room.archive.append([[edit(`message-${BOB}-word 2-2`, 'open')]]);
    expect(await found(room, 'open')).to.deep.equal(['open']);
    expect(await found(room, 'word 2')).to.deep.equal([]);
    await indexAll(room);
    expect(await room.database.count('searchMarks')).to.equal(0);
    expect(await found(room, 'open')).to.deep.equal(['open']);
    expect(await found(room, 'secret')).to.deep.equal([]);
    expect(await wordsKept(room)).to.contain('plain');
    expect(await wordsKept(room)).to.not.contain('secret');
  });

  it('of a removed conversation no word stays; what comes afterwards is found', async () => {
    const room = await searchable([...counted(10), 'confidential']);
    await hear(room, ['public', 'notices', 'are', 'here', 'too'], CAROL);
    await indexAll(room);
    await room.archive.removeConversation(BOB);
    await hear(room, ['public again', 'a', 'b', 'c', 'd']);
    expect(await found(room, 'word')).to.deep.equal([]);
    await indexAll(room);
    expect(await found(room, 'public')).to.deep.equal(['public again', 'public']);
    expect(await wordsKept(room)).to.contain('notices');
    expect(await wordsKept(room)).to.not.contain('confidential');
    expect(await room.database.count('searchMarks')).to.equal(0);
  });

  it('a block that is damaged is looked through, and made again', async () => {
    for (const damage of [
      async (room: Room, { from }: SearchHeader) => room.database.delete('search', [2 + ('w'.codePointAt(0)! % 32), from]),
      async (room: Room, { from }: SearchHeader) => room.database.delete('search', [1, from]),
      async (room: Room, header: SearchHeader) => room.database.put('search', { ...header, format: 0 }, [0, header.from]),
      async (room: Room) => room.database.clear('search'),
    ]) {
      // oxlint-disable no-await-in-loop -- one after the other
      const room = await searchable(counted(20));
      await indexAll(room);
      await damage(room, (await headers(room))[0]!);
      expect(await found(room, 'word 1', { limit: 100 })).to.have.length(11);
      await indexAll(room);
      const result = await search(room.database, 'word 1', { limit: 100 }, silentLog);
      expect([result.found.length, result.all]).to.deep.equal([11, true]);
      // oxlint-enable no-await-in-loop
    }
  });

  it('says when there was too much to look through', async () => {
    const room = await searchable(counted(2_500), 512);
    const early = await search(room.database, 'word 7', { limit: 100 }, silentLog);
    expect(early.all).to.equal(false);
    await indexAll(room);
    const result = await search(room.database, 'word 7', { limit: 1_000 }, silentLog);
    expect([result.all, result.found.length]).to.deep.equal([true, 111]);
  });

  it('texts made to be hostile cost the index little, and are found', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => i.toString(36).padStart(5, 'x')).join(' ');
    const bodies = ['a'.repeat(65_000), `needle ${many}`, '\u200b'.repeat(65_000), '\u0301'.repeat(65_000), 'z\u0335'.repeat(30_000), '茶'.repeat(30_000), ...counted(10)];
    const room = await searchable(bodies);
    await indexAll(room);
    const [header] = await headers(room);
    expect(header!.wide).to.have.length(1);
    expect((await room.database.getAll('search')).reduce((sum, stored) => sum + ('bytes' in stored ? stored.bytes.length : 0), 0)).to.be.lessThan(1_000);
    const asked = async (words: string): Promise<number[]> => (await found(room, words)).map((body) => bodies.indexOf(body));
    expect(await asked('needle xx7pr')).to.deep.equal([1]);
    expect(await asked('aaaa')).to.deep.equal([0]);
    expect(await asked('茶茶茶')).to.deep.equal([5]);
    expect(await asked(many)).to.deep.equal([1]);
  });

  it('may be called off', async () => {
    const room = await searchable(counted(50));
    await indexAll(room);
    const control = new AbortController();
    const asked = search(room.database, 'word', { signal: control.signal }, silentLog);
    control.abort(new Error('another word was typed'));
    const error = await asked.then(() => undefined, (thrown: Error) => thrown);
    expect(error?.message).to.equal('another word was typed');
    expect(await found(room, 'word 49')).to.deep.equal(['word 49']);
  });

  it('an archive of the version before opens, and is indexed behind', async () => {
    const name = `test-${crypto.randomUUID()}`;
    const before = await openDatabase<ArchiveSchema>(name, archiveMigrations.slice(0, 1));
    before.close();
    const { archive } = await open(name);
    await archive.append(counted(600).map((body) => [message(body)]));
    expect((await archive.search('word 599')).found).to.have.length(1);
    expect([await archive.indexMore(), await archive.indexMore(), await archive.indexMore()]).to.deep.equal([true, true, false]);
    expect((await archive.search('word 5')).found).to.have.length(50);
  });
});

/** All words of the index, as they would be read by somebody who looks for what should not be there. */
async function wordsKept({ database }: Room): Promise<string> {
  const decoder = new TextDecoder();
  return (await database.getAll('search')).map((stored) => ('bytes' in stored ? decoder.decode(stored.bytes) : '')).join('\n');
}
