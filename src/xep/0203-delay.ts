/**
 * XEP-0203: Delayed Delivery, version 2.0
 * https://xmpp.org/extensions/xep-0203.html
 *
 * In:  `<delay/>` of those who may say so gives a message its time.
 * Out: a message that waited long in the outbox says when it was written.
 */
import { xml } from '../xmpp/element.js';
import { normalizeJid } from '../base/jid.js';
import type { Element } from '../xmpp/element.js';
import type { XepModule } from './module.js';

const NS = 'urn:xmpp:delay';
// XEP-0082 §3.2: a date-time with its zone; nothing that only some browsers can read.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or `undefined` where the text is no XEP-0082 date-time after 1970. */
export function parseStamp(text: string | undefined): number | undefined {
  const stamp = text?.trim() ?? '';
  if (!dateTime.test(stamp)) return undefined;
  const at = Date.parse(stamp);
  return at > 0 ? at : undefined;
}

/** The time in a `<delay/>` child. Anyone can put one into a stanza, so `trusted` is asked about the address that says so. */
export function readDelay(parent: Element, trusted: (by: string | undefined) => boolean): number | undefined {
  for (const delay of parent.getChildren('delay', NS)) {
    const at = trusted(normalizeJid(delay.attrs['from'])) ? parseStamp(delay.attrs['stamp']) : undefined;
    if (at !== undefined) return at;
  }
  return undefined;
}

export const isDelayed = (stanza: Element): boolean => stanza.getChild('delay', NS) !== undefined;

/** §2: who delayed it, since when. */
export const delayElement = (from: string, at: number): Element => xml('delay', { xmlns: NS, from, stamp: new Date(at).toISOString() });

export const delay: XepModule = { xep: '0203', title: 'Delayed Delivery', features: [NS] };
