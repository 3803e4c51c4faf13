import { isKept, type Accounts } from '../archive/accounts.js';
import type { AccountRow, AuthMode, Credentials, Deployment } from '../model/account.js';
import type { SignInOptions } from './chat-client.js';
import type { EngineHost, Secret } from './bridge.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';

/** Somebody who may be let in: what is kept of them, and how they prove it at each attempt. */
export type Identity = {
  readonly slot: string;
  readonly mode: AuthMode;
  /** Bare JID; the domain where the server will give an address. */
  readonly account: string;
  readonly nickname?: string;
  readonly scramSeen: boolean;
  /** Survives the page. */
  readonly kept: boolean;
  /** What is kept; to be kept again where the browser has thrown it away. */
  readonly row?: AccountRow;
  readonly secret: () => Promise<Secret>;
};

/** The identity's use: one messenger account, one guest and one host's user per domain in a browser. */
export const slotFor = (mode: AuthMode, deployment: Deployment): string => (mode === 'login' ? 'messenger' : `${mode}:${(mode === 'guest' ? deployment.guestDomain : undefined) ?? deployment.domain}`);

/** That of a messenger account beside others, each in tabs of its own. */
export const apartSlot = (address: string, deployment: Deployment): string => `messenger:${accountOf(address, deployment.domain)}`;

export type SignInParts = { readonly deployment: Deployment; readonly host: EngineHost; readonly accounts: Accounts };

/** Who is kept under `slot`, ready to sign in without being asked; `undefined` where there is nobody. */
export async function keptIdentity(slot: string, { accounts }: SignInParts): Promise<Identity | undefined> {
  const row = await accounts.get(slot);
  if (!isKept(row)) return undefined;
  return {
    slot,
    mode: row.mode,
    account: row.jid,
    ...(row.nickname === undefined ? {} : { nickname: row.nickname }),
    scramSeen: row.scram !== undefined,
    kept: true,
    row,
    secret: async () => {
      // Read again: another tab may have signed in anew since.
      const now = (await accounts.get(slot).catch(() => undefined)) ?? row;
      return now.scram ? { kind: 'scram', key: now.scram } : { kind: 'password', password: now.secret ?? '' };
    },
  };
}

/** Finds out who wants in, and has the server confirm what a person typed. Keeps what is to be kept. */
export async function identify(options: SignInOptions, slot: string, parts: SignInParts): Promise<Identity> {
  const { deployment } = parts;
  const nickname = options.nickname === undefined ? {} : { nickname: options.nickname };
  switch (options.mode) {
    case 'guest':
      return guest(slot, nickname, parts);
    case 'anonymous':
      if (deployment.anonymousDomain === undefined) throw new ChatError('invalid', 'config.json names no "anonymousDomain"');
      return { slot, mode: 'anonymous', account: deployment.anonymousDomain, ...nickname, scramSeen: false, kept: false, secret: async () => ({ kind: 'anonymous' }) };
    case 'login':
      return login(slot, options, nickname, parts);
    case 'host':
      return fromHost(slot, options, nickname, parts);
  }
}

async function guest(slot: string, nickname: { readonly nickname?: string }, parts: SignInParts): Promise<Identity> {
  const { accounts, deployment, host } = parts;
  // The same visitor is the same guest.
  const kept = await keptIdentity(slot, parts);
  if (kept) return { ...kept, ...nickname };
  const domain = deployment.guestDomain;
  if (domain === undefined) throw new ChatError('invalid', 'config.json names no "guestDomain"');
  const { jid, password } = await host.register(domain, deployment);
  const row: AccountRow = { slot, jid, mode: 'guest', secret: password, ...nickname };
  await accounts.put(row);
  return { slot, mode: 'guest', account: jid, ...nickname, scramSeen: false, kept: true, row, secret: async () => ({ kind: 'password', password }) };
}

const secretOf = ({ password, token }: Credentials): Secret => {
  if (token !== undefined) return { kind: 'token', token };
  if (password !== undefined) return { kind: 'password', password };
  throw new ChatError('invalid', 'credentials need a password or a token');
};

function accountOf(address: string, domain: string): string {
  const jid = normalizeJid(address.trim().includes('@') ? address.trim() : `${address.trim()}@${domain}`);
  if (jid === undefined || !jid.includes('@')) throw new ChatError('invalid', 'this is no XMPP address');
  return bareJid(jid);
}

async function login(slot: string, { credentials, remember }: SignInOptions, nickname: { readonly nickname?: string }, { accounts, deployment, host }: SignInParts): Promise<Identity> {
  if (!credentials) throw new ChatError('invalid', 'an address and a password are needed');
  const account = accountOf(credentials.jid, deployment.domain);
  const given = secretOf(credentials);
  const { scram } = await host.verify(account, given, deployment);
  const kept = remember !== false && scram !== undefined;
  const row: AccountRow = { slot, jid: account, mode: 'login', ...(scram && { scram }), ...nickname };
  if (kept) await accounts.put(row);
  else await accounts.remove(slot);
  const secret: Secret = scram ? { kind: 'scram', key: scram } : given;
  return { slot, mode: 'login', account, ...nickname, scramSeen: scram !== undefined, kept, ...(kept && { row }), secret: async () => secret };
}

async function fromHost(slot: string, { callback }: SignInOptions, nickname: { readonly nickname?: string }, { accounts, deployment }: SignInParts): Promise<Identity> {
  if (!callback) throw new ChatError('invalid', 'the page gave no credentials callback');
  const first = await callback();
  const account = accountOf(first.jid, deployment.domain);
  const row: AccountRow = { slot, jid: account, mode: 'host', ...nickname };
  await accounts.put(row);
  let fresh: Credentials | undefined = first;
  return {
    slot,
    mode: 'host',
    account,
    ...nickname,
    scramSeen: false,
    kept: true,
    row,
    // What was handed over is used once; every further attempt asks again, as it may have expired.
    secret: async () => {
      const credentials = fresh ?? (await callback());
      fresh = undefined;
      if (accountOf(credentials.jid, deployment.domain) !== account) throw new ChatError('not-authorized', 'the page now names another user');
      return secretOf(credentials);
    },
  };
}
