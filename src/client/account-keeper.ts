import { keptArchive, type Accounts } from '../archive/accounts.js';
import type { PageArchive, Poke } from '../archive/archive-types.js';
import type { Mended, StorageNotice } from '../archive/mend.js';
import type { ClosedReason } from '../archive/open-database.js';
import { isTrouble } from '../archive/trouble.js';
import { watchArchive } from '../archive/watch-archive.js';
import { delay, type Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { AccountRow, Deployment } from '../model/account.js';
import type { SignInOptions } from './chat-client.js';
import type { EngineHost } from './bridge.js';
import { sweepArchives } from './sweep-archives.js';
import { OpenAccount, type OpenAccountEvents } from './open-account.js';
import { apartSlot, identify, keptIdentity, slotFor, type Identity, type SignInParts } from './sign-in.js';

export type AccountKeeperParts = {
  readonly deployment: Deployment;
  /** Whoever signs in here does so beside the account of the other tabs, not in its place. */
  readonly apart?: boolean;
  readonly host: EngineHost;
  /** Asked for after the host has made storage ready. */
  readonly accounts: () => Promise<Accounts>;
  readonly openArchive: (name: string, onPoke: (pokes: readonly Poke[]) => void, onClosed?: (reason: ClosedReason) => void) => Promise<PageArchive>;
  /** Deletes every database of ours in this browser. */
  readonly deleteEverything: () => Promise<void>;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

export type AccountKeeperEvents = Omit<OpenAccountEvents, 'gone'> & {
  /** Another account is open now, or none; or the same over another archive, in the place of `before`. Resolves when it is shown. */
  readonly changed: (account: OpenAccount | undefined, before: OpenAccount | undefined) => Promise<void>;
  /** Its archive has failed, and another takes its place. */
  readonly failed: () => void;
  /** Resolves once the server has let us in; rejects when it will not, or cannot be reached. */
  readonly accepted: () => Promise<void>;
  /** The browser's storage has failed, and what was made of it. */
  readonly storage: (notice: StorageNotice) => void;
};

/** A leader that does not answer a sign-out by then is left behind, milliseconds. */
const farewellWait = 3_000;

/** Another tab that signs out says so before its deletion closes what is open here; this long after, milliseconds, nobody has said so. */
const goneWithin = 500;
/** Storage that has failed and does not answer a first question either by then is held up: nothing of it can be mended, milliseconds. */
const heldWithin = 2_000;
/** Storage that fails again so soon after it was mended is given up, milliseconds. */
const mendedFor = 300_000;

/** Opens and closes accounts, one at a time, and deletes what is to be forgotten. */
export class AccountKeeper {
  readonly #parts: AccountKeeperParts;
  readonly #events: AccountKeeperEvents;
  #account: OpenAccount | undefined;
  #accounts: Accounts | undefined;
  #identity: Identity | undefined;
  #keepsStorage = true;
  #mendedAt = -Infinity;
  #mending: Promise<void> | undefined;
  #swept = false;
  /** Signing in and out follow each other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: AccountKeeperParts, events: AccountKeeperEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  get account(): OpenAccount | undefined {
    return this.#account;
  }

  /** Storage has failed under the account; resolves when there is another archive of it. `undefined` while there is none to be waited for. */
  get mending(): Promise<void> | undefined {
    return this.#mending;
  }

  resume(slot: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#account?.slot === slot) return true;
      const parts = await this.#signInParts();
      const identity = await this.#orInMemory(() => keptIdentity(slot, parts), async () => undefined);
      if (identity) await this.#replace(identity);
      // After what is looked at, and before whoever signs in has a database of his own.
      void this.#inTurn(() => this.#sweep());
      return identity !== undefined;
    });
  }

  signIn(options: SignInOptions): Promise<void> {
    return this.#inTurn(async () => {
      const slot = this.#parts.apart && options.credentials ? apartSlot(options.credentials.jid, this.#parts.deployment) : slotFor(options.mode, this.#parts.deployment);
      const find = async () => {
        const parts = await this.#signInParts();
        await this.#sweep();
        const before = await parts.accounts.get(slot);
        return { before, identity: await identify(options, slot, parts) };
      };
      const { before, identity } = await this.#orInMemory(find, find);
      // A change of user purges before it connects.
      if (before && before.jid !== identity.account && !(await this.#isKept(before.jid))) await this.#purge(before.jid);
      if (this.#account?.slot !== slot || this.#account.jid !== identity.account || options.mode !== 'guest') {
        await this.#replace(identity);
      }
      // Another tab may lead with what the server no longer takes.
      this.#account?.tellProven();
      // A person's password was tried already; a guest writes meanwhile, and his account is made as soon as it can be.
      if (options.mode === 'host' || options.mode === 'anonymous') await this.#accept();
    });
  }

  signOut(slot?: string): Promise<void> {
    return this.#inTurn(async () => {
      const account = this.#account;
      if (!account) return slot === undefined ? undefined : this.#drop(slot);
      await this.#farewell(account);
      const { accounts } = await this.#signInParts();
      // Under whatever name it is kept: nothing of the account stays.
      for (const row of await accounts.all()) if (row.jid === account.jid) await accounts.remove(row.slot); // oxlint-disable-line no-await-in-loop
      await accounts.remove(account.slot);
      await this.#destroy(account);
    });
  }

  /** Signs out somebody who is kept but not signed in here, of whom another tab may hold the session. */
  async #drop(slot: string): Promise<void> {
    const { accounts } = await this.#signInParts();
    const row = await accounts.get(slot);
    if (!row) return;
    await accounts.remove(slot);
    if (!(await this.#isKept(row.jid))) await this.#purge(row.jid);
  }

  /** Whether an account is kept for another use of it. */
  async #isKept(jid: string): Promise<boolean> {
    const { accounts } = await this.#signInParts();
    return (await accounts.all()).some((row) => row.jid === jid);
  }

  /** A guest's server knows the account no more, which nobody else has the secret of: it is made once more at the next attempt to connect. */
  makeAnew(): Promise<void> {
    return this.#inTurn(async () => {
      const row = this.#identity?.row;
      if (row && this.#account?.slot === row.slot) await (await this.#signInParts()).accounts.put({ ...row, unregistered: true });
    });
  }

  forget(): Promise<void> {
    return this.#inTurn(async () => {
      const parts = await this.#signInParts();
      const rows = await parts.accounts.all();
      const account = this.#account;
      if (account) {
        await this.#farewell(account);
        await this.#destroy(account);
      }
      for (const row of rows) {
        // Best effort: what the server keeps of a guest goes too, where the server can be reached.
        if (row.mode === 'guest' && row.secret !== undefined && (await this.#isMade(row, parts.accounts))) await this.#withTimeout(this.#parts.host.unregister(row.jid, { kind: 'password', password: row.secret }, this.#parts.deployment));
        this.#tellGone(row.jid);
      }
      parts.accounts.close();
      this.#accounts = undefined;
      await this.#parts.deleteEverything();
    });
  }

  /** Whether the server has a guest's account; where it is just being made that is waited for, a little. */
  async #isMade({ slot, unregistered }: AccountRow, accounts: Accounts): Promise<boolean> {
    if (!unregistered) return true;
    const making = this.#identity?.slot === slot ? this.#identity.making?.() : undefined;
    if (making) await this.#withTimeout(making);
    return (await accounts.get(slot))?.unregistered !== true;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #signInParts(): Promise<SignInParts> {
    const { host } = this.#parts;
    this.#keepsStorage = await host.prepare();
    if (!this.#keepsStorage) this.#events.storage('memory');
    this.#accounts ??= await this.#orInMemory(this.#parts.accounts, this.#parts.accounts);
    return { deployment: this.#parts.deployment, host, accounts: this.#accounts, newId: this.#parts.newId };
  }

  /** Once a page. */
  async #sweep(): Promise<void> {
    if (this.#swept || !this.#keepsStorage) return;
    this.#swept = true;
    await sweepArchives().catch((error: unknown) => this.#parts.log.debug('not swept', error));
  }

  /** One database per address; that of somebody who is not kept, and one in the page's memory, are this page's alone. */
  #archiveName(jid: string, kept: boolean): string {
    return kept && this.#keepsStorage ? keptArchive(jid) : `${keptArchive(jid)}/${this.#parts.newId()}`;
  }

  /** Storage has failed under the account: it is mended, or done without. */
  recover(why: ClosedReason | 'failing'): Promise<void> {
    const account = this.#account;
    const identity = this.#identity;
    const recovered = this.#inTurn(async () => {
      if (why === 'deleted') await delay(this.#parts.clock, goneWithin);
      // It was closed meanwhile, or has been mended.
      if (!account || !identity || this.#account !== account) return;
      try {
        await this.#mend(identity, why);
      } catch (error) {
        await this.#close();
        throw error;
      }
    });
    const mending = (this.#mending = recovered
      .catch(() => {})
      .then(() => {
        if (this.#mending === mending) this.#mending = undefined;
      }));
    this.#events.failed();
    return recovered;
  }

  async #mend(identity: Identity, why: ClosedReason | 'failing'): Promise<void> {
    const { clock, log } = this.#parts;
    const { mend, putBack } = await import('../archive/mend.js');
    const again = clock.now() - this.#mendedAt < mendedFor;
    this.#mendedAt = clock.now();
    const name = this.#account?.archiveName ?? this.#archiveName(identity.account, identity.kept);
    const remembered = this.#account?.unsent.all ?? [];
    const held = why === 'failing' && (await this.#isHeld());
    // What is shown of it stays until there is another.
    await this.#account?.end(held);
    // What was not sent yet stays where it is, and is sent by whoever leads there one day.
    const { place, notice, unsent }: Mended = held ? { place: 'memory', notice: 'memory', unsent: [] } : await mend({ name, me: identity.account, clock, log }, why, again);
    this.#accounts?.close();
    this.#accounts = undefined;
    if (place === 'memory') await this.#forsake(notice ?? 'memory');
    else if (notice) this.#events.storage(notice);
    const { accounts } = await this.#signInParts();
    // Whoever signs in here is kept nowhere else.
    if (identity.row) await accounts.put(identity.row);
    const account = await this.#open(identity);
    // What could not be taken off the disk is sent from there one day; what is gone from it, from here.
    await putBack(account.archive, place === 'disk' ? [...unsent, ...remembered] : unsent, name, log);
    account.line.tell('flush');
  }

  /** Whether the disk answers nothing at all: a tab was stopped in the middle of a write, and holds it up for everybody. */
  async #isHeld(): Promise<boolean> {
    const answer = this.#account?.archive.nextRow().then(() => false, () => false);
    return Promise.race([answer ?? false, delay(this.#parts.clock, heldWithin).then(() => true)]);
  }

  /** From now on nothing is kept. */
  async #forsake(notice: StorageNotice): Promise<void> {
    this.#events.storage(notice);
    await this.#parts.host.forsake();
    this.#keepsStorage = false;
    this.#accounts = undefined;
  }

  /** What needs the disk; where it has failed, the same in memory. */
  async #orInMemory<T>(work: () => Promise<T>, inMemory: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#keepsStorage || !isTrouble(error)) throw error;
      this.#parts.log.warn('storage has failed', error);
      await this.#forsake('memory');
      return inMemory();
    }
  }

  async #replace(identity: Identity): Promise<void> {
    await this.#close();
    try {
      await this.#open(identity);
    } catch (error) {
      if (!this.#keepsStorage || !isTrouble(error)) throw error;
      await this.#mend(identity, 'failing');
    }
  }

  async #open(identity: Identity): Promise<OpenAccount> {
    this.#identity = identity;
    const { deployment, host, openArchive, clock, newId, log } = this.#parts;
    const archiveName = this.#archiveName(identity.account, identity.kept);
    let account: OpenAccount | undefined;
    const lost = (why: ClosedReason | 'failing'): void => {
      if (account && this.#account === account) this.recover(why).catch((error: unknown) => this.#parts.log.warn('storage could not be mended', error));
    };
    const archive = watchArchive(await openArchive(archiveName, (pokes) => account?.wrote(pokes), lost), { clock, forgives: 0, onLost: () => lost('failing') });
    const opened = (account = new OpenAccount(
      { jid: identity.account, mode: identity.mode, slot: identity.slot, kept: identity.kept, archiveName, archive, channel: host.openChannel(archiveName), clock, newId, log },
      {
        pokes: this.#events.pokes,
        live: this.#events.live,
        gone: () => void this.#inTurn(() => (this.#account === opened ? this.#close() : Promise.resolve())),
        outdated: this.#events.outdated,
      },
    ));
    const before = this.#account;
    this.#account = opened;
    if (identity.row?.unregistered) archive.beginArchive(identity.account).catch((error: unknown) => log.warn('the beginning could not be noted', error));
    try {
      await this.#events.changed(opened, before);
      identity.ahead?.();
      const { account: jid, scramSeen } = identity;
      opened.engine = await host.start({ archiveName, account: jid, deployment, scramSeen, tab: opened.tab, ...(identity.nickname && { nickname: identity.nickname }) }, identity.secret);
      opened.watchLeader(clock, Math.random, () => host.restart()).catch((error: unknown) => log.debug('nobody looks after the leader', error));
    } catch (error) {
      await this.#close();
      throw error;
    }
    return opened;
  }

  async #close(): Promise<void> {
    const account = this.#account;
    if (!account) return;
    this.#account = undefined;
    await this.#events.changed(undefined, account);
    await account.end();
    if (!account.kept) await this.#purgeArchive(account.archiveName);
  }

  async #accept(): Promise<void> {
    try {
      await this.#events.accepted();
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  /** Ends the session at the server, whichever tab leads. */
  async #farewell(account: OpenAccount): Promise<void> {
    await this.#withTimeout(account.line.call('signOut'));
  }

  async #withTimeout(work: Promise<unknown>): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(farewellWait, resolve);
    });
    await Promise.race([work.catch((error: unknown) => this.#parts.log.debug('left without a farewell', error)), late]);
    cancel();
  }

  async #destroy(account: OpenAccount): Promise<void> {
    account.tellGone();
    await this.#close();
    await this.#purgeArchive(account.archiveName);
  }

  /** Deletes an account's archive, open in other tabs or not. */
  async #purge(jid: string): Promise<void> {
    if (this.#account?.jid === jid) await this.#close();
    this.#tellGone(jid);
    await this.#purgeArchive(this.#archiveName(jid, true));
  }

  #tellGone(jid: string): void {
    const channel = this.#parts.host.openChannel(this.#archiveName(jid, true));
    channel.post({ type: 'gone' });
    channel.close();
  }

  async #purgeArchive(name: string): Promise<void> {
    const archive = await this.#parts.openArchive(name, () => {});
    await archive.destroy();
  }
}
