import { expect } from '@open-wc/testing';
import { allContacts, contactOf, readItem, removeContact, roster, setContact } from '../../src/xep/rfc6121-roster.js';
import { presence } from '../../src/xep/rfc6121-presence.js';
import { ChatError } from '../../src/base/error.js';
import type { Element } from '../../src/xmpp/element.js';
import { fakeContext, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';

const NS = 'jabber:iq:roster';
const features = parse(`<features><ver xmlns='urn:xmpp:features:rosterver'/></features>`);
const result = (query: string): string => `<iq xmlns='jabber:client' type='result' id='r'>${query}</iq>`;
const push = (item: string, attributes = ''): Element => parse(`<iq xmlns='jabber:client' type='set' id='p' ${attributes}><query xmlns='${NS}' ver='ver14'>${item}</query></iq>`);
const service = roster.serves![0]!;
const answer = async (iq: Element, ctx: FakeContext): Promise<Element | undefined> => service.answer(iq, ctx);

/** RFC 6121 §2.1.4, with one item that has no address. */
const full = `<query xmlns='${NS}' ver='ver11'>
  <item jid='Juliet@Example.com' name='Juliet' subscription='both'><group>Friends</group><group>Friends</group><group>Verona</group></item>
  <item jid='benvolio@example.org' name='Benvolio' subscription='to'/>
  <item jid='mercutio@example.org' ask='subscribe' approved='true'/>
  <item jid='@' name='nobody'/>
</query>`;

async function ready(): Promise<FakeContext> {
  const ctx = fakeContext({ streamFeatures: features });
  ctx.onIq((iq) => (iq.attrs['type'] === 'get' ? result(full) : result('')));
  await roster.onReady!(ctx);
  return ctx;
}

describe('xep/rfc6121-roster', () => {
  it('fetches the roster and keeps it', async () => {
    const ctx = await ready();
    expectXml(ctx.asked[0], `<iq type='get'><query xmlns='${NS}' ver=''/></iq>`);
    expect(await ctx.shelf.all('contacts')).to.deep.equal([
      { jid: 'juliet@example.com', name: 'Juliet', groups: ['Friends', 'Verona'], subscription: 'both', asked: false },
      { jid: 'benvolio@example.org', name: 'Benvolio', groups: [], subscription: 'to', asked: false },
      { jid: 'mercutio@example.org', groups: [], subscription: 'none', asked: true, approved: true },
    ]);
    expect(contactOf(ctx, 'juliet@example.com')?.name).to.equal('Juliet');
    expect(await ctx.shelf.note('roster-ver')).to.equal('ver11');
  });

  it('asks for changes only, and keeps what it has when there are none (§2.6.3)', async () => {
    const ctx = fakeContext({ streamFeatures: features });
    await ctx.shelf.put('contacts', [{ jid: 'juliet@example.com', groups: [], subscription: 'both', asked: false }]);
    await ctx.shelf.setNote('roster-ver', 'ver11');
    ctx.onIq(() => result(''));
    await roster.onReady!(ctx);
    expectXml(ctx.asked[0], `<iq type='get'><query xmlns='${NS}' ver='ver11'/></iq>`);
    expect(await ctx.shelf.all('contacts')).to.have.length(1);
    expect(contactOf(ctx, 'juliet@example.com')?.subscription).to.equal('both');
  });

  it('sends no version to a server that does not offer it (§2.6.2)', async () => {
    const ctx = fakeContext();
    await ctx.shelf.setNote('roster-ver', 'ver11');
    ctx.onIq(() => result(full));
    await roster.onReady!(ctx);
    expectXml(ctx.asked[0], `<iq type='get'><query xmlns='${NS}'/></iq>`);
  });

  it('takes pushes of the own account: new, changed, removed', async () => {
    const ctx = await ready();
    expect(await answer(push(`<item jid='nurse@example.com' subscription='from'/>`), ctx)).to.equal(undefined);
    await answer(push(`<item jid='juliet@example.com' name='J' subscription='both'/>`, `from='romeo@montague.example'`), ctx);
    await answer(push(`<item jid='benvolio@example.org' subscription='remove'/>`), ctx);
    expect((await ctx.shelf.all('contacts')).map(({ jid, name }) => [jid, name])).to.deep.equal([
      ['juliet@example.com', 'J'],
      ['mercutio@example.org', undefined],
      ['nurse@example.com', undefined],
    ]);
    expect(Array.from(allContacts(ctx), ({ jid }) => jid)).not.to.include('benvolio@example.org');
    expect(await ctx.shelf.note('roster-ver')).to.equal('ver14');
  });

  it('keeps presence that came after a push, though the push is still being written', async () => {
    const ctx = await ready();
    const juliet = 'juliet@example.com';
    const pushes = [answer(push(`<item jid='${juliet}' subscription='from' ask='subscribe'/>`), ctx), answer(push(`<item jid='${juliet}' subscription='both'/>`), ctx)];
    presence.onPresence!(parse(`<presence xmlns='jabber:client' from='${juliet}/balcony'/>`), ctx);
    await Promise.all(pushes);
    expect(ctx.live.get('presence', juliet)?.show).to.equal('available');
    expect(contactOf(ctx, juliet)?.subscription).to.equal('both');
  });

  it('hostile: refuses pushes of anybody else and writes nothing (§2.1.6)', async () => {
    const ctx = await ready();
    const before = await ctx.shelf.all('contacts');
    const forgers = ['mallory@evil.example', 'montague.example', 'romeo@montague.example/garden', 'romeo@montague.example.evil', 'romeo@montague.example@evil', ''];
    for (const from of forgers) {
      let thrown: unknown;
      await answer(push(`<item jid='mallory@evil.example' subscription='both'/>`, `from='${from}'`), ctx).catch((error: unknown) => (thrown = error));
      expect(thrown, from).to.be.instanceOf(ChatError);
      expect((thrown as ChatError).condition).to.equal('service-unavailable');
    }
    expect(await ctx.shelf.all('contacts')).to.deep.equal(before);
    expect(await ctx.shelf.note('roster-ver')).to.equal('ver11');
  });

  it('refuses a push without one item (§2.1.6)', async () => {
    const ctx = await ready();
    for (const items of ['', `<item jid='a@b'/><item jid='c@d'/>`, `<item jid='@'/>`, '<item/>']) {
      let thrown: unknown;
      await answer(push(items), ctx).catch((error: unknown) => (thrown = error));
      expect((thrown as ChatError).condition, items).to.equal('bad-request');
    }
    expect(await ctx.shelf.all('contacts')).to.have.length(3);
  });

  it('cuts absurd sizes', () => {
    const row = readItem(parse(`<item xmlns='${NS}' jid='a@b' subscription='owner' name='${'x'.repeat(5000)}'>${`<group>g</group>`.repeat(500)}<group>${'y'.repeat(5000)}</group></item>`))!;
    expect(row.name).to.have.length(1023);
    expect(row.groups).to.deep.equal(['g']);
    expect(row.subscription).to.equal('none');
  });

  it('adds, renames and removes; asks for presence only where it is not had', async () => {
    const ctx = await ready();
    await setContact(ctx, { jid: 'Tybalt@Capulet.example', name: 'Tybalt', groups: ['Foes', '', 'Foes'] }, true);
    await setContact(ctx, { jid: 'juliet@example.com', groups: [] }, true);
    await removeContact(ctx, 'benvolio@example.org');
    expectXml(ctx.asked[1], `<iq type='set'><query xmlns='${NS}'><item jid='tybalt@capulet.example' name='Tybalt'><group>Foes</group></item></query></iq>`);
    expectXml(ctx.asked[2], `<iq type='set'><query xmlns='${NS}'><item jid='juliet@example.com'/></query></iq>`);
    expectXml(ctx.asked[3], `<iq type='set'><query xmlns='${NS}'><item jid='benvolio@example.org' subscription='remove'/></query></iq>`);
    expect(ctx.sent).to.have.length(1);
    expectXml(ctx.sent[0], `<presence to='tybalt@capulet.example' type='subscribe'/>`);
  });

  it('forgets the presence of whom we may not see any more', async () => {
    const ctx = await ready();
    for (const end of ['remove', 'none', 'from']) {
      presence.onPresence!(parse(`<presence from='juliet@example.com/balcony'/>`), ctx);
      expect(ctx.live.get('presence', 'juliet@example.com')?.show).to.equal('available');
      await answer(push(`<item jid='juliet@example.com' subscription='${end}'/>`), ctx);
      expect(ctx.live.get('presence', 'juliet@example.com'), end).to.equal(undefined);
    }
  });

  it('removing somebody who is gone already is no error', async () => {
    const ctx = fakeContext();
    ctx.onIq(() => new ChatError('refused', '', { condition: 'item-not-found' }));
    await removeContact(ctx, 'benvolio@example.org');
  });
});
