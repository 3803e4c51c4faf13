// A thousand clients and one server that goes away and comes back: the real connection and its back-off, on a clock of their own.
import { createConnection } from '../../src/xmpp/connection.js';
import { createStreamManagement } from '../../src/xep/0198-stream-management.js';
import { silentLog } from '../../src/base/log.js';
import type { Clock } from '../../src/base/clock.js';
import type { Connection, SocketLike } from '../../src/xmpp/connection-types.js';
import { seeded } from './random.js';

/** How the streams end: without a word, with a word to everybody, or one line alone while the server stays. */
export type Ending = 'killed' | 'goodbye' | 'blink';
export type HerdOptions = { readonly clients: number; readonly ending: Ending; /** Milliseconds the server is away. */ readonly away: number; readonly seed: number };
/** Milliseconds since the streams ended. */
export type Herd = {
  readonly attempts: readonly { readonly at: number; readonly reached: boolean }[];
  /** For each client, when it was in a session again. */
  readonly back: readonly number[];
  readonly resumed: number;
};

/** Milliseconds from a frame to its answer, and from a call to a refusal. */
const roundTrip = 60;
/** Everybody has been online for that long, milliseconds, not all since the same moment. */
const before = 20_000;

/** Milliseconds as buckets, for timers end on whole ones. */
class HerdClock implements Clock {
  #now = 0;
  readonly #due = new Map<number, Set<() => void>>();
  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const at = this.#now + Math.max(1, Math.round(ms));
    const set = this.#due.get(at) ?? new Set();
    this.#due.set(at, set);
    const entry = (): void => run();
    set.add(entry);
    return () => void set.delete(entry);
  }
  async runUntil(end: number): Promise<void> {
    for (; this.#now < end; this.#now++) {
      const due = this.#due.get(this.#now);
      if (!due) continue;
      this.#due.delete(this.#now);
      for (const run of due) {
        run();
      }
      // Whatever waits only for promises goes on before the clock does.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

type Session = { readonly id: string; received: number };

class HerdServer {
  up = true;
  sessions = new Map<string, Session>();
  readonly #sockets = new Set<HerdSocket>();
  readonly #clock: HerdClock;
  readonly onAttempt: (reached: boolean) => void;
  #ids = 0;
  constructor(clock: HerdClock, onAttempt: (reached: boolean) => void) {
    this.#clock = clock;
    this.onAttempt = onAttempt;
  }
  open(): SocketLike {
    const socket = new HerdSocket((frame) => this.#clock.after(roundTrip, () => this.#answer(socket, frame)));
    this.onAttempt(this.up);
    this.#clock.after(roundTrip, () => (this.up ? (this.#sockets.add(socket), socket.onopen?.()) : socket.end()));
    return socket;
  }
  #answer(socket: HerdSocket, frame: string): void {
    if (!this.#sockets.has(socket)) return;
    const id = / id="([^"]*)"/.exec(frame)?.[1] ?? '';
    const stream = "xmlns:stream='http://etherx.jabber.org/streams'";
    const sm = "xmlns='urn:xmpp:sm:3'";
    if (frame.startsWith('<open')) {
      socket.say(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' version='1.0'/>`);
      socket.say(`<stream:features ${stream}>${socket.known ? `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm ${sm}/>` : "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>OAUTHBEARER</mechanism></mechanisms>"}</stream:features>`);
    } else if (frame.startsWith('<auth')) {
      socket.known = true;
      socket.say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    } else if (frame.startsWith('<enable')) {
      const session = (socket.session = { id: `s${++this.#ids}`, received: 0 });
      this.sessions.set(session.id, session);
      socket.say(`<enabled ${sm} id='${session.id}' resume='true'/>`);
    } else if (frame.startsWith('<resume')) {
      const session = this.sessions.get(/previd="([^"]*)"/.exec(frame)?.[1] ?? '');
      socket.session = session;
      socket.say(session ? `<resumed ${sm} previd='${session.id}' h='${session.received}'/>` : `<failed ${sm}/>`);
    } else if (frame.startsWith('<r ')) socket.say(`<a ${sm} h='${socket.session?.received ?? 0}'/>`);
    else if (frame.startsWith('<iq')) {
      if (socket.session) socket.session.received++;
      socket.say(frame.includes('xmpp-bind') ? `<iq xmlns='jabber:client' type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>somebody@example.com/${++this.#ids}</jid></bind></iq>` : `<iq xmlns='jabber:client' type='result' id='${id}' from='example.com'/>`);
    }
  }
  /** Ends every stream, or the one of `only`. */
  drop(word: string | undefined, only?: SocketLike): void {
    for (const socket of this.#sockets) {
      if (only && socket !== only) continue;
      this.#sockets.delete(socket);
      if (word !== undefined) socket.say(`<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${word} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`);
      socket.end();
    }
  }
}

class HerdSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly bufferedAmount = 0;
  known = false;
  session: Session | undefined;
  readonly send: (frame: string) => void;
  constructor(send: (frame: string) => void) {
    this.send = send;
  }
  say(data: string): void {
    this.onmessage?.({ data });
  }
  end(): void {
    this.onclose?.({ code: 1006, reason: '' });
  }
  close(): void {}
}

