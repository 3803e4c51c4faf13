/**
 * XEP-0066: Out of Band Data, version 1.5
 * https://xmpp.org/extensions/xep-0066.html
 *
 * In:  `<x xmlns='jabber:x:oob'><url/></x>` becomes an attachment; a body that only repeats the address is not shown.
 * Out: each uploaded file has its `<x/>`, and its address in the body for clients that know no attachments.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import type { Attachment } from '../model/fact.js';
import type { XepModule } from './module.js';

const NS = 'jabber:x:oob';
const MOST = 10;
const LONGEST_URL = 4096;

const mediaTypes: Readonly<Record<string, string>> = {
  avif: 'image/avif', gif: 'image/gif', jpeg: 'image/jpeg', jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp',
  m4a: 'audio/mp4', mp3: 'audio/mpeg', oga: 'audio/ogg', ogg: 'audio/ogg', opus: 'audio/ogg',
  mov: 'video/quicktime', mp4: 'video/mp4', webm: 'video/webm', pdf: 'application/pdf', txt: 'text/plain',
};

/** A web address fit to be offered as a link, or `undefined`. No other scheme, and none that hides a host behind a user's name. */
export function webAddress(text: string | null | undefined): URL | undefined {
  const address = text?.trim() ?? '';
  if (!address || address.length > LONGEST_URL || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password ? url : undefined;
}

function fileName(url: URL): string | undefined {
  const last = url.pathname.split('/').at(-1) ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // Not UTF-8: shown as it is written.
  }
  // Characters that turn "gpj.exe" round would show another name than the file's.
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]/gu, '').slice(0, 255) || undefined;
}

function attachmentAt(url: URL): Attachment {
  const name = fileName(url);
  const mediaType = mediaTypes[/\.([a-z0-9]{2,5})$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? ''];
  return { url: url.href, ...(name && { name }), ...(mediaType && { mediaType }) };
}

/** The attachments of a message, and what remains of its body without the addresses that stand for them. */
export function readOob(stanza: Element, body: string): { readonly body: string; readonly attachments: readonly Attachment[] } {
  const attachments: Attachment[] = [];
  let rest = body;
  for (const x of stanza.getChildren('x', NS).slice(0, MOST)) {
    const text = x.getChildText('url', NS)?.trim() ?? '';
    const url = webAddress(text);
    if (!url || attachments.some((known) => known.url === url.href)) continue;
    attachments.push(attachmentAt(url));
    const lines = rest.split('\n');
    rest = lines.filter((line) => line.trim() !== text).join('\n');
  }
  return attachments.length ? { body: rest.trim() === '' ? '' : rest, attachments } : { body, attachments };
}

/** The body as other clients need it: what was written, then each file's address on a line of its own. */
export const bodyWithAddresses = (body: string, attachments: readonly Attachment[] = []): string =>
  [...(body ? [body] : []), ...attachments.map(({ url }) => url)].join('\n');

export const oob: XepModule = {
  xep: '0066',
  title: 'Out of Band Data',
  features: [NS],
  write({ stanza, attachments }) {
    for (const { url } of attachments ?? []) stanza.append(xml('x', { xmlns: NS }, xml('url', {}, url)));
  },
};
