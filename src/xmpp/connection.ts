/** Connects, stays connected, and tells how it goes. The parts do the work; this puts them in order. */
import { xml } from './element.js';
import type { Element } from './element.js';
import { toFrame } from './serialize.js';
import { Intake } from './intake.js';
import { IqRequests } from './iq.js';
import { bind, NS_BIND, openStream } from './negotiate.js';
import { Backoff, isFinal, stableAfter } from './reconnect.js';
import { authenticate, offersScram } from './sasl.js';
import { checkService, redirectTarget } from './service-url.js';
import { isStanza } from './stream.js';
import type { Stream, StreamEnd } from './stream.js';
import type { Connection, ConnectionOptions, ConnectionState, Negotiation, Proof } from './connection-types.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { Emitter } from '../base/emitter.js';
import type { Unsubscribe } from '../base/emitter.js';
import { ChatError, toChatError } from '../base/error.js';
import { delay } from '../base/clock.js';

const NS_SM = 'urn:xmpp:sm:3';
const NS_PING = 'urn:xmpp:ping';

/** Milliseconds without a frame before the server is asked for a sign of life, and how long it may take to give one. */
const idleProbe = { after: 30_000, deadline: 15_000 } as const;
/** A socket that slept is proven within this. */
const wakeDeadline = 5_000;
/** What has come may take this long to be dealt with before a stream is left. */
const farewellDeadline = 1_000;
/** Looking the service up, and the site's own code that gives credentials. */
const askDeadline = 30_000;

export const createConnection = (options: ConnectionOptions): Connection => new XmppConnection(options);

class XmppConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #emitter = new Emitter<{ state: ConnectionState }>();
  readonly #requests: IqRequests;
  readonly #intake: Intake;
  readonly #backoff: Backoff;
  #state: ConnectionState = { kind: 'idle' };
  #jid: string | undefined;
  #onlineAt: number | undefined;
  /** The stream in use or being negotiated. */
  #stream: Stream | undefined;
  /** Each `start` is a run; `stop` ends it. */
  #run = 0;
  #stopped: Promise<void> = Promise.resolve();
  #loaded: Promise<void> | undefined;
  #scramSeen: boolean;
  #cutSleep: (() => void) | undefined;
  #cancelProbe: (() => void) | undefined;
  #cancelIdle: (() => void) | undefined;
  /** When the probe under way is over, in the clock's time. */
  #probeEnds = Infinity;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#scramSeen = options.scramSeen ?? false;
    this.#backoff = new Backoff(options.random);
    this.#requests = new IqRequests({ clock: options.clock, newId: options.newId, log: options.log, send: (stanza) => this.send(stanza) });
    this.#intake = new Intake({ handle: options.onStanzas, handled: (count) => options.management.handled(count), failed: (error) => this.#stream?.fail(error), log: options.log });
  }

  get state(): ConnectionState {
    return this.#state;
  }
  get jid(): string | undefined {
    return this.#jid;
  }
  get features(): Element | undefined {
    return this.#state.kind === 'online' ? this.#stream?.features : undefined;
  }

  onState(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.#emitter.on('state', listener);
  }

  start(): void {
    if (this.#state.kind !== 'idle' && this.#state.kind !== 'refused') return;
    this.#backoff.reset();
    const run = ++this.#run;
    this.#setState({ kind: 'connecting' });
    void this.#stopped.then(() => this.#stayConnected(run));
  }

  async stop({ forget = false }: { readonly forget?: boolean } = {}): Promise<void> {
    const { management } = this.#options;
    const stream = this.#stream;
    const online = this.#state.kind === 'online';
    this.#run++;
    this.#cutSleep?.();
    this.#stopped = (async () => {
      await this.#stopped;
      // A farewell ends the session at the server; a stream that is to be taken up again is left without one.
      if (online && (forget || !management.resumable)) {
        // First what has come is dealt with and acknowledged, or the server would keep it for the next time.
        await Promise.race([this.#intake.idle(), delay(this.#options.clock, farewellDeadline)]);
        await management.forget();
        await stream?.close();
      } else stream?.fail(new ChatError('offline', 'stopped'));
      await Promise.race([this.#intake.idle(), delay(this.#options.clock, farewellDeadline)]);
      await management.detached();
      if (forget) await management.forget();
    })().catch((error: unknown) => this.#options.log.warn('stopping', error));
    this.#requests.rejectAll(new ChatError('offline', 'stopped'));
    this.#quiet();
    this.#setState({ kind: 'idle' });
    await this.#stopped;
  }

  send(stanza: Element): void {
    const stream = this.#online();
    const frame = toFrame(stanza);
    this.#options.management.sent(stanza);
    stream.sendFrame(frame);
  }

  sendNonza(element: Element): void {
    this.#online().send(element);
  }

  async iq(stanza: Element, { timeout }: { readonly timeout?: number } = {}): Promise<Element> {
    this.#online();
    return this.#requests.request(stanza, timeout);
  }

  wake(): void {
    this.#cutSleep?.();
    if (this.#state.kind === 'online') this.#probe(wakeDeadline);
  }

  #online(): Stream {
    if (this.#state.kind !== 'online' || !this.#stream || this.#stream.error) throw new ChatError('offline', 'there is no stream');
    return this.#stream;
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#emitter.emit('state', state);
  }

  async #stayConnected(run: number): Promise<void> {
    const { clock, log, management } = this.#options;
    this.#loaded ??= management.load().catch((error: unknown) => log.warn('the kept stream could not be read', error));
    await this.#loaded;
    while (run === this.#run) {
      if (this.#state.kind !== 'connecting') this.#setState({ kind: 'connecting' });
      let error: ChatError;
      this.#onlineAt = undefined;
      try {
        error = await this.#session(run);
      } catch (thrown) {
        error = toChatError(thrown, 'unreachable');
      }
      if (run !== this.#run) return;
      if (isFinal(error)) return this.#refuse(error);
      if (this.#onlineAt !== undefined && clock.now() - this.#onlineAt >= stableAfter) this.#backoff.reset();
      const wait = this.#backoff.next();
      const sleeping = this.#sleep(wait);
      this.#setState({ kind: 'waiting', retryAt: clock.now() + wait, error });
      await sleeping;
    }
  }

  #refuse(error: ChatError): void {
    this.#run++;
    this.#requests.rejectAll(error);
    this.#setState({ kind: 'refused', error });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#cutSleep = undefined;
        resolve();
      };
      const cancel = this.#options.clock.after(ms, wake);
      this.#cutSleep = wake;
    });
  }

  /** One stream from its socket to its end; resolves to why it ended, rejects with why it never began. */
  async #session(run: number): Promise<ChatError> {
    const service = checkService(await this.#ask(this.#options.service(), 'unreachable')).href;
    const proof = await this.#ask(this.#options.proof(), 'unreachable');
    if (run !== this.#run) throw new ChatError('offline', 'stopped');
    const end = await this.#over(service, proof, run);
    const target = end.redirect === undefined ? undefined : redirectTarget(service, end.redirect);
    // Once, and to the same host only: a server must not send credentials elsewhere.
    return target === undefined || run !== this.#run ? end.error : (await this.#over(target, proof, run)).error;
  }

  #ask<T>(answer: Promise<T>, code: 'unreachable'): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(askDeadline, () => reject(new ChatError(code, 'the site did not answer in time')));
      answer.finally(cancel).then(resolve, (error: unknown) => reject(toChatError(error, code)));
    });
  }

  async #over(url: string, proof: Proof, run: number): Promise<StreamEnd> {
    const { domain, openSocket, clock, newId, log, management } = this.#options;
    const stream = openStream({ url, domain, openSocket, clock, newId, log });
    this.#stream = stream;
    let failed: ChatError | undefined;
    try {
      const online = await this.#negotiate(stream, proof);
      if (run === this.#run) {
        this.#jid = online.jid;
        this.#onlineAt = clock.now();
        if (!online.resumed) this.#requests.rejectAll(new ChatError('offline', 'the stream it was asked on is gone'));
        this.#watch(stream);
        this.#intake.begin();
        this.#setState({ kind: 'online', ...online });
        stream.use((element, counted) => this.#onElement(stream, element, counted));
      }
    } catch (error) {
      // A refusal stays one, also where the server hung up right after it.
      if (error !== stream.error) failed = toChatError(error, 'protocol');
      await stream.close();
    }
    const end = await stream.ended;
    if (run === this.#run) {
      this.#stream = undefined;
      this.#quiet();
      // What has arrived is dealt with and counted before a new stream may say how much that was.
      await this.#intake.idle();
      await management.detached();
    }
    return failed ? { error: failed } : end;
  }

  async #negotiate(stream: Stream, proof: Proof): Promise<{ readonly jid: string; readonly resumed: boolean }> {
    const { domain, management, newId, resourcePrefix = 'tertulia', onSaltedKey, log } = this.#options;
    await stream.open();
    const scramSeen = this.#scramSeen;
    if (offersScram(stream.features)) this.#scramSeen = true;
    const { saltedKey } = await authenticate(stream, { proof, domain, scramSeen, newId });
    await stream.restart();
    const managed = stream.features.getChild('sm', NS_SM) !== undefined;
    // Stanzas may come between two steps of stream management; they are not its business.
    const steps: Negotiation = { features: stream.features, domain, send: (element) => stream.send(element), next: () => stream.nextNonza(), iq: (stanza) => stream.iq(stanza) };
    const kept = management.resumable?.jid;
    const own = proof.kind !== 'anonymous' && kept !== undefined && bareJid(kept) === normalizeJid(`${proof.username}@${domain}`);
    if (managed && own && (await management.resume(steps)) === 'resumed') return { jid: kept, resumed: true };
    if (!stream.features.getChild('bind', NS_BIND)) throw new ChatError('protocol', 'the server binds no resource');
    const jid = await bind(stream, `${resourcePrefix}.${newId().slice(0, 8)}`);
    if (managed) await management.enable(steps, jid);
    else await management.forget();
    if (saltedKey && proof.kind === 'password') {
      try {
        onSaltedKey?.(saltedKey);
      } catch (error) {
        log.warn('the key could not be kept', error);
      }
    }
    return { jid, resumed: false };
  }

  #onElement(stream: Stream, element: Element | undefined, counted: boolean): void {
    if (!element || isStanza(element)) {
      const mine = element !== undefined && this.#jid !== undefined && this.#requests.take(element, this.#jid);
      this.#intake.push(mine ? undefined : element, counted);
    } else if (element.getNS() === NS_SM) {
      try {
        this.#options.management.nonza(element);
      } catch (error) {
        stream.fail(toChatError(error, 'protocol'));
      }
    } else this.#options.log.debug('an element of no known use', element.name);
  }

  /** Finds out within 45 s when the other end has gone without a word. */
  #watch(stream: Stream): void {
    const { clock } = this.#options;
    const look = (): void => {
      const quiet = clock.now() - stream.receivedAt;
      if (quiet >= idleProbe.after) this.#probe(idleProbe.deadline);
      this.#cancelIdle = clock.after(quiet >= idleProbe.after ? idleProbe.after : idleProbe.after - Math.max(0, quiet), look);
    };
    look();
  }

  /** Any frame is a sign of life, an error too. A probe under way is not put off by a later one. */
  #probe(deadline: number): void {
    const { clock, domain } = this.#options;
    const stream = this.#stream;
    if (!stream || this.#probeEnds <= clock.now() + deadline) return;
    const seen = stream.received;
    this.#cancelProbe?.();
    this.#probeEnds = clock.now() + deadline;
    this.#cancelProbe = clock.after(deadline, () => {
      this.#probeEnds = Infinity;
      if (stream.received === seen) stream.fail(new ChatError('timeout', 'the server gives no sign of life'));
    });
    this.iq(xml('iq', { type: 'get', to: domain }, xml('ping', { xmlns: NS_PING }))).catch(() => {});
  }

  #quiet(): void {
    this.#cancelProbe?.();
    this.#cancelIdle?.();
    this.#cancelProbe = this.#cancelIdle = undefined;
    this.#probeEnds = Infinity;
  }
}
