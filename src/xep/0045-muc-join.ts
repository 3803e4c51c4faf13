/** Entering, creating, renaming oneself in and leaving a room (XEP-0045 §7.2, §7.6, §7.14, §10.1). */
import { xml } from '../xmpp/element.js';
import { toChatError } from '../base/error.js';
import type { RoomRefusal, RoomRow } from '../model/room.js';
import { presenceStanza } from './rfc6121-own-presence.js';
import { roomInfo, type RoomInfo } from './0045-muc-service.js';
import { NS_MUC, NS_MUC_OWNER, changeView, endRoom, joinedRooms, lostRoom, needJoinedRoom, openRoom, roomAddress, roomOf, settle, type Room } from './0045-muc-rooms.js';
import type { XepContext } from './module.js';

export { joinedRooms };

const NS_DATA = 'jabber:x:data';
/** A room that has not let us in by then is out of reach. */
const joinDeadline = 30_000;
/** Messages of history asked of a room that keeps no archive. */
const historyLength = 50;

export type JoinRequest = { readonly jid: string; readonly nick: string; readonly password?: string; readonly create?: boolean };

/**
 * Enters a room (§7.2). Resolves when the room has let us in or not; which of the two, and why, is in the live topic
 * `room`. Rejects `invalid` for an impossible address or nickname, and `offline`. A room that does not exist is made
 * only with `create`.
 */
export async function joinRoom(ctx: XepContext, request: JoinRequest): Promise<void> {
  const { jid, nick } = roomAddress(request.jid, request.nick);
  const known = roomOf(ctx, jid);
  if (known?.view.state === 'joined') return known.view.nick === nick ? undefined : changeNick(ctx, jid, nick);
  const room = openRoom(ctx, jid, { nick, create: request.create ?? false, ...(request.password ? { password: request.password } : {}) });
  const ended = new Promise<void>((resolve) => (room.settle = resolve));
  try {
    const info = await lookAt(ctx, room);
    if (room.view.state === 'joining' && roomOf(ctx, jid) === room) enter(ctx, room, info);
  } catch (offline) {
    await lostRoom(ctx, room);
    throw offline;
  }
  await ended;
  if (room.view.state === 'joined') await keepRow(ctx, room);
  else if (room.view.state === 'joining') await lostRoom(ctx, room);
}

/** What the room says of itself; ends the attempt where there is nothing to enter. Rejects `offline`. */
async function lookAt(ctx: XepContext, room: Room): Promise<RoomInfo | undefined> {
  try {
    const info = await roomInfo(ctx, room.jid);
    // Somebody, but no room: presence would only tell them of us.
    if (!info.isRoom) endRoom(ctx, room, 'not-found');
    if (room.view.state === 'joining') changeView(ctx, room, { name: info.name, nonAnonymous: info.nonAnonymous, moderated: info.moderated });
    return info;
  } catch (thrown) {
    const { code, condition } = toChatError(thrown, 'protocol');
    if (code === 'offline') throw thrown;
    // Entering would make the room (§10.1), and nobody asked for that.
    if (condition === 'item-not-found' && !room.request.create) endRoom(ctx, room, 'not-found');
    else if (code === 'timeout' || condition?.startsWith('remote-server-')) endRoom(ctx, room, 'unreachable');
    // Anything else: a room may keep its secrets and still let us in.
    if (condition !== undefined) room.unknownFor = condition;
    return undefined;
  }
}

function enter(ctx: XepContext, room: Room, info: RoomInfo | undefined): void {
  const presence = presenceStanza(ctx, `${room.jid}/${room.request.nick}`);
  presence.attrs['id'] = ctx.newId();
  const { password } = room.request;
  // §7.2.13: the archive gives the history where there is one.
  const history = info?.archive ? { maxstanzas: '0' } : room.messageAt === undefined ? { maxstanzas: String(historyLength) } : { since: stamp(room.messageAt) };
  presence.append(xml('x', { xmlns: NS_MUC }, password !== undefined && xml('password', {}, password), xml('history', history)));
  ctx.send(presence);
  room.asked = true;
  const cancel = ctx.clock.after(joinDeadline, () => room.view.state === 'joining' && endRoom(ctx, room, 'unreachable'));
  const { settle: done } = room;
  room.settle = () => {
    cancel();
    done?.();
  };
}

/** XEP-0082: UTC, to the second. */
const stamp = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

