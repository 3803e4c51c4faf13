/** SCRAM (RFC 5802, RFC 7677) on WebCrypto: the password never leaves, and the server has to prove that it knows it. */
import { ChatError } from '../base/error.js';
import type { SaltedKey } from './connection-types.js';

/** Strongest first. No `-PLUS`: browsers do not let channel binding be had, and so the GS2 flag is `n`, not `y`. */
export const scramMechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'] as const;
const hashes: Readonly<Record<string, { readonly hash: string; readonly bits: number }>> = {
  'SCRAM-SHA-512': { hash: 'SHA-512', bits: 512 },
  'SCRAM-SHA-256': { hash: 'SHA-256', bits: 256 },
  'SCRAM-SHA-1': { hash: 'SHA-1', bits: 160 },
};
/** Fewer give the password away to whoever sees the exchange (RFC 7677 §4); more are an attack on this machine. */
export const iterationLimits = { least: 4096, most: 10_000_000 } as const;

const encoder = new TextEncoder();
const toBase64 = (bytes: ArrayBuffer | Uint8Array): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new ChatError('protocol', 'SCRAM: not base64', { cause });
  }
}

/** SASLprep (RFC 4013) as far as it changes what people type: odd spaces, invisible characters, compatibility forms. */
export const prepare = (text: string): string =>
  text
    .replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g, ' ')
    .replace(/\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|\uFEFF|[\uFE00-\uFE0F]/g, '')
    .normalize('NFKC');

/** `attribute=value` pairs of a server's message; a mandatory extension (`m=`) has to be refused (RFC 5802 §5.1). */
function attributes(message: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of message.split(',')) {
    if (!/^[A-Za-z]=/.test(part)) throw new ChatError('protocol', 'SCRAM: a broken message');
    if (!found.has(part[0]!)) found.set(part[0]!, part.slice(2));
  }
  if (found.has('m')) throw new ChatError('protocol', 'SCRAM: an unknown mandatory extension');
  return found;
}

export type ScramSecret = { readonly password: string } | { readonly key: SaltedKey };
export type ScramExchange = {
  readonly first: string;
  /** The answer to the server's first message. */
  respond(serverFirst: string): Promise<string>;
  /** Throws `forged-server` unless the server's signature is right; gives the key worth keeping. */
  verify(serverFinal: string): Promise<SaltedKey>;
};

async function saltedKey(secret: ScramSecret, mechanism: string, salt: string, iterations: number): Promise<SaltedKey> {
  if ('key' in secret) {
    const same = secret.key.mechanism === mechanism && secret.key.salt === salt && secret.key.iterations === iterations;
    if (!same) throw new ChatError('not-authorized', 'the server has another salt than the kept key', { condition: 'salt-changed' });
    return secret.key;
  }
  const { hash, bits } = hashes[mechanism]!;
  const password = await crypto.subtle.importKey('raw', encoder.encode(prepare(secret.password)), 'PBKDF2', false, ['deriveKey']);
  // SaltedPassword is only ever used as the key of an HMAC, so it need not be readable, not even by us.
  const key = await crypto.subtle.deriveKey({ name: 'PBKDF2', hash, salt: fromBase64(salt), iterations }, password, { name: 'HMAC', hash, length: bits }, false, ['sign']);
  return { mechanism, salt, iterations, key };
}

/** Starts an exchange. `nonce` is printable ASCII without a comma, at least 128 bits of it random. */
export function startScram(mechanism: string, username: string, secret: ScramSecret, nonce: string): ScramExchange {
  const name = prepare(username).replaceAll('=', '=3D').replaceAll(',', '=2C');
  const firstBare = `n=${name},r=${nonce}`;
  let kept: { readonly salted: SaltedKey; readonly authMessage: Uint8Array<ArrayBuffer> } | undefined;
  return {
    first: `n,,${firstBare}`,
    async respond(serverFirst) {
      const message = attributes(serverFirst);
      const combined = message.get('r') ?? '';
      const salt = message.get('s') ?? '';
      const count = message.get('i') ?? '';
      // A nonce that does not continue ours is a replay (RFC 5802 §5.1).
      if (!combined.startsWith(nonce) || combined.length === nonce.length) throw new ChatError('forged-server', 'SCRAM: the nonce is not ours');
      if (salt === '' || !/^\d{1,9}$/.test(count)) throw new ChatError('protocol', 'SCRAM: a broken message');
      const iterations = Number(count);
      if (iterations < iterationLimits.least || iterations > iterationLimits.most) throw new ChatError('insecure', `SCRAM: ${iterations} iterations`);
      const { hash } = hashes[mechanism]!;
      const salted = await saltedKey(secret, mechanism, salt, iterations);
      const withoutProof = `c=biws,r=${combined}`;
      const authMessage = encoder.encode(`${firstBare},${serverFirst},${withoutProof}`);
      const clientKey = new Uint8Array(await crypto.subtle.sign('HMAC', salted.key, encoder.encode('Client Key')));
      const storedKey = await crypto.subtle.importKey('raw', await crypto.subtle.digest(hash, clientKey), { name: 'HMAC', hash }, false, ['sign']);
      const signature = new Uint8Array(await crypto.subtle.sign('HMAC', storedKey, authMessage));
      kept = { salted, authMessage };
      return `${withoutProof},p=${toBase64(clientKey.map((byte, at) => byte ^ signature[at]!))}`;
    },
    async verify(serverFinal) {
      const forged = new ChatError('forged-server', 'SCRAM: the server did not prove that it knows the password');
      // RFC 5802 §3: the client MUST check it, and a success without it is none.
      if (!kept || serverFinal === '') throw forged;
      const signature = attributes(serverFinal).get('v');
      if (signature === undefined) throw forged;
      const { hash } = hashes[mechanism]!;
      const raw = await crypto.subtle.sign('HMAC', kept.salted.key, encoder.encode('Server Key'));
      const serverKey = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['verify']);
      if (!(await crypto.subtle.verify('HMAC', serverKey, fromBase64(signature), kept.authMessage))) throw forged;
      return kept.salted;
    },
  };
}
