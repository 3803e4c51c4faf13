/**
 * XEP-0490: Message Displayed Synchronization, version 1.0.1
 * https://xmpp.org/extensions/xep-0490.html
 *
 * In:  how far our other devices have read each conversation: all of it at the start, events of our own account
 *      afterwards; each becomes a `displayed` fact of ours, which waits where its message is not here yet.
 * Out: how far this device has read, in a PEP node for nobody but the account.
 */
import { toChatError } from '../base/error.js';
import { normalizeJid } from '../base/jid.js';
import { xml, type Element } from '../xmpp/element.js';
import { discoInfo } from './0030-disco.js';
import { fetchItems, NS_EVENT, NS_PUBSUB, publishItem } from './0223-private-storage.js';
import { usableId } from './0359-stanza-ids.js';
import { perSession } from './session-state.js';
import type { Fact } from '../model/fact.js';
import type { XepContext, XepModule } from './module.js';

const NODE = 'urn:xmpp:mds:displayed:0';
const NS_SID = 'urn:xmpp:sid:0';
/** What the node had when it was last read, so that only what is new is looked at. */
const NOTE = 'displayed';
/** More conversations than this are not taken from the node: those that it lists first are. */
const MOST = 2000;
/** So many are committed at once, so that nobody waits for all of them. */
const BATCH = 100;

type Node = { readonly keeps: boolean; /** By conversation: the archive's id. */ readonly items: Map<string, string> };
const nodes = perSession(() => ({ node: undefined as Promise<Node> | undefined }));

function readItem(item: Element, me: string, at: number): Fact<'displayed'> | undefined {
  const conversation = normalizeJid(item.attrs['id']);
  const [id, ...more] = item.getChild('displayed', NODE)?.getChildren('stanza-id', NS_SID) ?? [];
  const target = usableId(id?.attrs['id']);
  const archive = normalizeJid(id?.attrs['by'] ?? '');
  // "Exactly one", of the account's own archive or the room's.
  if (!conversation || !target || more.length || (archive !== me && archive !== conversation)) return undefined;
  return { kind: 'displayed', conversation, chatType: archive === me ? 'chat' : 'groupchat', sender: me, mine: true, at, archive, messageId: NODE, target, byArchive: true };
}

async function readNode(ctx: XepContext): Promise<Node> {
  // Security considerations: the client MUST first see that the options which keep the node private are understood.
  const feature = `${NS_PUBSUB}#publish-options`;
  const keeps = (await discoInfo(ctx, ctx.me)).features.has(feature) || (await discoInfo(ctx, ctx.server)).features.has(feature);
  const found = keeps ? await fetchItems(ctx, NODE) : undefined;
  const before = (await ctx.shelf.note<Readonly<Record<string, string>>>(NOTE)) ?? {};
  const facts = (found ?? []).slice(0, MOST).flatMap((item) => readItem(item, ctx.me, ctx.clock.now()) ?? []);
  const items = new Map(facts.map(({ conversation, target }) => [conversation, target]));
  const fresh = facts.filter(({ conversation, target }) => !Object.hasOwn(before, conversation) || before[conversation] !== target);
  if (fresh.length > 0) {
    // oxlint-disable-next-line no-await-in-loop -- other writers come in between
    for (let at = 0; at < fresh.length; at += BATCH) await ctx.record(fresh.slice(at, at + BATCH));
    await ctx.shelf.setNote(NOTE, Object.fromEntries(items));
  }
  return { keeps: found !== undefined, items };
}

/** Read once in a session; where that failed, at the next occasion. */
function nodeOf(ctx: XepContext): Promise<Node> {
  const state = nodes.of(ctx);
  state.node ??= readNode(ctx).catch((error: unknown) => {
    state.node = undefined;
    throw error;
  });
  return state.node;
}

export const displayedSync: XepModule = {
  xep: '0490',
  title: 'Message Displayed Synchronization',
  features: [`${NODE}+notify`],
  // Beside the rest of the start: nothing else waits for it.
  async onReady(ctx) {
    nodeOf(ctx).catch((error: unknown) => ctx.log.debug('what was read elsewhere is not known', error));
  },
  read({ stanza, base, origin, copy }) {
    const items = origin === 'live' && !copy ? stanza.getChild('event', NS_EVENT)?.getChild('items', NS_EVENT) : undefined;
    if (items?.attrs['node'] !== NODE || stanza.attrs['type'] === 'error') return [];
    // The node is the account's own; anybody else's event is a forgery.
    if (!base.mine || normalizeJid(stanza.attrs['from'] ?? '') !== base.archive) return [];
    return items.getChildren('item', NS_EVENT).slice(0, MOST).flatMap((item) => readItem(item, base.archive, base.at) ?? []);
  },
  async seen({ conversation, archive, archiveId }, ctx) {
    if (archiveId === undefined) return;
    try {
      const { keeps, items } = await nodeOf(ctx);
      if (!keeps || items.get(conversation) === archiveId) return;
      await publishItem(ctx, NODE, conversation, () => xml('displayed', { xmlns: NODE }, xml('stanza-id', { xmlns: NS_SID, by: archive, id: archiveId })));
      items.set(conversation, archiveId);
    } catch (thrown) {
      const error = toChatError(thrown, 'protocol');
      if (error.code === 'offline' || error.code === 'timeout') throw error;
      ctx.log.debug('other devices are not told what was read', error.condition);
    }
  },
  onEnd: nodes.drop,
};
