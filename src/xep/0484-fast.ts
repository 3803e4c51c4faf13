/**
 * XEP-0484: Fast Authentication Streamlining Tokens, version 0.2.0
 * https://xmpp.org/extensions/xep-0484.html
 *
 * In:  `<fast/>` in the features' `<authentication/>`; `<token/>` in a `<success/>`.
 * Out: `<request-token/>`, `<fast count=''/>`, and `<fast invalidate='true'/>` when signing out.
 *
 * Of the mechanisms (draft-schmaus-kitten-sasl-ht) only HT-SHA-256-NONE: browsers do not let channel binding be had. What
 * is kept is the token as a key that signs and cannot be read, so whoever reads the disk has nothing to take elsewhere.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import { mechanismsIn, type Mechanism } from '../xmpp/sasl.js';
import type { FastState, FastStore } from '../xmpp/connection-types.js';
import { ChatError } from '../base/error.js';
import type { Clock } from '../base/clock.js';

export const NS_FAST = 'urn:xmpp:fast:0';
const NAME = 'HT-SHA-256-NONE';
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
/** A token that ends within this time, milliseconds, is not relied on: clocks differ. */
const margin = 60_000;

const encoder = new TextEncoder();
type Token = NonNullable<FastState['token']>;

export const offersFast = (offer: Element | undefined): boolean => mechanismsIn(offer).includes(NAME);

/** The kept token where it is still good. */
export const usable = ({ token }: FastState, clock: Clock): Token | undefined => (token?.mechanism === NAME && token.expires - margin > clock.now() ? token : undefined);

/** Proves that we have the token, and has the server prove it (§2.1 of the mechanism's draft). */
export async function tokenMechanism(username: string, { key }: Token): Promise<Mechanism> {
  const signed = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode('Initiator')));
  let first = '';
  for (const byte of [...encoder.encode(`${username}\0`), ...signed]) first += String.fromCharCode(byte);
  return {
    name: NAME,
    first: btoa(first),
    respond: async () => '',
    async finish(data) {
      const expected = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode('Responder')));
      if (data !== btoa(String.fromCharCode(...expected))) throw new ChatError('forged-server', 'the server did not prove that it knows the token');
    },
  };
}

/** §3.3: counts up with each use; on the disk before it is on the wire, so that no count is ever used twice. */
export async function countUse(fast: FastStore, state: FastState, token: Token, more: Record<string, string> = {}): Promise<Element> {
  const count = token.count + 1;
  await fast.save({ ...state, token: { ...token, count } });
  return xml('fast', { xmlns: NS_FAST, count, ...more });
}

export const tokenRequest = (): Element => xml('request-token', { xmlns: NS_FAST, mechanism: NAME });

/** Keeps the token that came with a success: the first one, or one that takes the place of an older one (§3.4). */
export async function keepToken(success: Element, fast: FastStore, userAgent: string): Promise<void> {
  const { token, expiry } = success.getChild('token', NS_FAST)?.attrs ?? {};
  const expires = Date.parse(expiry ?? '');
  if (token === undefined || token === '' || Number.isNaN(expires)) return;
  const key = await crypto.subtle.importKey('raw', encoder.encode(token), HMAC, false, ['sign']);
  await fast.save({ userAgent, token: { mechanism: NAME, key, expires, count: 0 } });
}