/** The room has sent our own presence: we are in. `created`: it was made for us just now and is still locked (§10.1.1). */
export function entered(ctx: XepContext, room: Room, created: boolean): void {
  if (!created) return welcome(ctx, room);
  if (room.request.create) return void unlock(ctx, room);
  // It vanished between the question and our entering; what was made for us goes again.
  ctx.iq(xml('iq', { type: 'set', to: room.jid }, xml('query', { xmlns: NS_MUC_OWNER }, xml('destroy')))).catch((error: unknown) => ctx.log.debug('an unwanted room stays', error));
  ctx.send(xml('presence', { to: `${room.jid}/${room.view.nick}`, type: 'unavailable' }));
  endRoom(ctx, room, 'not-found');
}

/** An instant room: the service's defaults (§10.1.2). */
async function unlock(ctx: XepContext, room: Room): Promise<void> {
  try {
    await ctx.iq(xml('iq', { type: 'set', to: room.jid }, xml('query', { xmlns: NS_MUC_OWNER }, xml('x', { xmlns: NS_DATA, type: 'submit' }))));
    if (room.view.state === 'joining') welcome(ctx, room);
    void lookAgain(ctx, room);
  } catch (error) {
    ctx.log.debug('the new room could not be configured', error);
    if (toChatError(error, 'protocol').code === 'offline') await lostRoom(ctx, room);
    else endRoom(ctx, room, 'creation-refused');
  }
}

function welcome(ctx: XepContext, room: Room): void {
  changeView(ctx, room, { state: 'joined', refusal: undefined, reason: undefined, movedTo: undefined, occupants: room.occupants.size });
  settle(room);
}

/** Rooms one is in are kept, so that every start and every other worker enters them again. */
export async function keepRow(ctx: XepContext, room: Room): Promise<void> {
  const known = await ctx.shelf.get('rooms', room.jid);
  const { nick, name } = room.view;
  const { password } = room.request;
  const row: RoomRow = { ...(known ?? { jid: room.jid, bookmarked: false }), nick, autojoin: true, ...(name ? { name: known?.name ?? name } : {}), ...(password ? { password } : {}) };
  const same = known && (Object.keys(row) as (keyof RoomRow)[]).every((key) => known[key] === row[key]);
  if (!same) await ctx.shelf.put('rooms', [row]);
}

/** Enters again with what was asked for the last time; for rooms that have lost us. */
export const rejoin = (ctx: XepContext, room: Room): Promise<void> =>
  joinAgain(ctx, { jid: room.jid, nick: room.view.nick, ...(room.request.password ? { password: room.request.password } : {}) });

/** Enters without anybody having asked for it now: a refusal shows in the room's view alone. */
export async function joinAgain(ctx: XepContext, request: JoinRequest): Promise<void> {
  const room = roomOf(ctx, request.jid);
  if (room?.view.state === 'joined') changeView(ctx, room, { state: 'joining' });
  try {
    await joinRoom(ctx, request);
  } catch (error) {
    ctx.log.debug('a room could not be entered again', error);
  }
}

/** After our broadcast of unavailable presence, which every room has heard as well. */
export function rejoinAll(ctx: XepContext): void {
  for (const room of joinedRooms(ctx)) void rejoin(ctx, room);
}

/** A room refused us for a reason that may be over soon. */
export const isPassing = (refusal: RoomRefusal | undefined): boolean => refusal === 'unreachable' || refusal === 'shutdown';

/** Asks for another nickname (§7.6). The room's answer shows in the live topics; a refused one changes nothing. */
export async function changeNick(ctx: XepContext, address: string, nickname: string): Promise<void> {
  const { jid, nick } = roomAddress(address, nickname);
  needJoinedRoom(ctx, jid);
  ctx.send(presenceStanza(ctx, `${jid}/${nick}`));
}

/** Leaves a room (§7.14); it is not entered again by itself. The row of a room without a bookmark goes. */
export async function leaveRoom(ctx: XepContext, jid: string): Promise<void> {
  const room = roomOf(ctx, jid);
  const row = await ctx.shelf.get('rooms', jid);
  if (row?.bookmarked && row.autojoin) await ctx.shelf.put('rooms', [{ ...row, autojoin: false }]);
  else if (row && !row.bookmarked) await ctx.shelf.put('rooms', [], [jid]);
  if (!room) return ctx.live.set('room', jid, undefined);
  const present = room.view.state === 'joined' || room.view.state === 'joining';
  endRoom(ctx, room);
  if (present) ctx.send(xml('presence', { to: `${jid}/${room.view.nick}`, type: 'unavailable' }));
}

/** For the room's own messages about its configuration (§10.9.1, status 104 and its kin): reads it again. */
export async function lookAgain(ctx: XepContext, room: Room): Promise<void> {
  try {
    const info = await roomInfo(ctx, room.jid);
    if (room.view.state === 'joined') changeView(ctx, room, { name: info.name, nonAnonymous: info.nonAnonymous, moderated: info.moderated });
  } catch (error) {
    ctx.log.debug('no room information', error);
  }
}

