import { expect } from '@open-wc/testing';
import { openDB } from 'idb';
import type { IDBPDatabase } from 'idb';
import { archiveMigrations } from '../../src/archive/schema.js';
import { BOB, destroyAll, draft, forward, items, message, NOW, open } from './fixtures.js';

describe('sound archives', () => {
  afterEach(destroyAll);

  /** Opens an archive with something of everything in it, damages it by hand, and asks. */
  async function damaged(damage: (database: IDBPDatabase) => unknown): Promise<boolean> {
    const { archive, name } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.append([[message('live')]]);
    await archive.enqueue(draft('own'), 'origin', NOW);
    expect(await archive.sound()).to.equal(true);
    const database = await openDB(name);
    await damage(database);
    database.close();
    return archive.sound();
  }

  it('one that nobody has touched is sound, an empty one too', async () => {
    expect(await damaged(() => {})).to.equal(true);
    expect(await (await open()).archive.sound()).to.equal(true);
  });

  it('messages that are gone, some or all', async () => {
    expect(await damaged((database) => database.clear('messages'))).to.equal(false);
    expect(await damaged(async (database) => database.delete('messages', (await database.getAllKeys('messages')).at(-1)!))).to.equal(false);
  });

  it('a counter that would give ids out again', async () => {
    expect(await damaged((database) => database.clear('counters'))).to.equal(false);
    expect(await damaged((database) => database.put('counters', 'many', 'row'))).to.equal(false);
    expect(await damaged((database) => database.put('counters', 2, 'row'))).to.equal(false);
  });

  it('rows of another shape', async () => {
    expect(await damaged((database) => database.put('conversations', { jid: BOB }))).to.equal(false);
    expect(await damaged((database) => database.put('outbox', { id: 1, originId: 'x', message: 'none' }))).to.equal(false);
  });

  it('stores and indexes that are not there', async () => {
    const make = async (upgrade: (database: IDBPDatabase) => void): Promise<boolean> => {
      const name = `test-${crypto.randomUUID()}`;
      (await openDB(name, archiveMigrations.length, { upgrade })).close();
      return (await open(name)).archive.sound();
    };
    expect(await make((database) => void database.createObjectStore('counters'))).to.equal(false);
    const whole = archiveMigrations[0]!;
    expect(await make((database) => {
      whole.run(database as never, undefined as never);
      database.deleteObjectStore('messages');
      database.createObjectStore('messages', { keyPath: 'id' });
    })).to.equal(false);
  });
});
