import { expect } from '@open-wc/testing';
import { displayedSync } from '../../src/xep/0490-displayed-sync.js';
import { xml } from '../../src/xmpp/element.js';
import { ChatError } from '../../src/base/error.js';
import { exampleXml } from '../support/xep-examples.js';
import { fakeContext, settled } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';
import type { FactBase } from '../../src/model/fact.js';
import type { Seen } from '../../src/model/conversation.js';

const NODE = 'urn:xmpp:mds:displayed:0';
const juliet = 'juliet@capulet.lit';
const romeo = 'romeo@montegue.lit';
const room = 'example@conference.shakespeare.lit';
const own: FactBase = { conversation: juliet, chatType: 'chat', sender: juliet, mine: true, at: 1, archive: juliet };
const seen: Seen = { conversation: romeo, chatType: 'chat', upTo: 1, archive: juliet, archiveId: '0f710f2b-52ed-4d52-b928-784dad74a52b', spoke: false };

type Server = { readonly items?: string | ChatError; readonly options?: boolean; readonly publish?: () => string | ChatError };
/** An account whose server answers as the specification's does. */
function account({ items, options = true, publish }: Server = {}): FakeContext {
  const ctx = fakeContext({ jid: `${juliet}/balcony` });
  ctx.onIq(async (iq) => {
    if (iq.getChild('query')) return `<iq xmlns='jabber:client' type='result'><query xmlns='http://jabber.org/protocol/disco#info'>${options ? "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>" : ''}</query></iq>`;
    if (iq.attrs['type'] === 'set') return publish?.() ?? "<iq xmlns='jabber:client' type='result'/>";
    return items ?? states;
  });
  return ctx;
}
async function ready(ctx: FakeContext): Promise<FakeContext> {
  await displayedSync.onReady?.(ctx);
  await settled();
  await settled();
  return ctx;
}
const sets = (ctx: FakeContext): Element[] => ctx.asked.filter((iq) => iq.attrs['type'] === 'set');
const heard = (facts: FakeContext['facts']): string[] => facts.map((fact) => (fact.kind === 'displayed' ? `${fact.conversation} ${fact.target} ${fact.archive} ${String(fact.mine)}` : fact.kind));
const read = (stanza: Element, base: FactBase = own, more: { copy?: boolean; origin?: 'live' | 'catch-up' } = {}) => displayedSync.read?.({ stanza, base, origin: 'live', ...more }) ?? [];
const item = (id: string, by: string, target: string): string => `<item id='${id}'><displayed xmlns='${NODE}'><stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='${target}'/></displayed></item>`;
const event = (items: string, from = juliet): Element => parse(`<message xmlns='jabber:client' type='headline' from='${from}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${NODE}'>${items}</items></event></message>`);

let states = '';

