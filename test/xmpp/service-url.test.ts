import { expect } from '@open-wc/testing';
import { checkService, isLoopback, redirectTarget } from '../../src/xmpp/service-url.js';

const code = (address: string): string => {
  try {
    return checkService(address).href;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('xmpp/service-url', () => {
  it('takes wss:, and ws: to this machine only', () => {
    expect(code('wss://chat.example.com/ws')).to.equal('wss://chat.example.com/ws');
    for (const local of ['ws://localhost:5280/xmpp-websocket', 'ws://127.0.0.1/ws', 'ws://[::1]:1/ws', 'ws://guests.localhost/ws']) expect(code(local)).to.equal(local);
    for (const bad of ['ws://chat.example.com/ws', 'ws://localhost.evil.com/', 'ws://127.0.0.1.evil.com/', 'https://example.com/', 'javascript:alert(1)', 'ws://user:pw@evil.com/']) expect(code(bad), bad).to.equal('insecure');
    expect(code('not an address')).to.equal('invalid');
    expect(isLoopback('notlocalhost')).to.equal(false);
  });
  it('follows a redirect to the same host only, and never out of TLS', () => {
    const from = 'wss://chat.example.com:443/ws';
    expect(redirectTarget(from, 'wss://chat.example.com:5443/other')).to.equal('wss://chat.example.com:5443/other');
    expect(redirectTarget(from, 'chat.example.com:5443')).to.equal('wss://chat.example.com:5443/ws');
    for (const bad of ['wss://evil.com/ws', 'evil.com', 'ws://chat.example.com/ws', 'wss://chat.example.com.evil.com/ws', 'wss://chat.example.com@evil.com/', 'evil.com/chat.example.com', '', 'wss://u:p@chat.example.com/x', from, 'chat.example.com:99999999']) expect(redirectTarget(from, bad), bad).to.equal(undefined);
    expect(redirectTarget('ws://localhost:1/ws', 'ws://localhost:2/ws')).to.equal('ws://localhost:2/ws');
  });
});
