/** Connects, stays connected, and tells how it goes. The parts do the work; this puts them in order. */
import type { Element } from './element.js';
import { toFrame } from './serialize.js';
import { Intake } from './intake.js';
import { IqRequests } from './iq.js';
import { openStream } from './negotiate.js';
import { Backoff, isFinal } from './reconnect.js';
import { checkService, redirectTarget } from './service-url.js';
import { NS_SM, offersScram, ping, signIn } from './sign-in.js';
import { isStanza, negotiationDeadline } from './stream.js';
import type { Stream, StreamEnd } from './stream.js';
import type { Connection, ConnectionOptions, ConnectionState, Proof } from './connection-types.js';
import { bareJid } from '../base/jid.js';
import { Emitter } from '../base/emitter.js';
import type { Unsubscribe } from '../base/emitter.js';
import { ChatError, toChatError } from '../base/error.js';
import { delay } from '../base/clock.js';

/** Milliseconds without a frame before the server is asked for a sign of life, and how long it may take to give one. */
const idleProbe = { after: 30_000, deadline: 15_000 } as const;
/** Milliseconds that a server may speak without acknowledging what it was asked to: a slow line has much to bring first. */
const deafAfter = 90_000;
/** A socket that slept is proven within this. */
const wakeDeadline = 5_000;
/** What has come may take this long to be dealt with before a stream is left. */
const farewellDeadline = 1_000;
/** A look at the clock every so often, and how late it may come before the machine is taken to have slept, milliseconds. */
const tick = { every: 4_000, late: 4_000 } as const;
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
  /** Where the last stream went, and whether a place that a server preferred has been tried in vain. */
  #url = '';
  #strayed = false;
  #cutSleep: (() => void) | undefined;
  #cancelTick: (() => void) | undefined;
  #cancelProbe: (() => void) | undefined;
  #cancelIdle: (() => void) | undefined;
  /** When the probe under way is over, in the clock's time. */
  #probeEnds = Infinity;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#scramSeen = options.scramSeen ?? false;
    this.#backoff = new Backoff(options.random);
    this.#requests = new IqRequests({ clock: options.clock, newId: options.newId, log: options.log, send: (stanza) => this.send(stanza) });
    options.management.unmanaged(() =>
      this.iq(ping(options.domain)).catch((error: unknown) => {
        if (toChatError(error, 'protocol').code !== 'refused') throw error;
      }),
    );
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
    this.#tick();
    void this.#stopped.then(() => this.#stayConnected(run));
  }

  async stop({ forget = false }: { readonly forget?: boolean } = {}): Promise<void> {
    const { management, fast, sasl2, clock, log } = this.#options;
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
        if (forget && fast) await (await sasl2?.())?.dropToken({ jid: bareJid(this.#jid ?? ''), open: (jid) => this.#open(this.#url, jid), fast, clock, log });
      } else stream?.fail(new ChatError('offline', 'stopped'));
      await Promise.race([this.#intake.idle(), delay(this.#options.clock, farewellDeadline)]);
      await management.detached();
      if (forget) await management.forget();
    })().catch((error: unknown) => this.#options.log.warn('stopping', error));
    this.#requests.rejectAll(new ChatError('offline', 'stopped'));
    this.#cancelTick?.();
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
    this.#probe(wakeDeadline);
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
      const wait = this.#backoff.next(error, this.#onlineAt === undefined ? undefined : clock.now() - this.#onlineAt);
      const sleeping = this.#sleep(wait);
      this.#setState({ kind: 'waiting', retryAt: clock.now() + wait, error });
      await sleeping;
    }
  }

  #refuse(error: ChatError): void {
    this.#run++;
    this.#cancelTick?.();
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
    const { management, redirectHosts } = this.#options;
    const service = checkService(await this.#ask(this.#options.service(), 'unreachable')).href;
    const proof = await this.#ask(this.#options.proof(), 'unreachable');
    if (run !== this.#run) throw new ChatError('offline', 'stopped');
    // XEP-0198 §5: where the server keeps the stream. As a host and a port it is about TCP, and nothing to a browser.
    const location = management.resumable?.location;
    const preferred = !this.#strayed && location && /^wss?:/i.test(location) ? redirectTarget(service, location, redirectHosts) : undefined;
    this.#strayed = preferred !== undefined;
    let end = await this.#over(preferred ?? service, proof, run);
    // It was deleted: on with the password, at once, and nobody is told.
    if (end.error.condition === 'token-refused' && run === this.#run) end = await this.#over(preferred ?? service, proof, run);
    const target = end.redirect === undefined ? undefined : redirectTarget(service, end.redirect, redirectHosts);
    // Once, and to a known host only: a server must not send credentials elsewhere.
    return target === undefined || run !== this.#run ? end.error : (await this.#over(target, proof, run)).error;
  }

  #ask<T>(answer: Promise<T>, code: 'unreachable'): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(askDeadline, () => reject(new ChatError(code, 'the site did not answer in time')));
      answer.finally(cancel).then(resolve, (error: unknown) => reject(toChatError(error, code)));
    });
  }

  async #over(url: string, proof: Proof, run: number): Promise<StreamEnd> {
    const { clock, management } = this.#options;
    const stream = this.#open(url, proof.kind === 'anonymous' ? undefined : `${proof.username}@${this.#options.domain}`);
    this.#stream = stream;
    this.#url = url;
    const cancel = clock.after(negotiationDeadline, () => stream.fail(new ChatError('timeout', 'the server did not come to an end')));
    let failed: ChatError | undefined;
    try {
      const online = await this.#negotiate(stream, proof);
      if (run === this.#run) {
        this.#strayed = false;
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
    cancel();
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

  #open(url: string, from: string | undefined): Stream {
    const { domain, openSocket, clock, newId, log } = this.#options;
    return openStream({ url, domain, from, openSocket, clock, newId, log });
  }

  async #negotiate(stream: Stream, proof: Proof): Promise<{ readonly jid: string; readonly resumed: boolean }> {
    const { onSaltedKey, log } = this.#options;
    await stream.open();
    const scramSeen = this.#scramSeen;
    if (offersScram(stream)) this.#scramSeen = true;
    const { saltedKey, ...online } = await signIn(stream, proof, scramSeen, this.#options);
    if (saltedKey && proof.kind === 'password') {
      try {
        onSaltedKey?.(saltedKey);
      } catch (error) {
        log.warn('the key could not be kept', error);
      }
    }
    return online;
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

  /** A timer that comes late has slept with the machine: whatever was going on then is looked at anew. */
  #tick(): void {
    const { clock } = this.#options;
    const due = clock.now() + tick.every;
    this.#cancelTick?.();
    this.#cancelTick = clock.after(tick.every, () => {
      this.#tick();
      if (clock.now() < due + tick.late) return;
      if (this.#state.kind === 'connecting') this.#stream?.fail(new ChatError('timeout', 'the machine slept'));
      this.wake();
    });
  }

  /** Finds out within 45 s when the other end has gone without a word. */
  #watch(stream: Stream): void {
    const { clock, management } = this.#options;
    const look = (): void => {
      const quiet = clock.now() - stream.receivedAt;
      // A clock that was set back does not say how long: it counts as long.
      const long = quiet < 0 || quiet >= idleProbe.after;
      if (long) this.#probe(idleProbe.deadline);
      // It speaks and does not hear: a line that is dead in one direction only.
      const { unansweredSince = Infinity } = management;
      if (clock.now() - unansweredSince >= deafAfter) stream.fail(new ChatError('timeout', 'the server answers nothing'));
      this.#cancelIdle = clock.after(long ? idleProbe.after : idleProbe.after - quiet, look);
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
    // While it is being negotiated the server owes an answer anyway.
    if (this.#state.kind === 'online') this.iq(ping(domain)).catch(() => {});
  }

  #quiet(): void {
    this.#cancelProbe?.();
    this.#cancelIdle?.();
    this.#cancelProbe = this.#cancelIdle = undefined;
    this.#probeEnds = Infinity;
  }
}
