import { expect } from '@open-wc/testing';
import { caps, contactSupports, featuresOf, verification } from '../../src/xep/0115-caps.js';
import { disco, readInfo } from '../../src/xep/0030-disco.js';
import { fakeContext, settled } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';

const NS_INFO = 'http://jabber.org/protocol/disco#info';
// §5.2 and §5.3, whose answers are in the text and not among the examples.
const exodus = "<identity category='client' type='pc' name='Exodus 0.9.1'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/caps'/>";
const exodusVer = 'QgayPKawpkPSDYmwT/WM94uAlu0=';
const psi = `<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/><identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/><feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>
  <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field><field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field><field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field><field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x>`;
const psiVer = 'q07IKJEyjvHSyhy//CH0CxmKi8w=';
const query = (content: string): Element => parse(`<query xmlns='${NS_INFO}'>${content}</query>`);
const reply = (content: string): string => `<iq type='result'><query xmlns='${NS_INFO}'>${content}</query></iq>`;

const romeo = 'romeo@montague.lit/orchard';
const presence = (ver: string, from = romeo, more = ''): Element =>
  parse(`<presence from='${from}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://code.google.com/p/exodus' ver='${ver}'/>${more}</presence>`);
function juliet(answer?: string): FakeContext {
  const ctx = fakeContext({ jid: 'juliet@capulet.lit/balcony', modules: [disco, caps] });
  for (const contact of ['romeo@montague.lit', 'mercutio@verona.lit']) ctx.trusted.add(contact);
  if (answer) ctx.onIq(() => reply(answer));
  return ctx;
}
const arrive = async (ctx: FakeContext, stanza: Element): Promise<void> => {
  expect(caps.onPresence?.(stanza, ctx), 'presence is not claimed').to.not.equal(true);
  await settled();
};

