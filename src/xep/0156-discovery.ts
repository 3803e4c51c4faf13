/**
 * XEP-0156: Discovering Alternative XMPP Connection Methods, version 1.4.0
 * https://xmpp.org/extensions/xep-0156.html
 *
 * In:  `/.well-known/host-meta.json` (RFC 6415 Appendix A) and `/.well-known/host-meta` (XRD) of the domain.
 * Out: nothing but the two requests.
 */
import { parseFrame } from '../xmpp/frame.js';
import { checkService, isLoopback } from '../xmpp/service-url.js';
import { ChatError } from '../base/error.js';
import { parseJid } from '../base/jid.js';

const REL = 'urn:xmpp:alt-connections:websocket';
const NS_XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';
/** Bytes of a document, and milliseconds for it to come. */
const mostBytes = 65_536;
const deadline = 8_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The WebSocket address of `domain`, JSON before XRD, by the same rules. Only `wss:`; `ws:` where the domain is this
 * very machine. Rejects with `insecure` where only worse is offered, with `unreachable` where nothing is,
 * with `invalid` where `domain` is none.
 */
export async function discoverService(domain: string, fetch: Fetch): Promise<string> {
  const jid = parseJid(domain);
  if (!jid || jid.local !== '' || jid.resource !== '' || /[/?#:\\]/.test(jid.domain.replace(/^\[.*\]$/, ''))) throw new ChatError('invalid', 'no domain');
  const local = isLoopback(jid.domain);
  const at = `${local ? 'http' : 'https'}://${jid.domain}/.well-known/host-meta`;
  const [json, xrd] = await Promise.all([read(`${at}.json`, fetch, readJson), read(at, fetch, readXrd)]);
  const offered = [...json, ...xrd];
  const found = offered.map((href) => usable(href, local)).find((href) => href !== undefined);
  if (found !== undefined) return found;
  if (offered.length > 0) throw new ChatError('insecure', `${jid.domain} offers no secure WebSocket`);
  throw new ChatError('unreachable', `${jid.domain} names no WebSocket`);
}

function usable(href: string, local: boolean): string | undefined {
  try {
    const url = checkService(href);
    return (url.protocol === 'wss:' || local) && url.username === '' && url.password === '' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The addresses a document offers; none where it cannot be had or read. */
async function read(url: string, fetch: Fetch, parse: (text: string) => string[]): Promise<string[]> {
  try {
    const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(deadline) });
    // Whoever answers for the domain says where its users' passwords go: nobody else may.
    if (!response.ok || (response.url !== '' && new URL(response.url).origin !== new URL(url).origin)) return [];
    return parse(await readText(response));
  } catch {
    return [];
  }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > mostBytes) {
      await reader.cancel();
      throw new ChatError('too-large', 'host-meta is too large');
    }
    text += decoder.decode(value, { stream: true });
  }
}

type Link = { readonly rel?: unknown; readonly href?: unknown };
const hrefs = (links: readonly Link[]): string[] => links.flatMap(({ rel, href }) => (rel === REL && typeof href === 'string' ? [href.trim()] : []));

function readJson(text: string): string[] {
  const document = JSON.parse(text) as { readonly links?: unknown } | null;
  const links: readonly unknown[] = Array.isArray(document?.links) ? document.links : [];
  return hrefs(links.filter((link): link is Link => typeof link === 'object' && link !== null));
}

function readXrd(text: string): string[] {
  // Documents, unlike streams, may begin with a declaration and hold comments.
  const root = parseFrame(text.replace(/^\uFEFF?\s*<\?xml[^?<>]*\?>/, '').replace(/<!--[\s\S]*?-->/g, ''));
  return root.is('XRD', NS_XRD) ? hrefs(root.getChildren('Link', NS_XRD).map(({ attrs }) => attrs)) : [];
}
