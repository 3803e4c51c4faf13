/**
 * XEP-0054: vcard-temp, version 1.3.0
 * https://xmpp.org/extensions/xep-0054.html
 *
 * In:  the photo of somebody's vCard. Out: the question for it.
 */
import { xml, type Element } from '../xmpp/element.js';
import { ChatError } from '../base/error.js';
import type { XepContext } from './module.js';

const NS = 'vcard-temp';

/** A picture in base64, as somebody claims it. */
export type Photo = { readonly base64: string };

/** The photo embedded in a vCard; one that lies elsewhere (EXTVAL) is never fetched: that would tell our address. */
export function photoOf(vCard: Element | undefined): Photo | undefined {
  const base64 = vCard?.getChild('PHOTO', NS)?.getChildText('BINVAL', NS);
  return base64 ? { base64 } : undefined;
}

/**
 * Asks for the photo in the vCard of an account, a room or an occupant (§3.3). `undefined` where there is none.
 * Rejects `timeout` and `offline`; a refusal is an answer like any other.
 */
export async function fetchPhoto(ctx: XepContext, jid: string): Promise<Photo | undefined> {
  try {
    // §3.1: our own vCard is asked for without an address.
    const result = await ctx.iq(xml('iq', { type: 'get', to: jid === ctx.me ? undefined : jid, id: ctx.newId() }, xml('vCard', { xmlns: NS })));
    return photoOf(result.getChild('vCard', NS));
  } catch (error) {
    if (error instanceof ChatError && error.code === 'refused') return undefined;
    throw error;
  }
}