describe('xep/0115-caps', () => {
  it('makes the verification strings of the specification', () => {
    expect(verification(readInfo(query(exodus)))).to.equal(exodusVer);
    expect(verification(readInfo(query(psi)))).to.equal(psiVer);
  });
  it('sorts by octets, not by UTF-16', () => {
    const info = (features: readonly string[]) => readInfo(query(features.map((one) => `<feature var='${one}'/>`).join('')));
    // U+FF5E comes before U+1F63A in UTF-8, after its surrogates in UTF-16: SHA-1 of "\uFF5E<\u{1F63A}<".
    expect(verification(info(['\u{1F63A}', '\uFF5E']))).to.equal(verification(info(['\uFF5E', '\u{1F63A}'])));
    expect(verification(info(['\u{1F63A}', '\uFF5E']))).to.equal('9e+iXh8IpZDauOobpCgSFAZR5nU=');
  });
  it('asks once per kind of client, as the specification shows, and believes what the hash proves', async () => {
    const ctx = juliet(exodus);
    await arrive(ctx, presence(exodusVer));
    const asked = await example('0115', 'Disco#info request');
    expectXml(ctx.asked[0], `<iq type='get' to='${romeo}' id='id1'><query xmlns='${NS_INFO}' node='${asked.getChild('query')?.attrs['node']}'/></iq>`);
    await arrive(ctx, presence(exodusVer, 'mercutio@verona.lit/a'));
    expect(ctx.asked).to.have.lengthOf(1);
    expect(featuresOf(ctx, 'mercutio@verona.lit/a')).to.include('http://jabber.org/protocol/muc');
    expect(contactSupports(ctx, 'romeo@montague.lit', 'http://jabber.org/protocol/muc')).to.equal(true);
    expect(contactSupports(ctx, 'romeo@montague.lit', 'urn:else')).to.equal(false);
    await arrive(ctx, parse(`<presence from='${romeo}' type='unavailable'/>`));
    expect(contactSupports(ctx, 'romeo@montague.lit', 'http://jabber.org/protocol/muc')).to.equal(false);
  });
  it('keeps what was proven over a reload', async () => {
    const ctx = juliet(exodus);
    await arrive(ctx, presence(exodusVer));
    const reloaded: FakeContext = { ...juliet(), shelf: ctx.shelf };
    await arrive(reloaded, presence(exodusVer));
    expect(reloaded.asked).to.deep.equal([]);
    expect(featuresOf(reloaded, romeo)).to.include('http://jabber.org/protocol/muc');
  });
  it('tells its own with each presence, and answers to the node it tells', async () => {
    const ctx = juliet();
    const own = parse('<presence/>');
    caps.announce?.(own, ctx);
    const c = own.getChild('c', 'http://jabber.org/protocol/caps');
    expect(c?.attrs).to.include({ hash: 'sha-1', node: 'urn:tertulia:client' });
    const info = await disco.serves?.[0]?.answer(parse(`<iq type='get'><query xmlns='${NS_INFO}' node='${c?.attrs['node']}#${c?.attrs['ver']}'/></iq>`), ctx);
    expect(info && verification(readInfo(info))).to.equal(c?.attrs['ver']);
  });
  it('asks no strangers, no occupants, and nobody about what it cannot verify', async () => {
    const ctx = juliet(exodus);
    await arrive(ctx, presence(exodusVer, 'mallory@evil.example/a'));
    await arrive(ctx, presence(exodusVer, 'romeo@montague.lit/b', "<x xmlns='http://jabber.org/protocol/muc#user'/>"));
    await arrive(ctx, parse(`<presence from='${romeo}'><c xmlns='http://jabber.org/protocol/caps' hash='md5' node='n' ver='v'/></presence>`));
    await arrive(ctx, parse(`<presence from='${romeo}'><c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' ext='x'/></presence>`));
    await arrive(ctx, parse(`<presence from='${romeo}'/>`));
    expect(ctx.asked).to.deep.equal([]);
  });
  it('hostile: a hash that proves nothing is believed of nobody else, and another client is asked', async () => {
    const ctx = juliet(`${exodus}<feature var='urn:poison'/>`);
    await arrive(ctx, presence(exodusVer));
    expect(await ctx.shelf.note('caps')).to.equal(undefined);
    expect(contactSupports(ctx, 'mercutio@verona.lit', 'urn:poison')).to.equal(false);
    ctx.onIq(() => reply(exodus));
    await arrive(ctx, presence(exodusVer, 'mercutio@verona.lit/a'));
    expect(featuresOf(ctx, 'mercutio@verona.lit/a')).to.have.lengthOf(4);
  });
  it('hostile: ill-formed answers (§5.4) whose hash fits', async () => {
    const form = (type: string, value = type): string => `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>${type}</value>${value === type ? '' : `<value>${value}</value>`}</field></x>`;
    for (const [what, bad] of [
      ['an identity twice', "<identity category='client' type='pc'/><identity category='client' type='pc'/>"],
      ['a feature twice', "<feature var='a'/><feature var='a'/>"],
      ['a form twice', form('urn:a') + form('urn:a')],
      ['two types of a form', form('urn:a', 'urn:b')],
      ['separators in a name', "<identity category='client' type='pc' name='x&lt;urn:a'/>"],
      ['separators in a feature', "<feature var='a&lt;b'/>"],
    ] as const) {
      const ver = verification(readInfo(query(bad)));
      const ctx = juliet(bad);
      await arrive(ctx, presence(ver));
      expect(ctx.asked, what).to.have.lengthOf(1);
      expect(await ctx.shelf.note('caps'), what).to.equal(undefined);
    }
    // A form without a hidden FORM_TYPE is passed over, the rest is believed (§5.4 3.6).
    const ctx = juliet(`${exodus}<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>urn:a</value></field></x><x xmlns='jabber:x:data'><field var='os'><value>b</value></field></x>`);
    await arrive(ctx, presence(exodusVer));
    expect(await ctx.shelf.note('caps')).to.have.lengthOf(1);
  });
});
