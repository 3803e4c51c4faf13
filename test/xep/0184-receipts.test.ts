import { expect } from '@open-wc/testing';
import { receipts } from '../../src/xep/0184-receipts.js';
import { fakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';
import type { Fact, FactBase } from '../../src/model/fact.js';
import type { Incoming } from '../../src/xep/module.js';
import type { MessageState } from '../../src/model/message.js';

const richard = 'kingrichard@royalty.england.lit';
const percy = 'northumberland@shakespeare.lit';
const base: FactBase = { conversation: percy, chatType: 'chat', sender: percy, mine: false, at: 1, archive: richard };
const king = (): FakeContext => {
  const ctx = fakeContext({ jid: `${richard}/throne` });
  ctx.trusted.add(percy);
  return ctx;
};
const sent = async (incoming: Incoming, ctx = king()): Promise<readonly Element[]> => {
  await receipts.react?.(incoming, ctx);
  return ctx.sent;
};

describe('xep/0184-receipts', () => {
  it('answers the specification\'s message, to the device that asked', async () => {
    const stanza = await example('0184', 'A content message with receipt requested');
    for (const origin of ['live', 'catch-up'] as const) {
      const [answer, ...more] = await sent({ stanza, base, origin });
      expect(more).to.deep.equal([]);
      expectXml(answer, `<message to='${percy}/westminster' id='id1'><received xmlns='urn:xmpp:receipts' id='richard2-4.1.247'/><store xmlns='urn:xmpp:hints'/></message>`);
    }
  });
  it('is silent about history, rooms, errors, what is ours, what another device answered, and to strangers', async () => {
    const stanza = await example('0184', 'A content message with receipt requested');
    const changed = (attrs: Record<string, string>): Element => parse(Object.entries(attrs).reduce((xml, [name, value]) => xml.replace('<message', `<message ${name}="${value}"`), stanza.toString()));
    expect(await sent({ stanza, base, origin: 'history' })).to.deep.equal([]);
    expect(await sent({ stanza: changed({ type: 'groupchat' }), base: { ...base, chatType: 'groupchat' }, origin: 'live' })).to.deep.equal([]);
    expect(await sent({ stanza: changed({ type: 'error' }), base, origin: 'live' })).to.deep.equal([]);
    expect(await sent({ stanza, base: { ...base, mine: true, sender: richard }, origin: 'live' })).to.deep.equal([]);
    const answered = king();
    answered.recorded.add(`receipt ${percy} richard2-4.1.247`);
    expect(await sent({ stanza, base, origin: 'catch-up' }, answered)).to.deep.equal([]);
    expect(await sent({ stanza, base, origin: 'live' }, fakeContext({ jid: `${richard}/throne` }))).to.deep.equal([]);
    const without = parse(stanza.toString().replace(/ id="[^"]*"/, ''));
    expect(without.attrs['id']).to.equal(undefined);
    expect(await sent({ stanza: without, base, origin: 'live' })).to.deep.equal([]);
  });
  it('leaves the answer to the device that it was sent to', async () => {
    const stanza = await example('0184', 'A content message with receipt requested');
    expect(await sent({ stanza, base, origin: 'live', copy: true })).to.deep.equal([]);
  });
  it('asks for a receipt of each message with a body, never of a room\'s', () => {
    const write = (xml: string, chatType: 'chat' | 'groupchat' = 'chat'): Element => {
      const stanza = parse(xml);
      receipts.write?.({ stanza, chatType, conversation: percy }, king());
      return stanza;
    };
    expectXml(write("<message id='m1'><body>x</body></message>"), "<message id='m1'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>");
    expect(write("<message id='m1'><body>x</body></message>", 'groupchat').getChild('request')).to.equal(undefined);
    expect(write("<message id='m1'/>").getChild('request')).to.equal(undefined);
    expect(write('<message><body>x</body></message>').getChild('request')).to.equal(undefined);
  });
  it('reads the specification\'s receipt and folds it into the message', async () => {
    const stanza = await example('0184', 'A message delivery receipt');
    const [fact] = receipts.read?.({ stanza, base: { ...base, conversation: richard, sender: richard }, origin: 'live' }) ?? [];
    expect(fact).to.include({ kind: 'receipt', target: 'richard2-4.1.247' });
    const fold = (delivery: MessageState['delivery'], mine = false): MessageState['delivery'] => {
      const state: MessageState = { body: '', attachments: [], ...(delivery && { delivery }) };
      receipts.apply?.receipt?.(state, { ...(fact as Fact<'receipt'>), mine });
      return state.delivery;
    };
    expect(['sending', 'sent', 'delivered', 'read', 'failed', undefined].map((before) => fold(before as MessageState['delivery']))).to.deep.equal(['delivered', 'delivered', 'delivered', 'read', 'delivered', undefined]);
    expect(fold('sent', true)).to.equal('sent');
  });
  it('notes that another device of ours has answered', async () => {
    const stanza = await example('0184', 'A message delivery receipt');
    expect(receipts.read?.({ stanza, base: { ...base, mine: true, sender: richard }, origin: 'live' })).to.have.lengthOf(1);
  });
  it('hostile: a receipt by somebody else, in a room, without an id, as an error; a receipt that asks for one', async () => {
    const stanza = await example('0184', 'A message delivery receipt');
    const read = (more: Partial<FactBase>, one = stanza): unknown => receipts.read?.({ stanza: one, base: { ...base, ...more }, origin: 'live' });
    expect(read({ sender: 'mallory@evil.example' })).to.deep.equal([]);
    expect(read({ chatType: 'groupchat' })).to.deep.equal([]);
    expect(read({}, parse("<message><received xmlns='urn:xmpp:receipts'/></message>"))).to.deep.equal([]);
    expect(read({}, parse(`<message><received xmlns='urn:xmpp:receipts' id='${'x'.repeat(5000)}'/></message>`))).to.deep.equal([]);
    expect(read({}, parse("<message type='error'><received xmlns='urn:xmpp:receipts' id='a'/></message>"))).to.deep.equal([]);
    const loop = parse(`<message from='${percy}/a' id='1'><received xmlns='urn:xmpp:receipts' id='a'/><request xmlns='urn:xmpp:receipts'/></message>`);
    expect(await sent({ stanza: loop, base, origin: 'live' })).to.deep.equal([]);
  });
});
