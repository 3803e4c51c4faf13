/**
 * XEP-0059: Result Set Management, version 1.0
 * https://xmpp.org/extensions/xep-0059.html
 *
 * In:  the `<set/>` of an answer says which page it is.
 * Out: the `<set/>` of a question says which page is wanted.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';

export const NS_RSM = 'http://jabber.org/protocol/rsm';

/** A page asked for: at most `max` items, after or before one. `before: ''` is the last page (§2.5). */
export type PageRequest = { readonly max?: number; readonly after?: string; readonly before?: string };

/** A page as answered; `first` and `last` are absent where it is empty (§2.2). */
export type PageInfo = { readonly first?: string; readonly last?: string; readonly index?: number; readonly count?: number };

export const writeSet = ({ max, after, before }: PageRequest): Element =>
  xml(
    'set',
    { xmlns: NS_RSM },
    max !== undefined && xml('max', {}, String(max)),
    after !== undefined && xml('after', {}, after),
    before !== undefined && xml('before', {}, before),
  );

// A count is a hint: an absurd one is none.
const wholeNumber = (text: string | null | undefined): number | undefined => (text && /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : undefined);

/** Reads the `<set/>` inside of `parent`; an empty page where there is none. */
export function readSet(parent: Element): PageInfo {
  const set = parent.getChild('set', NS_RSM);
  const first = set?.getChild('first', NS_RSM);
  const firstId = first?.text();
  const last = set?.getChildText('last', NS_RSM);
  const index = wholeNumber(first?.attrs['index']);
  const count = wholeNumber(set?.getChildText('count', NS_RSM));
  return { ...(firstId && { first: firstId }), ...(last && { last }), ...(index !== undefined && { index }), ...(count !== undefined && { count }) };
}
