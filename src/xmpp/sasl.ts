/**
 * SASL: which mechanism, and the exchange of the classic profile (RFC 6120 §6). `../xep/0388-sasl2.ts` is the other
 * profile, a second exchange over the same mechanisms.
 */
import { xml } from './element.js';
import type { Element } from './element.js';
import { prepare, scramMechanisms, startScram } from './scram.js';
import type { Negotiation, Proof, SaltedKey } from './connection-types.js';
import type { IdSource } from '../base/id.js';
import { ChatError } from '../base/error.js';

export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

/** A mechanism of ours answers challenges until the server is content. What goes over the wire is base64, and '' where there is nothing. */
export type Mechanism = {
  readonly name: string;
  readonly first: string;
  respond(challenge: string): Promise<string>;
  /** The server's last word. Throws `forged-server` where it does not prove what it has to. */
  finish(data: string): Promise<void>;
};
type Outcome = { readonly saltedKey: SaltedKey | undefined };

const encode = (text: string): string => {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
};
const decode = (text: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch (cause) {
    throw new ChatError('protocol', 'SASL: not base64 of UTF-8', { cause });
  }
};

const insecure = (message: string): ChatError => new ChatError('insecure', message);
const refuseChallenge = (): never => {
  throw new ChatError('protocol', 'SASL: a challenge where none belongs');
};
const oneShot = (name: string, first: string, answer: () => string = refuseChallenge): Mechanism => ({
  name,
  first: encode(first),
  respond: async () => encode(answer()),
  async finish() {},
});

export type SaslOptions = {
  readonly proof: Proof;
  readonly domain: string;
  /** A SCRAM was once offered for this account: whoever offers less now stands between us and the server (XEP-0474 §1). */
  readonly scramSeen: boolean;
  readonly newId: IdSource;
};

/** The mechanisms that `list` names, of whichever profile it is. */
export const mechanismsIn = (list: Element | undefined): readonly string[] =>
  (list?.getChildren('mechanism', list.getNS()) ?? []).map((mechanism) => mechanism.text().trim());
export const offeredMechanisms = (features: Element): readonly string[] => mechanismsIn(features.getChild('mechanisms', NS_SASL));

/** The mechanism to use, strongest first. Throws `insecure` or `not-authorized` where there is none. */
export function choose(offered: readonly string[], options: SaslOptions, keep: (key: SaltedKey) => void): Mechanism {
  const { proof, scramSeen } = options;
  const strongest = scramMechanisms.find((name) => offered.includes(name));
  const exchange = (name: string, username: string, secret: Parameters<typeof startScram>[2]): Mechanism => {
    const scram = startScram(name, username, secret, options.newId());
    return { name, first: encode(scram.first), respond: async (challenge) => encode(await scram.respond(decode(challenge))), finish: async (data) => keep(await scram.verify(decode(data))) };
  };
  switch (proof.kind) {
    case 'anonymous':
      if (offered.includes('ANONYMOUS')) return oneShot('ANONYMOUS', '');
      throw new ChatError('not-authorized', 'the server takes no anonymous visitors', { condition: 'invalid-mechanism' });
    case 'scram-key':
      if (!strongest) throw insecure('the server offers nothing that keeps the password safe');
      if (!offered.includes(proof.key.mechanism)) throw new ChatError('not-authorized', 'the kept key is of a mechanism that is gone', { condition: 'salt-changed' });
      return exchange(proof.key.mechanism, proof.username, { key: proof.key });
    case 'password':
      if (strongest) return exchange(strongest, proof.username, { password: proof.password });
      if (offered.includes('PLAIN') && !scramSeen) return oneShot('PLAIN', `\0${prepare(proof.username)}\0${prepare(proof.password)}`);
      throw insecure('the server offers nothing that keeps the password safe');
    case 'token':
      // RFC 7628 §3.1; a refused token is told by a challenge that wants one more byte (§3.2.3).
      if (offered.includes('OAUTHBEARER')) return oneShot('OAUTHBEARER', `n,a=${gs2(proof.username)}@${gs2(options.domain)},\u0001auth=Bearer ${proof.token}\u0001\u0001`, () => '\u0001');
      if (offered.includes('X-OAUTH2')) return oneShot('X-OAUTH2', `\0${proof.username}\0${proof.token}`);
      if (offered.includes('PLAIN')) return oneShot('PLAIN', `\0${proof.username}\0${proof.token}`);
      throw insecure('the server offers no mechanism that takes a token');
  }
}
const gs2 = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

/** RFC 6120 §6.5: what may pass by itself, what is about the channel; the rest is about the credentials and final. */
export function failure(element: Element): ChatError {
  const condition = element.children.find((child): child is Element => typeof child !== 'string' && child.getName() !== 'text')?.getName() ?? 'not-authorized';
  if (condition === 'temporary-auth-failure' || condition === 'aborted') return new ChatError('stream-error', 'the server cannot check credentials now', { condition });
  if (condition === 'encryption-required' || condition === 'mechanism-too-weak') return new ChatError('insecure', 'the server refuses this channel', { condition });
  return new ChatError('not-authorized', 'the server refused the credentials', { condition });
}

/**
 * Authenticates over a stream that has just shown its features.
 * Throws `not-authorized` with the server's condition, `insecure`, `forged-server` or `protocol`; each step has the stream's deadline.
 */
export async function authenticate(stream: Negotiation, options: SaslOptions): Promise<Outcome> {
  let saltedKey: SaltedKey | undefined;
  const mechanism = choose(offeredMechanisms(stream.features), options, (key) => (saltedKey = key));
  // RFC 6120 §6.4.2: '=' is an empty response, no text at all is none.
  stream.send(xml('auth', { xmlns: NS_SASL, mechanism: mechanism.name }, mechanism.first || '='));
  await exchange(stream, NS_SASL, mechanism, (element) => element.text());
  return { saltedKey };
}

/**
 * Answers challenges until the server says `<success/>`, whose element is the result, and has proven what it has to.
 * `data` is where a profile keeps the base64 in it.
 */
export async function exchange(stream: Negotiation, xmlns: string, mechanism: Mechanism, data: (success: Element) => string): Promise<Element> {
  let finished = false;
  const read = (text: string): string => text.trim().replace(/^=$/, '');
  const respond = (text: string): void => stream.send(xml('response', { xmlns }, text));
  // Longer than any exchange of ours; a server that challenges for ever is left.
  for (let step = 0; step < 5; step++) {
    const element = await stream.next();
    const name = element.getNS() === xmlns ? element.getName() : '';
    if (name === 'failure') throw failure(element);
    if (name === 'success') {
      const last = read(data(element));
      if (last !== '' || !finished) await mechanism.finish(last);
      return element;
    }
    // XEP-0388 §2.6.3: tasks besides the password, none of which is known here.
    if (name === 'continue') throw new ChatError('not-authorized', 'the server wants more than a password', { condition: 'continue' });
    if (name !== 'challenge') throw new ChatError('protocol', 'SASL: something else came');
    const challenge = read(element.text());
    // The server's signature may come as a last challenge instead of with the success (RFC 6120 §6.3.10).
    if (step > 0 && mechanism.name.startsWith('SCRAM-')) {
      await mechanism.finish(challenge);
      finished = true;
      respond('');
    } else respond(await mechanism.respond(challenge));
  }
  throw new ChatError('protocol', 'SASL: no end');
}
