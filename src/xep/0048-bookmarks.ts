/**
 * XEP-0048: Bookmarks, version 1.2 (for servers that do not translate them into XEP-0402)
 * https://xmpp.org/extensions/xep-0048.html
 *
 * In:  the one storage element with all bookmarks, from private XML (XEP-0049), or from PEP where there is none.
 * Out: the same element with one conference changed; what we do not know in it stays as it is.
 */
import { xml, type Element } from '../xmpp/element.js';
import { formatJid, normalizeJid, parseJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { RoomRow } from '../model/room.js';
import type { XepContext } from './module.js';

const NS = 'storage:bookmarks';
export const NS_LEGACY = NS;
const NS_PRIVATE = 'jabber:iq:private';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';

/** `true` and `1`, as XML Schema has booleans. */
export const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

/** A room's bare address; `undefined` where it is none. */
export function roomJid(address: string | undefined): string | undefined {
  const jid = parseJid(address ?? '');
  return jid && jid.local !== '' && jid.resource === '' ? formatJid(jid) : undefined;
}

/** Name, nickname, password and autojoin of a `<conference/>`, which both specifications write alike. */
export function readConference(conference: Element, jid: string): RoomRow {
  const text = (value: string | null | undefined): string | undefined => value?.trim().slice(0, 1000) || undefined;
  const name = text(conference.attrs['name']);
  const nick = text(conference.getChildText('nick'));
  const password = text(conference.getChildText('password'));
  return { jid, bookmarked: true, autojoin: isTrue(conference.attrs['autojoin']), ...(name ? { name } : {}), ...(nick ? { nick } : {}), ...(password ? { password } : {}) };
}

/** Attributes and children of a conference for a row; whatever else `before` has is handed back unchanged. */
export function fillConference(conference: Element, row: RoomRow, before?: Element): Element {
  const known = new Set([...(row.nick ? ['nick'] : []), ...(row.password ? ['password'] : [])]);
  for (const [name, value] of Object.entries(before?.attrs ?? {})) conference.attrs[name] ??= value;
  conference.attrs['autojoin'] = String(row.autojoin);
  if (row.name) conference.attrs['name'] = row.name;
  if (row.nick) conference.append(xml('nick', {}, row.nick));
  if (row.password) conference.append(xml('password', {}, row.password));
  for (const child of before?.children ?? []) if (typeof child !== 'string' && !known.has(child.getName())) conference.append(child);
  return conference;
}

/** The rooms in a storage element, by address. */
export function readStorage(storage: Element): ReadonlyMap<string, RoomRow> {
  const rows = new Map<string, RoomRow>();
  for (const conference of storage.getChildren('conference', NS)) {
    const jid = roomJid(conference.attrs['jid']);
    if (jid !== undefined) rows.set(jid, readConference(conference, jid));
  }
  return rows;
}

async function fetchPrivate(ctx: XepContext): Promise<Element | undefined> {
  const result = await ctx.iq(xml('iq', { type: 'get', id: ctx.newId() }, xml('query', { xmlns: NS_PRIVATE }, xml('storage', { xmlns: NS }))));
  return result.getChild('query', NS_PRIVATE)?.getChild('storage', NS);
}

async function fetchPep(ctx: XepContext): Promise<Element | undefined> {
  const result = await ctx.iq(xml('iq', { type: 'get', id: ctx.newId() }, xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', { node: NS }))));
  const items = result.getChild('pubsub', NS_PUBSUB)?.getChild('items', NS_PUBSUB);
  return items?.getChild('item', NS_PUBSUB)?.getChild('storage', NS);
}

/** Every legacy bookmark; `undefined` where the server keeps none at all. Rejects `timeout` and `offline`. */
export async function fetchLegacy(ctx: XepContext): Promise<ReadonlyMap<string, RoomRow> | undefined> {
  for (const fetch of [fetchPrivate, fetchPep]) {
    try {
      const storage = await fetch(ctx);
      return storage ? readStorage(storage) : new Map();
    } catch (error) {
      if (!(error instanceof ChatError && error.code === 'refused')) throw error;
    }
  }
  return undefined;
}

/** Writes one room's bookmark into private XML, or takes it out of it with `undefined`. Rejects as `ctx.iq` does. */
export async function writeLegacy(ctx: XepContext, jid: string, row: RoomRow | undefined): Promise<void> {
  const before = await fetchPrivate(ctx);
  const same = (child: Element | string): child is Element => typeof child !== 'string' && child.is('conference', NS) && normalizeJid(child.attrs['jid']) === jid;
  const old = before?.children.find(same);
  if (!old && !row) return;
  const storage = xml('storage', { xmlns: NS });
  for (const child of before?.children ?? []) if (typeof child !== 'string' && !same(child)) storage.append(child);
  if (row) storage.append(fillConference(xml('conference', { jid }), row, old));
  await ctx.iq(xml('iq', { type: 'set', id: ctx.newId() }, xml('query', { xmlns: NS_PRIVATE }, storage)));
}
