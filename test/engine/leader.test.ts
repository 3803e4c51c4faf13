import { expect } from '@open-wc/testing';
import { silentLog } from '../../src/base/log.js';
import { deposed, Leader, type Locks } from '../../src/engine/leader.js';
import { settle } from '../xmpp/model-server.js';
import { freshName, until } from './fixtures.js';

const locks = navigator.locks as Locks;
const untilAborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
const stand = (name: string, work: (signal: AbortSignal) => Promise<void>, using: { readonly locks: Locks | undefined } = { locks }): Leader => new Leader({ name, locks: using.locks, work, log: silentLog });

describe('engine/leader', () => {
  it('lets one lead, and the next only when the first has put everything away', async () => {
    const name = freshName();
    const events: string[] = [];
    let putAway: (() => void) | undefined;
    const one = stand(name, async (signal) => {
      events.push('first leads');
      await untilAborted(signal);
      await new Promise<void>((resolve) => (putAway = resolve));
      events.push('first ends');
    });
    await until(() => events.length === 1);
    const two = stand(name, async (signal) => {
      events.push('second leads');
      await untilAborted(signal);
    });
    await settle();
    expect(events).to.deep.equal(['first leads']);
    const closed = one.close();
    await until(() => putAway !== undefined);
    await settle();
    expect(events, 'not while the first still writes').to.deep.equal(['first leads']);
    putAway?.();
    await until(() => events.includes('second leads'));
    expect(events).to.deep.equal(['first leads', 'first ends', 'second leads']);
    await Promise.all([closed, two.close()]);
  });

  it('gives up waiting when it is closed', async () => {
    const name = freshName();
    let led = false;
    const one = stand(name, untilAborted);
    const two = stand(name, async () => void (led = true));
    await two.close();
    await one.close();
    expect(led).to.equal(false);
  });

  it('takes the lead of one that gives no sign of life, which stands in line again once it has stopped', async () => {
    const name = freshName();
    const events: string[] = [];
    const work = (who: string) => async (signal: AbortSignal): Promise<void> => {
      events.push(who);
      await untilAborted(signal);
      events.push(signal.reason === deposed ? `${who} deposed` : `${who} ended`);
    };
    const one = stand(name, work('one'));
    await until(() => events.includes('one'));
    const two = stand(name, work('two'));
    const three = stand(name, work('three'));
    await settle();
    two.claim();
    await until(() => events.includes('two') && events.includes('one deposed'));
    two.claim();
    await settle();
    expect(events.filter((event) => event === 'two'), 'who leads has nothing to claim').to.have.lengthOf(1);
    await two.close();
    await until(() => events.includes('three'));
    await three.close();
    await until(() => events.filter((event) => event === 'one').length === 2, 'its turn again');
    await one.close();
    expect(events.at(-1)).to.equal('one ended');
  });

  it('leads by itself where there are no locks, or they are refused; replaced, it waits until it claims the lead', async () => {
    const refused: Locks = { request: () => Promise.reject(new DOMException('no storage', 'SecurityError')) };
    for (const none of [undefined, refused]) {
      let led = 0;
      let leave: (() => void) | undefined;
      const leader = stand('x', async (signal) => {
        led += 1;
        await Promise.race([untilAborted(signal), new Promise<void>((resolve) => (leave = resolve))]);
      }, { locks: none });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await until(() => led > 0);
      leave?.();
      await settle(); // oxlint-disable-line no-await-in-loop
      const before = led;
      leader.claim();
      await until(() => led > before); // oxlint-disable-line no-await-in-loop
      leave?.();
      await settle(); // oxlint-disable-line no-await-in-loop
      expect(led, 'not by itself').to.equal(before + 1);
      await leader.close(); // oxlint-disable-line no-await-in-loop
    }
  });

  it('rejects with what its work has failed of', async () => {
    const failure = new Error('asked to');
    let error: unknown;
    await stand(freshName(), () => Promise.reject(failure)).ended.catch((thrown: unknown) => (error = thrown));
    expect(error).to.equal(failure);
  });
});
