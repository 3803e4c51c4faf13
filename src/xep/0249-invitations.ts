/**
 * XEP-0249: Direct MUC Invitations, version 1.2
 * https://xmpp.org/extensions/xep-0249.html
 *
 * In:  an invitation from a person becomes a `message` fact that carries it. It is shown, never followed by itself (§5).
 * Out: `directInvitation` makes the element that the message to the invited person holds.
 */
import { xml, type Element } from '../xmpp/element.js';
import { normalizeJid, parseJid, formatJid } from '../base/jid.js';
import type { Fact, Invitation } from '../model/fact.js';
import { NS_MUC_USER } from './0045-muc-rooms.js';
import type { Incoming, XepModule } from './module.js';

const NS = 'jabber:x:conference';

function read({ stanza, base }: Incoming): Fact[] {
  const x = stanza.getChild('x', NS);
  const { type } = stanza.attrs;
  if (!x || base.chatType !== 'chat' || type === 'error' || type === 'groupchat') return [];
  // Rooms add it to invitations they pass on; those are read by XEP-0045.
  const mediated = stanza.getChild('x', NS_MUC_USER);
  if (mediated?.getChild('invite') || mediated?.getChild('decline')) return [];
  const jid = parseJid(x.attrs['jid'] ?? '');
  if (!jid || jid.local === '' || jid.resource !== '') return [];
  const reason = x.attrs['reason']?.trim().slice(0, 1000);
  const password = x.attrs['password']?.slice(0, 1000);
  const invitation: Invitation = { room: formatJid(jid), inviter: base.sender, ...(reason ? { reason } : {}), ...(password ? { password } : {}) };
  // The body, where there is one, says the same to clients that know no invitations.
  return [{ ...base, kind: 'message', body: '', invitation }];
}

/** The child of a message that invites its recipient (§2). `undefined` where the room's address is none. */
export function directInvitation({ room, reason, password }: Pick<Invitation, 'room' | 'reason' | 'password'>): Element | undefined {
  const jid = normalizeJid(room);
  return jid === undefined ? undefined : xml('x', { xmlns: NS, jid, reason: reason || undefined, password: password || undefined });
}

export const invitations: XepModule = { xep: '0249', title: 'Direct MUC Invitations', features: [NS], read };
