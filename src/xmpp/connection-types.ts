import type { Element } from './element.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { ChatError } from '../base/error.js';
import type { Unsubscribe } from '../base/emitter.js';

/** The part of a WebSocket the connection uses; tests bring their own. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
}
/** Opens a WebSocket of the `xmpp` subprotocol (RFC 7395 §3.1). */
export type OpenSocket = (url: string) => SocketLike;

/** SCRAM's salted password kept as a key that cannot be exported; good for one salt and iteration count. */
export type SaltedKey = { readonly mechanism: string; readonly salt: string; readonly iterations: number; readonly key: CryptoKey };

/** How to prove who one is. */
export type Proof =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'scram-key'; readonly username: string; readonly key: SaltedKey }
  | { readonly kind: 'token'; readonly username: string; readonly token: string }
  | { readonly kind: 'anonymous' };

/**
 * Stream management (XEP-0198), implemented in `src/xep/0198-stream-management.ts`. The connection calls it at the
 * stages of a stream; it decides what is sent and remembers what must survive the page.
 */
export interface StreamManagement {
  /** Reads the kept state; called once before the first connect. */
  load(): Promise<void>;
  /** Whether there is a stream to resume; its full JID, and where the server wants it resumed (§5), unchecked. */
  readonly resumable: { readonly jid: string; readonly location?: string | undefined } | undefined;
  /** `<resume/>`, once the count in it is kept: for a stream that has just been authenticated. */
  resumption(): Promise<Element>;
  /** The server's answer to it. Sends again what the server has not got. Throws `protocol`. */
  resumed(stream: Negotiation, answer: Element): Promise<'resumed' | 'failed'>;
  /** `<enable resume='true'/>`: for a stream that has just been bound, or with the wish to bind it (XEP-0386). */
  enabling(): Element;
  /** The server's answer to it. What the old stream still carried has an unknown fate from here on. Throws `protocol`. */
  enabled(stream: Negotiation, jid: string, answer: Element): Promise<void>;
  /**
   * There is no stream management on this stream: `ask` for any answer of the server's after a message proves that it has
   * been processed, for a server processes what comes over a stream in order (RFC 6120 §10.1).
   */
  unmanaged(ask: () => Promise<unknown>): void;
  /** A nonza of its namespace that arrived outside of a negotiation. */
  nonza(element: Element): void;
  /** A stanza of ours is about to go out; kept until acknowledged. Sent by the connection right after. */
  sent(stanza: Element): void;
  /** `count` stanzas were received, handled and committed. Acknowledges when asked or due. */
  handled(count: number): void;
  /** Asks for an acknowledgement (`<r/>`). */
  request(): void;
  /** Since when an `<r/>` on this stream waits for its `<a/>`, in the clock's time. */
  readonly unansweredSince?: number | undefined;
  /** The stream's socket is gone; the state stays for a resumption. Resolves when it is kept. */
  detached(): void | Promise<void>;
  /** The stream was closed on purpose: nothing to resume. */
  forget(): Promise<void>;
  /** What a resumed stream must not send again by itself: then it gives back all messages that the server has not got (`returned`). */
  withholds?: ((stanza: Element) => boolean) | undefined;
  /** Stanzas the server has confirmed, those whose fate is unknown after a failed resumption, those that a resumed stream has not sent again. */
  on(type: 'acked' | 'unknown' | 'returned', listener: (stanzas: readonly Element[]) => void): Unsubscribe;
}

/** What is kept of FAST (XEP-0484). The token itself is only there as a key that cannot be taken out of the browser. */
export type FastState = {
  /** This device to the server (XEP-0388 §2.4), a UUID. */
  readonly userAgent: string;
  readonly token?: {
    readonly mechanism: string;
    readonly key: CryptoKey;
    /** Milliseconds since the epoch. */
    readonly expires: number;
    /** How often it has been used. */
    readonly count: number;
  };
};
export type FastStore = { load(): Promise<FastState | undefined>; save(state: FastState | undefined): Promise<void> };

