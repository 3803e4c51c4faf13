/**
 * XEP-0478: Stream Limits Advertisement, version 0.2.0
 * https://xmpp.org/extensions/xep-0478.html
 *
 * In:  `<limits/>` in a stream's features.
 * Out: nothing.
 */
import type { Element } from '../xmpp/element.js';

const NS = 'urn:xmpp:stream-limits:0';
/** RFC 6120 §13.12: "A deployed server's maximum stanza size MUST NOT be smaller than 10000 bytes." */
export const leastLimit = 10_000;

/** How many bytes a stanza of ours may have, where the server says so; never less than what every server has to take. */
export function stanzaLimit(features: Element | undefined): number | undefined {
  // Before authentication smaller limits hold (§3), and a resumed stream may have shown no others.
  if (!features || features.getChild('mechanisms') || features.getChild('authentication')) return undefined;
  const said = features.getChild('limits', NS)?.getChildText('max-bytes') ?? '';
  return /^\d{1,15}$/.test(said) ? Math.max(Number(said), leastLimit) : undefined;
}
