import { expect } from '@open-wc/testing';
import type { Fact } from '../../src/model/fact.js';
import { destroyAll, forward, item, ME, message, open } from './fixtures.js';

const TOTAL = 10_000;
const PAGE = 100;

/** Writes rows of the same content with as many indexes into a bare database, as pages are. */
async function rawPuts(rows: readonly object[]): Promise<number> {
  const name = `test-raw-${crypto.randomUUID()}`;
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore('messages', { keyPath: 'id' });
      store.createIndex('place', 'place');
      store.createIndex('archiveId', ['archive', 'archiveId']);
      store.createIndex('messageId', ['conversation', 'messageId']);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
  const began = performance.now();
  for (let i = 0; i < rows.length; i += PAGE) {
    // oxlint-disable-next-line no-await-in-loop -- page after page
    await new Promise<void>((resolve, reject) => {
      const tx = database.transaction('messages', 'readwrite', { durability: 'relaxed' });
      for (const row of rows.slice(i, i + PAGE)) tx.objectStore('messages').put(row);
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error!);
    });
  }
  const took = performance.now() - began;
  database.close();
  indexedDB.deleteDatabase(name);
  return took;
}

describe('throughput', () => {
  afterEach(destroyAll);

  it('takes a long absence in pages; its cost beside bare puts of the same rows is printed', async function () {
    this.timeout(120_000);
    const facts: Fact<'message'>[] = Array.from({ length: TOTAL }, (_, i) => message(`message number ${i}`, { with: `person-${i % 40}@example.org`, id: `id-of-message-${i}`, mine: i % 3 === 0 }));
    const { archive } = await open();
    const began = performance.now();
    for (let i = 0; i < TOTAL; i += PAGE) {
      // oxlint-disable-next-line no-await-in-loop -- page after page
      await archive.appendPage(forward(facts.slice(i, i + PAGE).map((fact, j) => item(`archive-${i + j}`, fact)), { complete: i + PAGE >= TOTAL }));
    }
    const took = performance.now() - began;
    const raw = await rawPuts(facts.map((fact, i) => ({ ...fact, id: i, place: [fact.conversation, 0, i], archiveId: `archive-${i}`, state: { body: fact.body, attachments: [] } })));
    console.log(`appendPage: ${TOTAL} messages, ${(took / raw).toFixed(2)} times the bare puts (${Math.round(took)} ms, ${Math.round(raw)} ms)`);
    expect((await archive.runs(ME))[0]?.toId).to.equal(`archive-${TOTAL - 1}`);
    const window = await archive.window('person-7@example.org', {}, TOTAL);
    expect(window).to.have.length(TOTAL / 40);
  });
});
