import { expect } from '@open-wc/testing';
import { displayedMarkers } from '../../src/xep/0333-displayed-markers.js';
import { message } from '../../src/xep/rfc6121-message.js';
import { roster } from '../../src/xep/rfc6121-roster.js';
import { fakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';
import type { FactBase } from '../../src/model/fact.js';
import type { Seen } from '../../src/model/conversation.js';

const romeo = 'romeo@montegue.lit';
const juliet = 'juliet@capulet.lit';
const coven = 'coven@chat.shakespeare.lit';
const base: FactBase = { conversation: romeo, chatType: 'chat', sender: romeo, mine: false, at: 1, archive: juliet };
const seen: Seen = { conversation: romeo, chatType: 'chat', upTo: 1, archive: juliet, archiveId: 's1', markable: 'the-msg-1', spoke: true };
const read = (stanza: Element, more: Partial<FactBase> = {}) => displayedMarkers.read?.({ stanza, base: { ...base, ...more }, origin: 'live' }) ?? [];
async function told(more: Partial<Seen> = {}, ctx: FakeContext = fakeContext({ jid: `${juliet}/balcony` })): Promise<readonly Element[]> {
  await displayedMarkers.seen?.({ ...seen, ...more }, ctx);
  return ctx.sent;
}

describe('xep/0333-displayed-markers', () => {
  it('knows from the specification\'s message that its sender wants to know', async () => {
    const facts = message.read?.({ stanza: await example('0333', 'Romeo sends a message to Juliet'), base, origin: 'live' }) ?? [];
    expect(facts).to.have.lengthOf(1);
    expect(facts[0]).to.include({ kind: 'message', markable: true });
    expect(message.read?.({ stanza: parse('<message><body>x</body></message>'), base, origin: 'live' })[0]).to.not.have.property('markable');
  });

  it('tells what was displayed, as the specification has it, and asks that it be kept', async () => {
    const [marker, ...more] = await told();
    expect(more).to.deep.equal([]);
    expectXml(marker, `<message to='${romeo}' type='chat' id='id1'><displayed xmlns='urn:xmpp:chat-markers:0' id='the-msg-1'/><store xmlns='urn:xmpp:hints'/></message>`);
    const spec = (await example('0333', 'Juliet lets both Romeo she has displayed the message')).getChild('displayed');
    expectXml(marker!.getChild('displayed'), spec!.toString());
  });

  it('is silent unasked, in rooms, where another device has told, and to strangers', async () => {
    const { markable: _, ...unasked } = seen;
    const ctx = fakeContext({ jid: `${juliet}/balcony` });
    await displayedMarkers.seen?.(unasked, ctx);
    expect(await told({ chatType: 'groupchat', conversation: coven }, ctx)).to.deep.equal([]);
    expect(await told({ spoke: false }, ctx), 'nobody answered them yet').to.deep.equal([]);
    ctx.trusted.add(romeo);
    expect(await told({ spoke: false }, ctx), 'that they have written to us is no reason').to.deep.equal([]);
    ctx.recorded.add(`displayed ${romeo} the-msg-1`);
    expect(await told({}, ctx)).to.deep.equal([]);
  });

  it('tells a contact who may see our presence', async () => {
    const ctx = fakeContext({ jid: `${juliet}/balcony` });
    ctx.onIq(() => `<iq xmlns='jabber:client' type='result'><query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='from'/><item jid='paris@verona.lit' subscription='to'/></query></iq>`);
    await roster.onReady!(ctx);
    expect(await told({ spoke: false, conversation: 'paris@verona.lit' }, ctx)).to.deep.equal([]);
    expect(await told({ spoke: false }, ctx)).to.have.lengthOf(1);
  });

  it('asks for each message with a body, never for a room\'s', () => {
    const write = (xml: string, chatType: 'chat' | 'groupchat' = 'chat'): Element => {
      const stanza = parse(xml);
      displayedMarkers.write?.({ stanza, chatType, conversation: romeo }, fakeContext());
      return stanza;
    };
    expectXml(write("<message id='m1'><body>x</body></message>"), "<message id='m1'><body>x</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>");
    expect(write("<message id='m1'><body>x</body></message>", 'groupchat').getChild('markable')).to.equal(undefined);
    expect(write("<message id='m1'/>").getChild('markable')).to.equal(undefined);
    expect(write('<message><body>x</body></message>').getChild('markable')).to.equal(undefined);
  });

  it('reads the specification\'s markers: of the other side, of our other devices; in a room only ours', async () => {
    const marker = await example('0333', 'Juliet lets both Romeo she has displayed the message');
    expect(read(marker)[0]).to.include({ kind: 'displayed', target: 'the-msg-1', mine: false });
    expect(read(marker, { mine: true, sender: juliet })[0]).to.include({ kind: 'displayed', mine: true });
    const inRoom = await example('0333', 'Example marker response to a markable MUC message');
    const room: Partial<FactBase> = { conversation: coven, chatType: 'groupchat', archive: coven, sender: `${coven}/secondwitch` };
    expect(read(inRoom, room)).to.deep.equal([]);
    expect(read(inRoom, { ...room, mine: true })[0]).to.include({ kind: 'displayed', target: '39K7ZYIp', archive: coven });
  });

  it('hostile: by somebody else, as an error, without an id, with an endless one, in another namespace; a bounce of ours fails nothing', () => {
    const marker = "<displayed xmlns='urn:xmpp:chat-markers:0' id='a'/>";
    expect(read(parse(`<message>${marker}</message>`), { sender: 'mallory@evil.example' })).to.deep.equal([]);
    expect(read(parse(`<message type='error'>${marker}</message>`))).to.deep.equal([]);
    expect(read(parse("<message><displayed xmlns='urn:xmpp:chat-markers:0'/></message>"))).to.deep.equal([]);
    expect(read(parse(`<message><displayed xmlns='urn:xmpp:chat-markers:0' id='${'x'.repeat(5000)}'/></message>`))).to.deep.equal([]);
    expect(read(parse("<message><displayed xmlns='urn:other' id='a'/></message>"))).to.deep.equal([]);
    const bounce = parse(`<message type='error' id='m1' from='${romeo}'>${marker}<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`);
    expect(message.read?.({ stanza: bounce, base: { ...base, messageId: 'm1' }, origin: 'live' })).to.deep.equal([]);
  });
});
