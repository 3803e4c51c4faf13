import type { ChatErrorCode } from '../base/error.js';
import type { OwnPresence } from './contact.js';

/** How a person is known to the server; see `docs/identity.md`. */
export type AuthMode = 'guest' | 'anonymous' | 'login' | 'host';

/** Never stored, logged, put on a channel between tabs, or shown in an attribute. */
export type Credentials = { readonly jid: string; readonly password?: string; readonly token?: string };

/**
 * What is kept of a password: SCRAM's salted password as a key that cannot be taken out of the browser (RFC 5802 §3),
 * good for this salt and iteration count only.
 */
export type ScramKey = { readonly mechanism: string; readonly salt: string; readonly iterations: number; readonly key: CryptoKey };

/** Who signs in where. `slot` names the identity's use: `messenger`, or `guest:DOMAIN`. */
export type AccountRow = {
  readonly slot: string;
  readonly jid: string;
  readonly mode: AuthMode;
  /** A guest's random secret; a person's password is never kept, see `scram`. */
  readonly secret?: string;
  /** The guest's account is still to be made: its server has not been reached yet, or knows it no more. */
  readonly unregistered?: true;
  readonly scram?: ScramKey;
  readonly nickname?: string;
};

export type SessionStatus = 'idle' | 'connecting' | 'online' | 'offline' | 'refused';

/** The connection as a person is told of it. */
export type SessionView = {
  readonly status: SessionStatus;
  /** Bare JID once known. */
  readonly me?: string;
  /** Missed messages are being fetched. */
  readonly catchingUp: boolean;
  readonly error?: { readonly code: ChatErrorCode; readonly condition?: string };
  /** When the next attempt is due, milliseconds. */
  readonly retryAt?: number;
  readonly presence: OwnPresence;
  /** The largest file the server takes (XEP-0363), bytes; 0 where it takes none, absent while that is not known. */
  readonly uploadLimit?: number;
  /** A history kept by the server (XEP-0313). */
  readonly archive?: boolean;
  readonly roomsDomain?: string;
};

/** What a person has chosen for the account, on whichever device. */
export type Settings = {
  /** Whoever asks is told how far one has read. */
  readonly tellRead: boolean;
};

/** `/config.json`: the deployment. Read by the pages, validated by `src/client/config.ts`. */
export type Deployment = {
  readonly domain: string;
  /** WebSocket address; found by XEP-0156 where absent. */
  readonly service?: string;
  /** Host names to which a server may send us on besides its own (RFC 6120 §4.9.3.19). */
  readonly redirectHosts?: readonly string[];
  readonly guestDomain?: string;
  readonly anonymousDomain?: string;
  readonly roomsDomain?: string;
  /** Origins whose pages may embed the widget; `*` for any. */
  readonly allowedOrigins: readonly string[];
  /** Default contact of the widget, bare JID. */
  readonly contact?: string;
};
