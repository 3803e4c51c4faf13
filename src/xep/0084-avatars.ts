/**
 * XEP-0084: User Avatar, version 1.1.4 (reading)
 * https://xmpp.org/extensions/xep-0084.html
 *
 * In:  metadata events of contacts, which say by a hash that there is a picture. Out: the question for its data.
 */
import { xml, type Element } from '../xmpp/element.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { Photo } from './0054-vcard.js';
import type { XepContext } from './module.js';

const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';
const NS_DATA = 'urn:xmpp:avatar:data';
export const NS_METADATA = 'urn:xmpp:avatar:metadata';
export const isHash = (hash: string): boolean => /^[0-9a-f]{40}$/.test(hash);

/** Whose picture a metadata event announces, and its SHA-1; `hash` is '' where it was taken away (§4.3). */
export function readMetadata(message: Element): { readonly jid: string; readonly hash: string } | undefined {
  const items = message.getChild('event', NS_EVENT)?.getChild('items', NS_EVENT);
  const from = normalizeJid(message.attrs['from']);
  if (!items || from === undefined || items.attrs['node'] !== NS_METADATA || message.attrs['type'] === 'error') return undefined;
  const metadata = items.getChild('item', NS_EVENT)?.getChild('metadata', NS_METADATA);
  if (!metadata) return undefined;
  const infos = metadata.getChildren('info', NS_METADATA);
  if (infos.length === 0) return { jid: bareJid(from), hash: '' };
  // §4.2.1: one of them is in the pubsub data node as PNG; those with an url lie elsewhere.
  const info = infos.find((child) => child.attrs['url'] === undefined);
  const hash = info?.attrs['id']?.toLowerCase() ?? '';
  return isHash(hash) ? { jid: bareJid(from), hash } : undefined;
}

/** The picture with this hash (§4.4). Rejects `timeout` and `offline`. */
export async function fetchAvatarData(ctx: XepContext, jid: string, hash: string): Promise<Photo | undefined> {
  const items = xml('items', { node: NS_DATA }, xml('item', { id: hash }));
  try {
    const result = await ctx.iq(xml('iq', { type: 'get', to: jid, id: ctx.newId() }, xml('pubsub', { xmlns: NS_PUBSUB }, items)));
    const item = result.getChild('pubsub', NS_PUBSUB)?.getChild('items', NS_PUBSUB)?.getChild('item', NS_PUBSUB);
    const base64 = item?.getChildText('data', NS_DATA);
    return base64 ? { base64 } : undefined;
  } catch (error) {
    if (error instanceof ChatError && error.code === 'refused') return undefined;
    throw error;
  }
}
