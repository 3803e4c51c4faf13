/** From the socket to a stream one can use, in steps. */
import { xml } from './element.js';
import { Stream } from './stream.js';
import { checkService } from './service-url.js';
import type { Negotiation, OpenSocket } from './connection-types.js';
import { normalizeJid } from '../base/jid.js';
import { ChatError, toChatError } from '../base/error.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';

export const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';

/** Binds a resource and gives the full JID the server chose (RFC 6120 §7). Throws `refused` or `protocol`. */
export async function bind(stream: Negotiation, resource: string): Promise<string> {
  const result = await stream.iq(xml('iq', { type: 'set' }, xml('bind', { xmlns: NS_BIND }, xml('resource', {}, resource))));
  const jid = normalizeJid(result.getChild('bind', NS_BIND)?.getChildText('jid')?.trim());
  if (!jid?.includes('@') || !jid.includes('/')) throw new ChatError('protocol', 'the server bound no address');
  // RFC 3921 §3 as its successor left it: only servers that do not call it optional want it.
  const session = stream.features.getChild('session', NS_SESSION);
  if (session && !session.getChild('optional')) await stream.iq(xml('iq', { type: 'set' }, xml('session', { xmlns: NS_SESSION })));
  return jid;
}

export type WithStreamOptions = {
  readonly domain: string;
  readonly service: string | (() => Promise<string>);
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

/**
 * Opens a stream up to its features, before anybody signs in (XEP-0077 §3.1), lends it to `work` and closes it.
 * Rejects with what `work` throws, or `unreachable`, `timeout`, `stream-error`, `protocol`, `insecure`.
 */
export async function withStream<T>(options: WithStreamOptions, work: (stream: Negotiation) => Promise<T>): Promise<T> {
  const { domain, openSocket, clock, newId, log } = options;
  const service = typeof options.service === 'string' ? options.service : await options.service();
  const stream = openStream({ url: checkService(service).href, domain, openSocket, clock, newId, log });
  try {
    await stream.open();
    return await work(stream);
  } catch (error) {
    throw toChatError(error, 'unreachable');
  } finally {
    await stream.close();
  }
}

/** A stream over a new socket. Throws `unreachable` where the platform refuses to open one. */
export function openStream(options: ConstructorParameters<typeof Stream>[0]): Stream {
  try {
    return new Stream(options);
  } catch (cause) {
    throw new ChatError('unreachable', 'no socket could be opened', { cause });
  }
}
