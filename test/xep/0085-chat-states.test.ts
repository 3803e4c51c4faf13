import { expect } from '@open-wc/testing';
import { chatStates, sendState } from '../../src/xep/0085-chat-states.js';
import { fakeContext, settled } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';
import type { FactBase } from '../../src/model/fact.js';
import type { Origin } from '../../src/xep/module.js';

const juliet = 'juliet@capulet.com';
const base: FactBase = { conversation: juliet, chatType: 'chat', sender: juliet, mine: false, at: 1, archive: 'romeo@shakespeare.lit' };
const romeo = (): FakeContext => {
  const ctx = fakeContext({ jid: 'romeo@shakespeare.lit/orchard' });
  ctx.trusted.add(juliet);
  return ctx;
};
const state = (name: string, more = ''): Element => parse(`<message from='${juliet}/balcony' type='chat'><${name} xmlns='http://jabber.org/protocol/chatstates'/>${more}</message>`);
const arrive = async (ctx: FakeContext, stanza: Element, more: Partial<FactBase> = {}, origin: Origin = 'live'): Promise<readonly string[] | undefined> => {
  await chatStates.react?.({ stanza, base: { ...base, ...more }, origin }, ctx);
  return ctx.live.get('typing', more.conversation ?? juliet);
};
const written = (ctx: FakeContext, xml = '<message><body>x</body></message>', chatType: 'chat' | 'groupchat' = 'chat'): Element => {
  const stanza = parse(xml);
  chatStates.write?.({ stanza, chatType, conversation: juliet }, ctx);
  return stanza;
};

