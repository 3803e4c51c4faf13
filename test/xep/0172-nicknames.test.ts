import { expect } from '@open-wc/testing';
import { nickIn, nicknames } from '../../src/xep/0172-nicknames.js';
import { message } from '../../src/xep/rfc6121-message.js';
import { fakeContext, type FakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';
import type { FactBase } from '../../src/model/fact.js';

const NS = 'http://jabber.org/protocol/nick';
const narrator = 'narrator@moby-dick.lit';
const starbuck = 'starbuck@moby-dick.lit';
const base: FactBase = { conversation: narrator, chatType: 'chat', sender: narrator, mine: false, at: 1, archive: starbuck };
const called = (nick: string): string | undefined => nickIn(parse(`<message><nick xmlns='${NS}'>${nick}</nick></message>`));
const write = (ctx: FakeContext, conversation = starbuck, chatType: 'chat' | 'groupchat' = 'chat'): Element => {
  const stanza = parse("<message id='m1'><body>x</body></message>");
  nicknames.write?.({ stanza, chatType, conversation }, ctx);
  return stanza;
};

describe('xep/0172-nicknames', () => {
  it('reads the name in the specification\'s first message', async () => {
    const stanza = await example('0172', 'Including Nickname with First Message');
    const read = (more: Partial<FactBase>) => message.read?.({ stanza, base: { ...base, ...more }, origin: 'live' })[0];
    expect(read({})).to.include({ kind: 'message', nick: 'Ishmael' });
    for (const more of [{ mine: true }, { chatType: 'groupchat' as const }, { conversation: 'room@rooms.moby-dick.lit/whale' }]) expect(read(more)).to.not.have.property('nick');
  });

  it('says one\'s own with the first message to each, once a session, and not in rooms', () => {
    const ctx = fakeContext({ jid: `${narrator}/pda`, nickname: 'Ishmael' });
    expect(write(ctx, 'room@rooms.moby-dick.lit', 'groupchat').getChild('nick')).to.equal(undefined);
    expect(write(ctx, 'room@rooms.moby-dick.lit/whale').getChild('nick')).to.equal(undefined);
    expectXml(write(ctx), `<message id='m1'><body>x</body><nick xmlns='${NS}'>Ishmael</nick></message>`);
    expect(write(ctx).getChild('nick')).to.equal(undefined);
    expect(write(ctx, 'ahab@moby-dick.lit').getChild('nick')).to.not.equal(undefined);
    nicknames.onEnd?.(ctx);
    expect(write(ctx).getChild('nick')).to.not.equal(undefined);
    expect(write(fakeContext()).getChild('nick')).to.equal(undefined);
  });

  it('hostile: signs that cannot be seen, lines, endless ones, nothing, another namespace', () => {
    expect(called(' Ann\u202e\u200be\n\t of  \u00a0 Rennes ')).to.equal('Anne of Rennes');
    expect(called('\u2066\u200d \u00ad')).to.equal(undefined);
    expect(called('')).to.equal(undefined);
    expect(called('x'.repeat(100_000))).to.have.lengthOf(60);
    expect(called('🐳'.repeat(100))).to.equal('🐳'.repeat(60));
    expect(nickIn(parse("<message><nick xmlns='urn:other'>x</nick></message>"))).to.equal(undefined);
    expect(nickIn(parse('<message/>'))).to.equal(undefined);
    for (const nickname of [{}, 7, '\u200b', 'x'.repeat(500)] as string[]) expect(write(fakeContext({ nickname })).getChildText('nick') ?? '').to.have.lengthOf(nickname.length === 500 ? 60 : 0);
  });
});
