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
});
