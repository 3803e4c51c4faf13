import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { linkify } from '../../../components/message/linkify.js';

const links = (text: string): [string, string][] => linkify(text).flatMap(({ text: shown, href }) => (href ? [[shown, href]] : []));

describe('message/linkify', () => {
  it('finds addresses of the web, mail, telephones and XMPP', () => {
    expect(links('see https://example.org/a?b=c#d now')).to.deep.equal([['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d']]);
    expect(links('www.example.org')).to.deep.equal([['www.example.org', 'https://www.example.org/']]);
    expect(links('write to a.b+c@example.co.uk, please')).to.deep.equal([['a.b+c@example.co.uk', 'mailto:a.b+c@example.co.uk']]);
    expect(links('tel:+4712345678')).to.deep.equal([['tel:+4712345678', 'tel:+4712345678']]);
    expect(links('xmpp:lobby@rooms.example?join')).to.deep.equal([['xmpp:lobby@rooms.example?join', 'xmpp:lobby@rooms.example?join']]);
  });
  it('leaves the sentence its stops and brackets', () => {
    expect(links('(see https://example.org/a_(b)).')).to.deep.equal([['https://example.org/a_(b)', 'https://example.org/a_(b)']]);
    expect(links('https://example.org!')).to.deep.equal([['https://example.org', 'https://example.org/']]);
    expect(links('„https://example.org/x”')).to.deep.equal([['https://example.org/x', 'https://example.org/x']]);
  });
  it('loses no sign of the text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('https://a.example/', 'www.b.example', 'a@b.example', '(', ')', ' ', 'javascript:x', 'xmpp:')), { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        for (const { text: shown, href } of linkify(text)) if (!href) expect(text).to.contain(shown);
        const punycoded = linkify(text).some(({ text: shown, href }) => href === shown && !text.includes(shown));
        if (!punycoded) expect(linkify(text).map((part) => part.text).join('')).to.equal(text);
      }),
    );
  });
  it('leads to no scheme but the allowed, whatever is written', () => {
    const hostile = ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' java\tscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:https://a/b', 'file:///etc/passwd', 'https://bank.example@evil.example/', 'https://user:secret@a.example/', 'http://', 'https:///', 'ftp://a.example/'];
    for (const text of hostile) expect(links(text).filter(([, href]) => !href.startsWith('mailto:')), text).to.deep.equal([]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const [, href] of links(text)) expect(href).to.match(/^(https?|mailto|tel|xmpp):/);
      }),
    );
  });
  it('shows the letters of a host that mixes scripts', () => {
    const [[shown, href] = ['', '']] = links('https://www.\u0430pple.example/login');
    expect(href).to.contain('xn--');
    expect(shown).to.equal(href);
    expect(links('https://bücher.example/')[0]?.[0]).to.equal('https://bücher.example/');
  });
  it('stays quick on what was made to be slow', () => {
    for (const text of ['https://'.repeat(20_000), 'a@'.repeat(50_000), `a@${'b.'.repeat(50_000)}`, '('.repeat(100_000), `https://a.example/${')'.repeat(2000)}`]) {
      const from = performance.now();
      linkify(text);
      // Quadratic time would be minutes.
      expect(performance.now() - from).to.be.below(3000);
    }
  });
});
