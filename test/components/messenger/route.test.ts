import { expect } from '@open-wc/testing';
import { formatRoute, parseRoute, type Route } from '../../../components/messenger/route.js';

describe('routes', () => {
  const kept: Route[] = [
    { view: 'conversations' },
    { view: 'contacts' },
    { view: 'rooms' },
    { view: 'chat', jid: 'alice@example.org' },
    { view: 'chat', jid: 'example.org' },
    { view: 'chat', jid: 'room@rooms.example.org/Ünïcode nick 100% #1/2' },
    { view: 'room', jid: 'lobby@rooms.example.org' },
    { view: 'contact', jid: 'ليلى@example.org' },
  ];
  for (const route of kept) {
    it(`${formatRoute(route)} leads there and back`, () => expect(parseRoute(formatRoute(route))).to.deep.equal(route));
  }

  it('takes links written by hand', () => {
    expect(parseRoute('#/chat/Alice@Example.org')).to.deep.equal({ view: 'chat', jid: 'alice@example.org' });
    expect(parseRoute('#/chat/alice%40example.org')).to.deep.equal({ view: 'chat', jid: 'alice@example.org' });
    expect(parseRoute('#/room/lobby@rooms.example.org/50%')).to.deep.equal({ view: 'room', jid: 'lobby@rooms.example.org/50%' });
  });

  it('shows the conversations for what leads nowhere', () => {
    for (const hash of ['', '#', '#/', '#/chat/', '#/chat/@', '#/nowhere/alice@example.org', '#/chat', '#/room/<script>@x', '#/constructor', '#/__proto__', '#/chat/%E0%A4%A']) {
      expect(parseRoute(hash).view, hash).to.be.oneOf(hash === '#/chat/%E0%A4%A' ? ['conversations', 'chat'] : ['conversations']);
    }
  });
});
