import { expect } from '@open-wc/testing';
import { silentLog } from '../../src/base/log.js';
import { ChatError } from '../../src/base/error.js';
import { LiveStore } from '../../src/engine/live-store.js';
import { SeenTeller } from '../../src/engine/seen-teller.js';
import type { Archive, Poke } from '../../src/archive/archive-types.js';
import type { Seen } from '../../src/model/conversation.js';
import type { XepModule } from '../../src/xep/module.js';
import { BOB, CAROL, destroyAll, message, open } from '../archive/fixtures.js';
import { until } from './fixtures.js';
import { fakeContext, TestClock } from '../support/xep-context.js';

type World = { readonly archive: Archive; readonly clock: TestClock; readonly told: Seen[]; readonly teller: SeenTeller; show(catchingUp: boolean, status?: 'online' | 'offline'): void; fail: ChatError | undefined };

async function world(): Promise<World> {
  let teller: SeenTeller | undefined;
  const { archive } = await open(undefined, { onPoke: (pokes: readonly Poke[]) => teller?.poked(pokes) });
  const clock = new TestClock();
  const live = new LiveStore(clock, () => {});
  const told: Seen[] = [];
  const it: World = {
    archive, clock, told, fail: undefined,
    show: (catchingUp, status = 'online') => live.set('session', '', { status, catchingUp, presence: { show: 'available' } }),
    get teller() {
      return teller!;
    },
  };
  const module: XepModule = {
    xep: 'test', title: 'Test',
    async seen(seen) {
      if (it.fail) throw it.fail;
      told.push(seen);
    },
  };
  teller = new SeenTeller({ archive, modules: [module], ctx: fakeContext(), live, clock, log: silentLog });
  return it;
}
const names = ({ told }: World): string[] => told.map(({ conversation, archiveId }) => `${conversation} ${archiveId}`);
const isTold = async ({ archive }: World, jid = BOB): Promise<boolean> => (await archive.conversation(jid))?.untold === undefined;

describe('engine/seen-teller', () => {
  afterEach(destroyAll);

  it('tells once what is read in one go', async () => {
    const it = await world();
    it.show(false);
    await it.archive.append([[message('one', { archiveId: 's1' })]]);
    await it.archive.markRead(BOB);
    await it.archive.append([[message('two', { archiveId: 's2' })]]);
    await it.archive.markRead(BOB);
    expect(it.told).to.deep.equal([]);
    it.clock.advance(400);
    await until(() => isTold(it), 'it to be told');
    expect(names(it)).to.deep.equal([`${BOB} s2`]);
    it.clock.advance(10_000);
    expect(it.clock.pending, 'and nothing else is to be done').to.equal(0);
  });

  it('keeps what was read offline, and tells it when it has caught up: not sooner', async () => {
    const it = await world();
    await it.archive.append([[message('one', { archiveId: 's1' })], [message('hello', { with: CAROL, archiveId: 's2' })]]);
    await it.archive.markRead(BOB);
    await it.archive.markRead(CAROL);
    it.show(true);
    it.clock.advance(10_000);
    expect(it.told).to.deep.equal([]);
    it.show(false);
    await until(async () => {
      it.clock.advance(400);
      return (await isTold(it)) && isTold(it, CAROL);
    }, 'both to be told');
    expect(names(it)).to.have.members([`${BOB} s1`, `${CAROL} s2`]);
  });

  it('tells again in the next session what did not get through', async () => {
    const it = await world();
    it.show(false);
    it.fail = new ChatError('offline', 'gone');
    await it.archive.append([[message('one', { archiveId: 's1' })]]);
    await it.archive.markRead(BOB);
    it.clock.advance(400);
    it.show(false, 'offline');
    it.fail = undefined;
    it.show(false);
    await until(() => {
      it.clock.advance(400);
      return isTold(it);
    }, 'it to be told');
    expect(names(it)).to.deep.equal([`${BOB} s1`]);
  });

  it('is silent once stopped', async () => {
    const it = await world();
    it.show(false);
    await it.archive.append([[message('one', { archiveId: 's1' })]]);
    it.teller.stop();
    await it.archive.markRead(BOB);
    it.clock.advance(10_000);
    expect(it.told).to.deep.equal([]);
  });
});
