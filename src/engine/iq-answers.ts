import { ChatError, toChatError } from '../base/error.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import type { IqService, XepContext, XepModule } from '../xep/module.js';
import { NS_STANZAS, childElements, xml, type Element } from '../xmpp/element.js';

/** The type of error that belongs to a condition (RFC 6120 §8.3.3); `cancel` where it is not one of these. */
const types: Readonly<Record<string, string>> = { 'bad-request': 'modify', 'not-acceptable': 'modify', 'forbidden': 'auth', 'not-authorized': 'auth' };

/** Answers the requests of others. Each gets exactly one answer (RFC 6120 §8.2.3), strangers the one that tells nothing. */
export class IqAnswers {
  readonly #services: readonly IqService[];
  readonly #ctx: () => XepContext;

  constructor(modules: readonly XepModule[], ctx: () => XepContext) {
    this.#services = modules.flatMap((module) => module.serves ?? []);
    this.#ctx = ctx;
  }

  /** Never rejects, and is never waited for by the inbox: an answer may need a request of ours. */
  async take(iq: Element): Promise<void> {
    const ctx = this.#ctx();
    const { type, id, from } = iq.attrs;
    // Answers to nothing we asked, or to what we have given up.
    if (type !== 'get' && type !== 'set') return;
    try {
      const payload = await this.#answer(iq, ctx);
      ctx.send(xml('iq', { type: 'result', id, to: from }, payload));
    } catch (thrown) {
      const error = toChatError(thrown, 'protocol');
      if (error.code === 'offline') return;
      if (error.code !== 'refused') ctx.log.warn('a request could not be answered', error);
      const condition = error.condition ?? 'internal-server-error';
      try {
        ctx.send(xml('iq', { type: 'error', id, to: from }, xml('error', { type: types[condition] ?? 'cancel' }, xml(condition, { xmlns: NS_STANZAS }))));
      } catch {
        // The stream has ended, and the request with it.
      }
    }
  }

  #answer(iq: Element, ctx: XepContext): Promise<Element | undefined> | Element | undefined {
    const [payload, ...more] = childElements(iq);
    // §8.2.3: a request has exactly one child.
    if (!payload || more.length > 0) throw new ChatError('refused', 'not one payload', { condition: 'bad-request' });
    const service = this.#services.find(({ type, name, ns }) => type === iq.attrs.type && name === payload.getName() && ns === payload.getNS());
    // RFC 6121 §8.5.3.2 and its security considerations: who may not know that we are here learns no more than from an absent client.
    if (!service || !(service.open || this.#isKnown(iq, ctx))) throw new ChatError('refused', 'no such service', { condition: 'service-unavailable' });
    return service.answer(iq, ctx);
  }

  #isKnown(iq: Element, ctx: XepContext): boolean {
    const from = iq.attrs.from === undefined ? ctx.me : normalizeJid(iq.attrs.from);
    return from !== undefined && (bareJid(from) === ctx.me || from === ctx.server || ctx.trusts(bareJid(from)));
  }
}
