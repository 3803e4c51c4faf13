/**
 * XEP-0030: Service Discovery, version 2.5.0
 * https://xmpp.org/extensions/xep-0030.html
 *
 * In:  questions of those who may know of us what we are and support.
 * Out: `discoInfo` and `discoItems` ask others.
 */
import { ChatError } from '../base/error.js';
import { normalizeJid } from '../base/jid.js';
import { xml } from '../xmpp/element.js';
import { readSet, writeSet } from './0059-rsm.js';
import { perContext } from './per-context.js';
import type { Element } from '../xmpp/element.js';
import type { XepContext, XepModule } from './module.js';

export const NS_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
/** The client's name in capabilities (XEP-0115 §4): `node#ver` is a node of ours. */
export const CLIENT_NODE = 'urn:tertulia:client';
const MOST_KEPT = 500;
const MOST_ITEMS = 2000;

export type Identity = { readonly category: string; readonly type: string; readonly language?: string; readonly name?: string };
/** A data form of XEP-0128; `type` is its FORM_TYPE where it is a hidden field. */
export type InfoForm = { readonly type?: string; readonly fields: ReadonlyMap<string, readonly string[]> };
export type DiscoInfo = { readonly identities: readonly Identity[]; readonly features: ReadonlySet<string>; readonly forms: readonly InfoForm[] };
export type DiscoItem = { readonly jid: string; readonly node?: string; readonly name?: string };

const answers = perContext(() => new Map<string, Promise<DiscoInfo>>());

const identity: Identity = { category: 'client', type: 'web', name: 'Tertulia' };

/** What we are, of all modules registered. */
export const ownInfo = (ctx: XepContext): DiscoInfo => ({
  identities: [identity],
  features: new Set(ctx.modules.flatMap((module) => module.features ?? []).toSorted()),
  forms: [],
});

/** A `<query/>` of disco#info, as data. */
export function readInfo(query: Element): DiscoInfo {
  const identities = query.getChildren('identity', NS_INFO).map((child) => {
    const { category = '', type = '', name, 'xml:lang': language } = child.attrs;
    return { category, type, ...(language && { language }), ...(name && { name }) };
  });
  const features = query.getChildren('feature', NS_INFO).flatMap((child) => child.attrs['var'] ?? []);
  return { identities, features: new Set(features), forms: query.getChildren('x', 'jabber:x:data').map(readForm) };
}

function readForm(x: Element): InfoForm {
  const fields = new Map<string, readonly string[]>();
  let type: string | undefined;
  for (const field of x.getChildren('field')) {
    const name = field.attrs['var'];
    const values = field.getChildren('value').map((value) => value.text());
    if (name === undefined) continue;
    if (name === 'FORM_TYPE') {
      if (field.attrs['type'] === 'hidden') type = values[0];
    } else fields.set(name, values);
  }
  return type === undefined ? { fields } : { type, fields };
}

/**
 * What an address is and supports; asked once a session. `fresh` asks again.
 * @throws ChatError `refused`, `timeout`, `offline`.
 */
export function discoInfo(ctx: XepContext, jid: string, node?: string, { fresh = false }: { readonly fresh?: boolean } = {}): Promise<DiscoInfo> {
  const kept = answers(ctx);
  const key = `${jid}\n${node ?? ''}`;
  const known = fresh ? undefined : kept.get(key);
  if (known) return known;
  const answer = askInfo(ctx, jid, node);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, answer);
  // A refusal may be gone the next time.
  answer.catch(() => kept.get(key) === answer && kept.delete(key));
  return answer;
}

async function askInfo(ctx: XepContext, jid: string, node: string | undefined): Promise<DiscoInfo> {
  return readInfo(await queryInfo(ctx, jid, node));
}

/** The answer itself, for who has to see what is wrong with it (XEP-0115 §5.4). */
export async function queryInfo(ctx: XepContext, jid: string, node?: string): Promise<Element> {
  const reply = await ctx.iq(xml('iq', { type: 'get', to: jid, id: ctx.newId() }, xml('query', { xmlns: NS_INFO, node })));
  const query = reply.getChild('query', NS_INFO);
  if (!query) throw new ChatError('protocol', 'an answer without <query/>');
  return query;
}

/**
 * The items of an address (its services, its rooms), following XEP-0059 pages where the answer has them, at
 * most 2000. Never kept: rooms come and go.
 * @throws ChatError `refused`, `timeout`, `offline`.
 */
export async function discoItems(ctx: XepContext, jid: string, node?: string): Promise<readonly DiscoItem[]> {
  const items = new Map<string, DiscoItem>();
  for (let after: string | undefined; ; ) {
    const reply = await ctx.iq(xml('iq', { type: 'get', to: jid, id: ctx.newId() }, xml('query', { xmlns: NS_ITEMS, node }, after !== undefined && writeSet({ after }))));
    const query = reply.getChild('query', NS_ITEMS);
    if (!query) throw new ChatError('protocol', 'an answer without <query/>');
    const before = items.size;
    for (const child of query.getChildren('item', NS_ITEMS)) {
      const address = normalizeJid(child.attrs['jid']);
      const { node: itemNode, name } = child.attrs;
      if (address && items.size < MOST_ITEMS) items.set(`${address}\n${itemNode ?? ''}`, { jid: address, ...(itemNode && { node: itemNode }), ...(name && { name }) });
    }
    const { last, count } = readSet(query);
    // A page without anything new ends it, whatever it says of more.
    if (last === undefined || last === after || items.size === before || items.size >= (count ?? MOST_ITEMS)) return Array.from(items.values());
    after = last;
  }
}

function answerInfo(iq: Element, ctx: XepContext): Element {
  const node = iq.getChild('query', NS_INFO)?.attrs['node'];
  if (node !== undefined && !node.startsWith(`${CLIENT_NODE}#`)) throw new ChatError('refused', 'no such node', { condition: 'item-not-found' });
  const { identities, features } = ownInfo(ctx);
  return xml(
    'query',
    { xmlns: NS_INFO, node },
    ...identities.map(({ category, type, name }) => xml('identity', { category, type, name })),
    ...Array.from(features, (feature) => xml('feature', { var: feature })),
  );
}

function answerItems(iq: Element): Element {
  const node = iq.getChild('query', NS_ITEMS)?.attrs['node'];
  if (node !== undefined) throw new ChatError('refused', 'no such node', { condition: 'item-not-found' });
  return xml('query', { xmlns: NS_ITEMS });
}

export const disco: XepModule = {
  xep: '0030',
  title: 'Service Discovery',
  features: [NS_INFO, NS_ITEMS],
  serves: [
    { type: 'get', name: 'query', ns: NS_INFO, answer: answerInfo },
    { type: 'get', name: 'query', ns: NS_ITEMS, answer: answerItems },
  ],
  onEnd: (ctx) => answers(ctx).clear(),
};
