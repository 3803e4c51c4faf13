import { expect } from '@open-wc/testing';
import { deleteDatabase, openDatabase, openExisting } from '../../src/archive/open-database.js';
import type { Clock } from '../../src/base/clock.js';

const step = (name: string) => ({ name, run: (database: { createObjectStore(name: never): unknown }) => void database.createObjectStore(name as never) });
const first = [step('one')];
const second = [...first, step('two')];
/** Time that only passes when told. */
function slowClock(): Clock & { pass(): void } {
  const due: (() => void)[] = [];
  return { now: () => 0, after: (_ms, run) => { due.push(run); return () => void due.splice(due.indexOf(run), 1); }, pass: () => due.splice(0).forEach((run) => run()) };
}

describe('openDatabase', () => {
  const name = 'test-open-database';
  afterEach(async () => deleteDatabase(name));

  it('runs the migrations that a database has not had, in order', async () => {
    const old = await openDatabase(name, first);
    expect([...old.objectStoreNames]).to.deep.equal(['one']);
    old.close();
    const now = await openDatabase(name, second);
    expect([...now.objectStoreNames]).to.deep.equal(['one', 'two']);
    expect(now.version).to.equal(2);
    now.close();
  });

  it('closes for a page that upgrades, and says so', async () => {
    const reasons: string[] = [];
    const old = await openDatabase(name, first, { onClosed: (reason) => reasons.push(reason) });
    const now = await openDatabase(name, second);
    expect(reasons).to.deep.equal(['upgraded']);
    expect(() => old.transaction('one' as never)).to.throw();
    now.close();
  });

  it('opens one that is there, and makes and upgrades none, where that is asked for', async () => {
    expect(await openExisting(name, first)).to.equal(undefined);
    expect((await indexedDB.databases()).map((database) => database.name)).to.not.include(name);
    (await openDatabase(name, first)).close();
    expect(await openExisting(name, second), 'an older one').to.equal(undefined);
    const found = await openExisting(name, first);
    expect([...found!.objectStoreNames]).to.deep.equal(['one']);
    found!.close();
  });

  it('refuses a database of a later version', async () => {
    (await openDatabase(name, second)).close();
    expect(await openDatabase(name, first).catch((error: unknown) => error)).to.include({ name: 'ChatError', code: 'storage' });
  });

  it('gives up on a page that will not let go, and does not hold the database later', async () => {
    const stubborn = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error!);
    });
    const clock = slowClock();
    const warnings: string[] = [];
    const waited = new Promise<void>((resolve) => {
      void openDatabase(name, second, { clock, log: { debug() {}, warn: (text) => { warnings.push(text); resolve(); } } }).catch((error: unknown) => warnings.push(String((error as { code: string }).code)));
    });
    await waited;
    clock.pass();
    await Promise.resolve();
    stubborn.close();
    await deleteDatabase(name);
    expect(warnings).to.have.length(2);
    expect(warnings[1]).to.equal('storage');
  });

  it('waits no longer than it says to delete', async () => {
    const stubborn = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 1);
      request.onsuccess = () => resolve(request.result);
    });
    const clock = slowClock();
    const pending = deleteDatabase(name, clock).catch((error: unknown) => error);
    clock.pass();
    expect(await pending).to.include({ name: 'ChatError', code: 'storage' });
    stubborn.close();
  });
});
