import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { backward, BOB, CAROL, destroyAll, draft, dump, edit, forward, history, item, items, latest, ME, message, NOW, open, receipt } from './fixtures.js';

/** Every write there is, on an archive that holds something of everything. */
const writes: Record<string, (archive: Archive, ids: { message: number; outbox: number; failed: number }) => Promise<unknown>> = {
  append: async (archive) => archive.append([[message('new')], [edit('message-live', 'edited')], [receipt('nobody')]]),
  'appendPage forward': async (archive) => archive.appendPage(forward([...items('s8'), item('s9', message('live')), item('s10', message('p1', { mine: true, id: 'origin-p1' }))], { settleBefore: 1000 })),
  'appendPage latest': async (archive) => archive.appendPage(latest(items('s20'), { settleBefore: 1000 })),
  'appendPage backward': async (archive) => archive.appendPage(backward(1, items('s2', 's3'))),
  'appendPage history': async (archive) => archive.appendPage(history(1, items('s2', 's3'))),
  abandonCursor: async (archive) => archive.abandonCursor(ME),
  dispatch: async (archive) => archive.dispatch(draft('another'), 'another', NOW, true),
  openConversation: async (archive) => archive.openConversation('new@example.org', 'chat'),
  removeConversation: async (archive) => archive.removeConversation(BOB),
  setDraft: async (archive) => archive.setDraft(BOB, 'x'),
  markRead: async (archive) => archive.markRead(BOB),
  enqueue: async (archive) => archive.enqueue(draft('another'), 'another', NOW),
  setOutboxState: async (archive, { outbox }) => archive.setOutboxState(outbox, 'inflight'),
  setUploaded: async (archive, { outbox }) => archive.setUploaded(outbox, [{ url: 'https://example.org/' }]),
  markSent: async (archive) => archive.markSent(['origin-p1']),
  markFailed: async (archive, { outbox }) => archive.markFailed(outbox, 'expired'),
  retry: async (archive, { failed }) => archive.retry(failed),
  discard: async (archive, ids) => archive.discard(ids.message),
  put: async (archive) => archive.put('contacts', [{ jid: CAROL, groups: [], subscription: 'both', asked: false }], [BOB]),
  replace: async (archive) => archive.replace('contacts', [{ jid: CAROL, groups: [], subscription: 'both', asked: false }]),
  setNote: async (archive) => archive.setNote('sm', { h: 2 }),
  'setNote with row': async (archive) => archive.setNote('sm', { h: 2 }, true),
};

async function furnished(): Promise<{ archive: Archive; name: string; pokes: unknown[]; ids: { message: number; outbox: number; failed: number } }> {
  const { archive, name, pokes } = await open();
  await archive.appendPage(forward(items('s1', 's2')));
  await archive.appendPage(latest(items('s7')));
  const sent = await archive.enqueue(draft('p1'), 'origin-p1', NOW);
  const failed = await archive.enqueue(draft('p2'), 'origin-p2', NOW);
  await archive.append([[message('live')], [message('live too')]]);
  const rows = await archive.outbox();
  await archive.markFailed(rows[1]!.id, 'expired');
  await archive.put('contacts', [{ jid: BOB, groups: [], subscription: 'both', asked: false }]);
  await archive.setNote('sm', { h: 1 });
  pokes.length = 0;
  return { archive, name, pokes, ids: { message: sent.id, outbox: rows[0]!.id, failed: failed.id } };
}

/** Breaks the `at`-th write request from now on, one way or another; counts them. */
function breakWrites(at: number, how: 'throw' | 'abort' | 'quota'): { readonly count: number; mend(): void } {
  const prototype = IDBObjectStore.prototype;
  const own = { put: prototype.put, add: prototype.add, delete: prototype.delete, clear: prototype.clear };
  let count = 0;
  const wrap = <A extends unknown[], R>(method: (this: IDBObjectStore, ...args: A) => R) =>
    function wrapped(this: IDBObjectStore, ...args: A): R {
      count++;
      if (count === at) {
        if (how === 'throw') throw new DOMException('asked to fail', 'DataCloneError');
        const result = method.apply(this, args);
        if (how === 'abort') this.transaction.abort();
        // A key that is taken: the request fails later, as one over the quota does.
        else own.add.call(this.transaction.objectStore('counters'), 1, 'row');
        return result;
      }
      return method.apply(this, args);
    };
  prototype.put = wrap(own.put);
  prototype.add = wrap(own.add);
  prototype.delete = wrap(own.delete);
  prototype.clear = wrap(own.clear);
  return { get count() { return count; }, mend: () => void Object.assign(prototype, own) };
}

describe('transact', () => {
  afterEach(destroyAll);

  for (const [name, write] of Object.entries(writes)) {
    it(`writes all of ${name} or nothing, and tells nothing before it is written`, async function () {
      this.timeout(60_000);
      const whole = await furnished();
      const counting = breakWrites(0, 'throw');
      try {
        await write(whole.archive, whole.ids);
      } finally {
        counting.mend();
      }
      expect(counting.count, 'it writes').to.be.greaterThan(0);
      const { archive, name: database, pokes, ids } = await furnished();
      const before = await dump(database);
      const shelf = name === 'put' || name === 'replace' || name.startsWith('setNote');
      for (const how of shelf ? (['throw', 'abort'] as const) : (['throw', 'abort', 'quota'] as const)) {
        for (let at = 1; at <= counting.count; at++) {
          const broken = breakWrites(at, how);
          // oxlint-disable-next-line no-await-in-loop -- one failure after the other
          const error = await write(archive, ids).catch((thrown: unknown) => thrown);
          broken.mend();
          expect(error, `${how} at ${at}`).to.include({ name: 'ChatError', code: 'storage' });
          expect((error as Error).cause).to.be.an.instanceOf(DOMException);
          // oxlint-disable-next-line no-await-in-loop -- one failure after the other
          expect(await dump(database), `${how} at ${at}`).to.equal(before);
          expect(pokes).to.deep.equal([]);
        }
      }
      await write(archive, ids);
      expect(await dump(database)).to.not.equal(before);
    });
  }

  it('does not fail a write for a listener that does', async () => {
    const { archive } = await open(undefined, { onPoke: () => { throw new Error('listener'); } });
    await archive.append([[message('one')]]);
    expect(await archive.window(BOB, {}, 10)).to.have.length(2);
  });

  it('says storage when it is closed', async () => {
    const { archive } = await open();
    archive.close();
    for (const work of [archive.append([[message('x')]]), archive.window(BOB, {}, 1), archive.note('x'), archive.all('rooms'), archive.outbox(), archive.setNote('x', 1)]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await work.catch((error: unknown) => error)).to.include({ name: 'ChatError', code: 'storage' });
    }
  });

  it('keeps two pages’ writes apart', async () => {
    const { archive, name } = await open();
    const { archive: second } = await open(name);
    await Promise.all([
      archive.appendPage(forward(items('s1', 's2'))),
      second.enqueue(draft('own'), 'origin', NOW),
      archive.append([[message('live')]]),
      second.setDraft(BOB, 'draft'),
    ]);
    const rows = (await second.window(BOB, {}, 10)).flatMap((entry) => (entry.kind === 'message' ? [entry.row] : []));
    expect(rows.map((row) => row.state.body)).to.have.members(['s1', 's2', 'own', 'live']);
    expect(new Set(rows.map((row) => row.id)).size).to.equal(4);
    expect((await archive.conversation(BOB))?.draft).to.equal('draft');
  });
});