/** Lets it happen, until everybody is back or ten minutes have passed. */
export async function runHerd({ clients, ending, away, seed }: HerdOptions): Promise<Herd> {
  const clock = new HerdClock();
  const random = seeded(seed);
  const attempts: { at: number; reached: boolean }[] = [];
  const back: number[] = [];
  let resumed = 0;
  let ended = Infinity;
  let ids = 0;
  const server = new HerdServer(clock, (reached) => {
    if (ending !== 'blink' && clock.now() >= ended) attempts.push({ at: clock.now() - ended, reached });
  });
  const herd: Connection[] = [];
  for (let at = 0; at < clients; at++) {
    let socket: SocketLike | undefined;
    let own = Infinity;
    const connection = createConnection({
      domain: 'example.com',
      service: async () => 'wss://example.com/ws',
      proof: async () => ({ kind: 'token', username: 'somebody', token: 'x' }),
      management: createStreamManagement({ store: { load: async () => undefined, save: async () => {} }, clock, log: silentLog }),
      onStanzas: async () => {},
      openSocket: () => (socket = server.open()),
      clock,
      newId: () => `id${++ids}`,
      random,
      log: silentLog,
    });
    connection.onState((state) => {
      const since = Math.min(ended, own);
      if (state.kind !== 'online' || clock.now() < since) return;
      back.push(clock.now() - since);
      if (state.resumed) resumed++;
    });
    herd.push(connection);
    clock.after(random() * 5_000, () => connection.start());
    if (ending === 'blink')
      clock.after(before + random() * 10_000, () => {
        own = clock.now();
        server.drop(undefined, socket);
      });
  }
  await clock.runUntil(before);
  if (herd.some(({ state }) => state.kind !== 'online')) throw new Error('somebody is not online to begin with');
  if (ending !== 'blink') {
    ended = clock.now();
    server.up = false;
    server.sessions = new Map();
    server.drop(ending === 'goodbye' ? 'system-shutdown' : undefined);
    clock.after(away, () => (server.up = true));
  }
  while (back.length < clients && clock.now() < before + 600_000) await clock.runUntil(clock.now() + 1_000);
  for (const connection of herd) void connection.stop();
  return { attempts, back, resumed };
}

/** How many in each second from 0 on. */
export function perSecond(times: readonly number[]): number[] {
  const bins: number[] = Array.from({ length: Math.floor(Math.max(0, ...times) / 1_000) + 1 }, () => 0);
  for (const time of times) bins[Math.floor(time / 1_000)]! += 1;
  return bins;
}

/** The value below which `share` of them are. */
export const quantile = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
