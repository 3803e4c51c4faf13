/**
 * XEP-0386: Bind 2, version 1.1.0
 * https://xmpp.org/extensions/xep-0386.html
 *
 * In:  `<bind/>` with what may go with it, in the features' `<authentication/>`; `<bound/>` in a `<success/>`.
 * Out: `<bind/>` with a tag, and carbons (XEP-0280), client state (XEP-0352) and stream management (XEP-0198) where offered.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import type { Sasl2Options } from '../xmpp/connection-types.js';
import { NS_SM } from './0198-stream-management.js';

export const NS_BIND2 = 'urn:xmpp:bind:0';
export const NS_CARBONS = 'urn:xmpp:carbons:2';
export const NS_CSI = 'urn:xmpp:csi:0';

/** The wish to be bound, and what of ours goes with it: only what is offered there (§3). `offer` is the feature's `<bind/>`. */
export function bindRequest(offer: Element, { tag, inactive, management }: Pick<Sasl2Options, 'tag' | 'inactive' | 'management'>): Element {
  const offered = (feature: string): boolean => inlineFeatures(offer).includes(feature);
  return xml(
    'bind',
    { xmlns: NS_BIND2 },
    xml('tag', {}, tag),
    ...(offered(NS_CARBONS) ? [xml('enable', { xmlns: NS_CARBONS })] : []),
    ...(offered(NS_SM) ? [management.enabling()] : []),
    ...(inactive && offered(NS_CSI) ? [xml('inactive', { xmlns: NS_CSI })] : []),
  );
}

export const inlineFeatures = (offer: Element): readonly (string | undefined)[] => (offer.getChild('inline', NS_BIND2)?.getChildren('feature') ?? []).map(({ attrs }) => attrs['var']);
