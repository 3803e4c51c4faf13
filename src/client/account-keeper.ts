import type { Accounts } from '../archive/accounts.js';
import type { PageArchive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { Deployment } from '../model/account.js';
import type { SignInOptions } from './chat-client.js';
import type { EngineHost } from './bridge.js';
import { sweepArchives } from './sweep-archives.js';
import { OpenAccount, type OpenAccountEvents } from './open-account.js';
import { identify, keptIdentity, slotFor, type Identity, type SignInParts } from './sign-in.js';

export type AccountKeeperParts = {
  readonly deployment: Deployment;
  readonly host: EngineHost;
  /** Asked for after the host has made storage ready. */
  readonly accounts: () => Promise<Accounts>;
  readonly openArchive: (name: string, onPoke: (pokes: readonly Poke[]) => void) => Promise<PageArchive>;
  /** Deletes every database of ours in this browser. */
  readonly deleteEverything: () => Promise<void>;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

export type AccountKeeperEvents = Omit<OpenAccountEvents, 'gone'> & {
  /** Another account is open now, or none. Resolves when it is shown. */
  readonly changed: (account: OpenAccount | undefined) => Promise<void>;
  /** Resolves once the server has let us in; rejects when it will not, or cannot be reached. */
  readonly accepted: () => Promise<void>;
};

/** A leader that does not answer a sign-out by then is left behind, milliseconds. */
const farewellWait = 3_000;

/** Opens and closes accounts, one at a time, and deletes what is to be forgotten. */
export class AccountKeeper {
  readonly #parts: AccountKeeperParts;
  readonly #events: AccountKeeperEvents;
  #account: OpenAccount | undefined;
  #accounts: Accounts | undefined;
  #keepsStorage = true;
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

  resume(slot: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#account?.slot === slot) return true;
      const identity = await keptIdentity(slot, await this.#signInParts());
      if (identity) await this.#replace(identity);
      return identity !== undefined;
    });
  }

  signIn(options: SignInOptions): Promise<void> {
    return this.#inTurn(async () => {
      const parts = await this.#signInParts();
      const slot = slotFor(options.mode, this.#parts.deployment);
      const before = await parts.accounts.get(slot);
      const identity = await identify(options, parts);
      // A change of user purges before it connects.
      if (before && before.jid !== identity.account) await this.#purge(before.jid);
      if (this.#account?.slot !== slot || this.#account.jid !== identity.account || options.mode !== 'guest') {
        await this.#replace(identity);
      }
      // Another tab may lead with what the server no longer takes.
      this.#account?.tellProven();
      // A person's password was tried already, and a guest's account was just made.
      if (options.mode === 'host' || options.mode === 'anonymous') await this.#accept();
    });
  }

  signOut(slot?: string): Promise<void> {
    return this.#inTurn(async () => {
      const account = this.#account;
      if (!account) return slot === undefined ? undefined : this.#drop(slot);
      await this.#farewell(account);
      const { accounts } = await this.#signInParts();
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
    await this.#purge(row.jid);
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
        if (row.mode === 'guest' && row.secret !== undefined) await this.#withTimeout(this.#parts.host.unregister(row.jid, { kind: 'password', password: row.secret }, this.#parts.deployment));
        this.#tellGone(row.jid);
      }
      parts.accounts.close();
      this.#accounts = undefined;
      await this.#parts.deleteEverything();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #signInParts(): Promise<SignInParts> {
    const { host } = this.#parts;
    this.#keepsStorage = await host.prepare();
    if (!this.#swept && this.#keepsStorage) await sweepArchives().catch((error: unknown) => this.#parts.log.debug('not swept', error));
    this.#swept = true;
    this.#accounts ??= await this.#parts.accounts();
    return { deployment: this.#parts.deployment, host, accounts: this.#accounts };
  }

  /** One database per address; that of somebody who is not kept, and one in the page's memory, are this page's alone. */
  #archiveName(jid: string, kept: boolean): string {
    return kept && this.#keepsStorage ? `tertulia/${jid}` : `tertulia/${jid}/${this.#parts.newId()}`;
  }

  async #replace(identity: Identity): Promise<void> {
    await this.#close();
    const { deployment, host, openArchive, clock, newId, log } = this.#parts;
    const archiveName = this.#archiveName(identity.account, identity.kept);
    let account: OpenAccount | undefined;
    const archive = await openArchive(archiveName, (pokes) => account?.wrote(pokes));
    const opened = (account = new OpenAccount(
      { jid: identity.account, mode: identity.mode, slot: identity.slot, kept: identity.kept, archiveName, archive, channel: host.openChannel(archiveName), clock, newId },
      {
        pokes: this.#events.pokes,
        live: this.#events.live,
        gone: () => void this.#inTurn(() => (this.#account === opened ? this.#close() : Promise.resolve())),
        outdated: this.#events.outdated,
      },
    ));
    this.#account = opened;
    try {
      await this.#events.changed(opened);
      const { account: jid, scramSeen } = identity;
      opened.engine = await host.start({ archiveName, account: jid, deployment, scramSeen, tab: opened.tab }, identity.secret);
      opened.watchLeader(clock, Math.random).catch((error: unknown) => log.debug('nobody looks after the leader', error));
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const account = this.#account;
    if (!account) return;
    this.#account = undefined;
    await this.#events.changed(undefined);
    await account.close();
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
