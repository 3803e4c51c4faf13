import { expect } from '@open-wc/testing';
import { bookmarkRoom, bookmarks, joinAndKeep, leaveAndKeep, syncBookmarks } from '../../src/xep/0402-bookmarks.js';
import { readItem } from '../../src/xep/0402-publish.js';
import { fetchLegacy, writeLegacy } from '../../src/xep/0048-bookmarks.js';
import { joinRoom, muc } from '../../src/xep/0045-muc.js';
import { NS_CLIENT, childElements, type Element } from '../../src/xmpp/element.js';
import { ChatError } from '../../src/base/error.js';
import { exampleXml } from '../support/xep-examples.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';

const NS = 'urn:xmpp:bookmarks:1';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const PRIVATE = 'jabber:iq:private';
const play = 'theplay@conference.shakespeare.lit';
const orchard = 'orchard@conference.shakespeare.lit';
const me = 'juliet@capulet.lit';

/** The examples come with their namespace and node left out. */
const ofSpec = async (caption: string): Promise<Element> => parse((await exampleXml('0402', caption)).replaceAll(`xmlns=''`, `xmlns='${NS}'`).replaceAll(`node=''`, `node='${NS}'`));
const refused = (condition: string): ChatError => new ChatError('refused', condition, { condition });
const done = `<iq xmlns='${NS_CLIENT}' type='result'/>`;
const child = (iq: Element, name: string): Element | undefined => iq.getChild('pubsub')?.getChild(name);
const isSet = (iq: Element): boolean => iq.attrs['type'] === 'set';
/** What was written to the server, by the name of the request. */
const written = (ctx: FakeContext): string[] =>
  ctx.asked.filter(isSet).flatMap((iq) => childElements(iq)).map((payload) => (payload.getNS() === PRIVATE ? 'private' : childElements(payload)[0]!.getName()));

type Server = { readonly compat?: boolean; readonly native?: Element | ChatError; readonly storage?: string | ChatError; readonly refuse?: (iq: Element) => ChatError | undefined };

function juliet(server: Server): FakeContext {
  const ctx = fakeContext({ jid: `${me}/balcony` });
  ctx.onIq((iq) => {
    const refusal = server.refuse?.(iq);
    if (refusal) return refusal;
    if (iq.getChild('query', 'http://jabber.org/protocol/disco#info')) return iq.attrs['to'] === me ? `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>${server.compat ? `<feature var='${NS}#compat'/>` : ''}</query></iq>` : refused('forbidden');
    if (isSet(iq)) return done;
    if (iq.getChild('query', PRIVATE)) return server.storage instanceof ChatError ? server.storage : `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='${PRIVATE}'>${server.storage ?? `<storage xmlns='storage:bookmarks'/>`}</query></iq>`;
    return child(iq, 'items')?.attrs['node'] === NS ? (server.native ?? refused('item-not-found')) : refused('item-not-found');
  });
  return ctx;
}
const enter = (ctx: FakeContext, room: string, nick = 'JC'): unknown =>
  muc.onPresence!(parse(`<presence xmlns='${NS_CLIENT}' from='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant' affiliation='none'/><status code='110'/></x></presence>`), ctx);
const event = (ctx: FakeContext, stanza: Element, origin: 'live' | 'catch-up' = 'live') =>
  bookmarks.react!({ stanza, base: { conversation: me, chatType: 'chat', sender: me, mine: true, at: 0, archive: me }, origin }, ctx);
const state = (ctx: FakeContext, room: string) => ctx.live.get('room', room)?.state;

