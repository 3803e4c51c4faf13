import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import { readDeployment } from '../../src/client/config.js';

describe('client/config', () => {
  it('reads a deployment and normalises it', () => {
    expect(readDeployment({ domain: 'Example.COM', service: 'wss://example.com/xmpp', guestDomain: 'guests.example.com', contact: 'support@example.com', allowedOrigins: ['https://shop.example.com/', '*'] })).to.deep.equal({
      domain: 'example.com', service: 'wss://example.com/xmpp', guestDomain: 'guests.example.com', contact: 'support@example.com', allowedOrigins: ['https://shop.example.com', '*'],
    });
    expect(readDeployment({ domain: 'a.example', redirectHosts: ['node2.a.example'] }).redirectHosts).to.deep.equal(['node2.a.example']);
    expect(readDeployment({ domain: 'localhost', service: 'ws://localhost:5280/xmpp-websocket' }).allowedOrigins).to.deep.equal([]);
  });

  it('says what it does not know, and goes on', () => {
    const warnings: string[] = [];
    readDeployment({ domain: 'a.example', servise: 'x' }, (message) => warnings.push(message));
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.contain('"servise"').and.to.contain('service');
  });

  const wrong: readonly [unknown, RegExp][] = [
    [undefined, /\{ "domain"/],
    [[], /\{ "domain"/],
    [{}, /"domain" is missing/],
    [{ domain: 7 }, /"domain" must be a text/],
    [{ domain: 'https://example.com' }, /bare domain/],
    [{ domain: 'me@example.com' }, /bare domain/],
    [{ domain: 'a.example', service: 'https://a.example' }, /"wss:/],
    [{ domain: 'a.example', service: 'ws://a.example/x' }, /Write "wss:"/],
    [{ domain: 'a.example', service: 'wss://me:secret@a.example/x' }, /must not hold/],
    [{ domain: 'a.example', allowedOrigins: 'https://b.example' }, /must be a list/],
    [{ domain: 'a.example', redirectHosts: 'b.example' }, /must be a list/],
    [{ domain: 'a.example', redirectHosts: ['wss://b.example/'] }, /host name/],
    [{ domain: 'a.example', redirectHosts: ['b.example:443/x'] }, /host name/],
    [{ domain: 'a.example', redirectHosts: [5] }, /host name/],
    [{ domain: 'a.example', allowedOrigins: ['https://b.example/shop'] }, /without a path/],
    [{ domain: 'a.example', allowedOrigins: ['data:x'] }, /without a path/],
    [{ domain: 'a.example', contact: 'support' + '@a.example/desk' }, /"contact" must be/],
  ];
  for (const [json, message] of wrong) {
    it(`says the mend for ${JSON.stringify(json)}`, () => {
      let error: unknown;
      try {
        readDeployment(json);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.be.instanceOf(ChatError);
      expect((error as ChatError).code).to.equal('invalid');
      expect((error as ChatError).message).to.match(message);
    });
  }
});
