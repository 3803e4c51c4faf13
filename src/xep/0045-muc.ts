/**
 * XEP-0045: Multi-User Chat, version 1.35.5
 * https://xmpp.org/extensions/xep-0045.html
 *
 * In:  presence of rooms and their occupants, subjects, invitations and refusals that rooms pass on.
 * Out: entering, leaving, another nickname, subject, invitations, instant rooms. Live topics `room` and `occupant`,
 *      rows on the shelf `rooms`.
 */
import { bareJid, normalizeJid, resourceOf } from '../base/jid.js';
import { lookAgain } from './0045-muc-join.js';
import { endKept, joinKept } from './0045-muc-kept.js';
import { readMediated } from './0045-muc-invite.js';
import { onRoomPresence, saysConfigurationChanged } from './0045-muc-presence.js';
import { onSubject, onSubjectError } from './0045-muc-subject.js';
import { NS_MUC, NS_MUC_USER, endRooms, isRoom, roomOf } from './0045-muc-rooms.js';
import { xml } from '../xmpp/element.js';
import type { Incoming, XepContext, XepModule } from './module.js';

export { changeNick, joinRoom, leaveRoom, type JoinRequest } from './0045-muc-join.js';
export { setSubject } from './0045-muc-subject.js';
export { declineInvitation, invite } from './0045-muc-invite.js';
export { isRoom, joinedRooms, ownNick } from './0045-muc-rooms.js';
export { findRoomService, findRooms, roomInfo, type RoomInfo } from './0045-muc-service.js';

async function onMessage({ stanza, origin }: Incoming, ctx: XepContext): Promise<void> {
  const from = normalizeJid(stanza.attrs['from']);
  const room = from === undefined ? undefined : roomOf(ctx, bareJid(from));
  // A subject in the archive was the subject once; the room tells the one of now itself.
  if (!room || from === undefined || origin !== 'live') return;
  if (stanza.attrs['type'] === 'error') return onSubjectError(stanza, room, ctx);
  if (stanza.attrs['type'] !== 'groupchat') return;
  room.heardAt = ctx.clock.now();
  if (stanza.getChild('body')) room.messageAt = ctx.clock.now();
  else await onSubject(stanza, room, ctx);
  if (resourceOf(from) === '' && saysConfigurationChanged(stanza)) await lookAgain(ctx, room);
}

/** Rooms are entered beside the rest of the start, not before it. */
const enterKept = async (ctx: XepContext): Promise<void> => {
  joinKept(ctx).catch((error: unknown) => ctx.log.warn('the kept rooms could not be entered', error));
};

export const muc: XepModule = {
  xep: '0045',
  title: 'Multi-User Chat',
  features: [NS_MUC],
  onReady: enterKept,
  // Entering again where we are still in makes the room tell a fresh worker all it has to know.
  onResumed: enterKept,
  onPresence: onRoomPresence,
  read: readMediated,
  react: onMessage,
  write({ stanza, chatType, conversation }, ctx) {
    // §7.5: says to archives and other devices that this went to an occupant, not to the room's own address.
    if (chatType === 'chat' && resourceOf(conversation) !== '' && isRoom(ctx, bareJid(conversation))) stanza.append(xml('x', { xmlns: NS_MUC_USER }));
  },
  onEnd(ctx) {
    endRooms(ctx);
    endKept(ctx);
  },
};
