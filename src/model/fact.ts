/**
 * A fact is one thing somebody said about a conversation. Extensions add their kinds to `FactKinds` by
 * declaration merging; each fact has its own ids and, where it speaks of another message, a `target`.
 */
export interface FactBase {
  /** Whose conversation: bare JID of a contact or room; `room/nick` for a private message in a room; any other address as it stands. */
  readonly conversation: string;
  readonly chatType: 'chat' | 'groupchat';
  /** Who said it: the bare JID in a 1:1 conversation, the occupant's `room/nick` in a room. */
  readonly sender: string;
  /** Said by this account, on whichever device. */
  readonly mine: boolean;
  /** Milliseconds since the epoch, from XEP-0203 where given, else of arrival. For display only, never for order. */
  readonly at: number;
  /** The stanza's `id` attribute, chosen by the sending client. */
  readonly messageId?: string;
  /** XEP-0359 origin-id, chosen by the sending client. */
  readonly originId?: string;
  /** Bare JID of the archive that keeps it: the account's own, or the room's. */
  readonly archive: string;
  /** The server had kept it for us and hands it out now (XEP-0160): it is older than what the archive's newest page brings. */
  readonly late?: true;
  /** The id that `archive` gave it; set only where XEP-0359 §6 lets it be trusted, or by a MAM page. */
  readonly archiveId?: string;
  /** The id that `archive` is said to have given it, while nobody knows whether it strips forged ones. */
  readonly claimedId?: string;
}

export type Attachment = {
  readonly url: string;
  readonly name?: string;
  readonly mediaType?: string;
  /** Bytes. */
  readonly size?: number;
  /** Pixels, so that a picture's place is kept before it loads. */
  readonly width?: number;
  readonly height?: number;
};

/** An invitation to a room (XEP-0249, or mediated by XEP-0045 §7.8.2). With `declined`, `inviter` said no to ours. */
export type Invitation = { readonly room: string; readonly inviter: string; readonly reason?: string; readonly password?: string; readonly declined?: boolean };

export type FactKind = keyof FactKinds;
export type Fact<K extends FactKind = FactKind> = { [P in K]: FactBase & { readonly kind: P } & Readonly<FactKinds[P]> }[K];

/** What may be said. `target` is the id that the kind's specification aims by. */
export interface FactKinds {
  /** `markable`: its sender wants to know when it has been displayed (XEP-0333). `nick`: what its sender calls himself. */
  message: { body: string; attachments?: readonly Attachment[]; invitation?: Invitation; markable?: true; nick?: string };
  /** The server or the recipient bounced a message of ours (RFC 6120 §8.3); `target` is its `messageId`. */
  failure: { target: string; condition: string; text?: string };
  /** `sender` has seen everything up to `target`; where that is this account, on whichever device, it is read here too. */
  displayed: { target: string; /** `target` is an id of the archive, and nothing else by that name is meant. */ byArchive?: true };
}
