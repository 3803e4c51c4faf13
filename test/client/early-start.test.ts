// An entry of src/, like the host: what it gives is what the client is made with.
import { expect } from '@open-wc/testing';
import { openAccounts } from '../../src/archive/accounts.js';
import { openPageArchive } from '../../src/archive/page-archive.js';
import { silentLog } from '../../src/base/log.js';
import { openChannel } from '../../src/client/channel.js';
import { ArchiveTimeline } from '../../src/client/timeline.js';
import { startEarly } from '../../src/early-start.js';
import { until } from '../engine/fixtures.js';

const friend = 'friend@localhost';
const ports = { older: async () => ({ more: false }), closed() {} };

/** Counts the transactions that are begun on a database. */
async function transactionsOf<T>(name: string, work: () => Promise<T>): Promise<{ readonly count: number; readonly result: T }> {
  const { transaction } = IDBDatabase.prototype;
  let count = 0;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    if (this.name === name) count += 1;
    return transaction.apply(this, args);
  };
  try {
    return { result: await work(), count };
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
}

describe('early-start', () => {
  let jid: string;
  let slot: string;
  let name: string;

  beforeEach(async () => {
    jid = `early-${crypto.randomUUID()}@localhost`;
    slot = `messenger:${jid}`;
    name = `tertulia/${jid}`;
    const accounts = await openAccounts();
    await accounts.put({ slot, jid, mode: 'login', secret: 's' });
    accounts.close();
    const { archive } = await openPageArchive({ name, onPoke() {}, log: silentLog });
    await archive.enqueue({ conversation: friend, chatType: 'chat', sender: jid, archive: jid, body: 'first' }, 'origin-1', Date.now());
    archive.close();
  });

  afterEach(async () => {
    const accounts = await openAccounts();
    await accounts.remove(slot);
    accounts.close();
    const { archive } = await openPageArchive({ name, onPoke() {}, log: silentLog });
    await archive.destroy();
  });

  it('finds nobody, and makes no database, where nobody is kept', async () => {
    const early = startEarly('messenger:nobody@localhost', friend);
    expect(await early.kept).to.equal(false);
    await early.answered;
    (await early.accounts()).close();
    expect((await indexedDB.databases()).map((database) => database.name)).to.not.include('tertulia/nobody@localhost');
  });

  it('has the first answers ready: lists and a timeline begin without another transaction', async () => {
    const early = startEarly(slot, friend);
    expect(await early.kept).to.equal(true);
    await early.answered;
    const accounts = await early.accounts();
    expect((await accounts.get(slot))?.jid).to.equal(jid);
    const archive = await early.openArchive(name, () => {});
    const { count, result } = await transactionsOf(name, async () => {
      const timeline = new ArchiveTimeline(friend, archive, ports);
      const conversations = await archive.conversations();
      await Promise.all((['contacts', 'requests', 'rooms'] as const).map((shelf) => archive.all(shelf)));
      await until(() => timeline.items !== undefined, 'the rows');
      return { conversations, items: timeline.items };
    });
    expect(count).to.equal(0);
    expect(result.conversations.map((row) => row.jid)).to.deep.equal([friend]);
    expect(result.items?.filter(({ kind }) => kind === 'message')).to.have.lengthOf(1);
    expect((await transactionsOf(name, () => archive.conversations())).count, 'an answer is given once').to.equal(1);
    accounts.close();
    archive.close();
  });

  it('gives no answer that another page has made untrue since', async () => {
    const early = startEarly(slot, friend);
    await early.answered;
    const other = openChannel(name);
    const { archive: theirs } = await openPageArchive({ name, onPoke: (pokes) => other.post({ type: 'poke', pokes }), log: silentLog });
    const told = new Promise<void>((resolve) => {
      const here = openChannel(name);
      here.onMessage(() => {
        here.close();
        resolve();
      });
    });
    await theirs.enqueue({ conversation: friend, chatType: 'chat', sender: jid, archive: jid, body: 'second' }, 'origin-2', Date.now());
    await told;
    const archive = await early.openArchive(name, () => {});
    const items = await archive.window(friend, {}, 75);
    expect(items.flatMap((item) => (item.kind === 'message' ? [item.row.state.body] : []))).to.deep.equal(['first', 'second']);
    expect((await archive.conversations())[0]?.preview?.body).to.equal('second');
    for (const end of [theirs, archive, other, await early.accounts()]) end.close();
  });

  it('hears of what the page before has kept after it was asked, and could not tell any more', async () => {
    const early = startEarly(slot, friend);
    await early.answered;
    const { archive: gone } = await openPageArchive({ name, onPoke() {}, log: silentLog });
    await gone.setDraft(friend, 'half a thought');
    gone.close();
    const drafts: (string | undefined)[] = [];
    let again = false;
    const archive = await early.openArchive(name, (pokes) => {
      for (const poke of pokes) {
        if (poke.kind === 'conversations') drafts.push(...poke.rows.map(({ draft }) => draft));
        else again ||= poke.kind === 'messages' && poke.conversation === friend && poke.reset === true;
      }
    });
    await until(() => drafts.includes('half a thought') && again, 'what it had kept');
    for (const end of [archive, await early.accounts()]) end.close();
  });

  it('is not used for who has been signed out meanwhile', async () => {
    const early = startEarly(slot, friend);
    await early.answered;
    const other = openChannel(name);
    other.post({ type: 'gone' });
    const accounts = await openAccounts();
    await accounts.remove(slot);
    await until(async () => (await (await early.accounts()).get(slot)) === undefined, 'the account gone');
    other.close();
    accounts.close();
  });
});
