import { expect } from '@open-wc/testing';
import { originIdOf, stanzaIdBy, stanzaIds, usableId } from '../../src/xep/0359-stanza-ids.js';
import { fakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';

describe('xep/0359-stanza-ids', () => {
  it('reads both ids of the specification\'s example', async () => {
    const stanza = await example('0359', 'A message stanza with the stanza ID extension.');
    expect(stanzaIdBy(stanza, 'room@muc.example.com')).to.equal('5f3dbc5e-e1d3-4077-a492-693f3769c7ad');
    expect(originIdOf(stanza)).to.equal('de305d54-75b4-431b-adb2-eb6b9e546013');
  });
  it('writes the origin-id of the example, once', () => {
    const stanza = parse("<message to='room@muc.example.com' type='groupchat' id='o1'><body>Typical body text</body></message>");
    for (let times = 0; times < 2; times += 1) stanzaIds.write?.({ stanza, chatType: 'groupchat', conversation: 'room@muc.example.com' }, fakeContext());
    expectXml(stanza, "<message to='room@muc.example.com' type='groupchat' id='o1'><body>Typical body text</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/></message>");
  });
  it('hostile: ids in another\'s name, two of the same, absurd ones', () => {
    const by = (xml: string): string | undefined => stanzaIdBy(parse(`<message>${xml}</message>`), 'me@x.example');
    expect(by("<stanza-id xmlns='urn:xmpp:sid:0' by='mallory@x.example' id='1'/>")).to.equal(undefined);
    expect(by("<stanza-id xmlns='urn:xmpp:sid:0' by='me@x.example/r' id='1'/>")).to.equal(undefined);
    expect(by("<stanza-id xmlns='urn:xmpp:sid:0' by='me@x.example' id='1'/><stanza-id xmlns='urn:xmpp:sid:0' by='ME@x.example' id='2'/>")).to.equal(undefined);
    expect(by("<stanza-id xmlns='urn:else' by='me@x.example' id='1'/>")).to.equal(undefined);
    expect(by("<stanza-id xmlns='urn:xmpp:sid:0' by='me@x.example' id='1'/><stanza-id xmlns='urn:xmpp:sid:0' by='room@x.example' id='2'/>")).to.equal('1');
    expect(usableId('x'.repeat(1024))).to.equal(undefined);
    expect(usableId('')).to.equal(undefined);
  });
});
