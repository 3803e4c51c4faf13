import 'fake-indexeddb/auto';
import { expect } from '@open-wc/testing';
import { deleteEverything, openAccounts } from '../../src/archive/accounts.js';
import { backward, BOB, destroyAll, draft, edit, expectTimeline, forward, items, latest, message, NOW, open } from './fixtures.js';

// Where a browser refuses storage, the same archive runs on an IndexedDB in memory.
describe('archive in memory', () => {
  afterEach(destroyAll);

  it('is the in-memory one that is used', () => {
    expect(Function.prototype.toString.call(indexedDB.open)).to.not.include('native code');
  });

  it('does all that it does on disk', async () => {
    const { archive, name } = await open();
    await archive.appendPage(forward(0, items('s1', 's2')));
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