describe('xep/0402-bookmarks', () => {
  it('reads all bookmarks and enters the rooms that say so', async () => {
    const ctx = juliet({ compat: true, native: await ofSpec('Server returns the bookmarks') });
    await syncBookmarks(ctx);
    expectXml(ctx.asked[0], `<iq type='get' id='${ctx.asked[0]!.attrs['id']}'><pubsub xmlns='${PUBSUB}'><items node='${NS}'/></pubsub></iq>`);
    const rows = await ctx.shelf.all('rooms');
    expect(rows).to.have.length(2);
    expect(rows[0]).to.deep.equal({ jid: play, bookmarked: true, autojoin: true, name: `The Play's the Thing`, nick: 'JC' });
    expect(rows[1]).to.deep.include({ jid: orchard, autojoin: true });
    expect(rows[1]!.extensions).to.contain('minimized');
    await settled();
    expect(ctx.sent.map(({ attrs }) => attrs['to'])).to.have.members([`${play}/JC`, `${orchard}/JC`]);
    expect(ctx.asked.some((iq) => iq.getChild('query', PRIVATE))).to.equal(false);
  });

  it('leaves what another device has taken away or switched off while we were gone', async () => {
    const ctx = juliet({ compat: true, native: await ofSpec('Server returns the bookmarks') });
    await ctx.shelf.put('rooms', [{ jid: 'gone@conference.shakespeare.lit', bookmarked: true, autojoin: true }, { jid: 'mine@conference.shakespeare.lit', bookmarked: false, autojoin: true }]);
    await syncBookmarks(ctx);
    expect((await ctx.shelf.all('rooms')).map(({ jid }) => jid)).to.have.members([play, orchard, 'mine@conference.shakespeare.lit']);
  });

  it('keeps what it has when the server gives no answer', async () => {
    const ctx = juliet({ native: new ChatError('timeout', '') });
    await ctx.shelf.put('rooms', [{ jid: play, bookmarked: true, autojoin: true }]);
    let thrown: unknown;
    await syncBookmarks(ctx).catch((error: unknown) => (thrown = error));
    expect(thrown).to.have.property('code', 'timeout');
    expect(await ctx.shelf.all('rooms')).to.have.length(1);
  });

  it('follows other devices: added, switched off, taken away', async () => {
    const ctx = juliet({ compat: true });
    await event(ctx, await ofSpec('Client receives a new bookmark notification'));
    await settled();
    expect(state(ctx, play)).to.equal('joining');
    enter(ctx, play);
    await event(ctx, await ofSpec(`Client receives a bookmark notification with autojoin='false'`));
    expect(state(ctx, play)).to.equal('left');
    expect(await ctx.shelf.get('rooms', play)).to.deep.include({ autojoin: false, bookmarked: true });
    await event(ctx, await ofSpec('Client receives a bookmark retraction notification'));
    expect(await ctx.shelf.get('rooms', play)).to.equal(undefined);
  });

  it('hostile: events of anybody else, from the archive, or that are no bookmarks (A6)', async () => {
    const ctx = juliet({ compat: true });
    const stanza = (await ofSpec('Client receives a new bookmark notification')).toString();
    for (const from of ['mallory@evil.example', 'capulet.lit', `${me}/balcony`, 'juliet@capulet.lit.evil', '', '@']) await event(ctx, parse(stanza.replace(`from="${me}"`, `from="${from}"`)));
    await event(ctx, parse(stanza), 'catch-up');
    await event(ctx, parse(stanza.replace('<message ', '<message type="error" ').replace(' type="headline"', '')));
    expect(await ctx.shelf.all('rooms')).to.deep.equal([]);
    for (const id of ['', '@', 'conference.shakespeare.lit', `${play}/nick`]) expect(readItem(parse(`<item id='${id}'><conference xmlns='${NS}' autojoin='true'/></item>`)), id).to.equal(undefined);
    expect(readItem(parse(`<item id='${play}'><conference xmlns='urn:other' autojoin='true'/></item>`))).to.equal(undefined);
    expect(readItem(parse(`<item id='${play}'><conference xmlns='${NS}' autojoin='yes'/></item>`))).to.deep.equal({ jid: play, bookmarked: true, autojoin: false });
    expect(ctx.sent).to.deep.equal([]);
  });

  it('publishes as the specification has it, and hands back what it does not know', async () => {
    const ctx = juliet({ compat: true, native: await ofSpec('Server returns the bookmarks') });
    await bookmarkRoom(ctx, { jid: orchard, name: 'The Orchard', nick: 'JC', autojoin: true });
    const publish = ctx.asked.find((iq) => child(iq, 'publish'))!;
    const expected = await ofSpec('Client corrects typo in name of bookmark');
    for (const iq of [publish, expected]) for (const name of ['from', 'id']) delete iq.attrs[name];
    const order = (iq: Element): string[] => childElements(child(iq, 'publish-options')!.getChild('x')!).map((field) => `${field.attrs['var']} ${field.text().trim()}`).toSorted();
    expect(order(publish)).to.deep.equal(order(expected));
    expectXml(child(publish, 'publish')!, child(expected, 'publish')!.toString());
    expect(await ctx.shelf.get('rooms', orchard)).to.deep.include({ bookmarked: true, autojoin: true, name: 'The Orchard' });
  });

  it('falls back to a node made by hand where the options are refused, and stays private', async () => {
    const ctx = juliet({
      compat: true,
      refuse: (iq) => (isSet(iq) && iq.toString().includes('>max<') ? refused('resource-constraint') : undefined),
    });
    await bookmarkRoom(ctx, { jid: play, autojoin: false });
    expect(written(ctx)).to.deep.equal(['publish', 'create', 'configure', 'create', 'publish']);
    const last = ctx.asked.filter((iq) => child(iq, 'publish')).at(-1)!.toString();
    expect(last).to.contain('whitelist').and.not.to.contain('max_items');
    await bookmarkRoom(ctx, { jid: orchard, autojoin: false });
    expect(written(ctx).slice(5)).to.deep.equal(['publish']);
  });

  it('writes both kinds where the server does not keep them in step, and only the old one where that is all there is', async () => {
    const storage = `<storage xmlns='storage:bookmarks'><url name='Works' url='http://the-tech.mit.edu/Shakespeare/'/><conference jid='${orchard}' autojoin='1' minimize='1'><nick>JC</nick><print_status xmlns='urn:other'>all</print_status></conference></storage>`;
    const both = juliet({ storage });
    await bookmarkRoom(both, { jid: orchard, name: 'The Orchard', autojoin: false });
    expect(written(both)).to.deep.equal(['publish', 'private']);
    expectXml(both.asked.at(-1)!.getChild('query')!.getChild('storage'), `<storage xmlns='storage:bookmarks'><url name='Works' url='http://the-tech.mit.edu/Shakespeare/'/><conference jid='${orchard}' minimize='1' autojoin='false' name='The Orchard'><nick>JC</nick><print_status xmlns='urn:other'>all</print_status></conference></storage>`);
    const old = juliet({ storage, native: refused('service-unavailable') });
    await bookmarkRoom(old, { jid: orchard, remove: true });
    expect(written(old)).to.deep.equal(['private']);
    expect(old.asked.at(-1)!.toString()).to.contain('the-tech.mit.edu').and.not.to.contain('orchard');
    const none = juliet({ storage: refused('service-unavailable'), native: refused('service-unavailable') });
    let thrown: unknown;
    await bookmarkRoom(none, { jid: play, autojoin: true }).catch((error: unknown) => (thrown = error));
    expect(thrown).to.have.property('condition', 'feature-not-implemented');
    expect(await none.shelf.all('rooms')).to.deep.equal([]);
  });

  it('merges old and new, the new one first', async () => {
    const storage = `<storage xmlns='storage:bookmarks'><conference jid='${play}' name='old' autojoin='false'/><conference jid='council@conference.underhill.org' autojoin='false' name='Council'/></storage>`;
    const ctx = juliet({ storage, native: await ofSpec('Server returns the bookmarks') });
    await syncBookmarks(ctx);
    const rows = await ctx.shelf.all('rooms');
    expect(rows.map(({ jid }) => jid)).to.have.members([play, orchard, 'council@conference.underhill.org']);
    expect(rows.find(({ jid }) => jid === play)?.autojoin).to.equal(true);
  });

  it('reads both again when the old ones change, once for a burst, and only of the own account', async () => {
    const ctx = juliet({});
    await syncBookmarks(ctx);
    ctx.onIq((iq) => (iq.getChild('query', PRIVATE) ? `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='${PRIVATE}'><storage xmlns='storage:bookmarks'><conference jid='${play}'/></storage></query></iq>` : undefined));
    const changed = (from: string): Element => parse(`<message type='headline' from='${from}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='storage:bookmarks'><item id='current'/></items></event></message>`);
    await event(ctx, changed('mallory@evil.example'));
    expect(ctx.clock.pending).to.equal(0);
    for (let index = 0; index < 5; index++) await event(ctx, changed(me));
    expect(ctx.clock.pending).to.equal(1);
    ctx.clock.advance(1000);
    await settled();
    expect((await ctx.shelf.all('rooms')).map(({ jid }) => jid)).to.deep.equal([play]);
  });

  it('takes a bookmark away; its own event does not make it leave', async () => {
    const ctx = juliet({ compat: true, native: await ofSpec('Server returns the bookmarks') });
    const joining = joinRoom(ctx, { jid: play, nick: 'JC' });
    await settled();
    enter(ctx, play);
    await joining;
    await syncBookmarks(ctx);
    await bookmarkRoom(ctx, { jid: play, remove: true });
    expectXml(ctx.asked.at(-1), `<iq type='set' id='${ctx.asked.at(-1)!.attrs['id']}'><pubsub xmlns='${PUBSUB}'><retract node='${NS}' notify='true'><item id='${play}'/></retract></pubsub></iq>`);
    await event(ctx, await ofSpec('Client receives a bookmark retraction notification'));
    expect(state(ctx, play)).to.equal('joined');
    expect(await ctx.shelf.get('rooms', play)).to.deep.include({ bookmarked: false, autojoin: true });
  });

  it('tells the other devices of entering and leaving a bookmarked room', async () => {
    const ctx = juliet({ compat: true });
    await ctx.shelf.put('rooms', [{ jid: play, bookmarked: true, autojoin: false, nick: 'JC' }]);
    ctx.onIq((iq) => (child(iq, 'items') && !isSet(iq) ? refused('item-not-found') : undefined));
    // What the server has is fetched once, and has the bookmark.
    ctx.onIq((iq) => (child(iq, 'items') && childElements(child(iq, 'items')!).length === 0 ? `<iq xmlns='${NS_CLIENT}' type='result'><pubsub xmlns='${PUBSUB}'><items node='${NS}'><item id='${play}'><conference xmlns='${NS}'><nick>JC</nick></conference></item></items></pubsub></iq>` : undefined));
    await syncBookmarks(ctx);
    const joining = joinAndKeep(ctx, { jid: play, nick: 'JC' });
    await settled();
    enter(ctx, play);
    await joining;
    const published = () => child(ctx.asked.filter((iq) => child(iq, 'publish')).at(-1)!, 'publish')!.getChild('item')!.getChild('conference')!.attrs['autojoin'];
    expect(published()).to.equal('true');
    await leaveAndKeep(ctx, play);
    expect(published()).to.equal('false');
    expect(await ctx.shelf.get('rooms', play)).to.deep.include({ bookmarked: true, autojoin: false });
  });
});

