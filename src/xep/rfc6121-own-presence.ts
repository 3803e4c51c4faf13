/** What we show of ourselves (RFC 6121 §4.2, §4.4), and the stanza that says it. */
import { xml, type Element } from '../xmpp/element.js';
import type { OwnPresence } from '../model/contact.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

const note = 'own-presence';
const own = perSession((): { presence: OwnPresence } => ({ presence: { show: 'available' } }));

export const ownPresence = (ctx: XepContext): OwnPresence => own.of(ctx).presence;

/** Reads what was set last, on this device, and takes it for the session. */
export async function loadOwnPresence(ctx: XepContext): Promise<OwnPresence> {
  const kept = await ctx.shelf.note<OwnPresence>(note);
  if (typeof kept?.show === 'string') own.of(ctx).presence = kept;
  return ownPresence(ctx);
}

export async function keepOwnPresence(ctx: XepContext, presence: OwnPresence): Promise<void> {
  await ctx.shelf.setNote(note, presence);
  own.of(ctx).presence = presence;
}

/** Our available presence, with what every module adds to it; to everybody who may see it, or to one address. */
export function presenceStanza(ctx: XepContext, to?: string): Element {
  const { show, status } = ownPresence(ctx);
  const presence = xml('presence', { to });
  if (show === 'away' || show === 'dnd') presence.append(xml('show', {}, show));
  if (status) presence.append(xml('status', {}, status));
  for (const module of ctx.modules) module.announce?.(presence, ctx);
  return presence;
}
