/**
 * XEP-0045: Multi-User Chat, version 1.35.5
 * https://xmpp.org/extensions/xep-0045.html
 *
 * In:  presence of rooms and their occupants, subjects, invitations and refusals that rooms pass on.
 * Out: entering, leaving, another nickname, subject, invitations, instant rooms. Live topics `room` and `occupant`,
 *      rows on the shelf `rooms`.
 */
import { bareJid, normalizeJid, resourceOf } from '../base/jid.js';
import { joinKept, lookAgain } from './0045-muc-join.js';
import { readMediated } from './0045-muc-invite.js';
import { onRoomPresence, saysConfigurationChanged } from './0045-muc-presence.js';
import { NS_MUC, NS_MUC_USER, changeView, endRooms, isRoom, roomOf } from './0045-muc-rooms.js';
import { xml } from '../xmpp/element.js';
import type { Incoming, XepContext, XepModule } from './module.js';

export { changeNick, joinRoom, leaveRoom, setSubject, type JoinRequest } from './0045-muc-join.js';
export { declineInvitation, invite } from './0045-muc-invite.js';
export { isRoom, joinedRooms, ownNick } from './0045-muc-rooms.js';
export { findRoomService, findRooms, roomInfo, type RoomInfo } from './0045-muc-service.js';

async function onMessage({ stanza, origin }: Incoming, ctx: XepContext): Promise<void> {
  const from = normalizeJid(stanza.attrs['from']);
  const room = from === undefined ? undefined : roomOf(ctx, bareJid(from));
  // A subject in the archive was the subject once; the room tells the one of now itself.
  if (!room || from === undefined || origin !== 'live' || stanza.attrs['type'] !== 'groupchat') return;
  room.heardAt = ctx.clock.now();
  if (stanza.getChild('body')) room.messageAt = ctx.clock.now();
  else await onSubject(stanza.getChild('subject')?.text(), stanza.getChild('thread') !== undefined, room.jid, ctx);
  if (resourceOf(from) === '' && saysConfigurationChanged(stanza)) await lookAgain(ctx, room);
}

/** §8.1: a subject is set by a message with a subject, and neither body nor thread. An empty one takes it away. */
async function onSubject(text: string | undefined, hasThread: boolean, jid: string, ctx: XepContext): Promise<void> {
  const room = roomOf(ctx, jid);
  if (text === undefined || hasThread || !room) return;
  const subject = text.trim().slice(0, 4000) || undefined;
  changeView(ctx, room, { subject });
  const row = await ctx.shelf.get('rooms', jid);
  if (!row || row.subject === subject) return;
  const { subject: _, ...rest } = row;
  await ctx.shelf.put('rooms', [subject === undefined ? rest : { ...rest, subject }]);
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
  onEnd: endRooms,
};
