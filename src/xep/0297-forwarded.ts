/**
 * XEP-0297: Stanza Forwarding, version 1.0
 * https://xmpp.org/extensions/xep-0297.html
 *
 * In:  the one message inside a `<forwarded/>`, for the extensions that wrap one (carbons, archive). A forward that
 *      somebody puts into a message by itself proves nothing about its sender and is not read at all (§7).
 * Out: nothing.
 */
import { childElements, NS_CLIENT } from '../xmpp/element.js';
import { readDelay } from './0203-delay.js';
import type { Element } from '../xmpp/element.js';

const NS = 'urn:xmpp:forward:0';

/** What is inside; `at` is the wrapper's own `<delay/>`, as trustworthy as the wrapper. */
export type Forwarded = { readonly stanza: Element; readonly at?: number };

/** Opens the `<forwarded/>` in `wrapper`; `undefined` unless there is exactly one and it holds exactly one message. */
export function openForwarded(wrapper: Element): Forwarded | undefined {
  const [forwarded, ...more] = wrapper.getChildren('forwarded', NS);
  if (!forwarded || more.length) return undefined;
  const stanzas = childElements(forwarded).filter((child) => child.getNS() !== 'urn:xmpp:delay');
  const [stanza] = stanzas;
  if (!stanza || stanzas.length > 1 || !stanza.is('message', NS_CLIENT)) return undefined;
  const at = readDelay(forwarded, () => true);
  return at === undefined ? { stanza } : { stanza, at };
}
