import { expect } from '@open-wc/testing';
import type { ToHost } from '../../embed/channel.js';
import { Frame } from '../../embed/frame.js';
import type { Settings } from '../../embed/settings.js';

const base = new URL('/test/embed/', location.href);

function open(settings: Settings): { frame: Frame; next(type: ToHost['type']): Promise<ToHost> } {
  const seen: ToHost[] = [];
  const waiting: (() => void)[] = [];
  const frame = new Frame(base, document.body, settings, { modal: false }, {
    onMessage(message) {
      seen.push(message);
      for (const wake of waiting.splice(0)) wake();
    },
    onFailure() {},
  });
  return {
    frame,
    async next(type) {
      for (;;) {
        const index = seen.findIndex((message) => message.type === type);
        if (index >= 0) return seen.splice(index, 1)[0]!;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

describe('embed/frame', () => {
  it('greets the chat’s origin with a port and its settings', async () => {
    const { frame, next } = open({ title: 'Help', contact: 'support@example.com' });
    expect((await next('hello')).type).to.equal('hello');
    expect(document.querySelector('iframe')!.title).to.equal('Help');
    await frame.call('prefill', ['hello']);
    const event = (await next('event')) as Extract<ToHost, { type: 'event' }>;
    expect(event.detail['seen']).to.deep.include({ type: 'settings', settings: { title: 'Help', contact: 'support@example.com' }, idle: false, modal: false });
    frame.remove();
    expect(document.querySelector('iframe')).to.equal(null);
  });

  it('asks the page for credentials and passes them over the port alone', async () => {
    const { frame, next } = open({ credentials: async () => ({ jid: 'a@b', token: 'secret' }) });
    await next('hello');
    await frame.call('login', []);
    await next('event');
    const event = (await next('event')) as Extract<ToHost, { type: 'event' }>;
    expect(event.detail['seen']).to.deep.include({ type: 'credentials', id: 7, value: { jid: 'a@b', token: 'secret' } });
    frame.remove();
  });

  it('rejects a call that the chat refused, and all calls once removed', async () => {
    const { frame, next } = open({});
    await next('hello');
    let error: (Error & { code?: string }) | undefined;
    await frame.call('forget', []).catch((thrown: Error) => (error = thrown));
    expect(error?.code).to.equal('offline');
    const lost = frame.call('logout', []);
    frame.remove();
    expect(await lost.then(() => 'kept', () => 'rejected')).to.equal('rejected');
  });

  it('takes no message from a window', async () => {
    const { frame, next } = open({});
    await next('hello');
    let heard = false;
    void next('close').then(() => (heard = true));
    for (const data of [{ type: 'close' }, { type: 'unread', count: 9 }]) window.postMessage(data, location.origin);
    await new Promise((resolve) => setTimeout(resolve));
    expect(heard).to.equal(false);
    frame.remove();
  });
});
