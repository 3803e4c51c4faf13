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
 * The name in a message, or `undefined`. Signs that cannot be seen, or that turn what stands beside them round, are no part
 * of a name: two that look alike are alike.
 */
export function nickIn(stanza: Element): string | undefined {
  const text = stanza.getChild('nick', NS)?.text().slice(0, 1000).replaceAll(/[\p{Z}\s]+/gu, ' ').replaceAll(/\p{C}/gu, '').trim() ?? '';
  return Array.from(text).slice(0, LONGEST).join('').trim() || undefined;
}

export const nicknames: XepModule = {
  xep: '0172',
  title: 'User Nickname',
  write({ stanza, chatType, conversation }, ctx) {
    // In a room one has the room's own nick, also in private.
    if (!ctx.nickname || chatType !== 'chat' || resourceOf(conversation)) return;
    // §4.2: with the first message, not with each.
    if (told(ctx).has(conversation)) return;
    told(ctx).add(conversation);
    stanza.append(xml('nick', { xmlns: NS }, ctx.nickname));
  },
  onEnd: (ctx) => told(ctx).clear(),
};
