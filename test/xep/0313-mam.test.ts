import { expect } from '@open-wc/testing';
import { mam, queryArchive, supportsArchive } from '../../src/xep/0313-mam.js';
import { ChatError, toChatError } from '../../src/base/error.js';
import { fakeContext, settled } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';
import { exampleXml } from '../support/xep-examples.js';
import type { FakeContext } from '../support/xep-context.js';

const me = 'juliet@capulet.lit';
const room = 'coven@chat.shakespeare.lit';
const juliet = (): FakeContext => fakeContext({ jid: `${me}/chamber`, modules: [mam] });
const refused = (thrown: unknown): string => {
  const { code, condition } = toChatError(thrown, 'invalid');
  return `${code} ${condition ?? ''}`.trim();
};

type Result = { queryid?: string; id?: string; from?: string; inner?: string; forwarded?: string };
const inner = (from = 'romeo@montague.lit/orchard', to = `${me}/balcony`): string => `<message xmlns='jabber:client' from='${from}' to='${to}' type='chat'><body>hi</body></message>`;
const result = ({ queryid = 'id1', id = 'a1', from = me, inner: content = inner(), forwarded }: Result = {}) =>
  parse(`<message from='${from}' to='${me}/chamber'><result xmlns='urn:xmpp:mam:2' queryid='${queryid}' id='${id}'>${forwarded ?? `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>${content}</forwarded>`}</result></message>`);
const take = (ctx: FakeContext, one: Result): string => {
  const outcome = mam.unwrap?.(result(one), ctx);
  return outcome && 'reject' in outcome ? outcome.reject : outcome?.taken ? 'taken' : 'not claimed';
};
const fin = (attrs = "complete='true'", set = ''): string => `<iq type='result'><fin xmlns='urn:xmpp:mam:2' ${attrs}><set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin></iq>`;

