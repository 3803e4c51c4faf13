/**
 * XEP-0198 Stream Management, version 1.6.3
 * https://xmpp.org/extensions/xep-0198.html
 *
 * In: `<enabled/>`, `<resumed/>`, `<failed/>`, `<r/>`, `<a/>`.
 * Out: `<enable resume='true'/>`, `<resume/>`, `<r/>`, `<a/>`; `handled-count-too-high`.
 *
 * What is acknowledged to the server has been committed, and is on the disk as the count to resume with: the order is
 * archive, then this state, then `<a/>`. A stanza of ours whose fate is unknown is said to be that, never resent here.
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import { parseFrame } from '../xmpp/frame.js';
import { toFrame } from '../xmpp/serialize.js';
import type { Negotiation, StreamManagement } from '../xmpp/connection-types.js';
import { Emitter } from '../base/emitter.js';
import type { Unsubscribe } from '../base/emitter.js';
import { ChatError, toChatError } from '../base/error.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { add, distance, modulus, readCount } from './0198-counts.js';
import { KeptState } from './0198-kept-state.js';
import type { SmState, SmStore } from './0198-kept-state.js';

export const NS_SM = 'urn:xmpp:sm:3';

export type StreamManagementOptions = { readonly store: SmStore; readonly clock: Clock; readonly log: Log };

/** Milliseconds from a message to the `<r/>` after it, from any other stanza to one, and from a stanza handled to its `<a/>`. */
const delays = { afterMessage: 20, afterOther: 2_000, acknowledge: 1_000 } as const;
/** Milliseconds for a resumed stream's first answer. */
const heardWithin = 5_000;
/** Stanzas handled after which an `<a/>` is sent at once; servers keep queues of a hundred and up. */
const acknowledgeEvery = 32;

type Sent = { readonly frame: string; readonly stanza: Element };

export const createStreamManagement = (options: StreamManagementOptions): StreamManagement => new Management(options);

class Management implements StreamManagement {
  readonly #options: StreamManagementOptions;
  readonly #emitter = new Emitter<{ acked: readonly Element[]; unknown: readonly Element[]; returned: readonly Element[] }>();
  /** The stream to speak on; absent while there is none or it has no stream management. */
  #stream: Negotiation | undefined;
  /** Counting: from `<enabled/>` until a new stream begins, also while detached. */
  #counting = false;
  #id: string | undefined;
  #max: number | undefined;
  #location: string | undefined;
  #jid = '';
  #hIn = 0;
  #hOut = 0;
  #queue: Sent[] = [];
  /** Messages on a stream without management, and what asks the server for a sign after them. */
  #unproven: Element[] = [];
  #ask: (() => Promise<unknown>) | undefined;
  /** The state came from the disk: the last stanzas sent may be missing in it. */
  #fromDisk = false;
  /** `h` as last told to the server. */
  #told = 0;
  readonly #state: KeptState;
  #asked: number | undefined;
  #cancelRequest: (() => void) | undefined;
  #requestIsSoon = false;
  withholds: ((stanza: Element) => boolean) | undefined;
  #cancelAck: (() => void) | undefined;
  /** The stream on which an `<a/>` is about to be sent: its count is being kept. */
  #acknowledging: Negotiation | undefined;

  constructor(options: StreamManagementOptions) {
    this.#options = options;
    this.#state = new KeptState(options, () => this.#snapshot());
  }

  get resumable(): { readonly jid: string; readonly location: string | undefined } | undefined {
    return this.#id === undefined ? undefined : { jid: this.#jid, location: this.#location };
  }

  get unansweredSince(): number | undefined {
    return this.#asked;
  }

  on(type: 'acked' | 'unknown' | 'returned', listener: (stanzas: readonly Element[]) => void): Unsubscribe {
    return this.#emitter.on(type, listener);
  }

