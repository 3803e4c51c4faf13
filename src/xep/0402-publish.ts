/** Keeping native bookmarks (XEP-0402) in a PEP node that nobody else may read, whatever the server makes of that. */
import { xml, type Element } from '../xmpp/element.js';
import { ChatError } from '../base/error.js';
import type { RoomRow } from '../model/room.js';
import { fillConference, readConference, roomJid } from './0048-bookmarks.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

export const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const NS_OWNER = 'http://jabber.org/protocol/pubsub#owner';
const NS_DATA = 'jabber:x:data';
const maxExtensions = 32 * 1024;

/** The row of an item; `undefined` where it is no bookmark (§3). */
export function readItem(item: Element): RoomRow | undefined {
  const jid = roomJid(item.attrs['id']);
  const conference = item.getChild('conference', NS_BOOKMARKS);
  if (jid === undefined || !conference) return undefined;
  const extensions = conference.getChild('extensions', NS_BOOKMARKS)?.toString();
  return { ...readConference(conference, jid), ...(extensions && extensions.length <= maxExtensions ? { extensions } : {}) };
}

const pubsub = (type: 'get' | 'set', ctx: XepContext, ns: string, ...children: Element[]): Element =>
  xml('iq', { type, id: ctx.newId() }, xml('pubsub', { xmlns: ns }, ...children));

const refusedFor = (error: unknown, ...conditions: readonly string[]): boolean =>
  error instanceof ChatError && error.code === 'refused' && (conditions.length === 0 || conditions.includes(error.condition ?? ''));

async function fetchItems(ctx: XepContext, jid?: string): Promise<readonly Element[] | undefined> {
  try {
    const result = await ctx.iq(pubsub('get', ctx, NS_PUBSUB, xml('items', { node: NS_BOOKMARKS }, jid === undefined ? undefined : xml('item', { id: jid }))));
    return result.getChild('pubsub', NS_PUBSUB)?.getChild('items', NS_PUBSUB)?.getChildren('item', NS_PUBSUB) ?? [];
  } catch (error) {
    if (refusedFor(error, 'item-not-found')) return []; // no such node yet
    if (refusedFor(error)) return undefined; // no PEP
    throw error;
  }
}

/** Every native bookmark (§4.1); `undefined` where the server has no PEP. Rejects `timeout` and `offline`. */
export async function fetchNative(ctx: XepContext): Promise<ReadonlyMap<string, RoomRow> | undefined> {
  const items = await fetchItems(ctx);
  return items && new Map(items.map(readItem).filter((row) => row !== undefined).map((row) => [row.jid, row]));
}

/** The settings of the node: all items for ever, for nobody but the account (§4.3, §6). */
const settings = { 'pubsub#persist_items': 'true', 'pubsub#access_model': 'whitelist' };
const full = { ...settings, 'pubsub#max_items': 'max', 'pubsub#send_last_published_item': 'never' };
/** Without a limit of its own a node keeps 10 items on some servers, and drops a bookmark with each new one. */
const limits = ['max', '1000', '250', '100'];

const form = (type: string, values: Readonly<Record<string, string>>): Element =>
  xml(
    'x',
    { xmlns: NS_DATA, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, `${NS_PUBSUB}#${type}`)),
    ...Object.entries(values).map(([name, value]) => xml('field', { var: name }, xml('value', {}, value))),
  );

const nodes = perSession(() => ({ configured: false }));
export const forgetNode = nodes.drop;

/**
 * Writes a bookmark (§4.3). What other clients have put into it stays (§3, §7). Rejects `refused` where the server
 * cannot keep it privately, `timeout` and `offline`.
 */
export async function publishNative(ctx: XepContext, row: RoomRow): Promise<void> {
  const before = (await fetchItems(ctx, row.jid))?.find((item) => roomJid(item.attrs['id']) === row.jid)?.getChild('conference', NS_BOOKMARKS);
  const publish = (values: Readonly<Record<string, string>>): Promise<Element> => {
    const conference = fillConference(xml('conference', { xmlns: NS_BOOKMARKS }), row, before);
    return ctx.iq(
      pubsub('set', ctx, NS_PUBSUB, xml('publish', { node: NS_BOOKMARKS }, xml('item', { id: row.jid }, conference)), xml('publish-options', {}, form('publish-options', values))),
    );
  };
  const node = nodes.of(ctx);
  try {
    await publish(node.configured ? settings : full);
  } catch (error) {
    // No permission and no PEP stay what they are; anything else is about the options.
    if (!refusedFor(error) || refusedFor(error, 'forbidden', 'service-unavailable', 'not-authorized')) throw error;
    await configure(ctx);
    node.configured = true;
    // That nobody else may read it is asked for even so: it is a condition, not a wish.
    await publish(settings);
  }
}

/** Makes the node, or mends one made with other settings; tries how many items the server is willing to keep. */
async function configure(ctx: XepContext): Promise<void> {
  for (const limit of limits) {
    // Some servers tell other devices of a bookmark taken away only if asked to.
    const config = form('node_config', { ...full, 'pubsub#notify_retract': 'true', 'pubsub#max_items': limit });
    try {
      await ctx.iq(pubsub('set', ctx, NS_PUBSUB, xml('create', { node: NS_BOOKMARKS }), xml('configure', {}, config)));
      return;
    } catch (error) {
      if (!refusedFor(error)) throw error;
    }
    try {
      await ctx.iq(pubsub('set', ctx, NS_OWNER, xml('configure', { node: NS_BOOKMARKS }, config)));
      return;
    } catch (error) {
      if (!refusedFor(error)) throw error;
    }
  }
  ctx.log.debug('the bookmarks node keeps the settings it has');
}

/** Takes a bookmark away (§4.4). One that is not there is no error. */
export async function retractNative(ctx: XepContext, jid: string): Promise<void> {
  try {
    await ctx.iq(pubsub('set', ctx, NS_PUBSUB, xml('retract', { node: NS_BOOKMARKS, notify: 'true' }, xml('item', { id: jid }))));
  } catch (error) {
    if (!refusedFor(error, 'item-not-found')) throw error;
  }
}
