import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connection } from './database.js';
import { Disk } from './disk.js';
import type { Fault, Outcome, Step, Tab } from './disk.js';

const open = async (tab: Tab): Promise<Connection> => tab.open('things', 1, { upgrade: (database) => void database.createObjectStore('things') });
const put = async (database: Connection, key: number, durability: IDBTransactionDurability = 'relaxed'): Promise<void> => {
  const tx = database.transaction('things', 'readwrite', { durability });
  await Promise.all([tx.store.put(`thing ${key}`, key), tx.done]);
};
const keys = async (disk: Disk): Promise<unknown> => {
  const database = await open(disk.tab());
  const found = await database.getAllKeys('things');
  database.close();
  return found;
};
const quiet = async (): Promise<void> => {
  for (let i = 0; i < 30; i += 1) await new Promise((resolve) => setImmediate(resolve)); // oxlint-disable-line no-await-in-loop -- one turn after the other
};
/** What a promise has come to once the disk has nothing more to do. */
async function settled(promise: Promise<unknown>): Promise<string> {
  let state = 'never answered';
  promise.then(
    () => (state = 'done'),
    (error: unknown) => (state = (error as Error).name),
  );
  await quiet();
  return state;
}
const at = (kind: Step['kind'], fault: Fault) => (step: Step): Fault | undefined => (step.kind === kind && step.mode !== 'versionchange' ? fault : undefined);

