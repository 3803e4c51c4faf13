import { domainOf } from '../../src/base/jid.js';
import type { ChatClient } from '../../src/client/chat-client.js';

/**
 * Whether a picture may be loaded without being asked for.
 *
 * Loading tells the host one's address and when one reads (the "IP leak" of most clients), so only the account's own
 * service is asked unbidden: it knows both already. That is the host of the WebSocket, and the account's domain with
 * everything under it, where upload services live. Everybody else's pictures wait for a click.
 */
export function isOwnHost(url: string, client: ChatClient | undefined): boolean {
  const host = parse(url)?.hostname;
  if (!host || !client) return false;
  const { deployment, session } = client;
  const domains = [deployment.domain, session.value.me && domainOf(session.value.me), deployment.service && parse(deployment.service)?.hostname];
  return domains.some((domain) => domain && (host === domain || host.endsWith(`.${domain}`)));
}

/** Where a file may be fetched from: https, and http only where the page itself came by it (a server on this machine). */
export function fileUrl(url: string): URL | undefined {
  const parsed = parse(url);
  if (!parsed || parsed.username || parsed.password) return undefined;
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && location.protocol === 'http:') ? parsed : undefined;
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
