import { expect } from '@open-wc/testing';
import { WorkerWatch } from '../../src/client/worker-watch.js';
import { TestClock } from '../support/xep-context.js';
import { settle } from '../xmpp/model-server.js';

function setUp() {
  const clock = new TestClock();
  const state = { answers: false, claims: 0, restarts: 0 };
  const watch = new WorkerWatch({
    clock,
    claim: async () => {
      state.claims += 1;
      if (!state.answers) await new Promise(() => {});
    },
    restart: async () => void (state.restarts += 1),
  });
  const pass = async (seconds: number): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- second after second
    for (let at = 0; at < seconds; at += 1) await settle(2).then(() => clock.advance(1_000));
    await settle(2);
  };
  return { watch, clock, state, pass };
}

describe('client/worker-watch', () => {
  it('replaces a worker that never answers, once for however many claims', async () => {
    const { watch, state, pass } = setUp();
    watch.claim();
    await pass(7);
    watch.claim();
    expect([state.claims, state.restarts]).to.deep.equal([1, 0]);
    await pass(1);
    expect([state.claims, state.restarts]).to.deep.equal([1, 1]);
    await pass(60);
    expect(state.restarts).to.equal(1);
  });

  it('leaves one alone that answers, and one that refuses: it lives', async () => {
    const { watch, state, pass } = setUp();
    state.answers = true;
    for (let at = 0; at < 5; at += 1) {
      watch.claim();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await pass(30);
    }
    expect([state.claims, state.restarts]).to.deep.equal([5, 0]);
    const clock = new TestClock();
    const refused = new WorkerWatch({ clock, claim: () => Promise.reject(new Error('closed')), restart: async () => void (state.restarts += 1) });
    refused.claim();
    await settle(2);
    clock.advance(60_000);
    expect(state.restarts).to.equal(0);
  });

  it('does not count looks that came late: the page was held up as well, or nobody looks at it', async () => {
    const { watch, clock, state, pass } = setUp();
    watch.claim();
    for (let at = 0; at < 30; at += 1) {
      clock.jump(60_000);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await settle(2);
    }
    expect(state.restarts).to.equal(0);
    await pass(8);
    expect(state.restarts).to.equal(1);
  });

  it('gives the next one more time: it may have to be fetched', async () => {
    const { watch, state, pass } = setUp();
    watch.claim();
    await pass(8);
    watch.claim();
    await pass(15);
    expect(state.restarts).to.equal(1);
    state.answers = true;
    await pass(1);
    expect(state.restarts, 'it did not answer this question').to.equal(2);
    watch.claim();
    await pass(2);
    state.answers = false;
    watch.claim();
    await pass(8);
    expect(state.restarts).to.equal(3);
  });
});
