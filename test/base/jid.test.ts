import { expect } from '@open-wc/testing';
import { bareJid, domainOf, localOf, normalizeJid, resourceOf } from '../../src/base/jid.js';

describe('base/jid', () => {
  it('normalises case and keeps the resource as it is', () => {
    expect(normalizeJid('Romeo@Example.NET/Orchard')).to.equal('romeo@example.net/Orchard');
    expect(normalizeJid('example.net')).to.equal('example.net');
    expect(normalizeJid('example.net/a@b/c')).to.equal('example.net/a@b/c');
  });
  it('refuses what is no address', () => {
    // 1023 bytes of UTF-8 each, not characters: the first of each pair is within, the second above.
    for (const [within, above] of [['x'.repeat(1023), 'x'.repeat(1024)], ['字'.repeat(341), '字'.repeat(342)], ['é'.repeat(511), 'é'.repeat(512)]] as const) {
      expect(normalizeJid(`${within}@b`)).to.equal(`${within}@b`);
      expect(normalizeJid(`${above}@b`)).to.equal(undefined);
    }
    for (const bad of ['', '@', '/x', 'a@', '@b', 'a@b/', 'a b@c', 'a@b@c', `${'x'.repeat(1024)}@b`, 'a\u0000@b', 'a@b/\u0007']) expect(normalizeJid(bad), bad).to.equal(undefined);
  });
  it('takes addresses apart', () => {
    expect(bareJid('a@b/c/d')).to.equal('a@b');
    expect(resourceOf('a@b/c/d')).to.equal('c/d');
    expect(domainOf('a@b/c@d')).to.equal('b');
    expect(localOf('b/c@d')).to.equal('');
  });
});
