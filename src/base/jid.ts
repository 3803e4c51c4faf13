/**
 * XMPP addresses (RFC 7622) as plain strings in normal form: `local@domain/resource`.
 * Every other file passes them on as strings and takes them apart here.
 */
export type Jid = { readonly local: string; readonly domain: string; readonly resource: string };

const forbiddenInLocal = /["&'/:<>@\s]/u;
const control = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const encoder = new TextEncoder();
/** 1023 bytes at most (RFC 7622 §3.1). A UTF-16 unit is 3 bytes of UTF-8 at most: hardly an address has to be counted. */
const fits = (part: string): boolean => part.length <= 341 || (part.length <= 1023 && encoder.encode(part).length <= 1023);

/** Takes an address apart and normalises it; `undefined` where it is none (RFC 7622 §3). */
export function parseJid(address: string): Jid | undefined {
  const slash = address.indexOf('/');
  const bare = slash < 0 ? address : address.slice(0, slash);
  const resource = slash < 0 ? '' : address.slice(slash + 1).normalize('NFC');
  if (slash >= 0 && (resource === '' || control.test(resource))) return undefined;
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at).normalize('NFKC').toLowerCase();
  const domain = bare.slice(at + 1).normalize('NFC').toLowerCase().replace(/\.$/, '');
  if (at >= 0 && (local === '' || forbiddenInLocal.test(local) || control.test(local))) return undefined;
  if (domain === '' || /[@\s<>"'&]/u.test(domain) || control.test(domain)) return undefined;
  if (!fits(local) || !fits(domain) || !fits(resource)) return undefined;
  return { local, domain, resource };
}

export const formatJid = ({ local, domain, resource }: Jid): string =>
  (local ? `${local}@` : '') + domain + (resource ? `/${resource}` : '');

/** The address in normal form, or `undefined` where it is none. */
export function normalizeJid(address: string | undefined): string | undefined {
  const jid = address === undefined ? undefined : parseJid(address);
  return jid && formatJid(jid);
}

/** Without the resource. Takes an address in normal form. */
export const bareJid = (jid: string): string => {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
};
export const resourceOf = (jid: string): string => {
  const slash = jid.indexOf('/');
  return slash < 0 ? '' : jid.slice(slash + 1);
};
export const domainOf = (jid: string): string => {
  const bare = bareJid(jid);
  return bare.slice(bare.indexOf('@') + 1);
};
export const localOf = (jid: string): string => {
  const bare = bareJid(jid);
  const at = bare.indexOf('@');
  return at < 0 ? '' : bare.slice(0, at);
};
