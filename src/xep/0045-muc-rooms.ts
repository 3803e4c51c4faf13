/** The rooms of a session and what is shown of them: the part of XEP-0045 that its other files share. */
import { bareJid, formatJid, parseJid, normalizeJid, resourceOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { OccupantView, RoomRefusal, RoomView } from '../model/room.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
export const NS_MUC_OWNER = 'http://jabber.org/protocol/muc#owner';

export type Room = {
  readonly jid: string;
  view: RoomView;
  readonly occupants: Map<string, OccupantView>;
  /** What was asked for when joining; kept for joining again. */
  request: { readonly nick: string; readonly password?: string; readonly create: boolean };
  /** The condition under which it would not say what it is. */
  unknownFor?: string;
  /** Our presence has gone to the room: its answer may be awaited. */
  asked?: boolean;
  /** When the room was last heard, milliseconds. */
  heardAt: number;
  /** When its last message came, milliseconds; history is asked for since then where there is no archive. */
  messageAt?: number;
  /** Called once the attempt to join has come to an end. */
  settle?: () => void;
};

const maps = perSession(() => new Map<string, Room>());

export const roomOf = (ctx: XepContext, jid: string): Room | undefined => maps.of(ctx).get(jid);
export const roomsOf = (ctx: XepContext): Iterable<Room> => maps.of(ctx).values();
export const joinedRooms = (ctx: XepContext): readonly Room[] => Array.from(maps.of(ctx).values()).filter(({ view }) => view.state === 'joined');

/** Whether an attempt to enter is under way; a room that is `joining` without one waits for the next connection. */
export const isEntering = ({ view, settle: done }: Room): boolean => view.state === 'joining' && done !== undefined;

/** Whether this bare JID is a room we are or were in, or are joining, in this session. */
export const isRoom = (ctx: XepContext, bare: string): boolean => maps.of(ctx).has(bare);
/** Our nickname in a room, also while joining it. */
export const ownNick = (ctx: XepContext, room: string): string | undefined => maps.of(ctx).get(room)?.view.nick;

/** A room's address and our `room/nick` in normal form. Throws `invalid`. */
export function roomAddress(address: string, nickname: string): { readonly jid: string; readonly nick: string } {
  const jid = parseJid(address);
  if (!jid || jid.local === '' || jid.resource !== '') throw new ChatError('invalid', `no address of a room: ${address}`);
  const full = normalizeJid(`${formatJid(jid)}/${nickname.trim()}`);
  if (full === undefined) throw new ChatError('invalid', 'no nickname');
  return { jid: bareJid(full), nick: resourceOf(full) };
}

/** The room, where we are in it; throws `invalid` otherwise. */
export function needJoinedRoom(ctx: XepContext, jid: string): Room {
  const room = maps.of(ctx).get(jid);
  if (room?.view.state !== 'joined') throw new ChatError('invalid', `not in the room ${jid}`);
  return room;
}

/** A room that is about to be joined, or known not to be; replaces what was known of it. */
export function openRoom(ctx: XepContext, jid: string, request: Room['request']): Room {
  const before = maps.of(ctx).get(jid);
  before?.settle?.();
  if (before) clearOccupants(ctx, before);
  const view: RoomView = { state: 'joining', nick: request.nick, role: 'none', affiliation: 'none', occupants: 0, ...kept(before?.view ?? ctx.live.get('room', jid)) };
  const room: Room = { jid, view, occupants: new Map(), request, heardAt: ctx.clock.now(), ...(before?.messageAt === undefined ? {} : { messageAt: before.messageAt }) };
  maps.of(ctx).set(jid, room);
  ctx.live.set('room', jid, view);
  return room;
}

const kept = (view: RoomView | undefined): Partial<RoomView> => ({ ...(view?.name ? { name: view.name } : {}), ...(view?.subject ? { subject: view.subject } : {}) });

type ViewChange = { readonly [K in keyof RoomView]?: RoomView[K] | undefined };

/** Changes what is shown of a room; `undefined` takes a field away. An attempt that another has overtaken shows nothing more. */
export function changeView(ctx: XepContext, room: Room, change: ViewChange): void {
  const entries = Object.entries(change) as [keyof RoomView, unknown][];
  if (entries.every(([key, value]) => room.view[key] === value)) return;
  room.view = Object.fromEntries(Object.entries({ ...room.view, ...change }).filter(([, value]) => value !== undefined)) as unknown as RoomView;
  if (maps.of(ctx).get(room.jid) === room) ctx.live.set('room', room.jid, room.view);
}

/** We are not in the room (any more). Ends an attempt to join. */
export function endRoom(ctx: XepContext, room: Room, refusal?: RoomRefusal, more: { readonly reason?: string | undefined; readonly movedTo?: string | undefined } = {}): void {
  clearOccupants(ctx, room);
  changeView(ctx, room, { state: refusal ? 'refused' : 'left', refusal, reason: more.reason, movedTo: more.movedTo, role: 'none', occupants: 0 });
  settle(room);
}

/**
 * The connection was lost before the room had answered. One that is kept is entered with the next, and until then nobody has
 * to do anything about it; any other is not. Where the disk does not tell, nothing is said.
 */
export async function lostRoom(ctx: XepContext, room: Room): Promise<void> {
  settle(room);
  const isKept = await ctx.shelf.get('rooms', room.jid).then((row) => row?.autojoin === true, () => true);
  const { view } = room;
  if (isKept || view.state !== 'joining' || ctx.live.get('room', room.jid) !== view) return;
  room.view = { ...view, state: 'left' };
  ctx.live.set('room', room.jid, room.view);
}

export function settle(room: Room): void {
  const { settle: done } = room;
  delete room.settle;
  done?.();
}

export function setOccupant(ctx: XepContext, room: Room, occupant: OccupantView): void {
  const known = room.occupants.get(occupant.nick);
  if (known && sameOccupant(known, occupant)) return;
  room.occupants.set(occupant.nick, occupant);
  ctx.live.set('occupant', `${room.jid}/${occupant.nick}`, occupant);
  countOccupants(ctx, room);
}

export function removeOccupant(ctx: XepContext, room: Room, nick: string): void {
  if (!room.occupants.delete(nick)) return;
  ctx.live.set('occupant', `${room.jid}/${nick}`, undefined);
  countOccupants(ctx, room);
}

// While a big room pours in its occupants, one count at the end is enough.
const countOccupants = (ctx: XepContext, room: Room): void => {
  if (room.view.state === 'joined') changeView(ctx, room, { occupants: room.occupants.size });
};

function clearOccupants(ctx: XepContext, room: Room): void {
  for (const nick of room.occupants.keys()) ctx.live.set('occupant', `${room.jid}/${nick}`, undefined);
  room.occupants.clear();
}

const sameOccupant = (a: OccupantView, b: OccupantView): boolean =>
  a.role === b.role && a.affiliation === b.affiliation && a.show === b.show && a.status === b.status && a.jid === b.jid;

/** The session is over: nobody is seen any more, and the rooms we were in wait to be joined again. */
export function endRooms(ctx: XepContext): void {
  for (const room of maps.of(ctx).values()) {
    clearOccupants(ctx, room);
    if (room.view.state === 'joined') changeView(ctx, room, { state: 'joining', occupants: 0 });
    settle(room);
  }
  maps.drop(ctx);
}
