import { expect } from '@open-wc/testing';
import type { ContactRow } from '../../src/model/contact.js';
import { BOB, CAROL, destroyAll, open } from './fixtures.js';

const contact = (jid: string, name: string): ContactRow => ({ jid, name, groups: [], subscription: 'both', asked: false });

describe('shelf', () => {
  afterEach(destroyAll);

  it('keeps rows by address', async () => {
    const { archive, pokes, name } = await open();
    await archive.put('contacts', [contact(BOB, 'Bob'), contact(CAROL, 'Carol')]);
    await archive.put('contacts', [contact(CAROL, 'Caroline')], [BOB, 'nobody']);
    await archive.put('contacts', []);
    expect(pokes).to.deep.equal([{ kind: 'shelf', shelf: 'contacts' }, { kind: 'shelf', shelf: 'contacts' }]);
    expect(await archive.get('contacts', BOB)).to.equal(undefined);
    expect(await archive.some('contacts', [BOB, CAROL, CAROL])).to.deep.equal([contact(CAROL, 'Caroline'), contact(CAROL, 'Caroline')]);
    expect(await archive.get('contacts', CAROL)).to.deep.equal(contact(CAROL, 'Caroline'));
    await archive.replace('contacts', [contact(BOB, 'Robert')]);
    archive.close();
    const { archive: again } = await open(name);
    expect(await again.all('contacts')).to.deep.equal([contact(BOB, 'Robert')]);
  });

  it('reads thousands, in the order of their addresses', async () => {
    const { archive } = await open();
    for (const count of [1_000, 2_345]) {
      const rows = Array.from({ length: count }, (_, i) => contact(`p${String(i).padStart(4, '0')}@x`, `${i}`));
      await archive.replace('contacts', rows.toReversed()); // oxlint-disable-line no-await-in-loop -- one after the other
      expect(await archive.all('contacts')).to.deep.equal(rows); // oxlint-disable-line no-await-in-loop -- one after the other
    }
  });

  it('keeps pictures', async () => {
    const { archive } = await open();
    await archive.put('avatars', [{ jid: BOB, hash: 'h', picture: new Blob(['png'], { type: 'image/png' }) }]);
    const row = await archive.get('avatars', BOB);
    expect(await row!.picture!.text()).to.equal('png');
  });

  it('keeps named values', async () => {
    const { archive } = await open();
    expect(await archive.note('sm')).to.equal(undefined);
    await archive.setNote('sm', { id: 'x', h: 3, queue: ['<message/>'] });
    expect(await archive.note('sm')).to.deep.equal({ id: 'x', h: 3, queue: ['<message/>'] });
    await archive.setNote('sm', undefined);
    expect(await archive.note('sm')).to.equal(undefined);
    await archive.enqueue({ conversation: 'b@x', chatType: 'chat', sender: 'me@x', archive: 'me@x', body: 'one' }, 'origin-1', 0);
    await archive.setNote('sm', { h: 1 }, true);
    expect(await archive.note('sm')).to.deep.equal({ h: 1, row: await archive.nextRow() });
  });
});