describe('disk', () => {
  it('is one for each device, also under one name', async () => {
    const [one, other] = [new Disk(), new Disk()];
    const database = await open(one.tab());
    await put(database, 1);
    assert.deepEqual(await keys(one), [1]);
    assert.deepEqual(await keys(other), []);
  });

  it('is shared by the tabs of a device, and upgraded by one of them', async () => {
    const disk = new Disk();
    const [one, other] = await Promise.all([open(disk.tab()), open(disk.tab())]);
    await put(one, 1);
    assert.equal(await other.get('things', 1), 'thing 1');
  });

  it('counts every operation: the same work, the same steps', async () => {
    const run = async (): Promise<string[]> => {
      const disk = new Disk();
      const steps: string[] = [];
      disk.onStep = ({ n, kind, database, changes }) => void steps.push(`${n} ${kind} ${database} ${changes}`);
      const database = await open(disk.tab());
      await put(database, 1);
      await database.get('things', 1);
      return steps;
    };
    const steps = await run();
    assert.deepEqual(steps.slice(-4), ['2 commit things 2', '3 write things 0', '4 commit things 1', '5 read things 0']);
    assert.deepEqual(await run(), steps);
  });

  for (const [fault, name] of [['fail', 'UnknownError'], ['abort', 'AbortError'], ['quota', 'QuotaExceededError']] as const)
    for (const kind of ['write', 'commit'] as const)
      it(`${fault} at a ${kind}: nothing is written, its owner is told, and the next one works`, async () => {
        const disk = new Disk();
        const database = await open(disk.tab());
        await put(database, 1);
        disk.onStep = at(kind, fault);
        assert.equal(await settled(put(database, 2)), name);
        disk.onStep = undefined;
        await put(database, 3);
        assert.deepEqual(await keys(disk), [1, 3]);
      });

  it('fails to open, refuses, and opens again', async () => {
    const disk = new Disk();
    const tab = disk.tab();
    for (const [fault, name] of [['fail', 'UnknownError'], ['quota', 'QuotaExceededError'], ['refuse', 'SecurityError'], ['hang', 'never answered']] as const) {
      disk.onStep = at('open', fault);
      disk.onStep = ({ kind }) => (kind === 'open' ? fault : undefined);
      assert.equal(await settled(open(tab)), name);
    }
    disk.onStep = undefined;
    assert.equal(await settled(open(tab)), 'done');
  });

  it('hangs until it is released; others wait behind it, and it is not busy meanwhile', async () => {
    const disk = new Disk();
    const database = await open(disk.tab());
    disk.onStep = at('commit', 'hang');
    const first = put(database, 1);
    assert.equal(await settled(first), 'never answered');
    disk.onStep = undefined;
    const second = put(database, 2);
    assert.equal(await settled(second), 'never answered');
    disk.release();
    assert.equal(await settled(Promise.all([first, second])), 'done');
    assert.deepEqual(await keys(disk), [1, 2]);
  });

  const cut = async (outcome: Outcome, undo: number | undefined, durabilities: readonly IDBTransactionDurability[], kind: Step['kind'] = 'commit'): Promise<unknown> => {
    const disk = new Disk();
    let dead = 0;
    const database = await open(disk.tab(() => (dead += 1)));
    let key = 0;
    for (const durability of durabilities.slice(0, -1)) await put(database, (key += 1), durability);
    disk.onStep = at(kind, 'kill');
    assert.equal(await settled(put(database, key + 1, durabilities.at(-1))), 'never answered');
    assert.equal(dead, 1);
    disk.onStep = undefined;
    // What runs on in the dead tab reaches nothing.
    const late = put(database, 99);
    disk.reopen(outcome, undo);
    const found = await keys(disk);
    assert.equal(await settled(late), 'never answered');
    assert.deepEqual(await keys(disk), found);
    return found;
  };

  it('a cut at a commit: there, or not, and never reported', async () => {
    assert.deepEqual(await cut('committed', undefined, ['relaxed', 'relaxed', 'strict']), [1, 2, 3]);
    assert.deepEqual(await cut('lost', undefined, ['relaxed', 'relaxed', 'strict']), [1, 2]);
  });

  it('a cut before a commit leaves nothing of the transaction', async () => {
    assert.deepEqual(await cut('committed', undefined, ['relaxed', 'strict'], 'write'), [1]);
  });

  it('a cut loses what was reported, from the end, as far back as the last strict commit', async () => {
    assert.deepEqual(await cut('lost-though-reported', 1, ['relaxed', 'relaxed', 'relaxed']), [1]);
    assert.deepEqual(await cut('lost-though-reported', 9, ['strict', 'relaxed', 'relaxed', 'relaxed']), [1]);
    assert.deepEqual(await cut('lost-though-reported', 9, ['relaxed', 'strict', 'relaxed']), [1, 2]);
  });

  it('a lost commit takes its indexes, overwrites and removals back', async () => {
    const disk = new Disk();
    const make = async (): Promise<Connection> =>
      disk.tab().open('indexed', 1, { upgrade: (made) => void made.createObjectStore('rows', { keyPath: 'id' }).createIndex('name', 'name', { unique: true }) });
    const database = await make();
    const write = async (durability: IDBTransactionDurability, work: (store: { put(row: unknown): unknown; delete(key: number): unknown; clear(): unknown }) => unknown): Promise<void> => {
      const tx = database.transaction('rows', 'readwrite', { durability });
      await Promise.all([work(tx.store), tx.done]);
    };
    await write('strict', async (store) => Promise.all([store.put({ id: 1, name: 'one' }), store.put({ id: 2, name: 'two' })]));
    await write('relaxed', async (store) => store.put({ id: 1, name: 'uno' }));
    await write('relaxed', async (store) => Promise.all([store.delete(2), store.put({ id: 3, name: 'two' })]));
    await write('relaxed', (store) => store.clear());
    assert.equal(disk.undoable, 3);
    disk.reopen('lost-though-reported', 3);
    const again = await make();
    assert.deepEqual(await again.getAll('rows'), [{ id: 1, name: 'one' }, { id: 2, name: 'two' }]);
    assert.deepEqual([await again.getKeyFromIndex('rows', 'name', 'one'), await again.getKeyFromIndex('rows', 'name', 'two'), await again.getKeyFromIndex('rows', 'name', 'uno')], [1, 2, undefined]);
  });

  it('a cut while a database is made leaves none, and it can be made again', async () => {
    for (let n = 1; n <= 3; n += 1) {
      const disk = new Disk();
      disk.onStep = (step) => (step.n === n ? 'kill' : undefined);
      assert.equal(await settled(open(disk.tab())), n <= 2 ? 'never answered' : 'done');
      disk.onStep = undefined;
      disk.reopen('lost');
      assert.deepEqual(await keys(disk), []);
    }
  });

  it('a tab dies by itself, at a commit done or not done; the others go on', async () => {
    for (const [fault, expected] of [['close-tab', [1, 3]], ['close-tab-after', [1, 2, 3]]] as const) {
      const disk = new Disk();
      let dead = 0;
      const [dying, living] = [await open(disk.tab(() => (dead += 1))), await open(disk.tab())];
      await put(dying, 1);
      disk.onStep = at('commit', fault);
      const lost = put(dying, 2);
      assert.equal(await settled(lost), 'never answered');
      disk.onStep = undefined;
      await put(living, 3);
      assert.equal(dead, 1);
      assert.equal(await settled(lost), 'never answered');
      assert.deepEqual(await living.getAllKeys('things'), expected);
    }
  });

  it('a tab that dies while it upgrades does not keep the others waiting', async () => {
    for (const kind of ['open', 'commit'] as const)
      for (const fault of ['close-tab', 'close-tab-after'] as const) {
        const disk = new Disk();
        const tab = disk.tab();
        disk.onStep = (step) => (step.tab === tab && step.kind === kind ? fault : undefined);
        const dying = open(tab);
        const living = open(disk.tab());
        assert.equal(await settled(living), 'done');
        assert.equal(await settled(dying), 'never answered');
        (await living).close();
        assert.deepEqual(await keys(disk), []);
      }
  });

  it('one that is upgraded or deleted has been closed by everybody first, by being asked or by dying', async () => {
    const disk = new Disk();
    const asked: string[] = [];
    const one = await disk.tab().open('things', 1, { upgrade: (made) => void made.createObjectStore('things'), blocking: (from, to) => {
      asked.push(`one ${from} ${to}`);
      one.close();
    } });
    const dying = disk.tab();
    await dying.open('things', 1, { blocking: (from, to) => void asked.push(`other ${from} ${to}`) });
    const upgraded = disk.tab().open('things', 2, { blocked: () => void asked.push('blocked'), upgrade: (made) => void made.createObjectStore('more'), blocking: () => void upgraded.then((connection) => connection.close()) });
    assert.equal(await settled(upgraded), 'never answered');
    dying.close();
    assert.equal(await settled(upgraded), 'done');
    assert.deepEqual(asked, ['one 1 2', 'other 1 2', 'blocked']);
    assert.equal(await settled(disk.tab().open('things', 1)), 'VersionError');
    assert.equal(await settled(disk.tab().delete('things')), 'done');
    assert.deepEqual(await keys(disk), []);
  });
});