describe('xep/0048-bookmarks', () => {
  it('reads private XML, else PEP, else nothing', async () => {
    const storage = await exampleXml('0048', 'An example of the conference element');
    const ctx = juliet({ storage });
    expect(Array.from((await fetchLegacy(ctx))!.values())).to.deep.equal([{ jid: 'council@conference.underhill.org', bookmarked: true, autojoin: true, name: 'Council of Oberon', nick: 'Puck' }]);
    const pep = fakeContext({ jid: `${me}/randomID` });
    const items = await exampleXml('0048', 'Server returns all items');
    pep.onIq((iq) => (iq.getChild('pubsub') ? items : refused('service-unavailable')));
    expect(Array.from((await fetchLegacy(pep))!.keys())).to.deep.equal([play]);
    expect(await fetchLegacy(fakeContext())).to.equal(undefined);
  });

  it('writes nothing where there is nothing to take away', async () => {
    const ctx = juliet({});
    await writeLegacy(ctx, play, undefined);
    expect(ctx.asked.filter(isSet)).to.deep.equal([]);
  });

  it('hostile: addresses that are none, and a second claim on the same room', async () => {
    const ctx = juliet({ storage: `<storage xmlns='storage:bookmarks'><conference jid='@'/><conference/><conference jid='a@b/c'/><conference xmlns='urn:other' jid='a@b'/><conference jid='A@B' autojoin='1'/></storage>` });
    expect(Array.from((await fetchLegacy(ctx))!.keys())).to.deep.equal(['a@b']);
  });
});
