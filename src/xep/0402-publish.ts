/** Native bookmarks (XEP-0402) in the account's PEP node. */
import { xml, type Element } from '../xmpp/element.js';
import type { RoomRow } from '../model/room.js';
import { fillConference, readConference, roomJid } from './0048-bookmarks.js';
import { fetchItems, NS_PUBSUB, publishItem, pubsub, refusedFor } from './0223-private-storage.js';
import type { XepContext } from './module.js';

export const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';
const maxExtensions = 32 * 1024;

/** The row of an item; `undefined` where it is no bookmark (§3). */
export function readItem(item: Element): RoomRow | undefined {
  const jid = roomJid(item.attrs['id']);
  const conference = item.getChild('conference', NS_BOOKMARKS);
  if (jid === undefined || !conference) return undefined;
  const extensions = conference.getChild('extensions', NS_BOOKMARKS)?.toString();
  return { ...readConference(conference, jid), ...(extensions && extensions.length <= maxExtensions ? { extensions } : {}) };
}

/** Every native bookmark (§4.1); `undefined` where the server has no PEP. Rejects `timeout` and `offline`. */
export async function fetchNative(ctx: XepContext): Promise<ReadonlyMap<string, RoomRow> | undefined> {
  const items = await fetchItems(ctx, NS_BOOKMARKS);
  return items && new Map(items.map(readItem).filter((row) => row !== undefined).map((row) => [row.jid, row]));
}

/**
 * Writes a bookmark (§4.3, §6). What other clients have put into it stays (§3, §7). Rejects `refused` where the server
 * cannot keep it privately, `timeout` and `offline`.
 */
export async function publishNative(ctx: XepContext, row: RoomRow): Promise<void> {
  const before = (await fetchItems(ctx, NS_BOOKMARKS, row.jid))?.find((item) => roomJid(item.attrs['id']) === row.jid)?.getChild('conference', NS_BOOKMARKS);
  await publishItem(ctx, NS_BOOKMARKS, row.jid, () => fillConference(xml('conference', { xmlns: NS_BOOKMARKS }), row, before));
}

/** Takes a bookmark away (§4.4). One that is not there is no error. */
export async function retractNative(ctx: XepContext, jid: string): Promise<void> {
  try {
    await ctx.iq(pubsub('set', ctx, NS_PUBSUB, xml('retract', { node: NS_BOOKMARKS, notify: 'true' }, xml('item', { id: jid }))));
  } catch (error) {
    if (!refusedFor(error, 'item-not-found')) throw error;
  }
}
