import { expect } from '@open-wc/testing';
import { keepIn } from '../../src/archive/open-database.js';
import { createChat } from '../../src/chat.js';
import { until } from '../engine/fixtures.js';

describe('engine-host without storage', () => {
  it('where storage is refused, keeps the same archive in the page\'s memory', async () => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB') ?? { value: indexedDB, configurable: true, writable: true };
    const refuse = { open(): never { throw new DOMException('refused', 'SecurityError'); }, deleteDatabase(): never { throw new DOMException('refused', 'SecurityError'); } };
    Object.defineProperty(globalThis, 'indexedDB', { value: refuse, configurable: true, writable: true });
    try {
      // Nobody listens on port 9 of this machine.
      const chat = createChat({ domain: 'localhost', service: 'ws://127.0.0.1:9/xmpp', guestDomain: 'localhost', allowedOrigins: [] });
      expect(await chat.resume('guest:localhost')).to.equal(false);
      expect(indexedDB, 'the page\'s own is left alone').to.equal(refuse);
      expect(chat.storage.value, 'and its person is told').to.equal('memory');
      await chat.signIn({ mode: 'guest' });
      // Opened, written to and read, all in memory.
      const timeline = chat.timeline('support@localhost');
      await chat.send('support@localhost', { body: 'from memory' });
      const shown = (): string[] => (timeline.items ?? []).flatMap((item) => (item.kind === 'message' ? [item.row.state.body] : []));
      await until(() => shown().length > 0, 'the message');
      expect(shown()).to.deep.equal(['from memory']);
      expect(chat.conversations.value?.map(({ jid }) => jid)).to.deep.equal(['support@localhost']);
      await chat.signOut();
    } finally {
      Object.defineProperty(globalThis, 'indexedDB', real);
      keepIn();
    }
  });
});
