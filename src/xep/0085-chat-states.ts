/**
 * XEP-0085: Chat State Notifications, version 2.1
 * https://xmpp.org/extensions/xep-0085.html
 *
 * In:  who is typing, as live state that lapses by itself.
 * Out: `<active/>` with each 1:1 message, and `sendState` once the other side has shown that it wants to know.
 */
import { resourceOf } from '../base/jid.js';
import { childElements, xml } from '../xmpp/element.js';
import { discoInfo } from './0030-disco.js';
import { contactSupports } from './0115-caps.js';
import { isDelayed } from './0203-delay.js';
import { perContext } from './per-context.js';
import type { Element } from '../xmpp/element.js';
import type { Incoming, XepContext, XepModule } from './module.js';

const NS = 'http://jabber.org/protocol/chatstates';
const NOTE = 'chat-states';
/** Whoever types tells it again, or has gone away without a word, milliseconds. */
const LAPSE = 30_000;
const MOST = 500;

export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
const names = new Set<string>(['active', 'composing', 'paused', 'inactive', 'gone'] satisfies ChatState[]);

type Memory = {
  /** Who typing: `conversation\nwho` to what stops its clock. */
  readonly typing: Map<string, () => void>;
  /** By conversation: whether the other side answers with chat states (§5.1). Kept over reloads. */
  wanted: Map<string, boolean> | undefined;
  loading: Promise<Map<string, boolean>> | undefined;
  /** What we last told each conversation. */
  readonly told: Map<string, ChatState>;
  /** By conversation: the device that last wrote a message there, until it has been asked. */
  readonly devices: Map<string, string>;
};
const memory = perContext((): Memory => ({ typing: new Map(), wanted: undefined, loading: undefined, told: new Map(), devices: new Map() }));

const stateIn = (stanza: Element): ChatState | undefined =>
  childElements(stanza).find((child) => child.getNS() === NS && names.has(child.getName()))?.getName() as ChatState | undefined;

function load(ctx: XepContext): Promise<Map<string, boolean>> {
  const mine = memory(ctx);
  mine.loading ??= ctx.shelf
    .note<readonly (readonly [string, boolean])[]>(NOTE)
    .then((kept) => new Map(kept))
    .catch(() => new Map<string, boolean>())
    .then((wanted) => (mine.wanted = wanted));
  return mine.loading;
}

async function remember(ctx: XepContext, conversation: string, wants: boolean): Promise<void> {
  const wanted = await load(ctx);
  if (wanted.get(conversation) === wants) return;
  wanted.delete(conversation);
  wanted.set(conversation, wants);
  while (wanted.size > MOST) wanted.delete(wanted.keys().next().value ?? '');
  await ctx.shelf.setNote(NOTE, Array.from(wanted));
}

function show(ctx: XepContext, conversation: string, who: string, typing: boolean): void {
  const { typing: clocks } = memory(ctx);
  const key = `${conversation}\n${who}`;
  clocks.get(key)?.();
  clocks.delete(key);
  // A flood of names keeps no clock each.
  if (typing && clocks.size < MOST) clocks.set(key, ctx.clock.after(LAPSE, () => show(ctx, conversation, who, false)));
  const before = ctx.live.get('typing', conversation) ?? [];
  const shown = typing && clocks.has(key);
  if (before.includes(who) === shown) return;
  const after = shown ? [...before, who] : before.filter((one) => one !== who);
  ctx.live.set('typing', conversation, after.length ? after : undefined);
}

async function watch({ stanza, base, origin }: Incoming, ctx: XepContext): Promise<void> {
  // Nothing of our own devices, no bounce.
  if (origin === 'history' || base.mine || stanza.attrs['type'] === 'error') return;
  const state = stateIn(stanza);
  const isMessage = stanza.getChild('body') !== undefined;
  if (!state && !isMessage) return;
  const isRoom = base.chatType === 'groupchat';
  const who = isRoom ? resourceOf(base.sender) : base.sender;
  // Typing is true now or not at all. A message ends the typing that led to it, whatever it says of the state.
  if (who && origin === 'live' && !isDelayed(stanza)) show(ctx, base.conversation, who, state === 'composing' && !isMessage);
  if (isRoom) return;
  if (isMessage && stanza.attrs['from']) memory(ctx).devices.set(base.conversation, stanza.attrs['from']);
  // §5.1: a reply without a state says that none are wanted. From an archive it says nothing: Prosody keeps messages without it.
  if (state || origin === 'live') await remember(ctx, base.conversation, state !== undefined);
}

/** §4: whether the device that wrote last takes chat states; asked once, of somebody whose archived message did not tell. */
async function ask(ctx: XepContext, conversation: string): Promise<boolean> {
  const { devices } = memory(ctx);
  const device = devices.get(conversation);
  devices.delete(conversation);
  if (!device || !resourceOf(device)) return false;
  const wants = await discoInfo(ctx, device).then(({ features }) => features.has(NS), () => false);
  if (wants) await remember(ctx, conversation, true);
  return wants;
}

/**
 * Tells the other side of a 1:1 conversation how it stands with us. Does nothing in rooms, for strangers, for those who
 * never showed that they want to know (§5.1), and where it would say the same again (§5.3).
 * `to` is where messages go now (RFC 6121 §5.1), the conversation's own address where absent.
 */
export async function sendState(ctx: XepContext, conversation: string, state: ChatState, to: string = conversation): Promise<void> {
  const { told } = memory(ctx);
  if ((told.get(conversation) ?? 'active') === state) return;
  if (!ctx.trusts(conversation)) return;
  const wants = (await load(ctx)).get(conversation) ?? (contactSupports(ctx, conversation, NS) || (await ask(ctx, conversation)));
  if (!wants) return;
  // Asked again meanwhile, or never let through: the check and the note of it stand together.
  if ((told.get(conversation) ?? 'active') === state) return;
  told.set(conversation, state);
  ctx.send(xml('message', { to, type: 'chat', id: ctx.newId() }, xml(state, { xmlns: NS }), xml('no-store', { xmlns: 'urn:xmpp:hints' })));
}

export const chatStates: XepModule = {
  xep: '0085',
  title: 'Chat State Notifications',
  features: [NS],
  async onReady(ctx) {
    await load(ctx);
  },
  async onResumed(ctx) {
    await load(ctx);
  },
  onEnd(ctx) {
    const mine = memory(ctx);
    for (const key of Array.from(mine.typing.keys())) {
      const [conversation = '', who = ''] = key.split('\n');
      show(ctx, conversation, who, false);
    }
    mine.told.clear();
  },
  react: watch,
  write({ stanza, chatType, conversation }, ctx) {
    // §5.1: content messages carry a state until the other side has shown that it wants none.
    if (chatType !== 'chat' || !stanza.getChild('body') || memory(ctx).wanted?.get(conversation) === false) return;
    stanza.append(xml('active', { xmlns: NS }));
    memory(ctx).told.set(conversation, 'active');
  },
};