describe('xep/0490-displayed-sync', () => {
  before(async () => {
    states = await exampleXml('0490', 'Server returns the displayed states for various chat');
  });

  it('fetches what the other devices have read when a session begins, once', async () => {
    const ctx = await ready(account());
    expect(heard(ctx.facts)).to.deep.equal([`${romeo} 0f710f2b-52ed-4d52-b928-784dad74a52b ${juliet} true`, `${room} ca21deaf-812c-48f1-8f16-339a674f2864 ${room} true`]);
    const asked = ctx.asked.at(-1)!;
    expectXml(asked, `<iq type='get' id='${asked.attrs['id']}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${NODE}'/></pubsub></iq>`);
    displayedSync.onEnd?.(ctx);
    await ready(ctx);
    expect(ctx.facts, 'what has not changed is not looked at again').to.have.lengthOf(2);
  });

  it('publishes as the specification has it, and only what the node does not say already', async () => {
    const ctx = await ready(account({ items: "<iq xmlns='jabber:client' type='result'/>" }));
    await displayedSync.seen?.(seen, ctx);
    const [publish, ...more] = sets(ctx);
    expect(more).to.deep.equal([]);
    const expected = parse(await exampleXml('0490', 'Client marks a chat as display'));
    for (const iq of [publish!, expected]) for (const name of ['from', 'id']) delete iq.attrs[name];
    const fields = (iq: Element): string[] => (iq.getChild('pubsub')?.getChild('publish-options')?.getChild('x')?.getChildren('field') ?? []).map((field) => `${field.attrs['var']}=${field.getChildText('value')}`).toSorted();
    expect(fields(publish!)).to.deep.equal(fields(expected));
    expectXml(publish!.getChild('pubsub')?.getChild('publish'), expected.getChild('pubsub')!.getChild('publish')!.toString());
    await displayedSync.seen?.(seen, ctx);
    expect(sets(ctx)).to.have.lengthOf(1);
    const { archiveId: _, ...nameless } = seen;
    await displayedSync.seen?.(nameless, ctx);
    expect(sets(ctx), 'a message without an id of the archive cannot be named').to.have.lengthOf(1);
  });

  it('never publishes where nobody promises to keep it private, or there is no PEP', async () => {
    const unsafe = await ready(account({ options: false }));
    await displayedSync.seen?.(seen, unsafe);
    expect(unsafe.asked.some((iq) => iq.getChild('pubsub'))).to.equal(false);
    const without = await ready(account({ items: new ChatError('refused', '', { condition: 'service-unavailable' }) }));
    await displayedSync.seen?.(seen, without);
    expect(sets(without)).to.deep.equal([]);
  });

  it('asks to be called again without a network; a refusal is final', async () => {
    const offline = await ready(account({ items: "<iq xmlns='jabber:client' type='result'/>", publish: () => new ChatError('offline', '') }));
    let thrown: unknown;
    await Promise.resolve(displayedSync.seen?.(seen, offline)).catch((error: unknown) => (thrown = error));
    expect(thrown).to.have.property('code', 'offline');
    const refused = await ready(account({ items: "<iq xmlns='jabber:client' type='result'/>", publish: () => new ChatError('refused', '', { condition: 'forbidden' }) }));
    await displayedSync.seen?.(seen, refused);
    expect(sets(refused)).to.have.lengthOf(1);
  });

  it('reads the node again at the next occasion where it could not be read', async () => {
    let up = false;
    const ctx = fakeContext({ jid: `${juliet}/balcony` });
    const good = account({ items: "<iq xmlns='jabber:client' type='result'/>" });
    ctx.onIq((iq) => (up ? good.iq(iq) : new ChatError('timeout', '')));
    await ready(ctx);
    up = true;
    await displayedSync.seen?.(seen, ctx);
    expect(sets(good)).to.have.lengthOf(1);
  });

  it('hears of it at once, by the specification\'s event', async () => {
    const stanza = parse(await exampleXml('0490', 'Server sends out PEP notifications to Juliets connected devices'));
    expect(heard(read(stanza))).to.deep.equal([`${romeo} 0423e3a9-d516-493d-bb06-bee0e51ab9fb ${juliet} true`]);
    expect(read(event(`${item(room, room, 'r1')}${item(`${room}/nick`, juliet, 's1')}`)).map(({ conversation, chatType }) => `${conversation} ${chatType}`)).to.deep.equal([`${room} groupchat`, `${room}/nick chat`]);
  });

  it('hostile: events of anybody else, copied, archived, or of another device in the server\'s name', () => {
    const good = item(romeo, juliet, 's1');
    expect(read(event(good))).to.have.lengthOf(1);
    for (const from of ['mallory@evil.example', `${juliet}/other`, 'juliet@capulet.lit.evil', 'capulet.lit', '@']) {
      expect(read(event(good, from), { ...own, mine: from.startsWith(juliet) && from !== 'juliet@capulet.lit.evil' }), from).to.deep.equal([]);
    }
    expect(read(event(good), own, { copy: true })).to.deep.equal([]);
    expect(read(event(good), own, { origin: 'catch-up' })).to.deep.equal([]);
    expect(read(event(good), { ...own, mine: false, sender: romeo, conversation: romeo })).to.deep.equal([]);
    expect(read(parse(event(good).toString().replace('headline', 'error')))).to.deep.equal([]);
    expect(read(parse(event(good).toString().replace(NODE, 'urn:other')))).to.deep.equal([]);
  });

  it('hostile: items without an address or an id, of a third one\'s archive, of two ids, of absurd length and number', () => {
    for (const one of [item('', juliet, 's1'), item('@', juliet, 's1'), item(romeo, 'mallory@evil.example', 's1'), item(romeo, juliet, ''), item(romeo, juliet, 'x'.repeat(5000)), item(romeo, '', 's1'), `<item id='${romeo}'/>`]) {
      expect(read(event(one)), one.slice(0, 200)).to.deep.equal([]);
    }
    expect(read(parse(event(item(romeo, juliet, 's1')).toString().replace(/<stanza-id[^>]*\/>/, '$&$&')))).to.deep.equal([]);
    const many = event('');
    const items = many.getChild('event')!.getChild('items')!;
    const one = parse(event(item(romeo, juliet, 's1')).toString()).getChild('event')!.getChild('items')!.getChild('item')!;
    for (let n = 0; n < 100_000; n += 1) items.append(xml('item', { id: `guest-${n}@example.org` }, ...one.children));
    expect(read(many)).to.have.lengthOf(2000);
  });
});
