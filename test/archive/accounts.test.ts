import { expect } from '@open-wc/testing';
import { deleteEverything, openAccounts } from '../../src/archive/accounts.js';
import type { AccountRow } from '../../src/model/account.js';
import { message, open, BOB } from './fixtures.js';

const exists = async (name: string): Promise<boolean> => (await indexedDB.databases()).some((database) => database.name === name);

describe('accounts', () => {
  afterEach(async () => deleteEverything());

  it('keeps who signs in where, with a key that cannot be taken out', async () => {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const row: AccountRow = { slot: 'messenger', jid: BOB, mode: 'login', scram: { mechanism: 'SCRAM-SHA-256', salt: 'c2FsdA==', iterations: 4096, key } };
    const accounts = await openAccounts();
    await accounts.put(row);
    await accounts.put({ slot: 'guest:example.org', jid: 'x@example.org', mode: 'guest', secret: 's' });
    accounts.close();
    const again = await openAccounts();
    const read = await again.get('messenger');
    expect({ ...read, scram: undefined }).to.deep.equal({ ...row, scram: undefined });
    expect(read!.scram!.key.extractable).to.equal(false);
    expect((await crypto.subtle.sign('HMAC', read!.scram!.key, new Uint8Array(1))).byteLength).to.equal(32);
    expect(await again.all()).to.have.length(2);
    await again.remove('messenger');
    expect(await again.get('messenger')).to.equal(undefined);
    again.close();
    expect(await again.all().catch((error: unknown) => error)).to.include({ name: 'ChatError', code: 'storage' });
  });

  it('adds somebody new once, whoever comes first', async () => {
    const [one, two] = [await openAccounts(), await openAccounts()];
    const row = (jid: string): AccountRow => ({ slot: 'guest:example.org', jid, mode: 'guest', secret: jid });
    const kept = await Promise.all([one.add(row('a@example.org')), two.add(row('b@example.org'))]);
    expect(kept[0]).to.deep.equal(kept[1]);
    expect(await one.all()).to.deep.equal([kept[0]]);
    // Somebody of whom no secret was kept makes room.
    await one.put({ slot: 'guest:example.org', jid: 'c@example.org', mode: 'guest' });
    expect(await two.add(row('d@example.org'))).to.deep.equal(row('d@example.org'));
    one.close();
    two.close();
  });

  it('leaves nothing behind: open archives close when another page asks', async () => {
    const reasons: string[] = [];
    const { archive, name } = await open(undefined, { onClosed: (reason) => reasons.push(reason) });
    const { name: other } = await open();
    await archive.append([[message('secret')]]);
    expect(await exists(name)).to.equal(true);
    await deleteEverything();
    expect(reasons).to.deep.equal(['deleted']);
    for (const gone of [name, other, 'tertulia']) expect(await exists(gone), gone).to.equal(false); // oxlint-disable-line no-await-in-loop -- three
    expect(await archive.append([[message('x')]]).catch((error: unknown) => error)).to.include({ code: 'storage' });
  });

  it('destroys one archive and forgets its name', async () => {
    const { archive, name } = await open();
    const { name: other } = await open();
    await archive.destroy();
    expect(await exists(name)).to.equal(false);
    expect(await exists(other)).to.equal(true);
  });
});
