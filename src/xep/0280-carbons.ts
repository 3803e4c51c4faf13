/**
 * XEP-0280: Message Carbons, version 1.0.1
 * https://xmpp.org/extensions/xep-0280.html
 *
 * In:  copies of what our other devices send and receive, unwrapped; forged ones rejected.
 * Out: enabled after each bind where the server offers it.
 */
import { bareJid, normalizeJid } from '../base/jid.js';
import { toChatError } from '../base/error.js';
import { childElements, xml } from '../xmpp/element.js';
import { discoInfo } from './0030-disco.js';
import { NS_MAM } from './0313-mam.js';
import { openForwarded } from './0297-forwarded.js';
import type { Element } from '../xmpp/element.js';
import type { Rejected, Unwrapped, XepContext, XepModule } from './module.js';

const NS = 'urn:xmpp:carbons:2';

const copiesIn = (stanza: Element): Element[] => childElements(stanza).filter((child) => child.getNS() === NS && (child.getName() === 'sent' || child.getName() === 'received'));

function open(outer: Element, { me }: XepContext): Unwrapped | Rejected | undefined {
  const copies = copiesIn(outer);
  const [copy] = copies;
  if (!copy) return undefined;
  // §11: "Any forwarded copies received by a Carbons-enabled client MUST be from that user's bare JID"; as it stands,
  // not as it could be folded: the server writes its own accounts in normal form.
  if (outer.attrs['from'] !== me) return { reject: 'a carbon that is not from our own account' };
  if (copies.length > 1) return { reject: 'several carbons in one message' };
  const stanza = openForwarded(copy)?.stanza;
  if (!stanza) return { reject: 'a carbon without exactly one message' };
  if (copiesIn(stanza).length || stanza.getChild('result', NS_MAM)) return { reject: 'a wrapper inside of a carbon' };
  // §6.1: rooms deliver to each occupant themselves.
  if (stanza.attrs['type'] === 'groupchat') return { reject: 'a carbon of a groupchat message' };
  const sent = copy.getName() === 'sent';
  const ours = normalizeJid(stanza.attrs[sent ? 'from' : 'to']);
  if (!ours || bareJid(ours) !== me) return { reject: 'a carbon of a message that was not ours' };
  if (!normalizeJid(stanza.attrs[sent ? 'to' : 'from'])) return { reject: 'a carbon of a message without an address' };
  return sent ? { stanza, sent } : { stanza, copy: true };
}

/** §9: keeps a message of ours from being copied to anybody's other devices; for what only one device can read. */
export function keepFromCarbons(stanza: Element): void {
  stanza.append(xml('private', { xmlns: NS }), xml('no-copy', { xmlns: 'urn:xmpp:hints' }));
}

export const carbons: XepModule = {
  xep: '0280',
  title: 'Message Carbons',
  async onReady(ctx) {
    // Bind 2 has turned them on already (XEP-0386 §3).
    if (ctx.streamFeatures?.getChild('bound', 'urn:xmpp:bind:0')?.getChild('enabled', NS)) return;
    try {
      // §3: the server's own features say so.
      if (!(await discoInfo(ctx, ctx.server)).features.has(NS)) return;
      await ctx.iq(xml('iq', { type: 'set', id: ctx.newId() }, xml('enable', { xmlns: NS })));
    } catch (thrown) {
      // Without carbons this device still has everything from the archive, only later.
      ctx.log.warn('carbons could not be enabled', toChatError(thrown, 'protocol').condition);
    }
  },
  unwrap: open,
};
