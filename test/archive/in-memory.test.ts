import { expect } from '@open-wc/testing';
import { deleteEverything, openAccounts } from '../../src/archive/accounts.js';
import { memoryDatabases } from '../../src/archive/memory-databases.js';
import { deleteDatabase, keepIn } from '../../src/archive/open-database.js';
import { backward, BOB, destroyAll, draft, edit, expectTimeline, forward, history, items, latest, message, NOW, open } from './fixtures.js';

// Where a browser refuses storage, or it fails, the same archive runs on databases in memory.
describe('archive in memory', () => {
  beforeEach(() => keepIn(memoryDatabases()));
  afterEach(async () => {
    await destroyAll();
    keepIn();
  });

  it('leaves nothing on the disk', async () => {
    const { archive, name } = await open();
    await archive.append([[message('here')]]);
    expect((await indexedDB.databases()).map((database) => database.name)).to.not.include(name);
    keepIn();
    expect(await (await open(name)).archive.conversations(), 'the disk knows nothing of it').to.deep.equal([]);
  });

  it('reads, moves and closes a gap as on disk', async () => {
    const { archive } = await open();
    await archive.appendPage(latest(items('s3', 's4')));
    const [first] = await archive.window(BOB, {}, 10);
    expect(first?.kind).to.equal('gap');
    await archive.appendPage(history(first?.kind === 'gap' ? first.segment : 0, items('s1', 's2'), { complete: true }));
    await expectTimeline(archive, 's1 s2 s3 s4');
    expect(await archive.hasFact('message', BOB, '', false)).to.equal(false);
    expect(await archive.sound()).to.equal(true);
    await archive.setDraft(BOB, 'half');
    await archive.setNote('x', { y: 1 });
    expect([(await archive.conversation(BOB))?.draft, await archive.note('x')]).to.deep.equal(['half', { y: 1 }]);
  });

  it('is searched, before its index is made and afterwards', async () => {
    const { archive } = await open();
    await archive.append(Array.from({ length: 700 }, (_, i) => [message(`word ${i}`)]));
    const look = async (): Promise<unknown[]> => (await archive.search('wor 69')).found.map(({ row }) => row.state.body);
    const before = await look();
    expect(before).to.have.length(11);
    // oxlint-disable-next-line no-await-in-loop, no-empty -- until there is no more to do
    while (await archive.indexMore()) {}
    expect(await look()).to.deep.equal(before);
  });

  it('tells a page that another has deleted what it has open', async () => {
    const reasons: string[] = [];
    const { archive, name } = await open(undefined, { onClosed: (reason) => reasons.push(reason) });
    await deleteDatabase(name);
    expect(reasons).to.deep.equal(['deleted']);
    expect(await archive.conversations().catch((error: unknown) => error)).to.include({ code: 'storage' });
  });

  it('does all that it does on disk', async () => {
    const { archive, name } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.append([[message('live')], [edit('message-live', 'edited')]]);
    await archive.enqueue(draft('own'), 'origin-own', NOW);
    await expectTimeline(archive, 's1 s2 edited own');
    await archive.markSent(['origin-own']);
    await archive.appendPage(latest(items('s5'), { settleBefore: await archive.nextRow() }));
    await archive.appendPage(backward(1, items('s2', 's3', 's4')));
    await expectTimeline(archive, 's1 s2 edited own s3 s4 s5');
    expect((await archive.conversation(BOB))?.unread).to.equal(1);
    await archive.markRead(BOB);
    await archive.put('rooms', [{ jid: 'r@x', autojoin: true, bookmarked: true }]);
    archive.close();
    const { archive: again } = await open(name);
    await expectTimeline(again, 's1 s2 edited own s3 s4 s5');
    expect(await again.all('rooms')).to.have.length(1);
    await again.removeConversation(BOB);
    expect(await again.conversations()).to.deep.equal([]);
  });

  it('fails whole', async () => {
    const { archive, pokes } = await open();
    await archive.enqueue(draft('one'), 'origin', NOW);
    pokes.length = 0;
    expect(await archive.enqueue(draft('two'), 'origin', NOW).catch((error: unknown) => error)).to.include({ code: 'storage' });
    await expectTimeline(archive, '| one');
    expect(pokes).to.deep.equal([]);
  });

  it('forgets', async () => {
    const accounts = await openAccounts();
    await accounts.put({ slot: 'messenger', jid: BOB, mode: 'anonymous' });
    accounts.close();
    await deleteEverything();
    const again = await openAccounts();
    expect(await again.all()).to.deep.equal([]);
    again.close();
    await deleteEverything();
  });
});
