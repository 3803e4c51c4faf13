import { expect } from '@open-wc/testing';
import type { Clock } from '../../src/base/clock.js';
import type { Poke } from '../../src/archive/archive-types.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { LiveStore } from '../../src/engine/live-store.js';
import { SearchIndexer } from '../../src/engine/search-indexer.js';

const messages: Poke = { kind: 'messages', conversation: 'bob@example.org', rows: [] };

/** Steps that are counted; `more` of them are needed. */
function stage(more = 0) {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
  };
  const live = new LiveStore(clock, () => {});
  const state = { steps: 0, more, fails: false };
  const indexer = new SearchIndexer({
    archive: {
      async indexMore() {
        state.steps += 1;
        if (state.fails) throw new ChatError('storage', 'full');
        return (state.more -= 1) >= 0;
      },
    },
    live, clock, log: silentLog,
  });
  const pass = async (ms: number): Promise<number> => {
    for (const end = now + ms; now < end; now += 10) {
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers = timers.filter((other) => other !== timer);
        timer.run();
      }
      // oxlint-disable-next-line no-await-in-loop -- what it has begun
      for (let i = 0; i < 5; i += 1) await Promise.resolve();
    }
    return state.steps;
  };
  const session = (catchingUp: boolean): void => live.set('session', '', { status: 'online', catchingUp, presence: { show: 'available' } });
  return { state, indexer, pass, session };
}

describe('indexing behind', () => {
  it('a step after the other while there is more, then none until something comes', async () => {
    const { pass, indexer } = stage(3);
    expect(await pass(2_000)).to.equal(0);
    expect(await pass(2_000)).to.equal(4);
    expect(await pass(5_000)).to.equal(4);
    indexer.poked([{ kind: 'outbox', ids: [1] }]);
    expect(await pass(5_000)).to.equal(4);
    indexer.poked([messages]);
    expect(await pass(5_000)).to.equal(5);
  });

  it('waits for the catch-up, and not for silence', async () => {
    const { pass, indexer, session } = stage();
    session(true);
    expect(await pass(6_000)).to.equal(0);
    session(false);
    expect(await pass(4_000)).to.equal(1);
    for (let i = 0; i < 10; i += 1) {
      indexer.poked([messages]);
      // oxlint-disable-next-line no-await-in-loop -- time goes by
      await pass(1_000);
    }
    expect(await pass(0)).to.be.within(3, 5);
  });

  it('a step that fails is tried again when something comes; none after the end', async () => {
    const { pass, indexer, state } = stage(5);
    state.fails = true;
    expect(await pass(10_000)).to.equal(1);
    state.fails = false;
    indexer.poked([messages]);
    expect(await pass(3_020)).to.equal(2);
    indexer.stop();
    expect(await pass(5_000)).to.equal(2);
  });
});
