import { expect } from '@open-wc/testing';
import { addressFor, bestResource, presence, sendInitialPresence, setOwnPresence } from '../../src/xep/rfc6121-presence.js';
import { answerRequest, subscriptionsSettled } from '../../src/xep/rfc6121-subscriptions.js';
import { roster } from '../../src/xep/rfc6121-roster.js';
import { xml, type Element } from '../../src/xmpp/element.js';
import type { XepModule } from '../../src/xep/module.js';
import { fakeContext, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';

const juliet = 'juliet@example.com';
const tell = (ctx: FakeContext, stanza: string): boolean | void => presence.onPresence!(parse(stanza), ctx);
const seen = (ctx: FakeContext) => ctx.live.get('presence', juliet);

async function withRoster(items: string, modules: readonly XepModule[] = []): Promise<FakeContext> {
  const ctx = fakeContext({ modules });
  ctx.onIq(() => `<iq xmlns='jabber:client' type='result'><query xmlns='jabber:iq:roster'>${items}</query></iq>`);
  await roster.onReady!(ctx);
  return ctx;
}

describe('xep/rfc6121-presence', () => {
  it('shows the best of several resources: priority, then availability, then the latest (§4.7.2.3)', () => {
    const ctx = fakeContext();
    tell(ctx, `<presence from='${juliet}/phone'><show>dnd</show><priority>5</priority></presence>`);
    expect(seen(ctx)).to.deep.equal({ show: 'dnd', resources: 1 });
    tell(ctx, `<presence from='${juliet}/balcony'><status>be right back</status><priority>1</priority></presence>`);
    expect(seen(ctx)).to.deep.equal({ show: 'dnd', resources: 2 });
    tell(ctx, `<presence from='${juliet}/phone'><show>dnd</show><priority>1</priority></presence>`);
    expect(seen(ctx)).to.deep.equal({ show: 'available', status: 'be right back', resources: 2 });
    tell(ctx, `<presence from='${juliet}/chamber'><status>here</status><priority>1</priority></presence>`);
    expect(seen(ctx)).to.deep.equal({ show: 'available', status: 'here', resources: 3 });
    expect(bestResource(ctx, juliet)).to.equal(`${juliet}/chamber`);
    tell(ctx, `<presence from='${juliet}/chamber' type='unavailable'/>`);
    tell(ctx, `<presence from='${juliet}/balcony' type='unavailable'/>`);
    expect(seen(ctx)).to.deep.equal({ show: 'dnd', resources: 1 });
    tell(ctx, `<presence from='${juliet}/phone' type='unavailable'/>`);
    expect(seen(ctx)).to.equal(undefined);
  });

  it('clears every resource on unavailable and error from the bare JID', () => {
    for (const type of ['unavailable', 'error', 'unsubscribed']) {
      const ctx = fakeContext();
      tell(ctx, `<presence from='${juliet}/a'/>`);
      tell(ctx, `<presence from='${juliet}/b'/>`);
      tell(ctx, `<presence from='${juliet}' type='${type}'/>`);
      expect(seen(ctx), type).to.equal(undefined);
    }
  });

  it('forgets all presence when the session ends', () => {
    const ctx = fakeContext();
    tell(ctx, `<presence from='${juliet}/a'/>`);
    presence.onEnd!(ctx);
    expect(ctx.live.entries('presence')).to.deep.equal([]);
  });

  it('hostile: unknown shows, absurd priorities, floods of resources and strangers', () => {
    const ctx = fakeContext();
    tell(ctx, `<presence from='${juliet}/a'><show>__proto__</show><priority>99999999999999</priority><status>${'x'.repeat(9999)}</status></presence>`);
    expect(seen(ctx)?.show).to.equal('available');
    expect(seen(ctx)?.status).to.have.length(1000);
    for (let index = 0; index < 500; index++) tell(ctx, `<presence from='${juliet}/r${index}'/>`);
    expect(seen(ctx)?.resources).to.equal(64);
    for (let index = 0; index < 2000; index++) tell(ctx, `<presence from='s${index}@evil.example/x'/>`);
    expect(ctx.live.entries('presence').length).to.be.below(600);
    for (const from of ['@', '/x', 'a@b@c', '']) expect(tell(ctx, `<presence from='${from}'/>`), from).to.equal(false);
  });

  describe('one’s own', () => {
    const announcer: XepModule = { xep: 'test', title: 'test', announce: (stanza) => stanza.append(xml('c', { xmlns: 'urn:test' })) };

    it('is available, with what modules announce', async () => {
      const ctx = fakeContext({ modules: [announcer] });
      expect(await sendInitialPresence(ctx)).to.deep.equal({ show: 'available' });
      expectXml(ctx.sent[0], `<presence><c xmlns='urn:test'/></presence>`);
    });

    it('is kept for the next session', async () => {
      const ctx = fakeContext();
      await setOwnPresence(ctx, { show: 'away', status: 'at lunch' });
      expectXml(ctx.sent[0], `<presence><show>away</show><status>at lunch</status></presence>`);
      presence.onEnd!(ctx);
      await sendInitialPresence(ctx);
      expectXml(ctx.sent[1], `<presence><show>away</show><status>at lunch</status></presence>`);
    });

    it('invisible sends nothing, or unavailable to who has seen us', async () => {
      const ctx = fakeContext();
      await sendInitialPresence(ctx);
      await setOwnPresence(ctx, { show: 'invisible' });
      expectXml(ctx.sent[1], `<presence type='unavailable'/>`);
      presence.onEnd!(ctx);
      expect(await sendInitialPresence(ctx)).to.deep.equal({ show: 'invisible' });
      expect(ctx.sent).to.have.length(2);
    });
  });

  describe('resource locking (§5.1)', () => {
    const message = (ctx: FakeContext, from: string, more: { type?: string; mine?: boolean; origin?: 'live' | 'catch-up' } = {}): unknown =>
      presence.react!(
        {
          stanza: parse(`<message xmlns='jabber:client' type='${more.type ?? 'chat'}' from='${from}'><body>hi</body></message>`),
          base: { conversation: juliet, chatType: 'chat', sender: juliet, mine: more.mine ?? false, at: 0, archive: ctx.me },
          origin: more.origin ?? 'live',
        },
        ctx,
      );

    it('locks onto the resource that answered, and unlocks on any presence of theirs', () => {
      const ctx = fakeContext();
      expect(addressFor(ctx, juliet)).to.equal(juliet);
      tell(ctx, `<presence from='${juliet}/balcony'/>`);
      message(ctx, `${juliet}/balcony`);
      expect(addressFor(ctx, juliet)).to.equal(`${juliet}/balcony`);
      tell(ctx, `<presence from='${juliet}/balcony'><show>away</show></presence>`);
      expect(addressFor(ctx, juliet)).to.equal(juliet);
      message(ctx, `${juliet}/balcony`);
      tell(ctx, `<presence from='${juliet}/phone'/>`);
      expect(addressFor(ctx, juliet)).to.equal(juliet);
    });

    it('unlocks when another resource speaks', () => {
      const ctx = fakeContext();
      tell(ctx, `<presence from='${juliet}/balcony'/>`);
      tell(ctx, `<presence from='${juliet}/phone'/>`);
      message(ctx, `${juliet}/balcony`);
      message(ctx, `${juliet}/phone`);
      expect(addressFor(ctx, juliet)).to.equal(juliet);
      message(ctx, `${juliet}/phone`);
      expect(addressFor(ctx, juliet)).to.equal(`${juliet}/phone`);
    });

    it('never locks onto what is not known to be there, on old messages, errors and our own', () => {
      const ctx = fakeContext();
      message(ctx, `${juliet}/balcony`);
      tell(ctx, `<presence from='${juliet}/balcony'/>`);
      message(ctx, `${juliet}/balcony`, { origin: 'catch-up' });
      message(ctx, `${juliet}/balcony`, { type: 'error' });
      message(ctx, `${juliet}/balcony`, { mine: true });
      message(ctx, 'mallory@evil.example/balcony');
      expect(addressFor(ctx, juliet)).to.equal(juliet);
    });

    it('leaves full addresses and domains as they are', () => {
      const ctx = fakeContext();
      for (const address of ['bot@example.com/x', 'example.com', 'room@rooms.example/nick']) expect(addressFor(ctx, address)).to.equal(address);
    });
  });

  it('asks who is there after a hand-over, in groups and once (§4.3)', async () => {
    const items = Array.from({ length: 45 }, (_, index) => `<item jid='c${index}@example.com' subscription='${index === 0 ? 'from' : 'both'}'/>`).join('');
    const ctx = await withRoster(items);
    await presence.onResumed!(ctx);
    expect(ctx.sent).to.have.length(20);
    expectXml(ctx.sent[0], `<presence to='c1@example.com' type='probe'/>`);
    ctx.clock.advance(5000);
    expect(ctx.sent).to.have.length(44);
    await presence.onResumed!(ctx);
    ctx.clock.advance(5000);
    expect(ctx.sent).to.have.length(44);
  });

  it('asks a fresh worker’s server for everybody it has not heard of, and nobody where it began the session itself', async () => {
    const items = `<item jid='${juliet}' subscription='both'/><item jid='nurse@example.com' subscription='to'/>`;
    const fresh = await withRoster(items);
    tell(fresh, `<presence from='${juliet}/balcony'/>`);
    await presence.onResumed!(fresh);
    expect(fresh.sent.map((stanza) => stanza.attrs['to'])).to.deep.equal(['nurse@example.com']);
    const same = await withRoster(items);
    await sendInitialPresence(same);
    await presence.onResumed!(same);
    expect(same.sent.filter((stanza) => stanza.attrs['type'] === 'probe')).to.deep.equal([]);
  });
});

describe('xep/rfc6121-subscriptions', () => {
  const ask = async (ctx: FakeContext, stanza: string): Promise<void> => {
    tell(ctx, stanza);
    await subscriptionsSettled(ctx);
  };
  const sent = (ctx: FakeContext): Element | undefined => ctx.sent.at(-1);

  it('keeps a request until it is answered', async () => {
    const ctx = await withRoster('');
    await ask(ctx, `<presence from='${juliet}' type='subscribe'><status>Hi, I am Juliet</status><nick xmlns='http://jabber.org/protocol/nick'>Juliet</nick></presence>`);
    expect(await ctx.shelf.all('requests')).to.deep.equal([{ jid: juliet, at: ctx.clock.now(), nickname: 'Juliet', text: 'Hi, I am Juliet' }]);
    expect(ctx.sent).to.deep.equal([]);
    await answerRequest(ctx, juliet, true);
    expectXml(ctx.sent[0], `<presence to='${juliet}' type='subscribed'/>`);
    expect(ctx.sent, 'who lets somebody see him need not want to see them').to.have.length(1);
    expect(await ctx.shelf.all('requests')).to.deep.equal([]);
  });

  it('refuses', async () => {
    const ctx = await withRoster('');
    await ask(ctx, `<presence from='${juliet}' type='subscribe'/>`);
    await answerRequest(ctx, juliet, false);
    expect(ctx.sent).to.have.length(1);
    expectXml(sent(ctx), `<presence to='${juliet}' type='unsubscribed'/>`);
    expect(await ctx.shelf.all('requests')).to.deep.equal([]);
  });

  it('approves by itself those we see, asked, approved, or who see us already', async () => {
    for (const item of [`subscription='to'`, `ask='subscribe'`, `subscription='from'`, `subscription='both'`, `approved='true'`]) {
      const ctx = await withRoster(`<item jid='${juliet}' ${item}/>`);
      await ask(ctx, `<presence from='${juliet}' type='subscribe'/>`);
      expectXml(sent(ctx), `<presence to='${juliet}' type='subscribed'/>`);
      expect(await ctx.shelf.all('requests'), item).to.deep.equal([]);
    }
  });

  it('withdraws a request', async () => {
    const ctx = await withRoster('');
    await ask(ctx, `<presence from='tybalt@example.com' type='subscribe'/>`);
    await ask(ctx, `<presence from='tybalt@example.com' type='unsubscribe'/>`);
    expect(await ctx.shelf.all('requests')).to.deep.equal([]);
  });

  it('hostile: a flood of requests fills no more than its share', async () => {
    const ctx = await withRoster('');
    for (let index = 0; index < 1000; index++) tell(ctx, `<presence from='s${index}@evil.example' type='subscribe'/>`);
    tell(ctx, `<presence type='subscribe'/>`);
    await subscriptionsSettled(ctx);
    expect((await ctx.shelf.all('requests')).length).to.equal(200);
  });
});
