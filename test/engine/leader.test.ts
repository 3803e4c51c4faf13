import { expect } from '@open-wc/testing';
import { silentLog } from '../../src/base/log.js';
import { lead, type Locks } from '../../src/engine/leader.js';
import { settle } from '../xmpp/model-server.js';
import { freshName, until } from './fixtures.js';

const locks = navigator.locks as Locks;
const untilAborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

describe('engine/leader', () => {
  it('lets one lead, and the next only when the first has put everything away', async () => {
    const name = freshName();
    const events: string[] = [];
    const [first, second] = [new AbortController(), new AbortController()];
    let putAway: (() => void) | undefined;
    const one = lead(name, locks, first.signal, async (signal) => {
      events.push('first leads');
      await untilAborted(signal);
      await new Promise<void>((resolve) => (putAway = resolve));
      events.push('first ends');
    }, silentLog);
    await until(() => events.length === 1);
    const two = lead(name, locks, second.signal, async (signal) => {
      events.push('second leads');
      await untilAborted(signal);
    }, silentLog);
    await settle();
    expect(events).to.deep.equal(['first leads']);
    first.abort();
    await until(() => putAway !== undefined);
    await settle();
    expect(events, 'not while the first still writes').to.deep.equal(['first leads']);
    putAway?.();
    await until(() => events.includes('second leads'));
    expect(events).to.deep.equal(['first leads', 'first ends', 'second leads']);
    second.abort();
    await Promise.all([one, two]);
  });

  it('gives up waiting when it is closed', async () => {
    const name = freshName();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = lead(name, locks, first.signal, untilAborted, silentLog);
    let led = false;
    const two = lead(name, locks, second.signal, async () => void (led = true), silentLog);
    second.abort();
    await two;
    first.abort();
    await one;
    expect(led).to.equal(false);
  });

  it('leads by itself where there are no locks, or they are refused', async () => {
    let led = 0;
    const work = async (): Promise<void> => void (led += 1);
    await lead('x', undefined, new AbortController().signal, work, silentLog);
    const refused: Locks = { request: () => Promise.reject(new DOMException('no storage', 'SecurityError')) };
    await lead('x', refused, new AbortController().signal, work, silentLog);
    expect(led).to.equal(2);
  });
});
