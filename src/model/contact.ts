/** A roster item (RFC 6121 §2.1.2). */
export type ContactRow = {
  readonly jid: string;
  readonly name?: string;
  readonly groups: readonly string[];
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  /** We asked to see their presence and have no answer yet. */
  readonly asked: boolean;
  /** They may see ours once they ask (§3.4): their request needs no answer. */
  readonly approved?: boolean;
};

/** Somebody who asks to see our presence (RFC 6121 §3.1.3). */
export type SubscriptionRequestRow = { readonly jid: string; readonly at: number; readonly nickname?: string; readonly text?: string };

export type Show = 'available' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline';

/** A contact's best resource (RFC 6121 §4.7.2.3: highest priority, then most available, then latest). */
export type PresenceView = { readonly show: Show; readonly status?: string; readonly resources: number };

/** What one shows of oneself; `invisible` sends no presence at all. */
export type OwnPresence = { readonly show: 'available' | 'away' | 'dnd' | 'invisible'; readonly status?: string };

/** A picture somebody published (XEP-0153/0054, XEP-0084): never SVG, never over 512 KiB. */
export type AvatarRow = { readonly jid: string; readonly hash: string; readonly picture?: Blob };
