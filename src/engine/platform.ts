/** What the platform gives an engine: sockets, randomness, and the way to the server. */
import type { Deployment } from '../model/account.js';
import type { OpenSocket, SocketLike } from '../xmpp/connection-types.js';
import { toChatError } from '../base/error.js';
import { discoverService, type Fetch } from '../xep/0156-discovery.js';

/** 0 to 1. */
export const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
export const openSocket: OpenSocket = (url) => new WebSocket(url, 'xmpp') as SocketLike;

/** The WebSocket address of a domain: the deployment's, else XEP-0156's; the one found before where it cannot be had just now. */
export function serviceOf(domain: string, { service }: Deployment, ask: Fetch = (url, init) => fetch(url, init)): () => Promise<string> {
  let found: string | undefined;
  return async () => {
    try {
      return service ?? (found = await discoverService(domain, ask));
    } catch (error) {
      if (found === undefined || toChatError(error, 'unreachable').code !== 'unreachable') throw error;
      return found;
    }
  };
}
