import type { Element } from '../xmpp/element.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { Attachment, Fact, FactBase, FactKind } from '../model/fact.js';
import type { Seen } from '../model/conversation.js';
import type { Live } from '../model/live.js';
import type { MessageState } from '../model/message.js';
import type { Shelf } from '../model/shelf.js';

/** `live`: just arrived. `catch-up`: missed, from the archive. `history`: older than what was there, asked for by scrolling. */
export type Origin = 'live' | 'catch-up' | 'history';

/** A message stanza whose wrappers are off and whose sender is known. */
export type Incoming = {
  readonly stanza: Element;
  /** Base of every fact it holds; complete. */
  readonly base: FactBase;
  readonly origin: Origin;
  /** A copy of what was sent to another device of ours (XEP-0280), whose business it is to answer. */
  readonly copy?: boolean;
};

/** What an `unwrap` found inside: the stanza, and what the wrapper knows better than the stanza. */
export type Unwrapped = {
  readonly stanza: Element;
  readonly base?: { readonly at?: number; readonly archive?: string; readonly archiveId?: string };
  readonly origin?: Origin;
  readonly copy?: boolean;
  /** A copy of what another device of ours sent (XEP-0280) or of what we sent (MAM): `from` is us. */
  readonly sent?: boolean;
  /** Kept by the module that asked for it (a MAM page is committed whole); goes no further. */
  readonly taken?: boolean;
};
export type Rejected = { readonly reject: string };

/** A message on its way out. Modules append children to `stanza` and change nothing else. */
export type Outgoing = {
  readonly stanza: Element;
  readonly chatType: 'chat' | 'groupchat';
  readonly conversation: string;
  /** Files already uploaded; their addresses are in the body too. */
  readonly attachments?: readonly Attachment[];
};

/** An IQ that this client answers. */
export type IqService = {
  readonly type: 'get' | 'set';
  readonly name: string;
  readonly ns: string;
  /** Whether strangers are answered too; without it only the own account, the server, and contacts that see our presence. */
  readonly open?: boolean;
  /** The payload of the result, or `undefined` for an empty one. Throws `ChatError` with a condition for an error. */
  answer(iq: Element, ctx: XepContext): Promise<Element | undefined> | Element | undefined;
};

export interface XepContext {
  /** Own full JID and bare JID. */
  readonly jid: string;
  readonly me: string;
  /** The server's domain. */
  readonly server: string;
  /** What the person wants to be called, where that is known. */
  readonly nickname?: string | undefined;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
  /** What is true only now: presence, typing, rooms. */
  readonly live: Live;
  /** Rows that outlive the session: contacts, rooms, avatars. */
  readonly shelf: Shelf;
  /** The stream's features after authentication, where known (roster versioning is offered there). */
  readonly streamFeatures?: Element | undefined;
  /** Every module registered, for disco and caps. */
  readonly modules: readonly XepModule[];
  send(stanza: Element): void;
  /** Rejects with a `ChatError`: `refused` with its condition, `timeout`, `offline`. */
  iq(stanza: Element, options?: { readonly timeout?: number }): Promise<Element>;
  /** Has this account, on any device, already recorded such a fact about `target`? */
  mine(kind: FactKind, conversation: string, target: string): Promise<boolean>;
  /** Commits what somebody said in another way than by a message. */
  record(facts: readonly Fact[]): Promise<void>;
  /** Whether the contact may know that we are here (subscription `from` or `both`), or wrote to us in this session. */
  trusts(jid: string): boolean;
  /** When a conversation was last used, milliseconds; 0 where it never was. */
  used(conversation: string): number;
  /** Sends a top-level element that is no stanza and is not counted by stream management (RFC 6120 §4.1). */
  sendNonza?(element: Element): void;
}

/** One XMPP extension. Fill only the hooks it needs; they run in this order. */
export interface XepModule {
  /** '0184' */
  readonly xep: string;
  readonly title: string;
  /** Go into disco#info and caps by themselves. */
  readonly features?: readonly string[];
  readonly serves?: readonly IqService[];
  /** After bind, in registry order, before our first presence; skipped when XEP-0198 resumed. May use `ctx.iq`. */
  onReady?(ctx: XepContext): Promise<void>;
  /** XEP-0198 resumed the stream; the worker may be a fresh one that knows nothing of what the session had. */
  onResumed?(ctx: XepContext): Promise<void>;
  /** The session ended; drop what was only true in it. */
  onEnd?(ctx: XepContext): void;
  /** Takes a wrapper off a message, or rejects a forged one. Repeats until nobody claims. Forgery dies here. */
  unwrap?(stanza: Element, ctx: XepContext): Unwrapped | Rejected | undefined;
  /** Pure and total: whatever the XML, it returns facts or [], and never throws. */
  read?(incoming: Incoming): Fact[];
  /** After the commit; live at once, held until catch-up has ended for catch-up, never for history. */
  react?(incoming: Incoming, ctx: XepContext): Promise<void> | void;
  /** A conversation was read on this device. Rejects `offline` or `timeout` to be asked again; anything else is not tried twice. */
  seen?(seen: Seen, ctx: XepContext): Promise<void> | void;
  /** A presence stanza; `true` claims it (a room's, say) and keeps it from the roster. */
  onPresence?(presence: Element, ctx: XepContext): boolean | void;
  /** Our presence on its way out; may only append children. */
  announce?(presence: Element, ctx: XepContext): void;
  /** May only append children. */
  write?(outgoing: Outgoing, ctx: XepContext): void;
  /** Folds this module's kinds of fact into the message they aim at. */
  readonly apply?: { readonly [K in FactKind]?: (state: MessageState, fact: Fact<K>) => void };
}
