/**
 * XEP-0199: XMPP Ping, version 2.0.1
 * https://xmpp.org/extensions/xep-0199.html
 *
 * In:  pings of the server and of those who may know that we are here; an answer to a stranger would tell it (§6).
 * Out: `ping`.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import type { XepModule } from './module.js';

export const NS_PING = 'urn:xmpp:ping';

export const ping: XepModule = {
  xep: '0199',
  title: 'XMPP Ping',
  features: [NS_PING],
  serves: [{ type: 'get', name: 'ping', ns: NS_PING, answer: () => undefined }],
};

/** What a ping is sent with: a context, or a connection. */
export type PingSender = { iq(stanza: Element, options?: { readonly timeout?: number }): Promise<Element> };

/**
 * Pings `to`, or the own server without it. `timeout` in milliseconds.
 * Rejects with `timeout`, `offline`, or `refused` and its condition (§4.2: an error of somebody who is there, or not).
 */
export async function sendPing(sender: PingSender, to?: string, timeout?: number): Promise<void> {
  await sender.iq(xml('iq', { type: 'get', to }, xml('ping', { xmlns: NS_PING })), timeout === undefined ? {} : { timeout });
}
