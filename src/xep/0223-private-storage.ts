/**
 * XEP-0223: Persistent Storage of Private Data via PubSub, version 1.1.1
 * https://xmpp.org/extensions/xep-0223.html
 *
 * In:  the items of a PEP node of our own account.
 * Out: items published into a node that keeps all of them, for nobody but the account, whatever the server makes of that.
 */
import { xml, type Element } from '../xmpp/element.js';
import { ChatError } from '../base/error.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_EVENT = `${NS_PUBSUB}#event`;
const NS_OWNER = `${NS_PUBSUB}#owner`;

export const pubsub = (type: 'get' | 'set', ctx: XepContext, ns: string, ...children: Element[]): Element =>
  xml('iq', { type, id: ctx.newId() }, xml('pubsub', { xmlns: ns }, ...children));

/** Whether the server refused, for one of `conditions` where any are given. */
export const refusedFor = (error: unknown, ...conditions: readonly string[]): boolean =>
  error instanceof ChatError && error.code === 'refused' && (conditions.length === 0 || conditions.includes(error.condition ?? ''));

/** The items of a node of ours, or the one of that id; `undefined` where the server has no PEP. Rejects `timeout` and `offline`. */
export async function fetchItems(ctx: XepContext, node: string, id?: string): Promise<readonly Element[] | undefined> {
  try {
    const result = await ctx.iq(pubsub('get', ctx, NS_PUBSUB, xml('items', { node }, id === undefined ? undefined : xml('item', { id }))));
    return result.getChild('pubsub', NS_PUBSUB)?.getChild('items', NS_PUBSUB)?.getChildren('item', NS_PUBSUB) ?? [];
  } catch (error) {
    if (refusedFor(error, 'item-not-found')) return []; // no such node yet
    if (refusedFor(error)) return undefined; // no PEP
    throw error;
  }
}

/** All items for ever, for nobody but the account. */
const settings = { 'pubsub#persist_items': 'true', 'pubsub#access_model': 'whitelist' };
const full = { ...settings, 'pubsub#max_items': 'max', 'pubsub#send_last_published_item': 'never' };
/** Without a limit of its own a node keeps 10 items on some servers, and drops one with each new one. */
const limits = ['max', '1000', '250', '100'];

const form = (type: string, values: Readonly<Record<string, string>>): Element =>
  xml(
    'x',
    { xmlns: 'jabber:x:data', type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, `${NS_PUBSUB}#${type}`)),
    ...Object.entries(values).map(([name, value]) => xml('field', { var: name }, xml('value', {}, value))),
  );

/** Nodes made by hand in this session: their settings are no option any more. */
const configured = perSession(() => new Set<string>());
export const forgetNodes = configured.drop;

/**
 * Writes an item; `make` is asked for it at each attempt. Rejects `refused` where the server cannot keep it privately,
 * `timeout` and `offline`.
 */
export async function publishItem(ctx: XepContext, node: string, id: string, make: () => Element): Promise<void> {
  const publish = (values: Readonly<Record<string, string>>): Promise<Element> =>
    ctx.iq(pubsub('set', ctx, NS_PUBSUB, xml('publish', { node }, xml('item', { id }, make())), xml('publish-options', {}, form('publish-options', values))));
  const byHand = configured.of(ctx);
  try {
    await publish(byHand.has(node) ? settings : full);
  } catch (error) {
    // No permission and no PEP stay what they are; anything else is about the options.
    if (!refusedFor(error) || refusedFor(error, 'forbidden', 'service-unavailable', 'not-authorized')) throw error;
    await configure(ctx, node);
    byHand.add(node);
    // That nobody else may read it is asked for even so: it is a condition, not a wish.
    await publish(settings);
  }
}

/** Makes the node, or mends one made with other settings; tries how many items the server is willing to keep. */
async function configure(ctx: XepContext, node: string): Promise<void> {
  for (const limit of limits) {
    // Some servers tell other devices of an item taken away only if asked to.
    const config = form('node_config', { ...full, 'pubsub#notify_retract': 'true', 'pubsub#max_items': limit });
    try {
      await ctx.iq(pubsub('set', ctx, NS_PUBSUB, xml('create', { node }), xml('configure', {}, config)));
      return;
    } catch (error) {
      if (!refusedFor(error)) throw error;
    }
    try {
      await ctx.iq(pubsub('set', ctx, NS_OWNER, xml('configure', { node }, config)));
      return;
    } catch (error) {
      if (!refusedFor(error)) throw error;
    }
  }
  ctx.log.debug(`${node} keeps the settings it has`);
}
