/**
 * XEP-0153: vCard-Based Avatars, version 1.1.1 (reading), with XEP-0084 beside it
 * https://xmpp.org/extensions/xep-0153.html
 *
 * In:  hashes announced in presence and in metadata events. Out: questions for pictures that are wanted, once for each
 *      hash. Rows: shelf `avatars`, by bare JID of an account or room, or by `room/nick`.
 */
import { bareJid, normalizeJid } from '../base/jid.js';
import type { Element } from '../xmpp/element.js';
import { fetchPhoto, type Photo } from './0054-vcard.js';
import { NS_METADATA, fetchAvatarData, isHash, readMetadata } from './0084-avatars.js';
import { isRoom } from './0045-muc-rooms.js';
import { perSession } from './session-state.js';
import type { Incoming, XepContext, XepModule } from './module.js';

const NS = 'vcard-temp:x:update';
const maxBytes = 512 * 1024;
/** Hashes remembered in a session; a flood of them pushes out the oldest. */
const maxAnnounced = 20_000;

type Announcement = { readonly hash: string; readonly by: 'vcard' | 'pep' };
const states = perSession(() => ({
  announced: new Map<string, Announcement>(),
  /** Who is looked at in this session: when their picture changes, it is fetched. */
  wanted: new Set<string>(),
  /** `jid hash` that was asked for, so that nothing is asked twice. */
  tried: new Map<string, Promise<void>>(),
}));

/** The media type that the bytes themselves show; `undefined` for everything else, SVG above all, which can hold scripts. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const starts = (at: number, ...expected: readonly number[]): boolean => expected.every((byte, index) => bytes[at + index] === byte);
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0, 0x47, 0x49, 0x46, 0x38) && (starts(4, 0x37, 0x61) || starts(4, 0x39, 0x61))) return 'image/gif';
  if (starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return undefined;
}

/** The bytes of strict base64, white space aside; `undefined` where it is none or more than a picture may have. */
export function decodePicture(base64: string): Uint8Array<ArrayBuffer> | undefined {
  if (base64.length > maxBytes * 1.5) return undefined;
  const text = base64.replaceAll(/[ \t\r\n]+/g, '');
  if (text === '' || text.length % 4 !== 0 || text.length > Math.ceil(maxBytes / 3) * 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes.length <= maxBytes ? bytes : undefined;
}

const sha1 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** §3.2: an empty `<photo/>` says that there is no picture; no `<photo/>` says nothing. */
function onPresence(presence: Element, ctx: XepContext): void {
  const from = normalizeJid(presence.attrs['from']);
  const photo = presence.attrs['type'] === undefined ? presence.getChild('x', NS)?.getChild('photo', NS) : undefined;
  if (from === undefined || !photo) return;
  const hash = photo.text().trim().toLowerCase();
  const bare = bareJid(from);
  // In a room each occupant has a picture of their own; its real owner is not always known.
  if (hash === '' || isHash(hash)) announce(ctx, isRoom(ctx, bare) ? from : bare, { hash, by: 'vcard' });
}

function announce(ctx: XepContext, jid: string, announcement: Announcement): void {
  const { announced, wanted } = states.of(ctx);
  const known = announced.get(jid);
  if (known?.hash === announcement.hash) return;
  // A server that converts between the two announces the same picture twice; PEP holds the better copy.
  if (known?.by === 'pep' && announcement.by === 'vcard' && announcement.hash === '') return;
  if (announced.size >= maxAnnounced) announced.delete(announced.keys().next().value as string);
  announced.set(jid, announcement);
  if (wanted.has(jid)) void wantAvatar(ctx, jid);
}

function onMetadata({ stanza, base, origin }: Incoming, ctx: XepContext): void {
  if (origin !== 'live' || base.chatType !== 'chat') return;
  const metadata = readMetadata(stanza);
  if (metadata) announce(ctx, metadata.jid, { hash: metadata.hash, by: 'pep' });
}

/**
 * Somebody's picture is to be shown: fetches it where a new one was announced, or where nothing is known of theirs;
 * at most once for each hash in a session. Resolves when it is on the shelf, or nothing can be had. Never rejects.
 */
export async function wantAvatar(ctx: XepContext, address: string): Promise<void> {
  const jid = normalizeJid(address);
  if (jid === undefined) return;
  const { announced, wanted, tried } = states.of(ctx);
  if (wanted.size < maxAnnounced) wanted.add(jid);
  const announcement = announced.get(jid);
  const key = `${jid} ${announcement?.hash ?? '?'}`;
  let fetching = tried.get(key);
  if (!fetching) {
    fetching = fetchAvatar(ctx, jid, announcement).catch((error: unknown) => {
      tried.delete(key); // no answer is no knowledge: the next wish asks again
      ctx.log.debug('no avatar', error);
    });
    if (tried.size < maxAnnounced) tried.set(key, fetching);
  }
  return fetching;
}

async function fetchAvatar(ctx: XepContext, jid: string, announcement: Announcement | undefined): Promise<void> {
  const known = await ctx.shelf.get('avatars', jid);
  if (announcement && known?.hash === announcement.hash) return;
  const photo = announcement?.hash === '' ? undefined : await fetchFrom(ctx, jid, announcement);
  const bytes = photo && decodePicture(photo.base64);
  const type = bytes && pictureType(bytes);
  if (!bytes || !type) {
    // A picture that was there and is not any more; and the knowledge that there is none.
    if (!photo && (known?.picture || !known)) await ctx.shelf.put('avatars', [{ jid, hash: '' }]);
    return;
  }
  const hash = await sha1(bytes);
  // What was announced is what is shown, or nothing.
  if (announcement && hash !== announcement.hash) return ctx.log.warn('an avatar does not match its hash', jid);
  if (known?.hash !== hash) await ctx.shelf.put('avatars', [{ jid, hash, picture: new Blob([bytes], { type }) }]);
}

async function fetchFrom(ctx: XepContext, jid: string, announcement: Announcement | undefined): Promise<Photo | undefined> {
  const data = announcement?.by === 'pep' ? await fetchAvatarData(ctx, jid, announcement.hash) : undefined;
  return data ?? fetchPhoto(ctx, jid);
}

export const avatars: XepModule = {
  xep: '0153',
  title: 'vCard-Based Avatars',
  features: [`${NS_METADATA}+notify`],
  onPresence,
  react: onMetadata,
  onEnd: states.drop,
};
