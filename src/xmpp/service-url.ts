/** Which addresses a stream may go to: never in the clear, and never where a server alone sends us. */
import { ChatError } from '../base/error.js';

/** Traffic to it does not leave the machine. */
export const isLoopback = (hostname: string): boolean => /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);

/** The address as a URL: `wss:`, or `ws:` to this very machine. Throws `insecure`, or `invalid` where it is none. */
export function checkService(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new ChatError('invalid', 'the service is no address', { cause });
  }
  if (url.protocol === 'wss:' || (url.protocol === 'ws:' && isLoopback(url.hostname))) return url;
  throw new ChatError('insecure', 'the service has to be wss:');
}

/**
 * Where a redirect leads: `redirect` is a `see-other-uri` (RFC 7395 §3.6.1) or a `see-other-host` (RFC 6120 §4.9.3.19).
 * Only the same host or one of `listed`, never from `wss:` to `ws:`; anything else is `undefined` and not followed: whoever
 * answers for a host gets our credentials.
 */
export function redirectTarget(service: string, redirect: string, listed: readonly string[] = []): string | undefined {
  const from = new URL(service);
  const address = /^wss?:\/\//i.test(redirect) ? redirect : `${from.protocol}//${redirect}${from.pathname}`;
  let to: URL;
  try {
    to = checkService(address);
  } catch {
    return undefined;
  }
  const known = to.hostname === from.hostname || listed.includes(to.hostname);
  if (!known || (from.protocol === 'wss:' && to.protocol !== 'wss:')) return undefined;
  return to.username === '' && to.password === '' && to.href !== from.href ? to.href : undefined;
}
