/**
 * XEP-0359: Unique and Stable Stanza IDs, version 0.7.0
 * https://xmpp.org/extensions/xep-0359.html
 *
 * In:  the id an archive gave a message, and the id its author's client gave it.
 * Out: every message carries an `<origin-id/>` equal to its `id`.
 */
import { xml } from '../xmpp/element.js';
import { normalizeJid } from '../base/jid.js';
import type { Element } from '../xmpp/element.js';
import type { XepModule } from './module.js';

const NS = 'urn:xmpp:sid:0';
const LONGEST = 1023;

/** An id fit to be a database key: not empty, not absurdly long. */
export const usableId = (id: string | undefined): string | undefined => (id && id.length <= LONGEST ? id : undefined);

/**
 * The id that `archive` (a bare JID) gave this message. The caller has to know that `archive` strips ids that others
 * put in its name (§6: only from entities that announce the feature).
 */
export function stanzaIdBy(stanza: Element, archive: string): string | undefined {
  const [id, ...more] = stanza.getChildren('stanza-id', NS).filter((child) => normalizeJid(child.attrs['by']) === archive);
  // §3 rule 4 MUST: not more than one of the same `by`; with two of them, one is forged, and who can say which.
  return more.length ? undefined : usableId(id?.attrs['id']);
}

/** What the author's client says; good for finding one's own message again, never somebody else's (§6). */
export function originIdOf(stanza: Element): string | undefined {
  const [id, ...more] = stanza.getChildren('origin-id', NS);
  return more.length ? undefined : usableId(id?.attrs['id']);
}

export const stanzaIds: XepModule = {
  xep: '0359',
  title: 'Unique and Stable Stanza IDs',
  features: [NS],
  write({ stanza }) {
    const { id } = stanza.attrs;
    // §2.2: both ids name the same message.
    if (id && !stanza.getChild('origin-id', NS)) stanza.append(xml('origin-id', { xmlns: NS, id }));
  },
};
