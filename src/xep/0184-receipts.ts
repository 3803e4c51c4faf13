/**
 * XEP-0184: Message Delivery Receipts, version 1.4.0
 * https://xmpp.org/extensions/xep-0184.html
 *
 * In:  `<received id/>` becomes a `receipt` fact aimed at the message it names; `<request/>` is answered, after the commit.
 * Out: every 1:1 message with a body and an id asks for a receipt.
 */
import { xml } from '../xmpp/element.js';
import { usableId } from './0359-stanza-ids.js';
import type { Incoming, XepContext, XepModule } from './module.js';

const NS = 'urn:xmpp:receipts';

declare module '../model/fact.js' {
  interface FactKinds {
    /** A device of the recipient has the message; `target` is its `messageId`. */
    receipt: { target: string };
  }
}

async function answer({ stanza, base, origin, copy }: Incoming, ctx: XepContext): Promise<void> {
  const { id, from, type } = stanza.attrs;
  if (!id || !from || base.mine || base.chatType === 'groupchat' || type === 'error' || type === 'groupchat' || origin === 'history') return; // §5.5: only when first received
  // §5.4: a receipt is not itself acknowledged.
  if (!stanza.getChild('request', NS) || stanza.getChild('received', NS)) return;
  // XEP-0280, auto-responses: the device it was sent to answers, so that it is answered once.
  if (copy) return;
  // §8: a receipt tells that we are here; only to those who may know.
  if (!ctx.trusts(base.sender)) return;
  // Another device of ours may have answered while this one was away.
  if (await ctx.mine('receipt', base.conversation, id)) return;
  // §7: to the device that asked; the hint (XEP-0334 §4.4) lets it find the receipt in its archive.
  ctx.send(xml('message', { to: from, type: type === 'normal' ? undefined : type, id: ctx.newId() }, xml('received', { xmlns: NS, id }), xml('store', { xmlns: 'urn:xmpp:hints' })));
}

export const receipts: XepModule = {
  xep: '0184',
  title: 'Message Delivery Receipts',
  features: [NS],
  read({ stanza, base }) {
    const target = usableId(stanza.getChild('received', NS)?.attrs['id']);
    if (!target || base.chatType === 'groupchat' || stanza.attrs['type'] === 'error') return [];
    // Nobody but the contact can say that the contact has it.
    if (!base.mine && base.sender !== base.conversation) return [];
    return [{ ...base, kind: 'receipt', target }];
  },
  react: answer,
  write({ stanza, chatType }) {
    // §7 MUST: with an id. §5.3: not to a room.
    if (chatType === 'chat' && stanza.attrs['id'] && stanza.getChild('body') && !stanza.getChild('request', NS)) stanza.append(xml('request', { xmlns: NS }));
  },
  apply: {
    receipt(state, fact) {
      // Ours speaks of what others wrote.
      if (fact.mine || state.delivery === undefined || state.delivery === 'read') return;
      state.delivery = 'delivered';
      delete state.failure;
    },
  },
};
