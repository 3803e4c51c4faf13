import { expect } from '@open-wc/testing';
import { bodyWithAddresses, oob, readOob, webAddress } from '../../src/xep/0066-oob.js';
import { fakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';

const url = 'https://upload.example/abc/tr%C3%A8s%20cool.jpg';
const read = (body: string, ...urls: string[]): ReturnType<typeof readOob> =>
  readOob(parse(`<message>${urls.map((one) => `<x xmlns='jabber:x:oob'><url>${one.replaceAll('&', '&amp;')}</url></x>`).join('')}</message>`), body);

describe('xep/0066-oob', () => {
  it('reads the specification\'s example', async () => {
    const stanza = await example('0066', 'Sender Communicates a URI');
    expect(readOob(stanza, stanza.getChildText('body') ?? '')).to.deep.equal({
      body: 'Yeah, but do you have a license to Jabber?',
      attachments: [{ url: 'http://www.jabber.org/images/psa-license.jpg', name: 'psa-license.jpg', mediaType: 'image/jpeg' }],
    });
  });
  it('shows no body that only repeats the address', () => {
    expect(read(url, url)).to.deep.equal({ body: '', attachments: [{ url, name: 'très cool.jpg', mediaType: 'image/jpeg' }] });
    expect(read(`look\n${url}`, url).body).to.equal('look');
    expect(read(`see ${url} there`, url).body).to.equal(`see ${url} there`);
  });
  it('writes the address into the body and beside it', () => {
    const body = bodyWithAddresses('look', [{ url }]);
    const stanza = parse("<message type='chat'/>");
    oob.write?.({ stanza, chatType: 'chat', conversation: 'a@x.example', attachments: [{ url }] }, fakeContext());
    expectXml(stanza, `<message type='chat'><x xmlns='jabber:x:oob'><url>${url}</url></x></message>`);
    expect(readOob(stanza, body)).to.deep.include({ body: 'look' });
    expect(bodyWithAddresses('', [{ url }])).to.equal(url);
    expect(bodyWithAddresses('plain')).to.equal('plain');
  });
  it('hostile: schemes, user names in addresses, names that turn round, floods', () => {
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'blob:https://x.example/1', 'vbscript:x', 'xmpp:a@b', 'aesgcm://x.example/a', 'https://bank.example@evil.example/', '/relative', 'https://', '', `https://x.example/${'a'.repeat(5000)}`, ' java\nscript:alert(1)'])
      expect(webAddress(bad)?.href, bad).to.equal(undefined);
    expect(read('javascript:alert(1)', 'javascript:alert(1)')).to.deep.equal({ body: 'javascript:alert(1)', attachments: [] });
    expect(read('', 'https://x.example/%E2%80%AEgpj.exe').attachments[0]?.name).to.equal('gpj.exe');
    expect(read('', 'https://x.example/%ff%fe').attachments[0]?.name).to.equal('%ff%fe');
    expect(read('', ...Array.from({ length: 500 }, (_, i) => `https://x.example/${i}`)).attachments).to.have.lengthOf(10);
  });
});
