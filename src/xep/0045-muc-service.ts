/** Rooms from the outside: directory (XEP-0045 §6.3) and room information (§6.4). */
import { domainOf, localOf, normalizeJid, resourceOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { RoomListing } from '../model/room.js';
import { discoInfo, discoItems } from './0030-disco.js';
import type { XepContext } from './module.js';

const NS_MAM = 'urn:xmpp:mam:2';
const NS_MUC = 'http://jabber.org/protocol/muc';
const roomInfoForm = 'http://jabber.org/protocol/muc#roominfo';

export type RoomInfo = {
  /** Whether what answers at this address is a room at all. */
  readonly isRoom: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly subject?: string;
  readonly occupants?: number;
  readonly persistent: boolean;
  readonly membersOnly: boolean;
  readonly passwordProtected: boolean;
  readonly moderated: boolean;
  readonly nonAnonymous: boolean;
  /** The room keeps an archive (XEP-0313). */
  readonly archive: boolean;
};

/** Asks a room what it is (§6.4). Rejects as `ctx.iq` does; `item-not-found` where there is no such room. */
export async function roomInfo(ctx: XepContext, jid: string): Promise<RoomInfo> {
  const { identities, features, forms } = await discoInfo(ctx, jid, undefined, { fresh: true });
  const fields = forms.find((form) => form.type === roomInfoForm)?.fields;
  const field = (name: string): string | undefined => fields?.get(`muc#roominfo_${name}`)?.join('\n');
  const occupants = Number.parseInt(field('occupants') ?? '', 10);
  const texts = { name: identities.find(({ category }) => category === 'conference')?.name, description: field('description'), subject: field('subject') };
  return {
    isRoom: features.has(NS_MUC) || identities.some(({ category }) => category === 'conference'),
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text?.trim()).map(([key, text]) => [key, text!.slice(0, 1000)])),
    ...(occupants >= 0 ? { occupants } : {}),
    persistent: features.has('muc_persistent'),
    membersOnly: features.has('muc_membersonly'),
    passwordProtected: features.has('muc_passwordprotected'),
    moderated: features.has('muc_moderated'),
    nonAnonymous: features.has('muc_nonanonymous'),
    archive: features.has(NS_MAM),
  };
}

/** The public rooms of a service, by name (§6.3). Rejects `invalid`, and as `ctx.iq` does. */
export async function findRooms(ctx: XepContext, service: string): Promise<readonly RoomListing[]> {
  const to = normalizeJid(service);
  if (to === undefined) throw new ChatError('invalid', `no address of a service: ${service}`);
  const rooms: RoomListing[] = [];
  for (const { jid, name } of await discoItems(ctx, to)) {
    // A directory speaks of its own rooms only.
    if (localOf(jid) === '' || resourceOf(jid) !== '' || domainOf(jid) !== domainOf(to)) continue;
    const title = name?.trim().slice(0, 1000);
    rooms.push({ jid, ...(title ? { name: title } : {}) });
  }
  return withCounts(rooms).toSorted((a, b) => (a.name ?? a.jid).localeCompare(b.name ?? b.jid));
}

/** Some servers (ejabberd) put the number of occupants behind every name, `A Dark Cave (3)`; one name alone proves nothing. */
function withCounts(rooms: readonly RoomListing[]): readonly RoomListing[] {
  const counted = rooms.map((room) => /^(.*?)\s*\((?:[^()]*, ?)?(\d{1,6})\)$/su.exec(room.name ?? ''));
  if (rooms.length === 0 || counted.some((match) => match === null)) return rooms;
  return rooms.map(({ jid }, index) => {
    const [, name, count] = counted[index]!;
    return { jid, ...(name ? { name } : {}), occupants: Number(count) };
  });
}

/** The server's room service, found by disco (§6.1); `undefined` where there is none. */
export async function findRoomService(ctx: XepContext, domain = ctx.server): Promise<string | undefined> {
  const services = (await discoItems(ctx, domain)).filter(({ jid }) => localOf(jid) === '').slice(0, 30);
  const found = await Promise.all(services.map(({ jid }) => isRoomService(ctx, jid)));
  return services.find((_, index) => found[index])?.jid;
}

async function isRoomService(ctx: XepContext, jid: string): Promise<boolean> {
  try {
    const { identities, features } = await discoInfo(ctx, jid);
    return features.has(NS_MUC) && identities.some(({ category }) => category === 'conference');
  } catch {
    return false; // a service that does not answer is not offered
  }
}
