/** One stream over one socket (RFC 7395): opened, negotiated, used, gone. Nothing of it outlives the socket. */
import { xml, NS_CLIENT, childElements } from './element.js';
import type { Element } from './element.js';
import { looksLikeStanza, parseFrame } from './frame.js';
import { toFrame } from './serialize.js';
import { isIqReply, stanzaError } from './iq.js';
import type { Negotiation, OpenSocket, SocketLike } from './connection-types.js';
import { normalizeJid } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';

export const NS_FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';
export const NS_STREAM = 'http://etherx.jabber.org/streams';
export const NS_STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

/**
 * Milliseconds each stage may take: socket, opening, features, every step of SASL, bind, enabling and resuming. More than the
 * 15 s for which ejabberd itself waits for the old session's process, which may be busy with what it was sent last: whoever
 * gave up with it would miss its answer.
 */
export const stageDeadline = 20_000;
/** Milliseconds from the socket to the end of the negotiation, whatever a server finds to say in between. */
export const negotiationDeadline = 60_000;
/** Milliseconds for a polite farewell. */
export const closeDeadline = 2_000;
/** Frames that may wait to be asked for while a stream is negotiated. */
const backlogLimit = 1_000;
/** A WebSocket that is closed with these codes (RFC 6455 §7.4.1 and its registry) says that the server goes away for everybody. */
const goingAway: readonly number[] = [1001, 1012, 1013];
/** And with this one, that a frame of ours was too large. */
const tooBig = 1009;

