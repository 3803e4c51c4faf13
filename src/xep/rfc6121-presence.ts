/**
 * Presence of contacts and of oneself. https://www.rfc-editor.org/rfc/rfc6121#section-4 (RFC 6121, March 2011)
 * In: presence of every kind, messages (for resource locking, §5.1). Out: own presence, probes. Live topic `presence`.
 */
import { xml, type Element } from '../xmpp/element.js';
import { bareJid, normalizeJid, resourceOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { OwnPresence, Show } from '../model/contact.js';
import { joinedRooms, rejoinAll } from './0045-muc-join.js';
import { allContacts, contactOf } from './rfc6121-roster.js';
import { keepOwnPresence, loadOwnPresence, ownPresence, presenceStanza } from './rfc6121-own-presence.js';
import { addResource, clearResources, isAnywhere, isPresent, removeResource } from './rfc6121-resources.js';
import { onSubscription } from './rfc6121-subscriptions.js';
import { perSession } from './session-state.js';
import type { Incoming, XepContext, XepModule } from './module.js';

export { bestResource } from './rfc6121-resources.js';

/** Probes after a hand-over go out in small groups, so that a long roster is no burst. */
const probesAtOnce = 20;

const states = perSession(() => ({
  /** Conversation, by bare JID, and the full JID it is locked onto (§5.1). */
  locks: new Map<string, string>(),
  probed: new Set<string>(),
  /** This worker began the session: the server has told, and tells, who is there. */
  began: false,
}));

const shows: Readonly<Record<string, Show>> = { chat: 'chat', away: 'away', xa: 'xa', dnd: 'dnd' };

/** An unknown `show` counts as available (§4.7.2.1). */
const showOf = (presence: Element): Show => {
  const text = presence.getChildText('show') ?? '';
  return Object.hasOwn(shows, text) ? shows[text]! : 'available';
};
const statusOf = (presence: Element): string | undefined => presence.getChildText('status')?.slice(0, 1000) || undefined;

function priorityOf(presence: Element): number {
  const text = presence.getChildText('priority')?.trim() ?? '0';
  const priority = /^[+-]?\d{1,3}$/.test(text) ? Number(text) : 0;
  return Math.max(-128, Math.min(127, priority)); // §4.7.2.3
}

function onPresence(presence: Element, ctx: XepContext): boolean {
  // §8.1.2.1: without 'from' it comes from our own account.
  const from = presence.attrs['from'] === undefined ? ctx.me : normalizeJid(presence.attrs['from']);
  if (from === undefined) return false;
  const { locks } = states.of(ctx);
  const bare = bareJid(from);
  switch (presence.attrs['type']) {
    case undefined:
      locks.delete(bare); // §5.1: any presence of theirs unlocks
      if (from !== ctx.jid) addResource(ctx, from, readResource(presence), bare !== ctx.me && !contactOf(ctx, bare));
      return true;
    case 'unavailable':
    case 'error': // §4.3.2, §8.1: whoever cannot be reached is not there
      locks.delete(bare);
      removeResource(ctx, from);
      return true;
    case 'subscribe':
    case 'subscribed':
    case 'unsubscribe':
    case 'unsubscribed':
      onSubscription(presence, bare, ctx);
      // §3.3.3: they have taken back what let us see them.
      if (presence.attrs['type'] === 'unsubscribed') removeResource(ctx, bare);
      return true;
    default:
      return true; // a probe is for servers (§4.3), anything else is none
  }
}

function readResource(presence: Element): Parameters<typeof addResource>[2] {
  const status = statusOf(presence);
  return { show: showOf(presence), priority: priorityOf(presence), ...(status ? { status } : {}) };
}

/** Where the next message of a conversation goes: the address itself, or the resource it is locked onto (§5.1). */
export const addressFor = (ctx: XepContext, conversation: string): string => states.of(ctx).locks.get(conversation) ?? conversation;

/** §5.1: lock onto the resource that answered, as long as its presence is known; a message of another one unlocks. */
function lock(incoming: Incoming, ctx: XepContext): void {
  const { stanza, base, origin } = incoming;
  if (origin !== 'live' || base.mine || base.chatType !== 'chat' || stanza.attrs['type'] === 'error') return;
  const from = normalizeJid(stanza.attrs['from']);
  if (from === undefined || resourceOf(from) === '' || bareJid(from) !== base.conversation) return;
  const { locks } = states.of(ctx);
  const locked = locks.get(base.conversation);
  if (locked !== undefined && locked !== from) locks.delete(base.conversation);
  else if (isPresent(ctx, from)) locks.set(base.conversation, from);
}

/** Sends our first presence of the session (§4.2), unless we are invisible. Resolves to what we now are. */
export async function sendInitialPresence(ctx: XepContext): Promise<OwnPresence> {
  const presence = await loadOwnPresence(ctx);
  states.of(ctx).began = true;
  if (presence.show !== 'invisible') ctx.send(presenceStanza(ctx));
  return presence;
}

/** Sets what we show of ourselves: kept for the next sessions, and told to everybody who may see it, rooms included. */
export async function setOwnPresence(ctx: XepContext, presence: OwnPresence): Promise<void> {
  const before = ownPresence(ctx);
  await keepOwnPresence(ctx, presence);
  try {
    if (presence.show !== 'invisible') {
      ctx.send(presenceStanza(ctx));
      // §4.6.4: broadcast presence does not reach those we told of ourselves directly.
      for (const room of joinedRooms(ctx)) ctx.send(presenceStanza(ctx, `${room.jid}/${room.view.nick}`));
    } else if (before.show !== 'invisible') {
      ctx.send(xml('presence', { type: 'unavailable' }));
      // §4.6.5: that went to the rooms as well, and they have let us go.
      rejoinAll(ctx);
    }
  } catch (error) {
    // The next session starts with it.
    if (!(error instanceof ChatError && error.code === 'offline')) throw error;
  }
}

/**
 * A fresh worker took over a stream: the server will not tell again who is there, so we ask (§4.3), each contact once
 * in a session.
 */
async function probeContacts(ctx: XepContext): Promise<void> {
  await loadOwnPresence(ctx);
  const state = states.of(ctx);
  if (state.began) return;
  const unknown = Array.from(allContacts(ctx), ({ jid, subscription }) => (subscription === 'to' || subscription === 'both' ? bareJid(jid) : undefined))
    .filter((jid): jid is string => jid !== undefined && !state.probed.has(jid) && !isAnywhere(ctx, jid));
  const next = (): void => {
    if (states.of(ctx) !== state) return; // another session by now
    try {
      for (const jid of unknown.splice(0, probesAtOnce)) {
        ctx.send(xml('presence', { to: jid, type: 'probe' }));
        state.probed.add(jid);
      }
    } catch (error) {
      return ctx.log.debug('probing stopped', error);
    }
    if (unknown.length > 0) ctx.clock.after(1000, next);
  };
  next();
}

export const presence: XepModule = {
  xep: 'RFC 6121 §4',
  title: 'Presence',
  onPresence,
  react: lock,
  onResumed: probeContacts,
  onEnd(ctx) {
    clearResources(ctx);
    states.drop(ctx);
  },
};
