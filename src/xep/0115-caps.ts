/**
 * XEP-0115: Entity Capabilities, version 1.6.0
 * https://xmpp.org/extensions/xep-0115.html
 *
 * In:  what contacts' clients support, asked once per kind of client, verified before it is believed and kept.
 * Out: each presence of ours says what we support.
 */
import { bareJid, normalizeJid } from '../base/jid.js';
import { toChatError } from '../base/error.js';
import { xml } from '../xmpp/element.js';
import { CLIENT_NODE, ownInfo, queryInfo, readInfo } from './0030-disco.js';
import { perContext } from './per-context.js';
import { sha1 } from './sha-1.js';
import type { Element } from '../xmpp/element.js';
import type { DiscoInfo } from './0030-disco.js';
import type { XepContext, XepModule } from './module.js';

const NS = 'http://jabber.org/protocol/caps';
const NS_FORM = 'jabber:x:data';
const NOTE = 'caps';
const MOST_KEPT = 300;
const MOST_ADDRESSES = 5000;
const encoder = new TextEncoder();

type Memory = {
  /** Verified features, by the hash that proves them: true of every client that says it. */
  verified: Map<string, readonly string[]>;
  /** Unprovable answers, by full JID: true of that client only. */
  readonly own: Map<string, readonly string[]>;
  /** The hash each full JID announced. */
  readonly announced: Map<string, string>;
  readonly asking: Set<string>;
  loading: Promise<void> | undefined;
};
const memory = perContext((): Memory => ({ verified: new Map(), own: new Map(), announced: new Map(), asking: new Set(), loading: undefined }));

/** i;octet (RFC 4790 §9.3): the order of UTF-8 bytes is that of code points, which JavaScript's own order is not. */
function byOctets(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference) return difference;
  }
  return left.length - right.length;
}

/** The verification string of a disco#info answer (§5.1), hashed with SHA-1. */
export function verification(info: DiscoInfo): string {
  const parts: string[] = [];
  for (const { category, type, language = '', name = '' } of info.identities.toSorted((a, b) => byOctets(a.category, b.category) || byOctets(a.type, b.type) || byOctets(a.language ?? '', b.language ?? '')))
    parts.push(`${category}/${type}/${language}/${name}`);
  parts.push(...Array.from(info.features).toSorted(byOctets));
  const forms = info.forms.flatMap(({ type, fields }) => (type === undefined ? [] : { type, fields }));
  for (const { type, fields } of forms.toSorted((a, b) => byOctets(a.type, b.type))) {
    parts.push(type);
    for (const [name, values] of Array.from(fields).toSorted((a, b) => byOctets(a[0], b[0]))) parts.push(name, ...values.toSorted(byOctets));
  }
  return btoa(String.fromCharCode(...sha1(encoder.encode(parts.map((part) => `${part}<`).join('')))));
}

/** §5.4: answers that must not be believed whatever their hash says. */
function isIllFormed(query: Element): boolean {
  const repeats = (values: readonly string[]): boolean => new Set(values).size !== values.length;
  const { identities } = readInfo(query);
  if (repeats(identities.map(({ category, type, language = '', name = '' }) => JSON.stringify([category, type, language, name])))) return true;
  if (repeats(query.getChildren('feature').map((feature) => feature.attrs['var'] ?? ''))) return true;
  const formTypes = query.getChildren('x', NS_FORM).map((form) => form.getChildren('field').filter((field) => field.attrs['var'] === 'FORM_TYPE').flatMap((field) => field.getChildren('value').map((value) => value.text())));
  if (formTypes.some((values) => new Set(values).size > 1) || repeats(formTypes.flatMap((values) => values[0] ?? []))) return true;
  return hasSeparator(query);
}

/** The string that is hashed parts its items with "<": an item that holds one could stand for several others. */
const hasSeparator = (element: Element): boolean =>
  Object.entries(element.attrs).some(([name, value]) => name !== 'xmlns' && value?.includes('<')) ||
  element.children.some((child) => (typeof child === 'string' ? child.includes('<') : hasSeparator(child)));

