/**
 * XEP-0280: Message Carbons, version 1.0.1
 * https://xmpp.org/extensions/xep-0280.html
 *
 * In:  copies of what our other devices send and receive, unwrapped; forged ones rejected.
 * Out: enabled after each bind where the server offers it; asked for again where that fails.
 */
import { bareJid, normalizeJid } from '../base/jid.js';
import { toChatError } from '../base/error.js';
import { childElements, xml } from '../xmpp/element.js';
import { discoInfo } from './0030-disco.js';
import { NS_MAM } from './0313-mam.js';
import { openForwarded } from './0297-forwarded.js';
import { perContext } from './per-context.js';
import type { Element } from '../xmpp/element.js';
import type { Rejected, Unwrapped, XepContext, XepModule } from './module.js';

const NS = 'urn:xmpp:carbons:2';
/** After a refusal, or no answer, it is asked again after these, milliseconds, and then each time after the last of them. */
const again = [5_000, 20_000, 60_000, 300_000, 900_000] as const;
/** Conditions by which a server says no for good. */
const never: readonly (string | undefined)[] = ['feature-not-implemented', 'forbidden', 'not-allowed', 'not-authorized'];
/** Which stream they are turned on for, by its full JID: a stream that is resumed by another worker still has them, or still has not. */
const note = 'carbons';

const state = perContext(() => ({ on: false, cancel: () => {} }));

/** Whether what our other devices send and receive is copied to this one. Where it is not, only the archive has it. */
export const copiesArrive = (ctx: XepContext): boolean => state(ctx).on;

function turnedOn(ctx: XepContext): void {
  state(ctx).on = true;
  ctx.shelf.setNote(note, ctx.jid).catch((error: unknown) => ctx.log.debug('not kept', error));
}

async function enable(ctx: XepContext, tries = 0): Promise<void> {
  state(ctx).cancel();
  try {
    // §3: the server's own features say so.
    if (!(await discoInfo(ctx, ctx.server)).features.has(NS)) return;
    await ctx.iq(xml('iq', { type: 'set', id: ctx.newId() }, xml('enable', { xmlns: NS })));
    turnedOn(ctx);
  } catch (thrown) {
    const { code, condition } = toChatError(thrown, 'protocol');
    ctx.log.warn('carbons could not be enabled', condition);
    // Without a stream there is nobody to ask; the next one begins with it.
    if (code !== 'offline' && !never.includes(condition)) state(ctx).cancel = ctx.clock.after(again[Math.min(tries, again.length - 1)]!, () => void enable(ctx, tries + 1));
  }
}

function forget(ctx: XepContext): void {
  state(ctx).cancel();
  state(ctx).on = false;
}

const copiesIn = (stanza: Element): Element[] => childElements(stanza).filter((child) => child.getNS() === NS && (child.getName() === 'sent' || child.getName() === 'received'));

function open(outer: Element, { me }: XepContext): Unwrapped | Rejected | undefined {
  const copies = copiesIn(outer);
  const [copy] = copies;
  if (!copy) return undefined;
  // §11: "Any forwarded copies received by a Carbons-enabled client MUST be from that user's bare JID"; as it stands,
  // not as it could be folded: the server writes its own accounts in normal form.
  if (outer.attrs['from'] !== me) return { reject: 'a carbon that is not from our own account' };
  if (copies.length > 1) return { reject: 'several carbons in one message' };
  const stanza = openForwarded(copy)?.stanza;
  if (!stanza) return { reject: 'a carbon without exactly one message' };
  if (copiesIn(stanza).length || stanza.getChild('result', NS_MAM)) return { reject: 'a wrapper inside of a carbon' };
  // §6.1: rooms deliver to each occupant themselves.
  if (stanza.attrs['type'] === 'groupchat') return { reject: 'a carbon of a groupchat message' };
  const sent = copy.getName() === 'sent';
  const ours = normalizeJid(stanza.attrs[sent ? 'from' : 'to']);
  if (!ours || bareJid(ours) !== me) return { reject: 'a carbon of a message that was not ours' };
  if (!normalizeJid(stanza.attrs[sent ? 'to' : 'from'])) return { reject: 'a carbon of a message without an address' };
  return sent ? { stanza, sent } : { stanza, copy: true };
}

/** §9: keeps a message of ours from being copied to anybody's other devices; for what only one device can read. */
export function keepFromCarbons(stanza: Element): void {
  stanza.append(xml('private', { xmlns: NS }), xml('no-copy', { xmlns: 'urn:xmpp:hints' }));
}

export const carbons: XepModule = {
  xep: '0280',
  title: 'Message Carbons',
  async onReady(ctx) {
    forget(ctx);
    // Bind 2 has turned them on already (XEP-0386 §3).
    if (ctx.streamFeatures?.getChild('bound', 'urn:xmpp:bind:0')?.getChild('enabled', NS)) turnedOn(ctx);
    else await enable(ctx);
  },
  async onResumed(ctx) {
    state(ctx).on = (await ctx.shelf.note(note)) === ctx.jid;
    // The stream goes on with what was asked of it, and nobody waits for the rest.
    if (!state(ctx).on) void enable(ctx);
  },
  onEnd: forget,
  unwrap: open,
};
