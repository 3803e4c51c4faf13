import { normalizeJid } from '../../src/base/jid.js';

/** What the messenger shows. `contact` is a conversation with its details beside it. */
export type Route =
  | { readonly view: 'conversations' | 'contacts' | 'rooms' }
  | { readonly view: 'chat' | 'room' | 'contact'; readonly jid: string };

const lists: ReadonlyMap<string, Route> = new Map([
  ['', { view: 'conversations' }],
  ['contacts', { view: 'contacts' }],
  ['rooms', { view: 'rooms' }],
]);

/** `#/chat/JID`, `#/room/JID`, `#/contact/JID`, `#/contacts`, `#/rooms`; the conversations for anything else. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '');
  const list = lists.get(path.replace(/\/$/, ''));
  if (list) return list;
  const slash = path.indexOf('/');
  const view = path.slice(0, slash);
  // Everything after the first slash is the address: one with a resource has a slash of its own.
  const jid = normalizeJid(decode(path.slice(slash + 1)));
  if (slash > 0 && jid && (view === 'chat' || view === 'room' || view === 'contact')) return { view, jid };
  return { view: 'conversations' };
}

export function formatRoute(route: Route): string {
  if (!('jid' in route)) return route.view === 'conversations' ? '#/' : `#/${route.view}`;
  // The signs that addresses are made of stay legible.
  return `#/${route.view}/${encodeURIComponent(route.jid).replaceAll('%40', '@').replaceAll('%2F', '/')}`;
}

export const sameRoute = (a: Route, b: Route): boolean => formatRoute(a) === formatRoute(b);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand: a lone percent sign
  }
}
