/**
 * XEP-0223: Persistent Storage of Private Data via PubSub, version 1.1.1
 * https://xmpp.org/extensions/xep-0223.html
 *
 * In:  what a person has chosen on another device, from a node of the account's own; events of it.
 * Out: what is chosen on this one, at once or when there is a connection.
 */
import { toChatError } from '../base/error.js';
import { normalizeJid } from '../base/jid.js';
import { xml, type Element } from '../xmpp/element.js';
import { fetchItems, NS_EVENT, publishItem } from './0223-private-storage.js';
import type { Settings } from '../model/account.js';
import type { Incoming, XepContext, XepModule } from './module.js';

const NODE = 'urn:tertulia:settings:0';
const ITEM = 'current';
const NOTE = 'settings';

/** `unsaved`: no other device has heard of it. */
type Kept = Settings & { readonly unsaved?: boolean };

/** What holds on this device. */
export async function settingsOf({ shelf }: XepContext): Promise<Kept> {
  const kept = await shelf.note<Kept>(NOTE);
  return { tellRead: kept?.tellRead !== false, ...(kept?.unsaved === true && { unsaved: true }) };
}

/** Shows the pages what holds; before there is a connection. */
export async function showSettings(ctx: XepContext): Promise<void> {
  const { tellRead } = await settingsOf(ctx);
  ctx.live.set('settings', '', { tellRead });
}

async function keep(ctx: XepContext, settings: Kept): Promise<void> {
  await ctx.shelf.setNote(NOTE, settings);
  await showSettings(ctx);
}

/** Takes a choice; it holds here at once, and on the other devices when they hear of it. */
export async function changeSettings(ctx: XepContext, settings: Settings): Promise<void> {
  await keep(ctx, { tellRead: settings.tellRead, unsaved: true });
  save(ctx).catch((error: unknown) => ctx.log.debug('settings wait for a connection', error));
}

async function save(ctx: XepContext): Promise<void> {
  const { unsaved, tellRead } = await settingsOf(ctx);
  if (!unsaved) return;
  try {
    await publishItem(ctx, NODE, ITEM, () => xml('settings', { xmlns: NODE, 'tell-read': String(tellRead) }));
  } catch (thrown) {
    const { code } = toChatError(thrown, 'protocol');
    // Where the server keeps nothing, it holds on this device.
    if (code !== 'refused') throw thrown;
  }
  const now = await settingsOf(ctx);
  // Chosen anew meanwhile: that is saved by its own call.
  if (now.tellRead === tellRead) await keep(ctx, { tellRead });
}

async function take(ctx: XepContext, item: Element | undefined): Promise<void> {
  const tellRead = item?.getChild('settings', NODE)?.attrs['tell-read'];
  // What was chosen here and nobody has heard of yet is newer.
  if ((tellRead !== 'true' && tellRead !== 'false') || (await settingsOf(ctx)).unsaved) return;
  await keep(ctx, { tellRead: tellRead === 'true' });
}

async function synchronize(ctx: XepContext, { unsaved }: Kept): Promise<void> {
  if (unsaved) return save(ctx);
  await take(ctx, (await fetchItems(ctx, NODE, ITEM))?.find((item) => item.attrs['id'] === ITEM));
}

export const settings: XepModule = {
  xep: '0223',
  title: 'Persistent Storage of Private Data via PubSub',
  features: [`${NODE}+notify`],
  // Beside the rest of the start: nothing else waits for it.
  async onReady(ctx) {
    synchronize(ctx, await settingsOf(ctx)).catch((error: unknown) => ctx.log.debug('no settings', error));
  },
  async react({ stanza, base, origin, copy }: Incoming, ctx) {
    const items = origin === 'live' && !copy ? stanza.getChild('event', NS_EVENT)?.getChild('items', NS_EVENT) : undefined;
    if (items?.attrs['node'] !== NODE || stanza.attrs['type'] === 'error') return;
    // The node is the account's own; anybody else's event is a forgery.
    if (!base.mine || normalizeJid(stanza.attrs['from'] ?? '') !== ctx.me) return;
    await take(ctx, items.getChildren('item', NS_EVENT).find((item) => item.attrs['id'] === ITEM));
  },
};
