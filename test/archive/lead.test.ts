import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import type { Clock } from '../../src/base/clock.js';
import { BOB, ME, NOW, destroyAll, message, open } from './fixtures.js';

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    expect(error).to.be.instanceOf(ChatError);
    return (error as ChatError).code;
  }
};
const fail = (): never => {
  throw new Error('it has not lost it');
};

describe('archive/lead', () => {
  afterEach(destroyAll);

  it('gives each leader a higher epoch, also after all have gone', async () => {
    const one = await open();
    expect(await one.archive.lead.take(() => {})).to.equal(1);
    const two = await open(one.name);
    expect(await two.archive.lead.take(() => {})).to.equal(2);
    one.archive.close();
    two.archive.close();
    const three = await open(one.name);
    expect(await three.archive.lead.take(fail)).to.equal(3);
  });

  it('refuses every kind of write of a leader that was replaced, and tells it once', async () => {
    const { archive: old, name, pokes } = await open();
    const { archive: page } = await open(name);
    let lost = 0;
    await old.lead.take(() => (lost += 1));
    const sent = await old.enqueue({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body: 'before' }, 'origin-1', NOW);
    await old.setNote('sm', 'of the old one');
    await old.put('contacts', [{ jid: BOB, name: 'Bob', groups: [], subscription: 'both', asked: false }]);
    const { archive: leader } = await open(name);
    await leader.lead.take(fail);
    expect(lost, 'nothing was asked yet').to.equal(0);
    pokes.length = 0;
    const [row] = await page.outbox();
    const writes: readonly (() => Promise<unknown>)[] = [
      () => old.append([[message('late')]]),
      () => old.appendPage({ kind: 'latest', archive: ME, items: [], complete: true }),
      () => old.setOutboxState(row!.id, 'inflight'),
      () => old.dispatch({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body: 'late' }, 'origin-2', NOW, true),
      () => old.markSent(['origin-1']),
      () => old.setNote('sm', 'still of the old one'),
      () => old.setNote('sm', { still: 'of the old one' }, true),
      () => old.setNote('sm', undefined),
      () => old.put('contacts', [], [BOB]),
      () => old.replace('rooms', []),
      () => old.put('avatars', [{ jid: BOB, hash: 'h' }]),
      () => old.markRead(BOB),
    ];
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    for (const write of writes) expect(await codeOf(write()), String(write)).to.not.equal('done');
    expect(lost).to.equal(1);
    expect(pokes).to.deep.equal([]);
    expect(await page.outbox()).to.deep.equal([row]);
    expect(await page.note('sm')).to.equal('of the old one');
    expect(await page.get('contacts', BOB)).to.include({ name: 'Bob' });
    expect((await page.window(BOB, {}, 10)).filter(({ kind }) => kind === 'message')).to.have.lengthOf(1);
    await leader.append([[message('of the new one')]]);
    await page.setDraft(BOB, 'pages write as before');
    expect((await old.message(sent.id))?.state.body, 'reading is free').to.equal('before');
  });

  it('also where both began before either was committed', async () => {
    const one = await open();
    const two = await open(one.name);
    const epochs = await Promise.all([one.archive.lead.take(() => {}), two.archive.lead.take(() => {})]);
    const [loser, winner] = epochs[0] < epochs[1] ? [one, two] : [two, one];
    expect(new Set(epochs).size).to.equal(2);
    expect(await Promise.all([codeOf(loser.archive.setNote('x', 1)), codeOf(winner.archive.setNote('x', 2))])).to.deep.equal(['storage', 'done']);
    expect(await one.archive.note('x')).to.equal(2);
  });

  it('proves who leads, and since when that was certain', async () => {
    let now = NOW;
    const clock: Clock = { now: () => now, after: () => () => {} };
    const { archive, name } = await open(undefined, { clock });
    expect(archive.lead.age).to.equal(Infinity);
    let lost = false;
    await archive.lead.take(() => (lost = true));
    expect(archive.lead.age).to.equal(0);
    now += 1000;
    expect(archive.lead.age).to.equal(1000);
    await archive.setNote('x', 1);
    expect(archive.lead.age, 'a write is a proof').to.equal(0);
    now += 500;
    await archive.lead.prove();
    expect(archive.lead.age).to.equal(0);
    now -= 3_600_000;
    expect(archive.lead.age, 'a clock that was set back proves nothing').to.equal(Infinity);
    const { archive: other } = await open(name);
    await other.lead.take(fail);
    expect(await codeOf(archive.lead.prove())).to.equal('offline');
    expect(lost).to.equal(true);
    archive.close();
    expect(await codeOf(archive.lead.prove())).to.equal('storage');
  });

  it('cannot be taken where the disk fails, and only who asked is told', async () => {
    const { archive } = await open();
    const unhandled: unknown[] = [];
    const note = (event: PromiseRejectionEvent): void => void unhandled.push(event.reason);
    window.addEventListener('unhandledrejection', note);
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function failing(this: IDBObjectStore, key: IDBValidKey) {
      const request = get.call(this, key);
      this.transaction.abort();
      return request;
    };
    try {
      expect(await codeOf(archive.lead.take(fail))).to.equal('storage');
    } finally {
      IDBObjectStore.prototype.get = get;
    }
    // What fails is told to its transaction before another one begins; that nobody has handled it, in a task after that.
    await archive.note('x');
    await new Promise((resolve) => setTimeout(resolve));
    window.removeEventListener('unhandledrejection', note);
    expect(unhandled).to.deep.equal([]);
  });
});
