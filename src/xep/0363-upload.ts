/**
 * XEP-0363: HTTP File Upload, version 1.2.0
 * https://xmpp.org/extensions/xep-0363.html
 *
 * In:  the server's upload service and its limit.
 * Out: a slot is asked for and the file is put there; the message that shares it is XEP-0066's.
 */
import { ChatError, toChatError } from '../base/error.js';
import { xml } from '../xmpp/element.js';
import { isLoopback } from '../xmpp/service-url.js';
import { discoInfo, discoItems } from './0030-disco.js';
import type { DiscoInfo } from './0030-disco.js';
import type { XepContext } from './module.js';

const NS = 'urn:xmpp:http:upload:0';
/** §4: the only headers a slot may ask for. */
const allowedHeaders = new Map([['authorization', 'Authorization'], ['cookie', 'Cookie'], ['expires', 'Expires']]);
/** Without any progress for so long an upload has died, milliseconds. */
const STALL = 60_000;

export type UploadService = { readonly jid: string; /** Bytes. */ readonly maxSize?: number };
export type UploadSlot = { readonly put: string; readonly get: string; readonly headers: readonly (readonly [name: string, value: string])[] };
/** The part of XMLHttpRequest that is used: `fetch` tells nothing of an upload's progress. */
export type UploadRequest = Pick<XMLHttpRequest, 'open' | 'setRequestHeader' | 'send' | 'abort' | 'status' | 'onload' | 'onerror' | 'onabort'> & { readonly upload: Pick<XMLHttpRequestUpload, 'onprogress'> };

function serviceIn(jid: string, info: DiscoInfo): UploadService | undefined {
  if (!info.features.has(NS)) return undefined;
  const limit = info.forms.find(({ type }) => type === NS)?.fields.get('max-file-size')?.[0]?.trim();
  return limit && /^\d{1,15}$/.test(limit) ? { jid, maxSize: Number(limit) } : { jid };
}

/** The server's upload service (§3), or `undefined`. @throws ChatError of the question: `timeout`, `offline`. */
export async function findUploadService(ctx: XepContext): Promise<UploadService | undefined> {
  const items = await discoItems(ctx, ctx.server).catch(withoutRefusal(() => []));
  const found = await Promise.all(
    [ctx.server, ...items.filter(({ node }) => !node).map(({ jid }) => jid)].map(async (jid) => {
      const info = await discoInfo(ctx, jid).catch(withoutRefusal(() => undefined));
      return info && serviceIn(jid, info);
    }),
  );
  return found.find((service) => service !== undefined);
}

/** A service that does not answer is no upload service; a lost connection is another matter. */
const withoutRefusal =
  <T>(instead: () => T) =>
  (thrown: unknown): T => {
    const error = toChatError(thrown, 'protocol');
    if (error.code === 'offline') throw error;
    return instead();
  };

const tooLarge = (limit: number | undefined, cause?: unknown): ChatError =>
  new ChatError('too-large', limit === undefined ? 'the file is too large for the server' : `the file is larger than ${limit} bytes`, { condition: 'file-too-large', cause });

/**
 * Asks for a place to put a file (§4).
 * @throws ChatError `too-large`; `refused` with the service's condition (`resource-constraint` for a quota);
 *   `protocol` for a slot that may not be used; `timeout`, `offline`.
 */
export async function requestSlot(ctx: XepContext, service: UploadService, file: { readonly name: string; readonly size: number; readonly type?: string }): Promise<UploadSlot> {
  if (service.maxSize !== undefined && file.size > service.maxSize) throw tooLarge(service.maxSize);
  const request = xml('request', { xmlns: NS, 'filename': file.name, 'size': file.size, 'content-type': file.type || undefined });
  const reply = await ctx.iq(xml('iq', { type: 'get', to: service.jid, id: ctx.newId() }, request)).catch((thrown: unknown) => {
    const error = toChatError(thrown, 'protocol');
    // §6: <file-too-large/> comes as not-acceptable.
    throw error.condition === 'not-acceptable' ? tooLarge(undefined, error) : error;
  });
  const slot = reply.getChild('slot', NS);
  const put = slot?.getChild('put', NS);
  const putUrl = slotAddress(put?.attrs['url']);
  const getUrl = slotAddress(slot?.getChild('get', NS)?.attrs['url']);
  if (!put || !putUrl || !getUrl) throw new ChatError('protocol', 'an upload slot without a safe address');
  const headers = put.getChildren('header', NS).flatMap((header) => {
    const name = allowedHeaders.get(clean(header.attrs['name'] ?? '').toLowerCase());
    return name ? [[name, clean(header.text())] as const] : [];
  });
  return { put: putUrl, get: getUrl, headers };
}

/** §4 MUST: newlines are stripped from names and values, lest one header become two. */
const clean = (text: string): string => text.replaceAll(/[\r\n]/g, '').trim();

/** §4: https only; plain http is for a server on this very machine. */
function slotAddress(text: string | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username || url.password) return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)) ? url.href : undefined;
}

export type UploadOptions = {
  readonly type?: string;
  /** 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
  readonly newRequest?: () => UploadRequest;
};

/**
 * Puts the file into its slot (§7).
 * @throws ChatError `too-large` (413); `refused` with `http-STATUS`, `cookie` where the slot needs one, which a page may
 *   not send, or `aborted`; `unreachable` where no answer came: no network, or no CORS headers, which a browser does not tell apart.
 */
export function upload(slot: UploadSlot, file: Blob, options: UploadOptions = {}): Promise<void> {
  const { onProgress, signal, type = file.type } = options;
  return new Promise((resolve, reject) => {
    if (slot.headers.some(([name]) => name === 'Cookie')) {
      reject(new ChatError('refused', 'the upload service wants a cookie, which a web page cannot send', { condition: 'cookie' }));
      return;
    }
    if (signal?.aborted) {
      reject(new ChatError('refused', 'the upload was given up', { condition: 'aborted' }));
      return;
    }
    const request = options.newRequest?.() ?? new XMLHttpRequest();
    request.open('PUT', slot.put);
    for (const [name, value] of slot.headers) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', type || 'application/octet-stream');
    const stop = (): void => request.abort();
    let stall: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(stall);
      stall = setTimeout(stop, STALL);
    };
    const end = (settle: () => void) => (): void => {
      clearTimeout(stall);
      signal?.removeEventListener('abort', stop);
      settle();
    };
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      if (total > 0) onProgress?.(Math.min(1, loaded / total));
    };
    request.onload = end(() => {
      const { status } = request;
      if (status >= 200 && status < 300) resolve();
      else reject(status === 413 ? tooLarge(undefined) : new ChatError('refused', `the upload was refused with ${status}`, { condition: `http-${status}` }));
    });
    request.onerror = end(() => reject(new ChatError('unreachable', 'the upload service could not be reached, or does not let web pages in (CORS)')));
    request.onabort = end(() => reject(signal?.aborted ? new ChatError('refused', 'the upload was given up', { condition: 'aborted' }) : new ChatError('timeout', 'the upload came to a standstill')));
    signal?.addEventListener('abort', stop);
    alive();
    request.send(file);
  });
}