/** The features of one client, as far as they are known by now. */
export function featuresOf(ctx: XepContext, fullJid: string): readonly string[] | undefined {
  const { announced, own, verified } = memory(ctx);
  return own.get(fullJid) ?? verified.get(announced.get(fullJid) ?? '');
}

/** Whether any client that the contact is online with is known to support `feature`. */
export function contactSupports(ctx: XepContext, contact: string, feature: string): boolean {
  for (const jid of memory(ctx).announced.keys()) if (bareJid(jid) === contact && featuresOf(ctx, jid)?.includes(feature)) return true;
  return false;
}

function load(ctx: XepContext): Promise<void> {
  const mine = memory(ctx);
  mine.loading ??= ctx.shelf
    .note<readonly (readonly [string, readonly string[]])[]>(NOTE)
    .then((kept) => {
      for (const [ver, features] of kept ?? []) if (!mine.verified.has(ver)) mine.verified.set(ver, features);
    })
    // Unreadable: learned anew.
    .catch(() => undefined);
  return mine.loading;
}

async function learn(ctx: XepContext, jid: string, node: string, ver: string): Promise<void> {
  const mine = memory(ctx);
  await load(ctx);
  if (mine.verified.has(ver) || mine.own.has(jid) || mine.asking.has(ver)) return;
  mine.asking.add(ver);
  try {
    const query = await queryInfo(ctx, jid, `${node}#${ver}`);
    const info = readInfo(query);
    const features = Array.from(info.features);
    if (isIllFormed(query) || verification(info) !== ver) {
      // §5.4: not for others; of itself a client may say what it likes, while it is here.
      if (mine.announced.get(jid) === ver) mine.own.set(jid, features);
      return;
    }
    mine.verified.set(ver, features);
    while (mine.verified.size > MOST_KEPT) mine.verified.delete(mine.verified.keys().next().value ?? '');
    await ctx.shelf.setNote(NOTE, Array.from(mine.verified));
  } finally {
    mine.asking.delete(ver);
  }
}

function note(presence: Element, ctx: XepContext): void {
  const jid = normalizeJid(presence.attrs['from']);
  const { type } = presence.attrs;
  // A room's occupants come by the thousand, and the module of rooms looks after them.
  if (!jid || jid === ctx.jid || presence.getChild('x', 'http://jabber.org/protocol/muc#user')) return;
  const { announced, own } = memory(ctx);
  const caps = type === undefined ? presence.getChild('c', NS) : undefined;
  const { hash, node, ver } = caps?.attrs ?? {};
  // §5.4: what is hashed otherwise, or not at all as before version 1.4, cannot be verified here and is not asked.
  if (hash?.toLowerCase() !== 'sha-1' || !node || !ver || ver.length > 64 || node.length > 1023) {
    if (type !== 'error') {
      announced.delete(jid);
      own.delete(jid);
    }
    return;
  }
  if (announced.get(jid) !== ver) {
    own.delete(jid);
    if (announced.size >= MOST_ADDRESSES && !announced.has(jid)) return;
    announced.set(jid, ver);
  }
  // A question tells that we are here.
  if (ctx.trusts(jid) && !featuresOf(ctx, jid)) learn(ctx, jid, node, ver).catch((thrown: unknown) => ctx.log.debug('capabilities not learned', toChatError(thrown, 'protocol').condition));
}

export const caps: XepModule = {
  xep: '0115',
  title: 'Entity Capabilities',
  features: [NS],
  onReady: load,
  onEnd(ctx) {
    const { announced, own } = memory(ctx);
    announced.clear();
    own.clear();
  },
  onPresence: note,
  announce(presence, ctx) {
    presence.append(xml('c', { xmlns: NS, hash: 'sha-1', node: CLIENT_NODE, ver: verification(ownInfo(ctx)) }));
  },
};