describe('xep/0313-mam', () => {
  it('asks for a page and hands back what it holds, in the archive\'s order', async () => {
    const ctx = juliet();
    ctx.onIq(() => {
      expect(take(ctx, { id: 'a1' })).to.equal('taken');
      expect(take(ctx, { id: 'a2', inner: inner(`${me}/balcony`, 'romeo@montague.lit/orchard') })).to.equal('taken');
      return fin("complete='true'", "<first index='0'>a1</first><last>a2</last><count>16</count>");
    });
    const page = await queryArchive(ctx, { archive: me, with: 'romeo@montague.lit', after: '09af3-cc343-b409f', max: 10 });
    expectXml(ctx.asked[0], `<iq type='set' to='${me}' id='id2'><query xmlns='urn:xmpp:mam:2' queryid='id1'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>romeo@montague.lit</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>09af3-cc343-b409f</after></set></query></iq>`);
    expect(page.items.map(({ archiveId, at, stanza }) => [archiveId, at, stanza.getChildText('body')])).to.deep.equal([['a1', Date.UTC(2010, 6, 10, 23, 8, 25), 'hi'], ['a2', Date.UTC(2010, 6, 10, 23, 8, 25), 'hi']]);
    expect(page).to.include({ first: 'a1', last: 'a2', count: 16, complete: true, stable: true });
  });
  it('asks for the newest page without a filter', async () => {
    const ctx = juliet();
    ctx.onIq(() => fin("stable='false'"));
    const page = await queryArchive(ctx, { archive: room, before: '', max: 50 });
    expectXml(ctx.asked[0], `<iq type='set' to='${room}' id='id2'><query xmlns='urn:xmpp:mam:2' queryid='id1'><set xmlns='http://jabber.org/protocol/rsm'><max>50</max><before/></set></query></iq>`);
    expect(page).to.deep.equal({ items: [], complete: false, stable: false });
  });
  it('asks for the newest of what lies after an item, in the form of the specification', async () => {
    const ctx = juliet();
    ctx.onIq(() => fin());
    await queryArchive(ctx, { archive: me, before: '', since: '09af3-cc343-b409f', max: 50 });
    const form = parse(await exampleXml('0313', 'Querying the archive for all messages after a certain message')).getChild('query')?.getChild('x');
    expectXml(ctx.asked[0]?.getChild('query')?.getChild('x'), form?.toString() ?? '');
    expectXml(ctx.asked[0]?.getChild('query')?.getChild('set'), "<set xmlns='http://jabber.org/protocol/rsm'><max>50</max><before/></set>");
  });
  it('reads the room\'s messages of the specification', async () => {
    const ctx = juliet();
    const xml = await exampleXml('0313', 'Server returns MUC messages');
    ctx.onIq(() => {
      for (const one of xml.replaceAll("queryid='g27'", "queryid='id1'").split('\n\n')) expect(mam.unwrap?.(parse(one), ctx)).to.include({ taken: true });
      return fin('', '<last>34482-21985-73620</last>');
    });
    const page = await queryArchive(ctx, { archive: room, before: '', max: 50 });
    expect(page.items.map(({ archiveId, stanza }) => [archiveId, stanza.getChildText('body')])).to.deep.equal([['78527-06716-51603', "Thrice the brinded cat hath mew'd."], ['34482-21985-73620', 'Thrice and once the hedge-pig whined.']]);
  });
  it('waits for results that the inbox hands over after the answer', async () => {
    const ctx = juliet();
    ctx.onIq(() => fin('', '<last>a2</last>'));
    const page = queryArchive(ctx, { archive: me, before: '', max: 10 });
    await settled();
    expect(take(ctx, { id: 'a1' })).to.equal('taken');
    expect(take(ctx, { id: 'a2' })).to.equal('taken');
    expect((await page).items).to.have.lengthOf(2);
    expect(ctx.clock.pending).to.equal(0);
  });
  it('gives up when the last item never comes', async () => {
    const ctx = juliet();
    ctx.onIq(() => fin('', '<last>a2</last>'));
    const page = queryArchive(ctx, { archive: me, before: '', max: 10 }).catch(refused);
    await settled();
    ctx.clock.advance(15_000);
    expect(await page).to.equal('protocol');
  });
  it('asks an archive one thing at a time, and different archives at once', async () => {
    const ctx = juliet();
    const waiting: (() => void)[] = [];
    ctx.onIq((iq) => new Promise((resolve) => waiting.push(() => resolve(fin('', iq.attrs['to'] === me ? '' : '')))));
    const all = [me, me, room].map((archive) => queryArchive(ctx, { archive, before: '', max: 1 }));
    await settled();
    expect(ctx.asked.map((iq) => iq.attrs['to'])).to.deep.equal([me, room]);
    waiting.forEach((go) => go());
    await settled();
    expect(ctx.asked).to.have.lengthOf(3);
    waiting.forEach((go) => go());
    expect(await Promise.all(all)).to.have.lengthOf(3);
  });
  it('says when the archive no longer knows the cursor, and goes on with the next query', async () => {
    const ctx = juliet();
    ctx.onIq((iq) => (iq.toString().includes('<after>') ? "<iq type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>" : fin()));
    const lost = queryArchive(ctx, { archive: me, after: 'purged', max: 10 }).catch(refused);
    const next = queryArchive(ctx, { archive: me, before: '', max: 10 });
    expect(await lost).to.equal('refused item-not-found');
    expect((await next).complete).to.equal(true);
    ctx.onIq(() => new ChatError('offline', 'gone'));
    expect(await queryArchive(ctx, { archive: me, before: '', max: 10 }).catch(refused)).to.equal('offline');
    ctx.onIq(() => "<iq type='result'/>");
    expect(await queryArchive(ctx, { archive: me, before: '', max: 10 }).catch(refused)).to.equal('protocol');
  });
  it('knows which archives exist', async () => {
    const ctx = juliet();
    ctx.onIq((iq) => (iq.attrs['to'] === me ? "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query></iq>" : undefined));
    expect(await supportsArchive(ctx, me)).to.equal(true);
    expect(await supportsArchive(ctx, room)).to.equal(false);
  });
  it('leaves other messages alone', () => {
    expect(mam.unwrap?.(parse(`<message from='${me}'><body>hi</body></message>`), juliet())).to.equal(undefined);
  });
  it('hostile: results nobody asked for, of others, twice, too many', async () => {
    const ctx = juliet();
    expect(take(ctx, {})).to.contain('not asked');
    ctx.onIq(() => {
      expect(take(ctx, { from: 'mallory@evil.example' }), 'a stranger').to.contain('not asked');
      expect(take(ctx, { from: `${me}/chamber` }), 'own full JID').to.contain('not asked');
      expect(take(ctx, { from: 'capulet.lit' }), 'own server').to.contain('not asked');
      expect(take(ctx, { from: room }), 'another archive').to.contain('not asked');
      expect(take(ctx, { queryid: 'guess' })).to.contain('another query');
      expect(take(ctx, { id: '' })).to.contain('without an id');
      expect(take(ctx, { id: 'a1' })).to.equal('taken');
      expect(take(ctx, { id: 'a1' })).to.contain('second time');
      expect(take(ctx, { id: 'a2' })).to.equal('taken');
      expect(take(ctx, { id: 'a3' })).to.contain('more');
      return fin('', '<last>a2</last>');
    });
    expect((await queryArchive(ctx, { archive: me, before: '', max: 2 })).items).to.have.lengthOf(2);
    expect(take(ctx, { id: 'a4' }), 'after the end').to.contain('not asked');
  });
  it('hostile: what cannot be of the archive counts for the cursor and says nothing', async () => {
    const ctx = juliet();
    const forged: readonly Result[] = [
      { inner: inner('romeo@montague.lit/a', 'mercutio@verona.lit') },
      { inner: inner().replace('<body>', "<received xmlns='urn:xmpp:carbons:2'/><body>") },
      { inner: inner().replace('<body>', "<result xmlns='urn:xmpp:mam:2'/><body>") },
      { inner: inner('@', me) },
      { inner: inner() + inner() },
      { forwarded: '' },
    ];
    ctx.onIq(() => {
      forged.forEach((one, i) => expect(take(ctx, { ...one, id: `f${i}` })).to.equal('taken'));
      return fin('', '<last>f5</last>');
    });
    const page = await queryArchive(ctx, { archive: me, before: '', max: 10 });
    expect(page.items).to.have.lengthOf(6);
    for (const { stanza } of page.items) expect(stanza.children).to.deep.equal([]);
  });
  it('hostile: a room\'s archive speaks for that room only', async () => {
    const ctx = juliet();
    ctx.onIq(() => {
      expect(take(ctx, { from: room, id: 'r1', inner: inner('other@chat.shakespeare.lit/witch') })).to.equal('taken');
      expect(take(ctx, { from: room, id: 'r2', inner: "<message xmlns='jabber:client'><body>hi</body></message>" })).to.equal('taken');
      expect(take(ctx, { from: room, id: 'r3', inner: inner(`${room}/witch`) })).to.equal('taken');
      return fin('', '<last>r3</last>');
    });
    const page = await queryArchive(ctx, { archive: room, before: '', max: 10 });
    expect(page.items.map(({ stanza }) => stanza.children.length)).to.deep.equal([0, 0, 1]);
  });
});