  async load(): Promise<void> {
    const state = await this.#state.load();
    if (!state || this.#counting) return;
    this.#queue = state.queue.map(({ xml: frame }) => ({ frame, stanza: parseFrame(frame) }));
    this.#id = state.id;
    this.#jid = state.jid;
    this.#max = state.max;
    this.#location = state.location;
    this.#hIn = state.hIn;
    this.#hOut = state.hOut;
    this.#counting = this.#fromDisk = true;
  }

  async resumption(): Promise<Element> {
    // What the server is told now must not be forgotten by a page that dies the moment after.
    await this.#state.saveInTime();
    return xml('resume', { xmlns: NS_SM, h: this.#hIn, previd: this.#id });
  }

  async resumed(stream: Negotiation, reply: Element): Promise<'resumed' | 'failed'> {
    if (reply.is('resumed', NS_SM)) {
      if (reply.attrs['previd'] !== undefined && reply.attrs['previd'] !== this.#id) {
        // It would be the same the next time.
        this.#id = undefined;
        throw new ChatError('protocol', 'another stream was resumed');
      }
      const acked = this.#acknowledged(stream, reply.attrs['h']);
      this.#fromDisk = false;
      this.#stream = stream;
      this.#told = this.#hIn;
      if (acked.length > 0) this.#emitter.emit('acked', acked);
      this.#giveBack();
      void this.#state.save();
      await this.#isHeard(stream);
      // §5: what the server has not got is sent again, as it was and in order.
      for (const { frame } of this.#queue) stream.send(parseFrame(frame));
      if (this.#queue.length > 0) this.request();
      return 'resumed';
    }
    if (!reply.is('failed', NS_SM)) throw new ChatError('protocol', 'neither resumed nor failed');
    // §5: a server that still knows says how much it got; that much is not of unknown fate.
    const h = readCount(reply.attrs['h']);
    const got = h === undefined ? 0 : distance(this.#hOut, h);
    const credible = got <= this.#queue.length || (this.#fromDisk && got < modulus / 2);
    const acked = credible ? this.#queue.splice(0, got) : [];
    if (acked.length > 0) this.#emitter.emit('acked', acked.map(({ stanza }) => stanza));
    this.#reset();
    await this.#state.saveInTime();
    return 'failed';
  }

  /** The order within a conversation is the sender's business: he gets all of them. Only what the server has counted is counted. */
  #giveBack(): void {
    if (!this.#queue.some(({ stanza }) => this.withholds?.(stanza))) return;
    const isMessage = ({ stanza }: Sent): boolean => stanza.is('message') && stanza.getChild('body') !== undefined;
    const returned = this.#queue.filter(isMessage).map(({ stanza }) => stanza);
    this.#queue = this.#queue.filter((sent) => !isMessage(sent));
    this.#emitter.emit('returned', returned);
  }

  /**
   * Prosody 0.12 puts the half of a frame that a cut has left over before the first frames of the stream that is resumed. They are
   * swallowed and never counted, so that every `h` after them speaks of the wrong stanzas, or it hears nothing any more. So nothing
   * that counts is sent before a question was answered; a stream without an answer is not resumed again, and what is in the queue
   * is of unknown fate then, and the archive's to find.
   */
  async #isHeard(stream: Negotiation): Promise<void> {
    stream.send(xml('r', { xmlns: NS_SM }));
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#options.clock.after(heardWithin, () => reject(new ChatError('timeout', 'the resumed stream is not heard')));
    });
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- the answer may come after a question of the server's
        const element = await Promise.race([stream.nextNonza(), late]);
        // Nothing that counts was sent since `<resumed h>`. A count that has grown all the same is wrong, or the first one was, by what
        // the server still had of the former connection; which of them, and of what else, only the archive can tell.
        const h = element.is('a', NS_SM) ? readCount(element.attrs['h']) : undefined;
        if (h !== undefined && h !== this.#hOut) throw this.#tooHigh(stream, h, this.#hOut);
        this.nonza(element);
        if (element.is('a', NS_SM)) return;
      }
    } catch (error) {
      // A line that is cut once more says nothing of the server.
      if (toChatError(error, 'protocol').code === 'timeout') this.#id = undefined;
      throw error;
    } finally {
      cancel();
    }
  }

  enabling(): Element {
    return xml('enable', { xmlns: NS_SM, resume: 'true' });
  }

  async enabled(stream: Negotiation, jid: string, reply: Element): Promise<void> {
    this.#reset();
    if (reply.is('failed', NS_SM)) {
      this.#options.log.warn('the server does not manage the stream');
      return this.#state.saveInTime();
    }
    if (!reply.is('enabled', NS_SM)) throw new ChatError('protocol', 'neither enabled nor failed');
    const { id, resume, max, location } = reply.attrs;
    this.#jid = jid;
    this.#id = id !== undefined && id !== '' && (resume === 'true' || resume === '1') ? id : undefined;
    this.#max = readCount(max);
    this.#location = location;
    this.#counting = true;
    this.#stream = stream;
    await this.#state.saveInTime();
  }

  unmanaged(ask: () => Promise<unknown>): void {
    this.#ask = ask;
  }

  nonza(element: Element): void {
    const stream = this.#stream;
    if (!stream) return;
    if (element.is('r', NS_SM)) void this.#acknowledge();
    else if (element.is('a', NS_SM)) {
      this.#asked = undefined;
      const acked = this.#acknowledged(stream, element.attrs['h']);
      if (acked.length === 0) return;
      // In this order: whoever keeps what is told has begun to before the state without it is kept.
      this.#emitter.emit('acked', acked);
      void this.#state.save();
    }
  }

  sent(stanza: Element): void {
    if (!this.#stream) return this.#prove(stanza);
    this.#queue.push({ frame: toFrame(stanza), stanza });
    void this.#state.save();
    this.#requestAfter(stanza.is('message') ? 'message' : 'other');
  }

  handled(count: number): void {
    if (!this.#counting) return;
    this.#hIn = add(this.#hIn, count);
    if (!this.#stream) void this.#state.save();
    else this.#owe();
  }

  /** An `<a/>` for what has been handled and not told: at once where it is much, else soon. */
  #owe(): void {
    if (distance(this.#told, this.#hIn) >= acknowledgeEvery) void this.#acknowledge();
    else if (this.#told !== this.#hIn) this.#cancelAck ??= this.#options.clock.after(delays.acknowledge, () => void this.#acknowledge());
  }

  request(): void {
    this.#cancelRequest?.();
    this.#cancelRequest = undefined;
    this.#requestIsSoon = false;
    if (this.#stream) this.#asked ??= this.#options.clock.now();
    this.#say(xml('r', { xmlns: NS_SM }));
  }

  async detached(): Promise<void> {
    this.#stream = undefined;
    this.#quiet();
    // Without a resumption nobody will ever say what became of them.
    if (this.#id === undefined) this.#reset();
    await this.#state.save();
  }

  async forget(): Promise<void> {
    // §6: a last word, so that the server does not deliver again what has been handled.
    if (this.#stream && this.#told !== this.#hIn) this.#say(xml('a', { xmlns: NS_SM, h: this.#hIn }));
    this.#reset();
    await this.#state.save();
  }

  /** A burst of messages, then one question. Its answer may be an error; only that it comes counts, and that it comes in this stream. */
  #prove(stanza: Element): void {
    if (!this.#ask || !stanza.is('message')) return;
    this.#unproven.push(stanza);
    this.#cancelRequest ??= this.#options.clock.after(delays.afterMessage, () => {
      const asked = this.#unproven;
      this.#quiet();
      this.#ask?.().then(
        () => this.#emitter.emit('acked', asked),
        (error: unknown) => this.#options.log.debug('not proven', error),
      );
    });
  }

  /** Takes confirmed stanzas off the queue. Throws `protocol`, having told the server, where it confirms more than was sent. */
  #acknowledged(stream: Negotiation, h: string | undefined): Element[] {
    const count = readCount(h);
    if (count === undefined) throw new ChatError('protocol', 'a count that is none');
    const got = distance(this.#hOut, count);
    if (got <= this.#queue.length) {
      this.#hOut = count;
      return this.#queue.splice(0, got).map(({ stanza }) => stanza);
    }
    if (this.#fromDisk && got < modulus / 2) {
      // The page died between the socket and the disk. The server is right; the stanzas it has beyond ours are the archive's to find.
      this.#options.log.warn('the server has more than was kept', { kept: this.#queue.length, got });
      this.#hOut = count;
      return this.#queue.splice(0).map(({ stanza }) => stanza);
    }
    throw this.#tooHigh(stream, count, add(this.#hOut, this.#queue.length));
  }

  /** §4: 'handled-count-too-high'. Nothing of this stream can be believed any more, so it is not resumed either. */
  #tooHigh(stream: Negotiation, h: number, sendCount: number): ChatError {
    this.#id = undefined;
    this.#stream = undefined;
    stream.send(
      xml('stream:error', { 'xmlns:stream': 'http://etherx.jabber.org/streams' },
        xml('undefined-condition', { xmlns: 'urn:ietf:params:xml:ns:xmpp-streams' }),
        xml('handled-count-too-high', { xmlns: NS_SM, h, 'send-count': sendCount })),
    );
    return new ChatError('protocol', 'the server confirms more than was sent', { condition: 'handled-count-too-high' });
  }

  /** Keeps the count, then tells it. What is handled or asked meanwhile is answered by this one, or goes into the next: in a flood each would have its own. */
  async #acknowledge(): Promise<void> {
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    const stream = this.#stream;
    if (!stream || this.#acknowledging === stream) return;
    this.#acknowledging = stream;
    const h = this.#hIn;
    if (this.#id !== undefined && this.#state.hIn !== h) await this.#state.save();
    if (this.#acknowledging === stream) this.#acknowledging = undefined;
    // Never a count below one told before: servers end the stream over that.
    if (this.#stream !== stream || distance(this.#told, h) > modulus / 2) return;
    this.#told = h;
    this.#say(xml('a', { xmlns: NS_SM, h }));
    this.#owe();
  }

  #say(nonza: Element): void {
    try {
      this.#stream?.send(nonza);
    } catch (error) {
      this.#options.log.debug('the stream is over', error);
    }
  }

  #requestAfter(what: 'message' | 'other'): void {
    const soon = what === 'message';
    if (this.#cancelRequest && (this.#requestIsSoon || !soon)) return;
    this.#cancelRequest?.();
    this.#requestIsSoon = soon;
    this.#cancelRequest = this.#options.clock.after(soon ? delays.afterMessage : delays.afterOther, () => this.request());
  }

  /** A stream begins anew: what is still in the queue has an unknown fate. */
  #reset(): void {
    this.#quiet();
    const unknown = this.#queue.map(({ stanza }) => stanza);
    this.#queue = [];
    this.#stream = this.#id = this.#max = this.#location = undefined;
    this.#hIn = this.#hOut = this.#told = 0;
    this.#counting = this.#fromDisk = false;
    if (unknown.length > 0) this.#emitter.emit('unknown', unknown);
  }

  #quiet(): void {
    this.#cancelRequest?.();
    this.#cancelAck?.();
    this.#cancelRequest = this.#cancelAck = this.#asked = undefined;
    this.#unproven = [];
  }

  #snapshot(): SmState | undefined {
    if (this.#id === undefined) return undefined;
    return {
      id: this.#id,
      jid: this.#jid,
      hIn: this.#hIn,
      hOut: this.#hOut,
      queue: this.#queue.map(({ frame }, at) => ({ seq: add(this.#hOut, at + 1), xml: frame })),
      savedAt: this.#options.clock.now(),
      ...(this.#max === undefined ? {} : { max: this.#max }),
      ...(this.#location === undefined ? {} : { location: this.#location }),
    };
  }
}
