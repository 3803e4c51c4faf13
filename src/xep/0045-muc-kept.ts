/** Entering the rooms that are kept for it, at every start (XEP-0045 §7.2, XEP-0402 §5). */
import type { RoomRow } from '../model/room.js';
import { isPassing, joinAgain } from './0045-muc-join.js';
import { isEntering, roomOf, type Room } from './0045-muc-rooms.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

/** Rooms that are asked at a time: hundreds come back at once, and each answers with all who are in it. */
const atATime = 8;
/** A room that has not answered by then, milliseconds, lets the next one have its turn: a service may be out of reach for half a minute. */
const patience = 2_000;

type Waiting = { readonly jid: string; readonly start: (inSession: boolean) => void };
const queues = perSession(() => ({ waiting: [] as Waiting[], entering: new Map<string, Promise<void>>(), busy: 0 }));

const isInside = (room: Room): boolean => room.view.state === 'joined' || isEntering(room);

function isWanted(ctx: XepContext, jid: string): boolean {
  const room = roomOf(ctx, jid);
  return !room || (!isInside(room) && (room.view.state !== 'refused' || isPassing(room.view.refusal)));
}

/**
 * Enters every room that is kept for it and unknown in this session yet, or was asked for in vain: without a connection, or over
 * one that broke before the answer. Resolves when each has answered.
 */
export async function joinKept(ctx: XepContext): Promise<void> {
  const rows = (await ctx.shelf.all('rooms')).filter((row) => row.autojoin && isWanted(ctx, row.jid));
  // The first few have their turn at once.
  rows.sort((a, b) => ctx.used(b.jid) - ctx.used(a.jid));
  await Promise.all(rows.map((row) => joinKeptRow(ctx, row)));
}

/** Enters a kept room when its turn has come, those used last first; under its own nickname or the one this account uses. */
export function joinKeptRow(ctx: XepContext, { jid }: Pick<RoomRow, 'jid'>): Promise<void> {
  const { entering } = queues.of(ctx);
  const now = entering.get(jid) ?? inTurn(ctx, jid).finally(() => entering.delete(jid));
  entering.set(jid, now);
  return now;
}

async function inTurn(ctx: XepContext, jid: string): Promise<void> {
  const queue = queues.of(ctx);
  if (queue.busy < atATime) queue.busy += 1;
  else if (!(await new Promise<boolean>((start) => void queue.waiting.push({ jid, start })))) return;
  let done = (): void => {
    done = () => {};
    next(ctx, queue);
  };
  const cancel = ctx.clock.after(patience, () => done());
  try {
    await enterKept(ctx, jid);
  } finally {
    cancel();
    done();
  }
}

function next(ctx: XepContext, queue: { readonly waiting: Waiting[]; busy: number }): void {
  let best = 0;
  for (const [i, { jid }] of queue.waiting.entries()) if (ctx.used(jid) > ctx.used(queue.waiting[best]!.jid)) best = i;
  const [room] = queue.waiting.splice(best, 1);
  if (room) room.start(true);
  else queue.busy -= 1;
}

/** Somebody may have opened it meanwhile, or taken it off the list. */
async function enterKept(ctx: XepContext, jid: string): Promise<void> {
  const row = await ctx.shelf.get('rooms', jid);
  const room = roomOf(ctx, jid);
  if (!row?.autojoin || (room && isInside(room))) return;
  const nick = row.nick ?? (await ctx.shelf.note<string>('nickname')) ?? (ctx.me.split('@')[0] as string);
  await joinAgain(ctx, { jid, nick, ...(row.password ? { password: row.password } : {}) });
}

/** The session is over, and with it the waiting. */
export function endKept(ctx: XepContext): void {
  for (const { start } of queues.of(ctx).waiting.splice(0)) start(false);
  queues.drop(ctx);
}
