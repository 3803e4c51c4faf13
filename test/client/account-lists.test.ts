import { expect } from '@open-wc/testing';
import type { PageArchive } from '../../src/archive/archive-types.js';
import { AccountLists } from '../../src/client/account-lists.js';
import { BOB, destroyAll, message, open } from '../archive/fixtures.js';

describe('client/account-lists', () => {
  afterEach(destroyAll);

  it('names whoever calls himself something together with his address, until nothing is known of him', async () => {
    const lists = new AccountLists();
    const { archive, pokes } = await open();
    await archive.append([[{ ...message('one'), nick: 'Support Team' }]]);
    await lists.open(archive as PageArchive);
    expect(lists.nicknamed(BOB)).to.equal('Support Team (bob)');
    expect(lists.nicknamed('carol@example.org')).to.equal(undefined);
    pokes.length = 0;
    await archive.append([[{ ...message('two'), nick: 'Bob' }]]);
    for (const poke of pokes) if (poke.kind === 'conversations') lists.poke(poke);
    expect(lists.nicknamed(BOB)).to.equal('Bob (bob)');
    await lists.open(undefined);
    expect(lists.nicknamed(BOB)).to.equal(undefined);
  });

  it('reads a shelf once more for all that changes while it is read, and shows the last of it', async () => {
    const lists = new AccountLists();
    const { archive } = await open();
    let reads = 0;
    const all = archive.all.bind(archive);
    archive.all = (async (name: 'rooms') => ((reads += 1), all(name))) as typeof archive.all;
    await lists.open(archive as PageArchive);
    reads = 0;
    const told: Promise<void>[] = [];
    for (let i = 0; i < 50; i += 1) {
      await archive.put('rooms', [{ jid: `room${i}@rooms.example`, autojoin: true, bookmarked: true }]); // oxlint-disable-line no-await-in-loop -- one after the other
      if (i > 40) told.push(lists.shelf('rooms'));
    }
    await Promise.all(told);
    expect(lists.rooms.value).to.have.length(50);
    expect(lists.room('room49@rooms.example')?.autojoin).to.equal(true);
    reads = 0;
    await Promise.all(Array.from({ length: 20 }, () => lists.shelf('rooms')));
    expect(reads).to.be.at.most(2);
    await lists.open(undefined);
    await lists.shelf('rooms');
    expect(lists.room('room49@rooms.example')).to.equal(undefined);
  });
});
