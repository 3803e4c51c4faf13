/**
 * XEP-0410: MUC Self-Ping (Schrödinger's Chat), version 1.1.0
 * https://xmpp.org/extensions/xep-0410.html
 *
 * In:  the answers to our pings.
 * Out: a ping to our own `room/nick` after a resumption, a wake-up and a long silence; entering again where the answer
 *      says that we are out.
 */
import { xml } from '../xmpp/element.js';
import { toChatError } from '../base/error.js';
import { isPassing, rejoin } from './0045-muc-join.js';
import { roomOf, roomsOf, type Room } from './0045-muc-rooms.js';
import { perSession } from './session-state.js';
import type { XepContext, XepModule } from './module.js';

const NS_PING = 'urn:xmpp:ping';
const silence = 15 * 60_000;
/** How often silence is looked for, and from when on rooms that were out of reach are tried again: then after twice as long, up to `silence`. */
const interval = 60_000;
const pingTimeout = 30_000;

const sweeps = perSession((): { cancel?: () => void; readonly tried: Map<string, { readonly at: number; readonly inVain: number }> } => ({ tried: new Map() }));

/** §3.4: whether we are in the room, as the answer to a self-ping says; `undefined` where it says nothing. */
export function isIn(condition: string | undefined): boolean | undefined {
  switch (condition) {
    case undefined: // a result
    case 'service-unavailable': // our other client does not answer pings
    case 'feature-not-implemented':
    case 'item-not-found': // the nickname has just changed
      return true;
    case 'remote-server-not-found':
    case 'remote-server-timeout':
      return undefined;
    default: // not-acceptable, and all that is not foreseen
      return false;
  }
}

async function check(ctx: XepContext, room: Room): Promise<void> {
  let condition: string | undefined;
  try {
    await ctx.iq(xml('iq', { type: 'get', to: `${room.jid}/${room.view.nick}`, id: ctx.newId() }, xml('ping', { xmlns: NS_PING })), { timeout: pingTimeout });
  } catch (thrown) {
    const error = toChatError(thrown, 'protocol');
    if (error.code !== 'refused') return; // timeout, offline: the next round asks again
    condition = error.condition ?? 'undefined-condition';
  }
  const inside = isIn(condition);
  if (inside) room.heardAt = ctx.clock.now();
  else if (inside === false && room.view.state === 'joined' && roomOf(ctx, room.jid) === room) await rejoin(ctx, room);
}

/** Pings every room we believe to be in; to be called on resumption and when the device wakes. Resolves when all have answered. */
export async function checkRooms(ctx: XepContext): Promise<void> {
  await Promise.all(Array.from(roomsOf(ctx)).filter(({ view }) => view.state === 'joined').map((room) => check(ctx, room)));
}

/** Rooms that fell silent, and those that let us go for a reason that passes. */
function sweep(ctx: XepContext): void {
  const { tried } = sweeps.of(ctx);
  const now = ctx.clock.now();
  for (const room of roomsOf(ctx)) {
    const { state, refusal } = room.view;
    const lost = state === 'refused' && isPassing(refusal);
    if (state !== 'joined' && !lost) continue;
    const { at, inVain } = tried.get(room.jid) ?? { at: 0, inVain: 0 };
    const last = Math.max(room.heardAt, at);
    // A clock that was set back does not say how long it was silent.
    if (last <= now && now - last < (lost ? Math.min(silence, interval * 2 ** inVain) : silence)) continue;
    room.heardAt = Math.min(room.heardAt, now);
    tried.set(room.jid, { at: now, inVain: lost ? inVain + 1 : 0 });
    void (lost ? rejoin(ctx, room) : check(ctx, room));
  }
  schedule(ctx);
}

function schedule(ctx: XepContext): void {
  const state = sweeps.of(ctx);
  state.cancel?.();
  state.cancel = ctx.clock.after(interval, () => sweep(ctx));
}

export const selfPing: XepModule = {
  xep: '0410',
  title: 'MUC Self-Ping',
  onReady: async (ctx) => schedule(ctx),
  async onResumed(ctx) {
    schedule(ctx);
    void checkRooms(ctx);
  },
  onEnd(ctx) {
    sweeps.of(ctx).cancel?.();
    sweeps.drop(ctx);
  },
};
