import { expect } from '@open-wc/testing';
import { openForwarded } from '../../src/xep/0297-forwarded.js';
import { message } from '../../src/xep/rfc6121-message.js';
import { example } from '../support/xep-examples.js';
import { parse } from '../support/xml.js';

const inner = "<message xmlns='jabber:client' from='a@x.example' to='b@x.example'><body>hi</body></message>";
const wrapped = (content: string): ReturnType<typeof openForwarded> => openForwarded(parse(`<wrapper xmlns='urn:test'>${content}</wrapper>`));

describe('xep/0297-forwarded', () => {
  it('opens the specification\'s example', async () => {
    const forwarded = openForwarded(await example('0297', 'Forwarding a message'));
    expect(forwarded?.stanza.attrs['from']).to.equal('juliet@capulet.lit/orchard');
    expect(forwarded?.at).to.equal(Date.UTC(2010, 6, 10, 23, 8, 25));
  });
  it('hostile: none, two, something else, another namespace', () => {
    for (const bad of [
      '',
      "<forwarded xmlns='urn:xmpp:forward:0'/>",
      `<forwarded xmlns='urn:xmpp:forward:0'>${inner}${inner}</forwarded>`,
      `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`,
      "<forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client'/></forwarded>",
      "<forwarded xmlns='urn:xmpp:forward:0'><message><body>hi</body></message></forwarded>",
      `<forwarded xmlns='urn:else'>${inner}</forwarded>`,
    ]) expect(wrapped(bad), bad).to.equal(undefined);
  });
  it('hostile: a forward that a stranger sends by itself says nothing of whom it names', async () => {
    const stanza = await example('0297', 'Forwarding a message');
    const facts = message.read?.({ stanza, base: { conversation: 'romeo@montague.lit', chatType: 'chat', sender: 'romeo@montague.lit', mine: false, at: 1, archive: 'mercutio@verona.lit' }, origin: 'live' });
    expect(facts?.map((fact) => fact.sender)).to.deep.equal(['romeo@montague.lit']);
    expect(facts?.[0]).to.include({ body: 'A most courteous exposition!' });
  });
});
