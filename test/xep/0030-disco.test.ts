import { expect } from '@open-wc/testing';
import { disco, discoInfo, discoItems } from '../../src/xep/0030-disco.js';
import { stanzaIds } from '../../src/xep/0359-stanza-ids.js';
import { toChatError } from '../../src/base/error.js';
import { fakeContext } from '../support/xep-context.js';
import { example, examplesOf } from '../support/xep-examples.js';
import { expectXml, parse, parseAll } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';

const answer = async (iq: Element): Promise<Element | undefined | string> => {
  const ctx = fakeContext({ modules: [disco, stanzaIds] });
  const service = disco.serves?.find(({ name, ns }) => iq.getChild(name, ns));
  try {
    return await service?.answer(iq, ctx);
  } catch (thrown) {
    return toChatError(thrown, 'invalid').condition;
  }
};

describe('xep/0030-disco', () => {
  it('asks and reads as the specification shows', async () => {
    const ctx = fakeContext();
    ctx.onIq(() => example('0030', 'Result-set for information request'));
    const info = await discoInfo(ctx, 'plays.shakespeare.lit');
    expectXml(ctx.asked[0], "<iq type='get' to='plays.shakespeare.lit' id='id1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    expect(info.identities).to.deep.equal([{ category: 'conference', type: 'text', name: 'Play-Specific Chatrooms' }, { category: 'directory', type: 'chatroom', name: 'Play-Specific Chatrooms' }]);
    expect(info.features.has('http://jabber.org/protocol/muc')).to.equal(true);
    expect(info.features.size).to.equal(7);
  });
  it('asks once a session, at the same time too, and again after a refusal', async () => {
    const ctx = fakeContext();
    let refuse = true;
    ctx.onIq(async () => example('0030', refuse ? 'Target entity does not exist' : 'Result-set for information'));
    expect(await discoInfo(ctx, 'a.example').catch((thrown: unknown) => toChatError(thrown, 'invalid').condition)).to.equal('item-not-found');
    refuse = false;
    await Promise.all([discoInfo(ctx, 'a.example'), discoInfo(ctx, 'a.example')]);
    await discoInfo(ctx, 'a.example');
    expect(ctx.asked).to.have.lengthOf(2);
    await discoInfo(ctx, 'a.example', 'node');
    await discoInfo(ctx, 'a.example', undefined, { fresh: true });
    expect(ctx.asked).to.have.lengthOf(4);
    expect(ctx.asked[2]?.getChild('query')?.attrs['node']).to.equal('node');
    disco.onEnd?.(ctx);
    await discoInfo(ctx, 'a.example');
    expect(ctx.asked).to.have.lengthOf(5);
  });
  it('lists items, with their nodes', async () => {
    const ctx = fakeContext();
    ctx.onIq(() => example('0030', 'Service returns nodes'));
    expect(await discoItems(ctx, 'catalog.shakespeare.lit')).to.deep.include({ jid: 'catalog.shakespeare.lit', node: 'music', name: 'Music from the time of Shakespeare' });
    ctx.onIq(() => example('0030', 'Empty result set'));
    expect(await discoItems(ctx, 'shakespeare.lit')).to.deep.equal([]);
  });
  it('follows pages to their end', async () => {
    const ctx = fakeContext();
    const pages = new Map([['', ['a@c.example', 'b@c.example']], ['b@c.example', ['c@c.example']]]);
    ctx.onIq((iq) => {
      const jids = pages.get(iq.getChild('query')?.getChild('set')?.getChildText('after') ?? '') ?? [];
      return `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'>${jids.map((jid) => `<item jid='${jid}'/>`).join('')}<set xmlns='http://jabber.org/protocol/rsm'><last>${jids.at(-1)}</last><count>3</count></set></query></iq>`;
    });
    expect((await discoItems(ctx, 'c.example')).map(({ jid }) => jid)).to.deep.equal(['a@c.example', 'b@c.example', 'c@c.example']);
    expect(ctx.asked).to.have.lengthOf(2);
  });
  it('says what it is and supports, of all modules, also by the node of its capabilities', async () => {
    expectXml((await answer(parse("<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"))) as Element, "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='web' name='Tertulia'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/><feature var='urn:xmpp:sid:0'/></query>");
    const withNode = (await answer(parse("<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='urn:tertulia:client#abc'/></iq>"))) as Element;
    expect(withNode.attrs['node']).to.equal('urn:tertulia:client#abc');
    expectXml((await answer(parse("<iq type='get'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"))) as Element, "<query xmlns='http://jabber.org/protocol/disco#items'/>");
  });
  it('knows no other nodes (§7)', async () => {
    expect(await answer(parse("<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/commands'/></iq>"))).to.equal('item-not-found');
    expect(await answer(parse("<iq type='get'><query xmlns='http://jabber.org/protocol/disco#items' node='x'/></iq>"))).to.equal('item-not-found');
  });
  it('answers nobody that may not know of us', () => {
    expect(disco.serves?.some(({ open }) => open)).to.equal(false);
  });
  it('hostile: endless pages, absurd addresses, answers without a query, every example as an answer', async () => {
    const ctx = fakeContext();
    let page = 0;
    ctx.onIq(() => `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'>${Array.from({ length: 500 }, (_, i) => `<item jid='r${page}-${i}@c.example'/>`).join('')}<item jid='@'/><item/><set xmlns='http://jabber.org/protocol/rsm'><last>${page++}</last><count>99999999</count></set></query></iq>`);
    const items = await discoItems(ctx, 'c.example');
    expect(items).to.have.lengthOf(2000);
    expect(ctx.asked.length).to.be.below(10);
    ctx.onIq(() => "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='a@c.example'/><set xmlns='http://jabber.org/protocol/rsm'><last>again</last><count>9</count></set></query></iq>");
    expect(await discoItems(ctx, 'd.example'), 'the same page for ever').to.have.lengthOf(1);
    ctx.onIq(() => "<iq type='result'/>");
    expect(await discoInfo(ctx, 'e.example').catch((thrown: unknown) => toChatError(thrown, 'invalid').code)).to.equal('protocol');
    for (const { xml } of (await examplesOf('0030')).examples) for (const one of parseAll(xml)) {
      ctx.onIq(() => one);
      await discoInfo(ctx, 'f.example', undefined, { fresh: true }).catch((thrown: unknown) => expect(toChatError(thrown, 'invalid').code).to.be.oneOf(['protocol', 'refused']));
    }
  });
});
