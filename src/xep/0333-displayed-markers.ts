/**
 * XEP-0333: Displayed Markers, version 1.0.0
 * https://xmpp.org/extensions/xep-0333.html
 *
 * In:  `<displayed id/>` of the other side, or of another device of ours, becomes a `displayed` fact.
 * Out: every 1:1 message with a body and an id asks for it; `<displayed/>` for the last one that was shown, to those who
 *      know of us already. Nothing in rooms: everybody in them would be told, at each message.
 */
import { bareJid } from '../base/jid.js';
import { xml } from '../xmpp/element.js';
import { settingsOf } from './0223-settings.js';
import { usableId } from './0359-stanza-ids.js';
import { contactOf } from './rfc6121-roster.js';
import type { Element } from '../xmpp/element.js';
import type { XepModule } from './module.js';

const NS = 'urn:xmpp:chat-markers:0';

export const isMarkable = (stanza: Element): boolean => stanza.getChild('markable', NS) !== undefined;
export const isMarker = (stanza: Element): boolean => stanza.getChild('displayed', NS) !== undefined;

export const displayedMarkers: XepModule = {
  xep: '0333',
  title: 'Displayed Markers',
  features: [NS],
  read({ stanza, base }) {
    const target = usableId(stanza.getChild('displayed', NS)?.attrs['id']);
    if (!target || stanza.attrs['type'] === 'error') return [];
    // Nobody but the other side can say what it has seen, and in a room nobody speaks for all.
    if (!base.mine && (base.chatType === 'groupchat' || base.sender !== base.conversation)) return [];
    return [{ ...base, kind: 'displayed', target }];
  },
  write({ stanza, chatType }) {
    if (chatType === 'chat' && stanza.attrs['id'] && stanza.getChild('body') && !isMarkable(stanza)) stanza.append(xml('markable', { xmlns: NS }));
  },
  async seen({ conversation, chatType, markable, spoke }, ctx) {
    // Business rules: unasked for it is not recommended.
    if (chatType !== 'chat' || markable === undefined) return;
    // Security considerations: it tells that we are here; a stranger learns that from our answer, not before.
    if (!spoke && !['from', 'both'].includes(contactOf(ctx, bareJid(conversation))?.subscription ?? '')) return;
    // Privacy considerations: not everybody wants that.
    if (!(await settingsOf(ctx)).tellRead) return;
    // Another device of ours may have said so while this one was away.
    if (await ctx.mine('displayed', conversation, markable)) return;
    ctx.send(xml('message', { to: conversation, type: 'chat', id: ctx.newId() }, xml('displayed', { xmlns: NS, id: markable }), xml('store', { xmlns: 'urn:xmpp:hints' })));
  },
};
