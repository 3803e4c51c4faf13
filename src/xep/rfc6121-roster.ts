/**
 * The roster. https://www.rfc-editor.org/rfc/rfc6121#section-2 (RFC 6121, March 2011)
 * In: the roster result, roster pushes. Out: roster get and set, results to pushes. Rows: shelf `contacts`.
 */
import { xml, type Element } from '../xmpp/element.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { ContactRow } from '../model/contact.js';
import { removeResource } from './rfc6121-resources.js';
import { perSession } from './session-state.js';
import type { XepContext, XepModule } from './module.js';

export const NS_ROSTER = 'jabber:iq:roster';
const NS_VERSIONING = 'urn:xmpp:features:rosterver';
const versionNote = 'roster-ver';
const subscriptions = new Set<string>(['none', 'to', 'from', 'both']);

const contacts = perSession(() => new Map<string, ContactRow>());

/** The contact as the roster has it now; by bare JID. */
export const contactOf = (ctx: XepContext, jid: string): ContactRow | undefined => contacts.of(ctx).get(jid);
/** Every contact of the roster. */
export const allContacts = (ctx: XepContext): Iterable<ContactRow> => contacts.of(ctx).values();

/** A roster item as a row; `undefined` where its address is none. Whatever is over a sane size is cut. */
export function readItem(item: Element): ContactRow | undefined {
  const jid = normalizeJid(item.attrs['jid']);
  if (jid === undefined) return undefined;
  const subscription = item.attrs['subscription'] ?? 'none';
  const name = item.attrs['name']?.slice(0, 1023);
  const groups = item.getChildren('group', NS_ROSTER).slice(0, 100).map((group) => group.text().slice(0, 1023)).filter((group) => group !== '');
  return {
    jid,
    ...(name ? { name } : {}),
    groups: Array.from(new Set(groups)),
    subscription: (subscriptions.has(subscription) ? subscription : 'none') as ContactRow['subscription'],
    asked: item.attrs['ask'] === 'subscribe',
    ...(item.attrs['approved'] === 'true' || item.attrs['approved'] === '1' ? { approved: true } : {}),
  };
}

/** Fetches the roster, or what has changed of it since the version kept (§2.6). */
async function fetchRoster(ctx: XepContext): Promise<void> {
  // §2.6.2: no 'ver' unless the server's stream features offer it.
  const versioned = ctx.streamFeatures?.getChild('ver', NS_VERSIONING) !== undefined;
  const kept = versioned ? await ctx.shelf.note(versionNote) : undefined;
  const ver = versioned ? (typeof kept === 'string' ? kept : '') : undefined;
  const result = await ctx.iq(xml('iq', { type: 'get' }, xml('query', { xmlns: NS_ROSTER, ver })));
  const query = result.getChild('query', NS_ROSTER);
  // §2.6.3: an empty result means that what we keep is still right; changes follow as pushes.
  if (!query) return loadRoster(ctx);
  const rows = new Map<string, ContactRow>();
  for (const item of query.getChildren('item', NS_ROSTER)) {
    const row = readItem(item);
    if (row) rows.set(row.jid, row);
  }
  await ctx.shelf.replace('contacts', Array.from(rows.values()));
  await keepVersion(query, ctx);
  remember(ctx, rows.values());
}

async function loadRoster(ctx: XepContext): Promise<void> {
  remember(ctx, await ctx.shelf.all('contacts'));
}

function remember(ctx: XepContext, rows: Iterable<ContactRow>): void {
  const known = contacts.of(ctx);
  known.clear();
  for (const row of rows) known.set(row.jid, row);
}

/** After the rows: a version older than the rows only makes the server repeat itself, a newer one would lose changes. */
async function keepVersion(query: Element, ctx: XepContext): Promise<void> {
  const ver = query.attrs['ver'];
  if (ver !== undefined && ver.length <= 1023) await ctx.shelf.setNote(versionNote, ver);
}

/** A roster push (§2.1.6). Throws for a forged or malformed one, so that it is answered by an error and not written. */
async function onPush(iq: Element, ctx: XepContext): Promise<undefined> {
  const from = iq.attrs['from'];
  // §2.1.6: a push counts only without 'from' or from our own bare JID.
  if (from !== undefined && normalizeJid(from) !== ctx.me) {
    ctx.log.warn('forged roster push', from);
    throw new ChatError('refused', 'not the roster of this account', { condition: 'service-unavailable' });
  }
  const query = iq.getChild('query', NS_ROSTER);
  const items = query?.getChildren('item', NS_ROSTER) ?? [];
  const [item] = items;
  // §2.1.6: exactly one item.
  if (!query || !item || items.length !== 1) throw new ChatError('refused', 'a push holds one item', { condition: 'bad-request' });
  const row = readItem(item);
  if (!row) throw new ChatError('refused', 'no address', { condition: 'bad-request' });
  const removed = item.attrs['subscription'] === 'remove';
  // Before anything is waited for: what comes behind this push, another one or presence, is newer.
  if (removed) contacts.of(ctx).delete(row.jid);
  else contacts.of(ctx).set(row.jid, row);
  // Not every server takes leave for those whom we may not see any more (§3.3.2).
  if (removed || row.subscription === 'none' || row.subscription === 'from') removeResource(ctx, bareJid(row.jid));
  await (removed ? ctx.shelf.put('contacts', [], [row.jid]) : ctx.shelf.put('contacts', [row]));
  await keepVersion(query, ctx);
  return undefined;
}

/** Adds or changes a contact (§2.3, §2.4). With `subscribe`, asks to see their presence unless we do already (§3.1.1). */
export async function setContact(ctx: XepContext, contact: { readonly jid: string; readonly name?: string; readonly groups: readonly string[] }, subscribe = false): Promise<void> {
  const jid = contactAddress(contact.jid);
  const groups = Array.from(new Set(contact.groups.filter((group) => group !== '')));
  const item = xml('item', { jid, name: contact.name || undefined }, ...groups.map((group) => xml('group', {}, group)));
  await ctx.iq(xml('iq', { type: 'set' }, xml('query', { xmlns: NS_ROSTER }, item)));
  const known = contactOf(ctx, jid);
  if (subscribe && known?.subscription !== 'to' && known?.subscription !== 'both') ctx.send(xml('presence', { to: bareJid(jid), type: 'subscribe' }));
}

/** Removes a contact and with it both subscriptions (§2.5). One that is not there any more is no error. */
export async function removeContact(ctx: XepContext, jid: string): Promise<void> {
  const item = xml('item', { jid: contactAddress(jid), subscription: 'remove' });
  try {
    await ctx.iq(xml('iq', { type: 'set' }, xml('query', { xmlns: NS_ROSTER }, item)));
  } catch (error) {
    if (!(error instanceof ChatError && error.condition === 'item-not-found')) throw error;
  }
}

function contactAddress(address: string): string {
  const jid = normalizeJid(address);
  if (jid === undefined) throw new ChatError('invalid', `no XMPP address: ${address}`);
  return jid;
}

export const roster: XepModule = {
  xep: 'RFC 6121 §2',
  title: 'Roster',
  serves: [{ type: 'set', name: 'query', ns: NS_ROSTER, open: true, answer: onPush }],
  onReady: fetchRoster,
  onResumed: loadRoster,
  onEnd: contacts.drop,
};
