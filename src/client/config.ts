import type { Deployment } from '../model/account.js';
import { ChatError } from '../base/error.js';
import { parseJid } from '../base/jid.js';

const known = ['domain', 'service', 'guestDomain', 'anonymousDomain', 'roomsDomain', 'redirectHosts', 'allowedOrigins', 'contact'];

const parseUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

const fail = (message: string): never => {
  throw new ChatError('invalid', `config.json: ${message}`);
};

function text(config: Record<string, unknown>, key: string): string | undefined {
  const value = config[key];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : fail(`"${key}" must be a text in quotes, not ${JSON.stringify(value)}.`);
}

function domain(config: Record<string, unknown>, key: string): string | undefined {
  const value = text(config, key);
  if (value === undefined) return undefined;
  const jid = parseJid(value);
  if (!jid || jid.local || jid.resource || value.includes(':')) return fail(`"${key}" must be a bare domain such as "example.com", without scheme, port or "@"; it is "${value}".`);
  return jid.domain;
}

function service(config: Record<string, unknown>): string | undefined {
  const value = text(config, 'service');
  if (value === undefined) return undefined;
  const url = parseUrl(value);
  if (!url || (url.protocol !== 'wss:' && url.protocol !== 'ws:')) return fail(`"service" must be the server's WebSocket address such as "wss://example.com/xmpp-websocket"; it is "${value}". Leave it out to have it found by XEP-0156.`);
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) return fail(`"service" is "${value}": an unencrypted address is taken for this machine only. Write "wss:".`);
  if (url.username || url.password) return fail('"service" must not hold a user name or a password.');
  return url.href;
}

/** `localhost`, its subdomains, and loopback addresses: where the browser itself takes http for secure. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

function origins(config: Record<string, unknown>): readonly string[] {
  const value = config.allowedOrigins;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return fail('"allowedOrigins" must be a list such as ["https://shop.example.com"], or ["*"] for any website.');
  return value.map((entry: unknown) => {
    if (entry === '*') return entry;
    const url = typeof entry === 'string' ? parseUrl(entry) : undefined;
    if (!url || url.origin === 'null' || (url.pathname !== '/' || url.search || url.hash)) return fail(`"allowedOrigins" holds ${JSON.stringify(entry)}; an entry is an origin such as "https://shop.example.com", without a path, or "*".`);
    return url.origin;
  });
}

function hostNames(config: Record<string, unknown>): readonly string[] | undefined {
  const value = config.redirectHosts;
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return fail('"redirectHosts" must be a list such as ["node2.example.com"].');
  return value.map((entry: unknown) => {
    const url = typeof entry === 'string' ? parseUrl(`wss://${entry}`) : undefined;
    return url && url.hostname === entry ? url.hostname : fail(`"redirectHosts" holds ${JSON.stringify(entry)}; an entry is a host name such as "node2.example.com", without scheme, port or path.`);
  });
}

/**
 * Reads a deployment's `/config.json`, already parsed. What it does not know is reported to `warn` and left alone.
 * @throws ChatError `invalid`, with a message that says what to write instead.
 */
export function readDeployment(json: unknown, warn: (message: string) => void = () => {}): Deployment {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail('must hold one object: { "domain": "example.com" }.');
  const config = json as Record<string, unknown>;
  for (const key of Object.keys(config)) if (!known.includes(key)) warn(`config.json: "${key}" is not a setting; the settings are ${known.join(', ')}.`);
  const contact = text(config, 'contact');
  const parsed = contact === undefined ? undefined : parseJid(contact);
  if (contact !== undefined && (!parsed || parsed.resource)) fail(`"contact" must be an address such as "support@example.com"; it is "${contact}".`);
  const found = {
    domain: domain(config, 'domain') ?? fail('"domain" is missing: write your XMPP server\'s domain, such as { "domain": "example.com" }.'),
    service: service(config),
    guestDomain: domain(config, 'guestDomain'),
    anonymousDomain: domain(config, 'anonymousDomain'),
    roomsDomain: domain(config, 'roomsDomain'),
    redirectHosts: hostNames(config),
    allowedOrigins: origins(config),
    contact,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Deployment;
}

/**
 * Fetches and reads the deployment.
 * @throws ChatError `unreachable` where there is no file, `invalid` where it is not as it should be.
 */
export async function fetchDeployment(address: string, warn?: (message: string) => void): Promise<Deployment> {
  let json: unknown;
  try {
    const response = await fetch(address, { credentials: 'same-origin' });
    if (!response.ok) throw new ChatError('unreachable', `${address} answered ${response.status}: put a config.json there, such as { "domain": "example.com" }.`);
    json = await response.json();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    if (error instanceof SyntaxError) throw new ChatError('invalid', `${address} is not JSON: ${error.message}`, { cause: error });
    throw new ChatError('unreachable', `${address} could not be fetched`, { cause: error });
  }
  return readDeployment(json, warn);
}
