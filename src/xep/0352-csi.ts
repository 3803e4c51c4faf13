/**
 * XEP-0352: Client State Indication, version 1.0.0
 * https://xmpp.org/extensions/xep-0352.html
 *
 * In:  nothing.
 * Out: `<inactive/>` when nobody looks at any page, `<active/>` when somebody does, so that a server can hold back
 *      what is of no use to a closed eye.
 */
import { toChatError } from '../base/error.js';
import { xml } from '../xmpp/element.js';
import { perContext } from './per-context.js';
import type { XepContext, XepModule } from './module.js';

const NS = 'urn:xmpp:csi:0';

/** What was asked for, and what the server was last told in this stream. */
const memory = perContext((): { active: boolean; told: boolean | undefined } => ({ active: true, told: undefined }));

function tell(ctx: XepContext): void {
  const mine = memory(ctx);
  // §4.1: only where it is offered. A stream starts out active (§5.2), so there is nothing to say of that.
  if (!ctx.sendNonza || !ctx.streamFeatures?.getChild('csi', NS) || (mine.told ?? true) === mine.active) return;
  try {
    ctx.sendNonza(xml(mine.active ? 'active' : 'inactive', { xmlns: NS }));
    mine.told = mine.active;
  } catch (thrown) {
    // Offline: said when the next stream is ready.
    ctx.log.debug('client state not told', toChatError(thrown, 'offline').code);
  }
}

/** Somebody looks at a page of ours, or nobody does any more. */
export function setActive(ctx: XepContext, active: boolean): void {
  memory(ctx).active = active;
  tell(ctx);
}

/** Whether somebody looks, as far as was said. */
export const isActive = (ctx: XepContext): boolean => memory(ctx).active;

/** §5.2: a new stream is active, and so is a resumed one. */
async function renew(ctx: XepContext): Promise<void> {
  memory(ctx).told = undefined;
  tell(ctx);
}

/**
 * A resumed stream is active again (§5.2), but Prosody 0.12 takes up the old state with the filters of the old socket, and
 * then holds back answers for ever: it is told both, whatever we are.
 */
async function renewResumed(ctx: XepContext): Promise<void> {
  memory(ctx).told = false;
  if (memory(ctx).active) return tell(ctx);
  setActive(ctx, true);
  setActive(ctx, false);
}

export const clientState: XepModule = { xep: '0352', title: 'Client State Indication', onReady: renew, onResumed: renewResumed };
