import { expect } from '@open-wc/testing';
import { parseXmppUri } from '../../src/client/xmpp-uri.js';

describe('client/xmpp-uri', () => {
  it('reads addresses, actions and a draft', () => {
    expect(parseXmppUri('xmpp:romeo@montague.net')).to.deep.equal({ jid: 'romeo@montague.net', action: 'chat' });
    expect(parseXmppUri('web+xmpp:Lobby@rooms.example?join')).to.deep.equal({ jid: 'lobby@rooms.example', action: 'join' });
    expect(parseXmppUri('xmpp:romeo@montague.net?message;subject=x;body=Hi%20there')).to.deep.equal({ jid: 'romeo@montague.net', action: 'chat', body: 'Hi there' });
    expect(parseXmppUri('xmpp://me@example.com/romeo@montague.net?roster;name=R')).to.deep.equal({ jid: 'romeo@montague.net', action: 'subscribe' });
  });
  it('takes nothing else', () => {
    for (const uri of ['javascript:alert(1)', 'xmpp:', 'xmpp:a b@c', 'https://example.com', 'xmpp:%00@x', 'xmpp:%E0%A4%A@x y']) expect(parseXmppUri(uri), uri).to.equal(undefined);
  });
});
