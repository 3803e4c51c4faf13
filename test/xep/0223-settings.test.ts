import { expect } from '@open-wc/testing';
import { changeSettings, settings, settingsOf, showSettings } from '../../src/xep/0223-settings.js';
import { displayedMarkers } from '../../src/xep/0333-displayed-markers.js';
import { ChatError } from '../../src/base/error.js';
import { example } from '../support/xep-examples.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { parse } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';
import type { FactBase } from '../../src/model/fact.js';

const me = 'juliet@capulet.lit';
const NODE = 'urn:tertulia:settings:0';
const base: FactBase = { conversation: me, chatType: 'chat', sender: me, mine: true, at: 0, archive: me };
const item = (value: string): string => `<item id='current'><settings xmlns='${NODE}' tell-read='${value}'/></item>`;
const event = (value: string, from = me): Element => parse(`<message xmlns='jabber:client' type='headline' from='${from}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${NODE}'>${item(value)}</items></event></message>`);
const sets = (ctx: FakeContext): Element[] => ctx.asked.filter((iq) => iq.attrs['type'] === 'set');

/** An account; `node` is what the server keeps, `down` a network that is not there. */
function account(node = ''): FakeContext & { down: boolean } {
  const ctx = Object.assign(fakeContext({ jid: `${me}/balcony` }), { down: false });
  ctx.onIq((iq) => {
    if (ctx.down) return new ChatError('offline', '');
    if (iq.attrs['type'] === 'set') return "<iq xmlns='jabber:client' type='result'/>";
    return `<iq xmlns='jabber:client' type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${NODE}'>${node}</items></pubsub></iq>`;
  });
  return ctx;
}
async function ready(ctx: FakeContext): Promise<void> {
  await settings.onReady?.(ctx);
  await settled();
}
const tellRead = async (ctx: FakeContext): Promise<boolean> => (await settingsOf(ctx)).tellRead;

describe('xep/0223-settings', () => {
  it('keeps a choice for the account alone, in a private node as the specification has it', async () => {
    const ctx = account();
    expect(await tellRead(ctx), 'where nothing was chosen').to.equal(true);
    await changeSettings(ctx, { tellRead: false });
    await settled();
    const [publish, ...more] = sets(ctx);
    expect(more).to.deep.equal([]);
    const fields = (iq: Element | undefined): string[] => (iq?.getChild('pubsub')?.getChild('publish-options')?.getChild('x')?.getChildren('field') ?? []).map((field) => `${field.attrs['var']}=${field.getChildText('value')}`);
    expect(fields(publish)).to.include.members(fields(await example('0223', 'Storing bookmarks')));
    expect(publish!.getChild('pubsub')!.getChild('publish')!.getChild('item')!.getChild('settings')!.attrs['tell-read']).to.equal('false');
    expect(await settingsOf(ctx)).to.deep.equal({ tellRead: false });
  });

  it('takes what was chosen on another device, at the start and at once', async () => {
    const ctx = account(item('false'));
    await showSettings(ctx);
    expect(ctx.live.get('settings', '')).to.deep.equal({ tellRead: true });
    await ready(ctx);
    expect(ctx.live.get('settings', '')).to.deep.equal({ tellRead: false });
    await settings.react?.({ stanza: event('true'), base, origin: 'live' }, ctx);
    expect(ctx.live.get('settings', '')).to.deep.equal({ tellRead: true });
    expect(sets(ctx), 'nothing is echoed').to.deep.equal([]);
  });

  it('what is chosen offline holds at once, wins over what the node says, and is told later', async () => {
    const ctx = account(item('true'));
    ctx.down = true;
    await changeSettings(ctx, { tellRead: false });
    await settled();
    expect(ctx.live.get('settings', '')).to.deep.equal({ tellRead: false });
    await settings.react?.({ stanza: event('true'), base, origin: 'live' }, ctx);
    expect(await tellRead(ctx)).to.equal(false);
    ctx.down = false;
    await ready(ctx);
    expect(sets(ctx).at(-1)!.toString()).to.contain('tell-read="false"');
    expect(await settingsOf(ctx)).to.deep.equal({ tellRead: false });
  });

  it('holds on this device where the server keeps nothing', async () => {
    const ctx = fakeContext({ jid: `${me}/balcony` });
    await changeSettings(ctx, { tellRead: false });
    await settled();
    await ready(ctx);
    expect(await settingsOf(ctx)).to.deep.equal({ tellRead: false });
  });

  it('nobody is told what was read, where one does not want it', async () => {
    const ctx = account();
    const seen = { conversation: 'romeo@montegue.lit', chatType: 'chat', upTo: 1, archive: me, markable: 'm1', spoke: true } as const;
    await changeSettings(ctx, { tellRead: false });
    await displayedMarkers.seen?.(seen, ctx);
    expect(ctx.sent).to.deep.equal([]);
    await changeSettings(ctx, { tellRead: true });
    await displayedMarkers.seen?.(seen, ctx);
    expect(ctx.sent).to.have.lengthOf(1);
  });

  it('hostile: events of anybody else, copied, archived, or that say nothing; notes that are nonsense', async () => {
    const ctx = account();
    for (const from of ['mallory@evil.example', `${me}/other`, 'juliet@capulet.lit.evil', '@']) await settings.react?.({ stanza: event('false', from), base: { ...base, mine: from.startsWith(`${me}/`) }, origin: 'live' }, ctx);
    await settings.react?.({ stanza: event('false'), base, origin: 'catch-up' }, ctx);
    await settings.react?.({ stanza: event('false'), base, origin: 'live', copy: true }, ctx);
    for (const value of ['', 'no', 'FALSE', '0']) await settings.react?.({ stanza: event(value), base, origin: 'live' }, ctx); // oxlint-disable-line no-await-in-loop
    expect(await tellRead(ctx)).to.equal(true);
    await ctx.shelf.setNote('settings', 'nonsense');
    expect(await settingsOf(ctx)).to.deep.equal({ tellRead: true });
  });
});
