/**
 * XEP-0402: PEP Native Bookmarks, version 1.2.0
 * https://xmpp.org/extensions/xep-0402.html
 *
 * In:  all bookmarks at the start, events of our own account afterwards; rooms are entered and left as they say.
 * Out: bookmarks published and retracted. Where the server does not keep XEP-0048's in step by itself (no
 *      `#compat`), those are read as well and written beside ours; where it has no PEP they are all there is.
 */
import { childElements, type Element } from '../xmpp/element.js';
import { normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { RoomRow } from '../model/room.js';
import { discoInfo } from './0030-disco.js';
import { NS_LEGACY, fetchLegacy, roomJid, writeLegacy } from './0048-bookmarks.js';
import { NS_EVENT, forgetNodes } from './0223-private-storage.js';
import { NS_BOOKMARKS, fetchNative, publishNative, readItem, retractNative } from './0402-publish.js';
import { joinRoom, leaveRoom, type JoinRequest } from './0045-muc-join.js';
import { joinKeptRow } from './0045-muc-kept.js';
import { roomOf } from './0045-muc-rooms.js';
import { perSession } from './session-state.js';
import type { Incoming, XepContext, XepModule } from './module.js';

/** Where this account's bookmarks live. */
type Stores = { readonly native: boolean; readonly legacy: boolean };

const states = perSession(() => ({
  stores: undefined as Stores | undefined,
  /** Rooms whose bookmark we are taking away ourselves: its event does not make us leave. */
  retracting: new Set<string>(),
  last: Promise.resolve(),
  cancelSync: undefined as (() => void) | undefined,
}));

/** One change after the other; failures reach the caller and stop nothing. */
function inTurn<T>(ctx: XepContext, task: () => Promise<T>): Promise<T> {
  const state = states.of(ctx);
  const result = state.last.then(task);
  state.last = result.then(() => undefined, () => undefined);
  return result;
}

/** Reads every bookmark and enters and leaves rooms accordingly. Resolves when the rows are kept. */
export const syncBookmarks = (ctx: XepContext): Promise<void> =>
  inTurn(ctx, async () => {
    const native = await fetchNative(ctx);
    const legacy = (await keepsLegacyInStep(ctx)) ? undefined : await fetchLegacy(ctx);
    states.of(ctx).stores = { native: native !== undefined, legacy: legacy !== undefined };
    if (!native && !legacy) return;
    const rows = new Map([...(legacy ?? []), ...(native ?? [])]);
    const kept = await ctx.shelf.all('rooms');
    await apply(ctx, Array.from(rows.values()), kept.filter((row) => row.bookmarked && !rows.has(row.jid)).map((row) => row.jid));
  });

async function keepsLegacyInStep(ctx: XepContext): Promise<boolean> {
  try {
    const { features } = await discoInfo(ctx, ctx.me);
    return features.has(`${NS_BOOKMARKS}#compat`) || features.has(`${NS_BOOKMARKS}#compat-pep`);
  } catch (error) {
    if (error instanceof ChatError && error.code === 'refused') return false;
    throw error;
  }
}

/** Takes bookmarks over from the server: rows first, then rooms (§5). */
async function apply(ctx: XepContext, bookmarks: readonly RoomRow[], removed: readonly string[]): Promise<void> {
  const known = new Map((await ctx.shelf.some('rooms', bookmarks.map(({ jid }) => jid))).map((row) => [row.jid, row]));
  const rows = bookmarks.map((bookmark): RoomRow => {
    const { extensions: _, ...local } = known.get(bookmark.jid) ?? {};
    return { ...local, ...bookmark };
  });
  await ctx.shelf.put('rooms', rows, removed);
  const isJoined = (jid: string): boolean => ['joined', 'joining'].includes(roomOf(ctx, jid)?.view.state ?? 'left');
  for (const jid of removed) if (isJoined(jid)) await leaveRoom(ctx, jid);
  for (const row of rows) {
    if (row.autojoin && !isJoined(row.jid)) void joinKeptRow(ctx, row);
    else if (!row.autojoin && isJoined(row.jid)) await leaveRoom(ctx, row.jid);
  }
}

/** §4.2: what another device of ours has changed. */
async function onEvent({ stanza, origin }: Incoming, ctx: XepContext): Promise<void> {
  const items = origin === 'live' ? stanza.getChild('event', NS_EVENT)?.getChild('items', NS_EVENT) : undefined;
  const node = items?.attrs['node'];
  if (!items || (node !== NS_BOOKMARKS && node !== NS_LEGACY)) return;
  // §6: bookmarks are the account's own; anybody else's event is a forgery.
  if (stanza.attrs['type'] === 'error' || normalizeJid(stanza.attrs['from']) !== ctx.me) return ctx.log.warn('forged bookmarks', stanza.attrs['from']);
  if (node === NS_LEGACY) return syncSoon(ctx);
  const rows = items.getChildren('item', NS_EVENT).map(readItem).filter((row) => row !== undefined);
  const { retracting } = states.of(ctx);
  const removed = retracted(items).filter((jid) => !retracting.has(jid));
  await inTurn(ctx, () => apply(ctx, rows, removed));
}

/**
 * The legacy bookmarks have changed: by an older client, or together with the native ones, whose retraction some
 * servers (ejabberd 23.01) tell nobody. Both are read again, once for a burst.
 */
function syncSoon(ctx: XepContext): void {
  const state = states.of(ctx);
  if (!state.stores?.legacy) return;
  state.cancelSync?.();
  state.cancelSync = ctx.clock.after(500, () => void sync(ctx));
}

const retracted = (items: Element): readonly string[] =>
  childElements(items).filter((child) => child.is('retract', NS_EVENT)).map((child) => roomJid(child.attrs['id'])).filter((jid) => jid !== undefined);

async function stores(ctx: XepContext): Promise<Stores> {
  if (!states.of(ctx).stores) await syncBookmarks(ctx);
  return states.of(ctx).stores ?? { native: false, legacy: false };
}

/** Writes a bookmark wherever this account keeps them, or takes it away with `undefined`. */
async function store(ctx: XepContext, jid: string, row: RoomRow | undefined): Promise<void> {
  const { native, legacy } = await stores(ctx);
  if (!native && !legacy) throw new ChatError('refused', 'the server keeps no bookmarks', { condition: 'feature-not-implemented' });
  let refused: unknown;
  if (native) {
    try {
      await (row ? publishNative(ctx, row) : retractNative(ctx, jid));
    } catch (error) {
      if (!legacy || !(error instanceof ChatError && error.code === 'refused')) throw error;
      refused = error;
    }
  }
  if (legacy) {
    try {
      await writeLegacy(ctx, jid, row);
    } catch (error) {
      // The native one is what counts; without it, this was the last place.
      if (refused || !native) throw error;
      ctx.log.debug('the legacy bookmark could not be written', error);
    }
  }
}

/**
 * Keeps a room as a bookmark, or takes its bookmark away; one stays in a room whose bookmark goes. Rejects `invalid`,
 * `refused` where the server keeps none, `timeout`, `offline`; then nothing has changed.
 */
export async function bookmarkRoom(ctx: XepContext, room: { readonly jid: string; readonly name?: string; readonly nick?: string; readonly autojoin: boolean } | { readonly jid: string; readonly remove: true }): Promise<void> {
  const jid = roomJid(room.jid);
  if (jid === undefined) throw new ChatError('invalid', `no address of a room: ${room.jid}`);
  await stores(ctx); // so that what the server has of it is known
  const known = await ctx.shelf.get('rooms', jid);
  if ('remove' in room) return removeBookmark(ctx, jid, known);
  const row: RoomRow = { ...known, jid, bookmarked: true, autojoin: room.autojoin, ...(room.name ? { name: room.name } : {}), ...(room.nick ? { nick: room.nick } : {}) };
  await store(ctx, jid, row);
  await ctx.shelf.put('rooms', [row]);
}

async function removeBookmark(ctx: XepContext, jid: string, known: RoomRow | undefined): Promise<void> {
  const { retracting } = states.of(ctx);
  retracting.add(jid);
  try {
    await store(ctx, jid, undefined);
    const joined = roomOf(ctx, jid)?.view.state === 'joined';
    const { extensions: _, ...rest } = known ?? { jid };
    await (joined ? ctx.shelf.put('rooms', [{ ...rest, bookmarked: false, autojoin: true }]) : ctx.shelf.put('rooms', [], [jid]));
  } finally {
    // Its event may still be on its way.
    ctx.clock.after(10_000, () => retracting.delete(jid));
  }
}

/** Enters a room as `joinRoom` does; a bookmark of it then says so to the other devices (§5: autojoin). */
export async function joinAndKeep(ctx: XepContext, request: JoinRequest): Promise<void> {
  const before = await ctx.shelf.get('rooms', roomJid(request.jid) ?? request.jid);
  await joinRoom(ctx, request);
  if (before?.bookmarked && !before.autojoin) await tellDevices(ctx, before.jid, true);
}

/** Leaves a room as `leaveRoom` does; a bookmark of it stays and says so to the other devices. */
export async function leaveAndKeep(ctx: XepContext, address: string): Promise<void> {
  const jid = roomJid(address) ?? address;
  const before = await ctx.shelf.get('rooms', jid);
  await leaveRoom(ctx, jid);
  if (before?.bookmarked && before.autojoin) await tellDevices(ctx, jid, false);
}

async function tellDevices(ctx: XepContext, jid: string, autojoin: boolean): Promise<void> {
  const row = await ctx.shelf.get('rooms', jid);
  if (row?.autojoin !== autojoin) return; // entering was refused
  try {
    await store(ctx, jid, row);
  } catch (error) {
    ctx.log.debug('the bookmark could not be updated', error);
  }
}

const sync = async (ctx: XepContext): Promise<void> => {
  // Beside the rest of the start: nothing else waits for bookmarks.
  syncBookmarks(ctx).catch((error: unknown) => ctx.log.debug('no bookmarks', error));
};

export const bookmarks: XepModule = {
  xep: '0402',
  title: 'PEP Native Bookmarks',
  features: [`${NS_BOOKMARKS}+notify`],
  onReady: sync,
  react: onEvent,
  onEnd(ctx) {
    states.of(ctx).cancelSync?.();
    states.drop(ctx);
    forgetNodes(ctx);
  },
};
