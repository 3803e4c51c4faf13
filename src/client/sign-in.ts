import { isKept, type Accounts } from '../archive/accounts.js';
import type { AccountRow, AuthMode, Credentials, Deployment } from '../model/account.js';
import type { SignInOptions } from './chat-client.js';
import type { EngineHost, Secret } from './bridge.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError, toChatError } from '../base/error.js';
import type { IdSource } from '../base/id.js';

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
  /** Begins what `secret` will need, ahead of being asked. */
  readonly ahead?: () => void;
  /** The making of its account at the server, while it is under way. */
  readonly making?: () => Promise<void> | undefined;
};

/** The identity's use: one messenger account, one guest and one host's user per domain in a browser. */
export const slotFor = (mode: AuthMode, deployment: Deployment): string => (mode === 'login' ? 'messenger' : `${mode}:${(mode === 'guest' ? deployment.guestDomain : undefined) ?? deployment.domain}`);

/** That of a messenger account beside others, each in tabs of its own. */
export const apartSlot = (address: string, deployment: Deployment): string => `messenger:${accountOf(address, deployment.domain)}`;

export type SignInParts = { readonly deployment: Deployment; readonly host: EngineHost; readonly accounts: Accounts; readonly newId: IdSource };

/** Who is kept under `slot`, ready to sign in without being asked; `undefined` where there is nobody. */
export async function keptIdentity(slot: string, parts: SignInParts): Promise<Identity | undefined> {
  const row = await parts.accounts.get(slot);
  return isKept(row) ? identityOf(row, parts) : undefined;
}

function identityOf(row: AccountRow, { accounts, deployment, host }: SignInParts): Identity {
  const { slot } = row;
  let registering: Promise<void> | undefined;
  return {
    slot,
    mode: row.mode,
    account: row.jid,
    ...(row.nickname === undefined ? {} : { nickname: row.nickname }),
    scramSeen: row.scram !== undefined,
    kept: true,
    row,
    making: () => registering,
    secret: async () => {
      // Read again: another tab may have signed in anew since.
      const now = (await accounts.get(slot).catch(() => undefined)) ?? row;
      if (now.unregistered) await (registering ??= makeAccount(now, accounts, host, deployment).finally(() => (registering = undefined)));
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

/** Before its first stream, at the first attempt that reaches the server: until then a guest writes all the same. */
async function makeAccount(row: AccountRow, accounts: Accounts, host: EngineHost, deployment: Deployment): Promise<void> {
  try {
    await host.register(row.jid, row.secret ?? '', deployment);
  } catch (error) {
    // By ourselves: the answer to an earlier attempt was lost. Somebody else's account will not let us in.
    if (toChatError(error, 'unreachable').condition !== 'conflict') throw error;
  }
  const { unregistered: _unregistered, ...registered } = row;
  // Signed out meanwhile. Or it cannot be noted: the server will say that the name is taken.
  if ((await accounts.get(row.slot).catch(() => undefined))?.jid === row.jid) await accounts.put(registered).catch(() => {});
}

async function guest(slot: string, nickname: { readonly nickname?: string }, parts: SignInParts): Promise<Identity> {
  const { accounts, deployment, newId } = parts;
  // The same visitor is the same guest.
  const kept = await keptIdentity(slot, parts);
  if (kept) return { ...kept, ...nickname };
  const domain = deployment.guestDomain;
  // Lower case, as servers fold it; 12 of 36 characters are enough not to meet anybody.
  const jid = domain === undefined ? undefined : normalizeJid(`guest-${newId().toLowerCase().replaceAll(/[^a-z0-9]/g, '').slice(0, 12)}@${domain}`);
  if (jid === undefined) throw new ChatError('invalid', 'config.json names no "guestDomain"');
  const identity = identityOf(await accounts.add({ slot, jid, mode: 'guest', secret: newId() + newId(), unregistered: true, ...nickname }), parts);
  return { ...identity, ahead: () => void identity.secret().catch(() => {}) }; // whoever asks next is told
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