/** How to get from an opened stream to a session in one go, where the server can (`src/xep/0388-sasl2.ts`). */
export type Sasl2 = {
  signIn(stream: Sasl2Stream, options: Sasl2Options): Promise<Sasl2Outcome>;
  /** Makes the kept token worthless, at the server where it can be reached over a stream of its own, and here. Never rejects, never takes long. */
  dropToken(options: DropTokenOptions): Promise<void>;
};
export type DropTokenOptions = {
  /** Bare. */
  readonly jid: string;
  readonly open: (jid: string) => Sasl2Stream & { open(): Promise<void>; close(): Promise<void>; fail(error: ChatError): void };
  readonly fast: FastStore;
  readonly clock: Clock;
  readonly log: Log;
};
export interface Sasl2Stream extends Negotiation {
  features: Element;
  /** The next element that is no stanza; stanzas that come first are kept. */
  nextNonza(): Promise<Element>;
  /** From here on stanzas count for stream management. */
  count(): void;
}
export type Sasl2Options = {
  readonly proof: Proof;
  readonly scramSeen: boolean;
  readonly management: StreamManagement;
  /** The kept stream is this account's. */
  readonly resumable: boolean;
  /** The beginning of the resource's name. */
  readonly tag: string;
  readonly inactive: boolean;
  readonly fast: FastStore | undefined;
  readonly clock: Clock;
  readonly newId: IdSource;
};
/** `jid` is absent where the server has authenticated and nothing else. */
export type Sasl2Outcome = { readonly jid?: string; readonly resumed: boolean; readonly managed: boolean; readonly saltedKey: SaltedKey | undefined };

/** A stream between its opening and its use: one element out, one element in. */
export interface Negotiation {
  readonly features: Element;
  readonly domain: string;
  send(element: Element): void;
  /** The next element from the server; rejects when the stage's deadline passes or the stream ends. */
  next(): Promise<Element>;
  /** The next that is no stanza; stanzas that come before it wait for whoever uses the stream. */
  nextNonza(): Promise<Element>;
  /** An IQ before or after authentication, matched as RFC 6120 §8.2.3 says. */
  iq(stanza: Element): Promise<Element>;
}

export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online'; readonly jid: string; readonly resumed: boolean }
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly error: ChatError }
  /** Will not try again by itself: credentials refused, forged or insecure server, unknown host. */
  | { readonly kind: 'refused'; readonly error: ChatError };

export type ConnectionOptions = {
  readonly domain: string;
  /** The WebSocket address, looked up anew at each attempt. */
  readonly service: () => Promise<string>;
  /** Asked at each attempt. Throws a `ChatError` where there is none. */
  readonly proof: () => Promise<Proof>;
  /** Told of the key to keep once a password has worked. */
  readonly onSaltedKey?: (key: SaltedKey) => void;
  /** PLAIN is taken only when the server offers nothing better, and never again once this says a SCRAM was seen. */
  readonly scramSeen?: boolean;
  readonly resourcePrefix?: string;
  /** XEP-0388, loaded where the server offers it; without it, or where it cannot be had, the classic way is taken. */
  readonly sasl2?: () => Promise<Sasl2>;
  /** Where XEP-0484 keeps its token; without it no token is asked for. */
  readonly fast?: FastStore;
  /** Nobody looks (XEP-0352): told with the binding where it can be. */
  readonly inactive?: () => boolean;
  /** Host names a server may send us on to (RFC 6120 §4.9.3.19), besides its own. */
  readonly redirectHosts?: readonly string[] | undefined;
  readonly management: StreamManagement;
  /**
   * Every stanza that no request of ours asked for, in order of arrival, as many as came while the last batch was
   * being handled. Resolves when they are committed; only then are they counted as handled (XEP-0198 §4). Rejects with
   * `ChatError('storage')` where they cannot be: the stream is left, and the next one brings them again.
   */
  readonly onStanzas: (stanzas: readonly Element[]) => Promise<void>;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly newId: IdSource;
  /** 0 to 1; for the jitter of reconnection. */
  readonly random: () => number;
  readonly log: Log;
};

export interface Connection {
  readonly state: ConnectionState;
  readonly jid: string | undefined;
  onState(listener: (state: ConnectionState) => void): Unsubscribe;
  /** Connects and stays connected until `stop`. */
  start(): void;
  /** Closes the stream politely within 2 s; nothing to resume remains when `forget`. */
  stop(options?: { readonly forget?: boolean }): Promise<void>;
  /** Puts a stanza on the wire, under stream management. Throws `offline` when there is no stream. */
  send(stanza: Element): void;
  /** What the stream offers after authentication; absent while there is none. */
  readonly features?: Element | undefined;
  /** Puts an element that is no stanza on the wire, outside of stream management. Throws `offline`. */
  sendNonza?(element: Element): void;
  /** Sends an IQ and resolves to its result; rejects with `refused` and its condition, `timeout` or `offline`. */
  iq(stanza: Element, options?: { readonly timeout?: number }): Promise<Element>;
  /** The network, the page or the clock woke up: proves the socket by a ping with a short deadline, or connects now. */
  wake(): void;
}