export type StreamOptions = {
  readonly url: string;
  readonly domain: string;
  /** Bare JID, where it may be told before authentication. */
  readonly from?: string | undefined;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

/** Why it ended, and where the server would rather have us (unchecked). */
export type StreamEnd = { readonly error: ChatError; readonly redirect?: string };

/** `counted` is false for what came before stream management began; no element: a stanza that had to be dropped. */
export type StreamConsumer = (element: Element | undefined, counted: boolean) => void;

const stanzaNames = new Set(['message', 'presence', 'iq']);
export const isStanza = (element: Element): boolean => stanzaNames.has(element.name) && element.getNS() === NS_CLIENT;

export class Stream implements Negotiation {
  readonly domain: string;
  /** What the server offers at this stage. */
  features: Element = xml('stream:features');
  /** Settles when the stream is over, however it ended; never rejects. */
  readonly ended: Promise<StreamEnd>;
  readonly #options: StreamOptions;
  readonly #socket: SocketLike;
  readonly #backlog: (Element | undefined)[] = [];
  readonly #early: { readonly element: Element | undefined; readonly counted: boolean }[] = [];
  #counted = false;
  #received = 0;
  #receivedAt: number;
  #consumer: StreamConsumer | undefined;
  #waiting: { readonly resolve: (element: Element | undefined) => void; readonly reject: (error: ChatError) => void; readonly cancel: () => void } | undefined;
  #end: StreamEnd | undefined;
  #resolveEnded: (end: StreamEnd) => void = () => {};
  #opened: (() => void) | undefined;
  #closing: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.domain = options.domain;
    this.#receivedAt = options.clock.now();
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    const socket = (this.#socket = options.openSocket(options.url));
    socket.onopen = () => this.#opened?.();
    socket.onmessage = ({ data }) => this.#onFrame(data);
    socket.onerror = () => options.log.debug('socket error');
    socket.onclose = ({ code }) => {
      if (this.#closing) this.#closing();
      else this.fail(new ChatError(this.#received === 0 ? 'unreachable' : 'offline', `the socket closed (${code})`, goingAway.includes(code) ? { condition: 'system-shutdown' } : code === tooBig ? { condition: 'policy-violation' } : {}));
    };
  }

  /** Frames received so far: any sign of life. */
  get received(): number {
    return this.#received;
  }
  /** When the last one came. */
  get receivedAt(): number {
    return this.#receivedAt;
  }
  get error(): ChatError | undefined {
    return this.#end?.error;
  }

  /** Waits for the socket, opens the stream and reads its features. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      if (this.#end) return reject(this.#end.error);
      const cancel = this.#options.clock.after(stageDeadline, () => this.fail(new ChatError('unreachable', 'the socket did not open in time')));
      this.#opened = () => {
        cancel();
        resolve();
      };
      void this.ended.then(({ error }) => {
        cancel();
        reject(error);
      });
    });
    await this.restart();
  }

  /**
   * Opens the stream anew over the same socket, as after authentication (RFC 7395 §3.7, RFC 6120 §6.4.6). `also` goes out
   * with it, without waiting for the features.
   */
  async restart(also?: Element): Promise<void> {
    // The channel is TLS, or this very machine: the server may know who comes (RFC 6120 §4.7.1), and needs to for XEP-0388 and XEP-0484.
    this.send(xml('open', { xmlns: NS_FRAMING, from: this.#options.from, to: this.domain, version: '1.0' }));
    if (also) this.send(also);
    const open = await this.next();
    if (!open.is('open', NS_FRAMING)) throw this.#break('the stream was not opened');
    const features = await this.next();
    if (!features.is('features', NS_STREAM)) throw this.#break('no features came');
    // Only now: a server that does not serve the domain opens with its own name and then says so in an error.
    const from = open.attrs['from'];
    if (from !== undefined && normalizeJid(from) !== normalizeJid(this.domain)) throw this.#break('another host answered');
    this.features = features;
  }

  async next(): Promise<Element> {
    const element = await this.#next();
    if (!element) throw this.#break('an unreadable stanza');
    return element;
  }

  #next(): Promise<Element | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#backlog.length > 0) return resolve(this.#backlog.shift());
      if (this.#end) return reject(this.#end.error);
      if (this.#waiting) return reject(new ChatError('invalid', 'somebody else is waiting already'));
      const cancel = this.#options.clock.after(stageDeadline, () => this.fail(new ChatError('timeout', 'the server did not answer in time')));
      this.#waiting = { resolve, reject, cancel };
    });
  }

  /** From here on every stanza counts for stream management (XEP-0198 §4), also what comes before the negotiation ends. */
  count(): void {
    this.#counted = true;
  }

  #keep(element: Element | undefined): void {
    // Of what it owes us on a resumed stream a server may send as much as it has kept.
    if (this.#early.push({ element, counted: this.#counted }) > backlogLimit && !this.#counted) this.reject('policy-violation', new ChatError('protocol', 'too much at once'));
  }

  /** The next element that is no stanza; stanzas that come first, readable or not, are kept for the consumer. */
  async nextNonza(): Promise<Element> {
    for (;;) {
      const element = await this.#next();
      if (element && !isStanza(element)) return element;
      this.#keep(element);
    }
  }

  async iq(stanza: Element): Promise<Element> {
    const id = (stanza.attrs['id'] = this.#options.newId());
    const to = stanza.attrs['to'];
    this.send(stanza);
    for (;;) {
      const element = await this.#next();
      if (!element) {
        this.#keep(element);
        continue;
      }
      const from = element.attrs['from'];
      // Nobody but the server can reach a stream without a resource; its reply may name it, the one asked, or nobody.
      const trusted = from === undefined || from === to || normalizeJid(from) === normalizeJid(this.domain);
      if (isStanza(element) && isIqReply(element) && element.attrs['id'] === id && trusted) {
        if (element.attrs['type'] === 'error') throw stanzaError(element);
        return element;
      }
      if (isStanza(element)) this.#keep(element);
      else this.#options.log.debug('an element nobody waits for', element.name);
    }
  }

  send(element: Element): void {
    this.sendFrame(toFrame(element));
  }

  /** Sends a frame that is written already. Throws what the stream ended with when it is over. */
  sendFrame(frame: string): void {
    if (this.#end) throw this.#end.error;
    try {
      this.#socket.send(frame);
    } catch (cause) {
      throw new ChatError('offline', 'the socket takes nothing', { cause });
    }
  }

  /** Ends the negotiation: from here on everything goes to `consumer`, first what has come already. */
  use(consumer: StreamConsumer): void {
    this.#consumer = consumer;
    for (const { element, counted } of this.#early.splice(0)) this.#consume(element, counted);
    for (const element of this.#backlog.splice(0)) this.#consume(element, true);
  }

  /** Ends the stream politely (RFC 7395 §3.6); resolves when the server has answered or 2 s have passed. */
  async close(): Promise<void> {
    if (this.#end) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.#options.clock.after(closeDeadline, done);
      this.#closing = done;
      try {
        this.send(xml('close', { xmlns: NS_FRAMING }));
      } catch {
        done();
      }
    });
    this.fail(new ChatError('offline', 'closed'));
  }

  /** Drops the socket without a word to the stream, so that it stays resumable. */
  fail(error: ChatError, redirect?: string): void {
    if (this.#end) return;
    this.#end = { error, ...(redirect === undefined ? {} : { redirect }) };
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close(1000);
    } catch {
      // It was never open.
    }
    this.#waiting?.cancel();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.#resolveEnded(this.#end);
  }

  /** Ends the stream with an error of ours (RFC 6120 §4.9). */
  reject(condition: string, error: ChatError, ...details: Element[]): void {
    if (this.#end) return;
    try {
      this.send(xml('stream:error', { 'xmlns:stream': NS_STREAM }, xml(condition, { xmlns: NS_STREAM_ERRORS }), ...details));
      this.send(xml('close', { xmlns: NS_FRAMING }));
    } catch {
      // The socket went first.
    }
    this.fail(error);
  }

  #break(what: string): ChatError {
    const error = this.#end?.error ?? new ChatError('protocol', what);
    this.fail(error);
    return error;
  }

  #onFrame(data: unknown): void {
    this.#received++;
    this.#receivedAt = this.#options.clock.now();
    let element: Element | undefined;
    try {
      // RFC 7395 §3.2: text frames only.
      if (typeof data !== 'string') throw new ChatError('protocol', 'a binary frame', { condition: 'bad-format' });
      element = parseFrame(data);
    } catch (thrown) {
      const error = thrown instanceof ChatError ? thrown : new ChatError('protocol', 'an unreadable frame', { cause: thrown });
      const condition = error.condition ?? 'not-well-formed';
      // Over a limit, or a prefix some servers pass on unchecked: another person wrote that, and the stream must live.
      const poison = typeof data === 'string' && looksLikeStanza(data) && (condition === 'policy-violation' || condition === 'bad-namespace-prefix');
      if (!poison) return this.reject(condition, error);
      this.#options.log.warn('dropped a stanza', error.message);
    }
    if (element) {
      // Some servers leave the default namespace out, and there is only one it can be (RFC 7395 §3.3.3).
      if (stanzaNames.has(element.name) && element.attrs['xmlns'] === undefined) element.attrs['xmlns'] = NS_CLIENT;
      if (element.is('close', NS_FRAMING)) return this.#onClose(element);
      if (element.is('error', NS_STREAM)) return this.#onError(element);
    }
    if (this.#consumer) return this.#consume(element, true);
    if (this.#waiting) {
      const { resolve, cancel } = this.#waiting;
      this.#waiting = undefined;
      cancel();
      return resolve(element);
    }
    if (this.#backlog.push(element) > backlogLimit) this.reject('policy-violation', new ChatError('protocol', 'too much at once'));
  }

  #consume(element: Element | undefined, counted: boolean): void {
    // After XEP-0388 they come by themselves, and some servers send what they owe before them.
    if (element?.is('features', NS_STREAM)) return void (this.features = element);
    try {
      this.#consumer?.(element, counted);
    } catch (error) {
      this.#options.log.warn('an element could not be handled', error);
    }
  }

  #onClose(close: Element): void {
    if (this.#closing) return this.#closing();
    try {
      this.send(xml('close', { xmlns: NS_FRAMING }));
    } catch {
      // The socket went first.
    }
    this.fail(new ChatError('stream-error', 'the server closed the stream', { condition: 'closed' }), close.attrs['see-other-uri']);
  }

  #onError(element: Element): void {
    const named = childElements(element).find((child) => child.getNS() === NS_STREAM_ERRORS && child.getName() !== 'text');
    const condition = named?.getName() ?? 'undefined-condition';
    const error = new ChatError('stream-error', `the server ended the stream: ${condition}`, { condition });
    try {
      this.send(xml('close', { xmlns: NS_FRAMING }));
    } catch {
      // The socket went first.
    }
    this.fail(error, condition === 'see-other-host' ? named?.text() : undefined);
  }
}
