import { expect } from '@open-wc/testing';
import { localChannels } from '../../src/client/channel.js';
import type { BusMessage } from '../../src/client/bus.js';
import { LeaderWatch } from '../../src/client/leader-watch.js';
import { proofLasts } from '../../src/engine/fenced-socket.js';
import { TestClock } from '../support/xep-context.js';
import { settle } from '../xmpp/model-server.js';

function setUp({ answers = true } = {}) {
  const open = localChannels();
  const [page, leader] = [open('x'), open('x')];
  const clock = new TestClock();
  const state = { answers, epoch: 1, tab: 'other', pings: 0, claims: 0 };
  const here = (more: Partial<Extract<BusMessage, { type: 'here' }>> = {}): void => leader.post({ type: 'here', epoch: state.epoch, tab: state.tab, ...more });
  leader.onMessage(({ type }) => {
    if (type !== 'ping') return;
    state.pings += 1;
    if (state.answers) here();
  });
  const watch = new LeaderWatch({ channel: page, clock, random: () => 0, tab: 'mine', claim: () => (state.claims += 1) });
  /** Time goes by in small steps, and messages arrive in between. */
  const pass = async (ms: number): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    for (let at = 0; at < ms; at += 50) await settle(4).then(() => clock.advance(50));
    await settle(4);
  };
  return { watch, clock, state, here, pass };
}

describe('client/leader-watch', () => {
  it('leaves a leader alone that answers, however long', async () => {
    const { state, pass, watch } = setUp();
    await pass(20_000);
    expect(state.claims).to.equal(0);
    expect(state.pings).to.be.greaterThan(20);
    watch.close();
  });

  it('claims the lead of one in another tab that has fallen silent: within a second, and not before its proof is over', async () => {
    const { state, pass, watch } = setUp();
    await pass(1_000);
    state.answers = false;
    await pass(proofLasts);
    expect(state.claims).to.equal(0);
    await pass(1_000 - proofLasts);
    expect(state.claims).to.equal(1);
    watch.close();
    await pass(60_000);
    expect(state.claims, 'closed').to.equal(1);
  });

  it('claims again, ever less often, while nobody leads', async () => {
    const { state, pass, watch } = setUp({ answers: false });
    await pass(10_000);
    const early = state.claims;
    expect(early).to.be.greaterThan(1);
    await pass(100_000);
    expect(state.claims - early).to.be.within(2, 6);
    state.answers = true;
    await pass(31_000);
    const then = state.claims;
    await pass(10_000);
    expect(state.claims).to.equal(then);
    watch.close();
  });

  it('looks less often after its own engine, and while nobody looks at the page; at once when somebody does', async () => {
    const { state, pass, watch } = setUp();
    const during = async (ms: number): Promise<number> => {
      const before = state.pings;
      await pass(ms);
      return state.pings - before;
    };
    const foreign = await during(12_000);
    state.tab = 'mine';
    await pass(1_000);
    const own = await during(12_000);
    state.tab = 'other';
    watch.visible(false);
    await pass(6_000);
    const hidden = await during(12_000);
    expect(foreign).to.be.greaterThan(own * 4);
    expect(own).to.be.greaterThan(hidden);
    state.answers = false;
    const before = state.pings;
    watch.visible(true);
    await settle();
    expect(state.pings).to.equal(before + 1);
    watch.close();
  });

  it('asks once more when its own timer was late: the page was held up, not the leader', async () => {
    const { clock, state, pass, watch } = setUp();
    await pass(500);
    state.answers = false;
    clock.advance(200); // the next ping
    // All timers of a second run at once, and what lay in the queue meanwhile comes after them.
    clock.jump(1_000);
    state.answers = true;
    await pass(2_000);
    expect(state.claims).to.equal(0);
    state.answers = false;
    await pass(200);
    clock.jump(1_000);
    await pass(1_500);
    expect(state.claims, 'but only once').to.equal(1);
    watch.close();
  });

  it('has more patience once a leader was only slow, and none with one that wakes up much later', async () => {
    const { state, here, pass, watch } = setUp();
    const missed = async (): Promise<number> => {
      await pass(1_000);
      state.answers = false;
      const before = state.claims;
      let waited = 0;
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      for (; state.claims === before; waited += 50) await pass(50);
      // Its own engine has taken over, then another one's again.
      state.epoch += 1;
      state.answers = true;
      here();
      await pass(100);
      return waited;
    };
    const first = await missed();
    await pass(10_000);
    here({ epoch: 1 });
    expect(await missed()).to.be.within(first - 300, first + 300);
    here({ epoch: 1 });
    expect(await missed()).to.be.greaterThan(first + 250);
    watch.close();
  });
});
