/**
 * XEP-0172: User Nickname, version 1.1
 * https://xmpp.org/extensions/xep-0172.html
 *
 * In:  what somebody calls himself in a message, cleaned: a hint where there is no name of our own choosing.
 * Out: the visitor's name, in the first message of a session to each address.
 */
import { resourceOf } from '../base/jid.js';
import { xml, type Element } from '../xmpp/element.js';
import { perContext } from './per-context.js';
import type { XepModule } from './module.js';

const NS = 'http://jabber.org/protocol/nick';
const LONGEST = 60;

const told = perContext(() => new Set<string>());

/**
 * A name, or `undefined` where nothing is left of it. Signs that cannot be seen, or that turn what stands beside them round, are no part
 * of a name: two that look alike are alike.
 */
function cleaned(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const seen = name.slice(0, 1000).replaceAll(/[\p{Z}\s]+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();
  return Array.from(seen).slice(0, LONGEST).join('').trim() || undefined;
}

/** What the sender of a message calls himself. */
export const nickIn = (stanza: Element): string | undefined => cleaned(stanza.getChild('nick', NS)?.text());

export const nicknames: XepModule = {
  xep: '0172',
  title: 'User Nickname',
  write({ stanza, chatType, conversation }, ctx) {
    // In a room one has the room's own nick, also in private.
    if (chatType !== 'chat' || resourceOf(conversation)) return;
    // It comes from a site's page, which may have anything for a name.
    const nick = cleaned(ctx.nickname);
    if (!nick) return;
    // §4.2: with the first message, not with each.
    if (told(ctx).has(conversation)) return;
    told(ctx).add(conversation);
    stanza.append(xml('nick', { xmlns: NS }, nick));
  },
  onEnd: (ctx) => told(ctx).clear(),
};
