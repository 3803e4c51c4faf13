/**
 * Presence subscriptions. https://www.rfc-editor.org/rfc/rfc6121#section-3 (RFC 6121, March 2011)
 * In: presence of type subscribe, subscribed, unsubscribe, unsubscribed. Out: the same. Rows: shelf `requests`.
 */
import { xml, type Element } from '../xmpp/element.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { SubscriptionRequestRow } from '../model/contact.js';
import { contactOf } from './rfc6121-roster.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

const NS_NICK = 'http://jabber.org/protocol/nick';
/** A flood of requests fills no more than this; the server keeps the rest and repeats them (§3.1.3). */
const maxRequests = 200;

/** Writes follow each other, so that a request and its withdrawal end in the right order. */
const queues = perSession((): { last: Promise<void> } => ({ last: Promise.resolve() }));

/** Takes up a subscription stanza from `bare`; presence hooks are not waited for, failures are logged. */
export function onSubscription(presence: Element, bare: string, ctx: XepContext): void {
  if (bare === ctx.me) return;
  const queue = queues.of(ctx);
  queue.last = queue.last
    .then(() => handle(presence, bare, ctx))
    .catch((error: unknown) => ctx.log.warn('a subscription could not be handled', error));
}

/** Resolves when every subscription stanza so far has been handled. */
export const subscriptionsSettled = (ctx: XepContext): Promise<void> => queues.of(ctx).last;

async function handle(presence: Element, bare: string, ctx: XepContext): Promise<void> {
  switch (presence.attrs['type']) {
    case 'subscribe': {
      const contact = contactOf(ctx, bare);
      const { subscription } = contact ?? { subscription: 'none' };
      // §3.1.3, §3.4: who may already see us, or whom we asked ourselves, needs no question.
      if (subscription !== 'none' || contact?.asked || contact?.approved) return ctx.send(xml('presence', { to: bare, type: 'subscribed' }));
      const known = await ctx.shelf.all('requests');
      if (known.length >= maxRequests && !known.some((row) => row.jid === bare)) return ctx.log.warn('too many subscription requests');
      return ctx.shelf.put('requests', [request(presence, bare, ctx)]);
    }
    case 'unsubscribe': // §3.3.3: they do not want it any more
      return ctx.shelf.put('requests', [], [bare]);
    default:
      return; // `subscribed` and `unsubscribed` come with a roster push that says it all (§3.1.6, §3.2.3)
  }
}

function request(presence: Element, bare: string, ctx: XepContext): SubscriptionRequestRow {
  const nickname = presence.getChildText('nick', NS_NICK)?.trim().slice(0, 200);
  const text = presence.getChildText('status')?.trim().slice(0, 1000);
  return { jid: bare, at: ctx.clock.now(), ...(nickname ? { nickname } : {}), ...(text ? { text } : {}) };
}

/** Answers somebody's request (§3.1.4): accepts or refuses it. Asking for theirs in turn is the person's own choice. */
export async function answerRequest(ctx: XepContext, address: string, accept: boolean): Promise<void> {
  const jid = normalizeJid(address);
  if (jid === undefined) throw new ChatError('invalid', `no XMPP address: ${address}`);
  const bare = bareJid(jid);
  ctx.send(xml('presence', { to: bare, type: accept ? 'subscribed' : 'unsubscribed' }));
  await ctx.shelf.put('requests', [], [bare]);
}
