/** Invitations that a room passes on, and their refusal (XEP-0045 §7.8.2). */
import { xml } from '../xmpp/element.js';
import { bareJid, localOf, normalizeJid, resourceOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { Fact, Invitation } from '../model/fact.js';
import { NS_MUC_USER, needJoinedRoom } from './0045-muc-rooms.js';
import type { Incoming, XepContext } from './module.js';

/**
 * An invitation or refusal that came from the room itself. It stays in the room's own conversation: who the room says
 * has invited us is the room's word, and must not appear as that person's message.
 */
export function readMediated({ stanza, base }: Incoming): Fact[] {
  const from = normalizeJid(stanza.attrs['from']);
  const { type } = stanza.attrs;
  if (base.mine || type === 'groupchat' || type === 'error' || from === undefined || resourceOf(from) !== '' || localOf(from) === '') return [];
  const x = stanza.getChild('x', NS_MUC_USER);
  const invite = x?.getChild('invite', NS_MUC_USER);
  const decline = invite ? undefined : x?.getChild('decline', NS_MUC_USER);
  const said = invite ?? decline;
  if (!x || !said) return [];
  const who = normalizeJid(said.attrs['from']);
  const reason = said.getChildText('reason', NS_MUC_USER)?.trim().slice(0, 1000);
  const password = x.getChildText('password', NS_MUC_USER)?.slice(0, 1000);
  const invitation: Invitation = {
    room: from,
    // An occupant is known by the nickname, where the room hides the address.
    inviter: who === undefined ? '' : bareJid(who) === from ? who : bareJid(who),
    ...(reason ? { reason } : {}),
    ...(password && invite ? { password } : {}),
    ...(decline ? { declined: true } : {}),
  };
  return [{ ...base, kind: 'message', body: '', invitation }];
}

/** Has the room invite somebody (§7.8.2); the way for rooms that admit members only. Rejects `invalid`. */
export async function invite(ctx: XepContext, room: string, address: string, reason?: string): Promise<void> {
  needJoinedRoom(ctx, room);
  const to = normalizeJid(address);
  if (to === undefined) throw new ChatError('invalid', `no XMPP address: ${address}`);
  const child = xml('invite', { to }, reason ? xml('reason', {}, reason) : undefined);
  ctx.send(xml('message', { to: room, id: ctx.newId() }, xml('x', { xmlns: NS_MUC_USER }, child)));
}

/** Says no to a room's invitation. */
export function declineInvitation(ctx: XepContext, invitation: Pick<Invitation, 'room' | 'inviter'>, reason?: string): void {
  const child = xml('decline', { to: invitation.inviter || undefined }, reason ? xml('reason', {}, reason) : undefined);
  ctx.send(xml('message', { to: invitation.room, id: ctx.newId() }, xml('x', { xmlns: NS_MUC_USER }, child)));
}
