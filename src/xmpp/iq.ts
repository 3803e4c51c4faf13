/** Requests and their answers (RFC 6120 §8.2.3). A reply counts only from whom was asked: ids alone prove nothing. */
import { NS_STANZAS } from './element.js';
import type { Element } from './element.js';
import { bareJid, domainOf, normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';

/** Milliseconds a request waits where its caller says nothing else. */
export const iqTimeout = 30_000;

export const isIqReply = (stanza: Element): boolean => stanza.getName() === 'iq' && (stanza.attrs['type'] === 'result' || stanza.attrs['type'] === 'error');

/** The defined condition of an error stanza (RFC 6120 §8.3); its `<error/>` is the cause. */
export function stanzaError(stanza: Element): ChatError {
  const error = stanza.getChild('error');
  const named = error?.children.find((child): child is Element => typeof child !== 'string' && child.getNS() === NS_STANZAS && child.getName() !== 'text');
  const condition = named?.getName() ?? 'undefined-condition';
  return new ChatError('refused', error?.getChildText('text', NS_STANZAS) ?? condition, { condition, cause: error });
}

/**
 * Whether a reply from `from` answers a request to `to`. A request without an address goes to the own account, and a
 * reply without one comes from it (RFC 6120 §8.1.2.1); the server answers for both.
 */
export function answers(to: string | undefined, from: string | undefined, jid: string): boolean {
  const own = [undefined, bareJid(jid), jid];
  const asked = to === undefined ? undefined : normalizeJid(to);
  const sender = from === undefined ? undefined : normalizeJid(from);
  if (from !== undefined && sender === undefined) return false;
  if (to === undefined) return own.includes(sender) || sender === domainOf(jid);
  if (asked === jid) return sender === jid || sender === undefined;
  if (asked === bareJid(jid)) return own.includes(sender);
  return asked === sender || (sender === undefined && asked === domainOf(jid));
}

type Pending = { readonly to: string | undefined; readonly resolve: (reply: Element) => void; readonly reject: (error: ChatError) => void; readonly cancel: () => void };

export class IqRequests {
  readonly #pending = new Map<string, Pending>();
  readonly #options: { readonly clock: Clock; readonly newId: IdSource; readonly log: Log; readonly send: (stanza: Element) => void };
  constructor(options: { readonly clock: Clock; readonly newId: IdSource; readonly log: Log; readonly send: (stanza: Element) => void }) {
    this.#options = options;
  }

  /** Sends and waits. The id is made here, so that nobody can know it beforehand. */
  request(stanza: Element, timeout = iqTimeout): Promise<Element> {
    const id = this.#options.newId();
    stanza.attrs['id'] = id;
    return new Promise((resolve, reject) => {
      const settle = (run: () => void): void => {
        this.#pending.get(id)?.cancel();
        this.#pending.delete(id);
        run();
      };
      const cancel = this.#options.clock.after(timeout, () => settle(() => reject(new ChatError('timeout', 'no answer in time'))));
      this.#pending.set(id, {
        to: stanza.attrs['to'],
        cancel,
        resolve: (reply) => settle(() => resolve(reply)),
        reject: (error) => settle(() => reject(error)),
      });
      try {
        this.#options.send(stanza);
      } catch (error) {
        settle(() => reject(error));
      }
    });
  }

  /** Takes a reply to a request of ours; a reply from elsewhere neither settles nor cancels it. */
  take(stanza: Element, jid: string): boolean {
    if (!isIqReply(stanza)) return false;
    const pending = this.#pending.get(stanza.attrs['id'] ?? '');
    if (!pending) return false;
    if (!answers(pending.to, stanza.attrs['from'], jid)) {
      this.#options.log.warn('an answer from someone who was not asked', { asked: pending.to, from: stanza.attrs['from'] });
      return false;
    }
    if (stanza.attrs['type'] === 'error') pending.reject(stanzaError(stanza));
    else pending.resolve(stanza);
    return true;
  }

  /** The stream they were asked on is gone for good. */
  rejectAll(error: ChatError): void {
    for (const pending of Array.from(this.#pending.values())) pending.reject(error);
  }
}
