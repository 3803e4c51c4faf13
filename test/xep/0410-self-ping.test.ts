import { expect } from '@open-wc/testing';
import { joinRoom, muc } from '../../src/xep/0045-muc.js';
import { checkRooms, isIn, selfPing } from '../../src/xep/0410-self-ping.js';
import { example } from '../support/xep-examples.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';

const room = 'characters@chat.shakespeare.lit';
const nick = 'JuliC';
const self = `<presence from='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/><status code='110'/></x></presence>`;
const error = (condition: string): string => `<iq type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
const isPing = (iq: { getChild(name: string, ns: string): unknown }): boolean => iq.getChild('ping', 'urn:xmpp:ping') !== undefined;
const pings = (ctx: FakeContext) => ctx.asked.filter(isPing);
const joins = (ctx: FakeContext) => ctx.sent.filter((stanza) => stanza.getChild('x', 'http://jabber.org/protocol/muc'));

async function inside(): Promise<FakeContext> {
  const ctx = fakeContext({ jid: 'juliet@capulet.lit/client' });
  const joining = joinRoom(ctx, { jid: room, nick });
  await settled();
  muc.onPresence!(parse(self), ctx);
  await joining;
  await selfPing.onReady!(ctx);
  return ctx;
}

describe('xep/0410-self-ping', () => {
  it('pings itself in every room, and enters again where the answer says that it is out', async () => {
    const ctx = await inside();
    const out = await example('0410', 'Server Response to a Non-Occupant');
    ctx.onIq((iq) => (isPing(iq) ? out : undefined));
    const checked = checkRooms(ctx);
    await settled();
    const ping = await example('0410', "Self-Ping by Juliet's Client");
    expectXml(pings(ctx)[0], `<iq type='get' id='${pings(ctx)[0]!.attrs['id']}' to='${ping.attrs['to']}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    expect(ctx.live.get('room', room)?.state).to.equal('joining');
    expect(joins(ctx)).to.have.length(2);
    muc.onPresence!(parse(self), ctx);
    await checked;
    expect(ctx.live.get('room', room)?.state).to.equal('joined');
  });

  it('understands the answers (§3.4)', () => {
    for (const condition of [undefined, 'service-unavailable', 'feature-not-implemented', 'item-not-found']) expect(isIn(condition), condition).to.equal(true);
    for (const condition of ['remote-server-not-found', 'remote-server-timeout']) expect(isIn(condition), condition).to.equal(undefined);
    for (const condition of ['not-acceptable', 'bad-request', 'forbidden']) expect(isIn(condition), condition).to.equal(false);
  });

  it('stays where the answer leaves it in, or open', async () => {
    for (const condition of ['service-unavailable', 'item-not-found', 'remote-server-timeout']) {
      const ctx = await inside();
      ctx.onIq((iq) => (isPing(iq) ? error(condition) : undefined));
      await checkRooms(ctx);
      expect(ctx.live.get('room', room)?.state, condition).to.equal('joined');
      expect(joins(ctx)).to.have.length(1);
    }
  });

  it('asks after a quarter of an hour of silence, not while the room speaks', async () => {
    const ctx = await inside();
    ctx.clock.advance(14 * 60_000);
    muc.onPresence!(parse(self), ctx);
    ctx.clock.advance(14 * 60_000);
    expect(pings(ctx)).to.have.length(0);
    ctx.clock.advance(2 * 60_000);
    expect(pings(ctx)).to.have.length(1);
    await settled();
    ctx.clock.advance(10 * 60_000);
    expect(pings(ctx)).to.have.length(1);
    selfPing.onEnd!(ctx);
    expect(ctx.clock.pending).to.equal(0);
  });

  it('asks at once where the clock was set back: how long the room was silent is not known any more', async () => {
    const ctx = await inside();
    ctx.clock.sleep(-7_200_000);
    ctx.clock.advance(60_000);
    expect(pings(ctx)).to.have.length(1);
    await settled();
    ctx.clock.advance(14 * 60_000);
    expect(pings(ctx), 'and then as always').to.have.length(1);
  });

  it('tries a room that was out of reach again: after a minute, then less and less often', async () => {
    const ctx = await inside();
    muc.onPresence!(parse(self.replace('<presence', `<presence type='unavailable'`).replace('110', '332')), ctx);
    expect(ctx.live.get('room', room)?.refusal).to.equal('shutdown');
    const tries: number[] = [];
    for (let minute = 1; minute <= 60; minute += 1) {
      const before = joins(ctx).length;
      ctx.clock.advance(60_000);
      // oxlint-disable-next-line no-await-in-loop -- minute by minute
      await settled();
      if (joins(ctx).length > before) tries.push(minute);
    }
    // Each try takes half a minute to be in vain.
    expect(tries).to.deep.equal([1, 3, 7, 15, 30, 45, 60]);
  });

  it('hostile: a ban is no reason to come back', async () => {
    const ctx = await inside();
    muc.onPresence!(parse(self.replace('<presence', `<presence type='unavailable'`).replace('110', '301')), ctx);
    ctx.clock.advance(60 * 60_000);
    await settled();
    expect(joins(ctx)).to.have.length(1);
    expect(pings(ctx)).to.have.length(0);
  });
});