describe('xep/0085-chat-states', () => {
  it('shows who is typing, until they pause, go, write, or have been silent for half a minute', async () => {
    const ctx = romeo();
    expect(await arrive(ctx, await example('0085', "User's Client Sends Standalone <composing/>"))).to.deep.equal([juliet]);
    expect(await arrive(ctx, await example('0085', 'User\'s Client Sends Standalone <paused/>'))).to.equal(undefined);
    for (const end of ['active', 'inactive', 'gone']) {
      expect(await arrive(ctx, state('composing'))).to.deep.equal([juliet]);
      expect(await arrive(ctx, state(end)), end).to.equal(undefined);
    }
    await arrive(ctx, state('composing'));
    expect(await arrive(ctx, state('active', '<body>hi</body>'))).to.equal(undefined);
    await arrive(ctx, state('composing'));
    ctx.clock.advance(29_999);
    expect(ctx.live.get('typing', juliet)).to.deep.equal([juliet]);
    ctx.clock.advance(1);
    expect(ctx.live.get('typing', juliet)).to.equal(undefined);
    expect(ctx.clock.pending).to.equal(0);
  });
  it('knows several typing in a room by their nicks', async () => {
    const ctx = romeo();
    const room = 'coven@chat.example';
    const by = (nick: string): Partial<FactBase> => ({ conversation: room, chatType: 'groupchat', sender: `${room}/${nick}`, archive: room });
    await arrive(ctx, state('composing'), by('first'));
    expect(await arrive(ctx, state('composing'), by('second'))).to.deep.equal(['first', 'second']);
    expect(await arrive(ctx, state('active', '<body>x</body>'), by('first'))).to.deep.equal(['second']);
    expect(await arrive(ctx, state('composing'), { ...by('me'), mine: true })).to.deep.equal(['second']);
  });
  it('offers states with the first message, and tells its own once the other side has answered with one', async () => {
    const ctx = romeo();
    expectXml(written(ctx), "<message><body>x</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>");
    await sendState(ctx, juliet, 'composing');
    expect(ctx.sent, 'not before it is known').to.deep.equal([]);
    await arrive(ctx, await example('0085', "Contact's Client Sends Content Message Reply"));
    await sendState(ctx, juliet, 'composing', `${juliet}/balcony`);
    await sendState(ctx, juliet, 'composing');
    await sendState(ctx, juliet, 'paused');
    expect(ctx.sent).to.have.lengthOf(2);
    expectXml(ctx.sent[0], `<message to='${juliet}/balcony' type='chat' id='id1'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>`);
    expectXml(ctx.sent[1], `<message to='${juliet}' type='chat' id='id2'><paused xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>`);
    written(ctx);
    await sendState(ctx, juliet, 'active');
    expect(ctx.sent, 'the message said it').to.have.lengthOf(2);
  });
  it('learns from a message that was missed that the other side wants to know, and shows no typing for it', async () => {
    const ctx = romeo();
    await arrive(ctx, state('active', "<body>hi</body><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>"), {}, 'catch-up');
    expect(await arrive(ctx, state('composing'), {}, 'catch-up')).to.equal(undefined);
    await sendState(ctx, juliet, 'composing');
    expect(ctx.sent).to.have.lengthOf(1);
  });
  it('asks the device, once, where an archive kept the message without its state', async () => {
    const ctx = romeo();
    const missed = parse(`<message from='${juliet}/balcony' type='chat'><body>hi</body></message>`);
    await arrive(ctx, missed, {}, 'catch-up');
    ctx.onIq(({ attrs }) => `<iq type='result' id='${attrs['id'] ?? ''}' from='${juliet}/balcony'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='http://jabber.org/protocol/chatstates'/></query></iq>`);
    await sendState(ctx, juliet, 'composing');
    await sendState(ctx, juliet, 'paused');
    expect(ctx.asked.map(({ attrs }) => attrs['to'])).to.deep.equal([`${juliet}/balcony`]);
    expect(ctx.sent.map((stanza) => stanza.getChild('composing')?.getName())).to.deep.equal(['composing', undefined]);
  });
  it('stops when the reply carries none, and remembers both over a reload', async () => {
    const ctx = romeo();
    await arrive(ctx, parse(`<message from='${juliet}/balcony' type='chat'><body>hi</body></message>`));
    expect(written(ctx).getChild('active')).to.equal(undefined);
    await sendState(ctx, juliet, 'composing');
    expect(ctx.sent).to.deep.equal([]);
    await arrive(ctx, state('active'));
    await settled();
    const reloaded: FakeContext = { ...romeo(), shelf: ctx.shelf };
    await chatStates.onResumed?.(reloaded);
    await sendState(reloaded, juliet, 'composing');
    expect(reloaded.sent).to.have.lengthOf(1);
  });
  it('says nothing in rooms and to strangers', async () => {
    const ctx = romeo();
    expect(written(ctx, undefined, 'groupchat').getChild('active')).to.equal(undefined);
    expect(written(ctx, '<message/>').getChild('active')).to.equal(undefined);
    await arrive(ctx, state('active'));
    ctx.trusted.clear();
    await sendState(ctx, juliet, 'composing');
    expect(ctx.sent).to.deep.equal([]);
  });
  it('forgets who was typing when the session ends', async () => {
    const ctx = romeo();
    await arrive(ctx, state('composing'));
    chatStates.onEnd?.(ctx);
    expect(ctx.live.get('typing', juliet)).to.equal(undefined);
    expect(ctx.clock.pending).to.equal(0);
  });
  it('hostile: old ones, copies of our own, errors, and a flood of names', async () => {
    const ctx = romeo();
    expect(await arrive(ctx, state('composing', "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>"))).to.equal(undefined);
    expect(await arrive(ctx, state('composing'), {}, 'catch-up')).to.equal(undefined);
    expect(await arrive(ctx, state('composing'), {}, 'history')).to.equal(undefined);
    expect(await arrive(ctx, state('composing'), { mine: true })).to.equal(undefined);
    expect(await arrive(ctx, parse("<message type='error'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"))).to.equal(undefined);
    expect(await arrive(ctx, parse("<message><composing xmlns='urn:else'/><typing xmlns='http://jabber.org/protocol/chatstates'/></message>"))).to.equal(undefined);
    for (let i = 0; i < 1000; i += 1) await arrive(ctx, state('composing'), { conversation: `m${i}@evil.example`, sender: `m${i}@evil.example` });
    expect(ctx.clock.pending).to.equal(500);
    expect(ctx.live.entries('typing')).to.have.lengthOf(500);
  });
});
