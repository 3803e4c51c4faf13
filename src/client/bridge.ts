/** How a page gets an engine: in a worker, or in the page where workers are refused. Implemented by `src/engine-host.ts`. */
import type { Deployment, ScramKey } from '../model/account.js';
import type { OpenChannel } from './channel.js';

/** What proves who one is. Goes from the page to its own engine only, never over the bus between tabs. */
export type Secret =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'scram'; readonly key: ScramKey }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'anonymous' };

export type EngineStart = {
  /** Name of the account's IndexedDB database. */
  readonly archiveName: string;
  /** Bare JID; for an anonymous account, the domain that will give it one. */
  readonly account: string;
  readonly deployment: Deployment;
  /** What the person wants to be called. */
  readonly nickname?: string;
  /** A SCRAM has worked for this account: the password is never sent in the clear again. */
  readonly scramSeen: boolean;
  /** Names this page's engine among those of other tabs. */
  readonly tab?: string;
};

export interface EngineHandle {
  /** Ends this tab's engine; another tab takes over the stream. */
  close(): Promise<void>;
  /** Takes the lead from an engine that gives no sign of life. Resolves when this tab's engine has heard it, so it lives itself. */
  claim(): Promise<void>;
}

export interface EngineHost {
  /** Channels that reach the engines this host starts, and those of other tabs where they can be reached. */
  readonly openChannel: OpenChannel;
  /** Makes storage ready: where IndexedDB is refused, a substitute in the page's memory takes its place. Whether anything outlives the page. */
  prepare(): Promise<boolean>;
  /** The browser's storage has failed: from now on everything is kept in the page's memory, and engines run in the page. */
  forsake(): Promise<void>;
  /** The worker of this page's engines hangs: another takes its place, and they are started again in it. Nothing to do where they run in the page. */
  restart(): Promise<void>;
  /** Makes an account by in-band registration (XEP-0077). Rejects `registration`, `unreachable`, …. */
  register(jid: string, password: string, deployment: Deployment): Promise<void>;
  /** Signs in once, with a stream of its own, and signs out again. Rejects `not-authorized`, `unreachable`, …. */
  verify(jid: string, secret: Secret, deployment: Deployment): Promise<{ readonly scram?: ScramKey }>;
  /** Starts this tab's engine for an account. `secret` is asked for at each attempt to connect. */
  start(start: EngineStart, secret: () => Promise<Secret>): Promise<EngineHandle>;
  /** Removes a guest account from its server (XEP-0077 §3.2). */
  unregister(jid: string, secret: Secret, deployment: Deployment): Promise<void>;
}
