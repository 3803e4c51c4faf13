/** Presence in rooms: who is there, how one entered, was refused, or had to go (XEP-0045 §7.1 to §7.6, §9, §10.9, §15.6). */
import { NS_STANZAS, childElements, type Element } from '../xmpp/element.js';
import { bareJid, normalizeJid, resourceOf } from '../base/jid.js';
import type { Affiliation, OccupantView, Role, RoomRefusal } from '../model/room.js';
import type { Show } from '../model/contact.js';
import { stanzaError } from './stanza-error.js';
import { entered, keepRow } from './0045-muc-join.js';
import { NS_MUC, NS_MUC_USER, changeView, endRoom, removeOccupant, roomOf, setOccupant, type Room } from './0045-muc-rooms.js';
import type { XepContext } from './module.js';

const roles: Readonly<Record<string, Role>> = { none: 'none', visitor: 'visitor', participant: 'participant', moderator: 'moderator' };
const affiliations: Readonly<Record<string, Affiliation>> = { outcast: 'outcast', none: 'none', member: 'member', admin: 'admin', owner: 'owner' };
const shows: Readonly<Record<string, Show>> = { chat: 'chat', away: 'away', xa: 'xa', dnd: 'dnd' };
const pick = <T>(table: Readonly<Record<string, T>>, key: string | null | undefined, otherwise: T): T => (key && Object.hasOwn(table, key) ? table[key]! : otherwise);

/** §7.2.5 to §7.2.10, §10.1.1: why the room does not let us in. */
const joinRefusals: Readonly<Record<string, RoomRefusal>> = {
  conflict: 'nickname-conflict',
  'not-authorized': 'password-required',
  'registration-required': 'members-only',
  forbidden: 'banned',
  'service-unavailable': 'full',
  'resource-constraint': 'full',
  'item-not-found': 'not-found',
  gone: 'destroyed',
  'not-allowed': 'creation-refused',
  'not-acceptable': 'nickname-locked',
  'jid-malformed': 'nickname-locked',
  'remote-server-not-found': 'unreachable',
  'remote-server-timeout': 'unreachable',
};

/** §15.6: why we had to go. 333 comes with 307, and a technical reason is no kick. */
const exits: readonly (readonly [code: string, refusal: RoomRefusal])[] = [
  ['333', 'unreachable'],
  ['332', 'shutdown'],
  ['301', 'banned'],
  ['307', 'kicked'],
  ['321', 'affiliation-lost'],
  ['322', 'members-only'],
];

/** Takes up a room's presence; `true` where it was one, so that it is not taken for a contact's. */
export function onRoomPresence(presence: Element, ctx: XepContext): boolean {
  const from = normalizeJid(presence.attrs['from']);
  const { type } = presence.attrs;
  if (from === undefined || (type !== undefined && type !== 'unavailable' && type !== 'error')) return false;
  const room = roomOf(ctx, bareJid(from));
  const x = presence.getChild('x', NS_MUC_USER);
  // What a room says after it was left is still no contact's presence.
  if (!room) return x !== undefined || presence.getChild('x', NS_MUC) !== undefined;
  room.heardAt = ctx.clock.now();
  const nick = resourceOf(from);
  if (type === 'error') onError(presence, room, ctx);
  else if (nick !== '' && x && (room.view.state === 'joined' || room.view.state === 'joining' || (isLate(room) && type === undefined))) {
    if (type === 'unavailable') onGone(x, nick, room, ctx);
    else onThere(presence, x, nick, room, ctx);
  }
  return true;
}

/** It was given up on; a stream that is taken up again may still bring it what it was asked, and it lets us in then. */
const isLate = ({ view, asked }: Room): boolean => asked === true && view.state === 'refused' && view.refusal === 'unreachable';

function onError(presence: Element, room: Room, ctx: XepContext): void {
  const { condition, text } = stanzaError(presence);
  // Whoever refuses even the question what the room is, is not the room: no ban of ours, nor a room not to be made.
  const notByRoom = condition === room.unknownFor || (condition === 'not-allowed' && !room.request.create);
  const refusal = notByRoom && (condition === 'not-allowed' || condition === 'forbidden') ? 'refused' : pick(joinRefusals, condition, 'refused');
  const movedTo = condition === 'gone' ? newAddress(presence) : undefined;
  if (room.view.state === 'joining') endRoom(ctx, room, refusal, { reason: text, movedTo });
  // Inside, most errors refuse a wish (another nickname, §7.6); only a room out of reach has lost us.
  else if (room.view.state === 'joined' && refusal === 'unreachable') endRoom(ctx, room, refusal, { reason: text });
}

