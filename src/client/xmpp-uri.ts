import { normalizeJid } from '../base/jid.js';

/** What an `xmpp:` link asks for (RFC 5122, query types of XEP-0147). */
export type XmppLink = { readonly jid: string; readonly action: 'chat' | 'join' | 'subscribe'; readonly body?: string };

/** Reads `xmpp:` and `web+xmpp:` links; `undefined` for anything else. An authority (`xmpp://me@host/…`) is left aside, RFC 5122 §2.3. */
export function parseXmppUri(uri: string): XmppLink | undefined {
  const match = /^(?:web\+)?xmpp:(?:\/\/[^/]*\/)?([^?#]*)(?:\?([^#]*))?/i.exec(uri.trim());
  if (!match) return undefined;
  const jid = normalizeJid(decode(match[1] ?? ''));
  if (!jid) return undefined;
  const [type = '', ...pairs] = (match[2] ?? '').split(';');
  const body = pairs.map((pair) => pair.split('=')).find(([key]) => key === 'body')?.[1];
  return {
    jid,
    action: type === 'join' ? 'join' : type === 'subscribe' || type === 'roster' ? 'subscribe' : 'chat',
    ...(type === 'message' && body ? { body: decode(body) } : {}),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