/** RFC 6120 §8.3.3.5: `<gone/>` may say where to, as an XMPP URI. */
function newAddress(presence: Element): string | undefined {
  const uri = presence.getChild('error')?.getChild('gone', NS_STANZAS)?.text().trim() ?? '';
  const path = /^xmpp:([^?#]+)/i.exec(uri)?.[1];
  try {
    const jid = path === undefined ? undefined : normalizeJid(decodeURIComponent(path));
    return jid && bareJid(jid);
  } catch {
    return undefined; // no percent-encoding
  }
}

const statusCodes = (x: Element): ReadonlySet<string | undefined> => new Set(x.getChildren('status', NS_MUC_USER).map((status) => status.attrs['code']));

function onThere(presence: Element, x: Element, nick: string, room: Room, ctx: XepContext): void {
  const codes = statusCodes(x);
  const occupant = readOccupant(presence, x, nick);
  const self = codes.has('110') && (occupant.jid === undefined || occupant.jid === ctx.me) && isSelf(nick, codes, room);
  setOccupant(ctx, room, occupant);
  if (!self) return;
  changeView(ctx, room, { nick, role: occupant.role, affiliation: occupant.affiliation, ...(codes.has('100') ? { nonAnonymous: true } : {}) });
  // Before that, a worker that has taken over hears of an earlier stay of ours, and not yet who else is there.
  if ((room.view.state === 'joining' || isLate(room)) && room.asked) entered(ctx, room, codes.has('201'));
}

/**
 * A status speaks of us only where the room addresses our own nickname; anybody else's presence may carry what they
 * like. The one exception is entering, when the room itself may have changed the nickname (§7.2.3, status 210) or
 * brought it into its normal form.
 */
function isSelf(nick: string, codes: ReadonlySet<string | undefined>, room: Room): boolean {
  if (nick === room.view.nick) return true;
  if (room.view.state === 'joined') return false;
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return (codes.has('210') && !room.occupants.has(nick)) || plain(nick) === plain(room.view.nick);
}

function readOccupant(presence: Element, x: Element, nick: string): OccupantView {
  const item = x.getChild('item', NS_MUC_USER);
  const jid = normalizeJid(item?.attrs['jid']);
  const status = presence.getChildText('status')?.slice(0, 1000);
  return {
    nick,
    role: pick(roles, item?.attrs['role'], 'none'),
    affiliation: pick(affiliations, item?.attrs['affiliation'], 'none'),
    show: pick(shows, presence.getChildText('show'), 'available'),
    ...(status ? { status } : {}),
    ...(jid === undefined ? {} : { jid: bareJid(jid) }),
  };
}

function onGone(x: Element, nick: string, room: Room, ctx: XepContext): void {
  const codes = statusCodes(x);
  const item = x.getChild('item', NS_MUC_USER);
  removeOccupant(ctx, room, nick);
  if (nick !== room.view.nick) return;
  if (codes.has('303')) {
    // §7.6: our own new name; the presence under it follows.
    const renamed = normalizeJid(`${room.jid}/${item?.attrs['nick'] ?? ''}`);
    if (renamed === undefined) return;
    changeView(ctx, room, { nick: resourceOf(renamed) });
    // Under the old one, another worker would enter as somebody else.
    keepRow(ctx, room).catch((error: unknown) => ctx.log.warn('the new nickname could not be kept', error));
    return;
  }
  const destroy = x.getChild('destroy', NS_MUC_USER);
  const reason = (destroy ?? item)?.getChildText('reason', NS_MUC_USER)?.trim().slice(0, 1000) || undefined;
  if (destroy) {
    const movedTo = normalizeJid(destroy.attrs['jid']);
    return endRoom(ctx, room, 'destroyed', { reason, movedTo: movedTo && bareJid(movedTo) });
  }
  // While entering, this is the farewell to an earlier stay of ours.
  if (room.view.state === 'joined') endRoom(ctx, room, exits.find(([code]) => codes.has(code))?.[1], { reason });
}

/** Whether a message of the room says that its configuration has changed (§10.2.1, status 104, 172 to 174). */
export const saysConfigurationChanged = (message: Element): boolean =>
  message.getChildren('x', NS_MUC_USER).some((x) => childElements(x).some((child) => child.is('status', NS_MUC_USER) && ['104', '172', '173', '174'].includes(child.attrs['code'] ?? '')));
