import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from './line.js';
import { WireTap } from './wire-tap.js';

/** `up`: from the browser to the server. */
export type Direction = 'up' | 'down';

/** What ends connections. */
export type Fault =
  /** Reset at both ends, or only at the browser's: the server has not noticed, and holds on to the old one. */
  | { readonly kind: 'cut'; readonly end: 'both' | 'near' }
  /** An orderly end of TCP, in the middle of whatever was going on. */
  | { readonly kind: 'fin' }
  /** Reset after so many more bytes in this direction: within a frame, a handshake, a page of the archive. */
  | { readonly kind: 'cut-after'; readonly direction: Direction; readonly bytes: number }
  /** The sockets stay open; what is sent in this direction goes nowhere, for ever. */
  | { readonly kind: 'half-open'; readonly direction: Direction }
  /** New connections are taken and then nothing happens; those there were are reset. */
  | { readonly kind: 'hang' }
  /** New connections are reset at once, as those there were. */
  | { readonly kind: 'refuse' };

/** What a line does to bytes while they still arrive. */
export type Weather =
  | { readonly kind: 'clear' }
  /** Pieces of 1 to 7 bytes, each a packet of its own. */
  | { readonly kind: 'slice'; readonly direction: Direction }
  /** Milliseconds for each packet, and as much again at random. */
  | { readonly kind: 'delay'; readonly direction: Direction; readonly ms: number }
  /** Bytes a second. */
  | { readonly kind: 'slow'; readonly direction: Direction; readonly rate: number }
  /** Nothing arrives until the weather changes; then everything does. */
  | { readonly kind: 'stall'; readonly direction: Direction };

/** A line that does more than to fail: see `Fault` and `Weather`. `mend` ends every fault; what was half open stays so. */
export type ChaosLine = Line & {
  inflict(fault: Fault): void;
  weather(weather: Weather): void;
  /** Whether a `cut-after` still waits for its bytes. */
  readonly armed: boolean;
  /** Whether the server has acknowledged a message with these words (XEP-0198), as the wire says: it answered a request that came after it. */
  acknowledged(body: string): boolean;
  /** Whether the server has sent a message with these words down the line, live or out of an archive. */
  carried(body: string): boolean;
  /** Whether the server has said that a session which was to be resumed did not answer it: that session hangs, with what waits for it. */
  readonly sessionHung: boolean;
  /** Resolves with the next connection that is asked for. */
  nextAttempt(): Promise<void>;
};

const bodyOf = (text: string): string | undefined => /^<message\s.*<body>([^<]*)<\/body>/s.exec(text)?.[1];

/** One connection's requests for acknowledgement: each is answered once, in order, and covers what was sent before it. */
class Acknowledgements {
  readonly #acknowledged: Set<string>;
  #sent: string[] = [];
  readonly #requests: string[][] = [];

  constructor(acknowledged: Set<string>) {
    this.#acknowledged = acknowledged;
  }

  push(direction: Direction, text: string): void {
    if (direction === 'down') {
      if (/^<a[\s/]/.test(text)) for (const body of this.#requests.shift() ?? []) this.#acknowledged.add(body);
    } else if (/^<r[\s/]/.test(text)) {
      this.#requests.push(this.#sent);
      this.#sent = [];
    } else {
      const body = bodyOf(text);
      if (body !== undefined) this.#sent.push(body);
    }
  }
}

type Link = { readonly near: Socket; readonly far: Socket; readonly lost: Set<Direction> };

/** As when a router forgets a connection. One that has ended its half already cannot be reset: Node 20 then never lets go of it, and spins when it should exit. */
const reset = (socket: Socket): void => void (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());

/** Opens such a line on a free port of loopback. @param random 0 to 1; the sizes of slices and the jitter come from it. @param trace is told what goes over it and what is done to it. */
export async function openChaosLine(target: () => number, random: () => number = Math.random, trace?: (text: string) => void): Promise<ChaosLine> {
  let state: 'up' | 'hang' | 'refuse' = 'up';
  let asked = 0;
  let sky: Weather = { kind: 'clear' };
  let changed: () => void = () => {};
  let change = new Promise<void>((resolve) => (changed = resolve));
  let bomb: { direction: Direction; bytes: number } | undefined;
  const acknowledged = new Set<string>();
  const carried = new Set<string | undefined>();
  let sessionHung = false;
  const links = new Set<Link>();
  const strays = new Set<Socket>();
  const attempts = new Set<() => void>();

  const drop = (link: Link, end: 'both' | 'near' = 'both'): void => {
    links.delete(link);
    reset(link.near);
    if (end === 'both') reset(link.far);
    else strays.add(link.far);
  };
  const dropAll = (end?: 'both' | 'near'): void => links.forEach((link) => drop(link, end));
  const flushed = (socket: Socket, piece: Buffer): Promise<void> => new Promise((resolve) => (socket.destroyed ? resolve() : socket.write(piece, () => resolve())));

  /** One packet on its way. */
  const carry = async (link: Link, direction: Direction, packet: Buffer): Promise<void> => {
    const to = direction === 'up' ? link.far : link.near;
    for (let rest = packet; rest.length > 0 && links.has(link) && !link.lost.has(direction); ) {
      if (sky.kind !== 'clear' && sky.direction === direction) {
        if (sky.kind === 'stall') {
          await change;
          continue;
        }
        if (sky.kind === 'delay') await sleep(sky.ms * (1 + random()));
      }
      // It may have changed meanwhile.
      const here = sky.kind !== 'clear' && sky.direction === direction ? sky : undefined;
      let size = rest.length;
      if (here?.kind === 'slice') size = 1 + Math.floor(random() * 7);
      if (here?.kind === 'slow') size = Math.max(1, Math.ceil(here.rate / 20));
      if (bomb?.direction === direction) size = Math.min(size, bomb.bytes);
      const piece = rest.subarray(0, size);
      rest = rest.subarray(size);
      if (links.has(link) && !link.lost.has(direction) && piece.length > 0) await flushed(to, piece);
      if (here?.kind === 'slow') await sleep((1000 * piece.length) / here.rate);
      if (here?.kind === 'slice') await sleep(0);
      if (bomb?.direction !== direction) continue;
      bomb.bytes -= piece.length;
      if (bomb.bytes > 0) continue;
      bomb = undefined;
      trace?.('!! bytes are through');
      // The other end reads them first: a reset takes with it what was not read.
      await sleep(5);
      dropAll();
    }
  };

  const server = createServer({ noDelay: true }, (near) => {
    asked += 1;
    for (const tell of attempts) tell();
    attempts.clear();
    near.on('error', () => near.destroy());
    if (state === 'refuse') return reset(near);
    if (state === 'hang') {
      strays.add(near);
      near.on('close', () => strays.delete(near));
      near.resume();
      return undefined;
    }
    const far = connect({ port: target(), host: '127.0.0.1', noDelay: true });
    const link: Link = { near, far, lost: new Set() };
    links.add(link);
    far.on('error', () => far.destroy());
    const number = asked;
    const acknowledgements = new Acknowledgements(acknowledged);
    trace?.(`#${number} opened`);
    for (const [direction, from, to] of [['up', near, far], ['down', far, near]] as const) {
      const tap = new WireTap((text) => {
        trace?.(`#${number} ${direction === 'up' ? '>' : '<'} ${text}`);
        acknowledgements.push(direction, text);
        if (direction === 'down') carried.add(bodyOf(text));
        sessionHung ||= direction === 'down' && /^<failed\s.*Session state copying timed out/s.test(text);
      });
      let last = Promise.resolve();
      from.on('data', (packet: Buffer) => {
        tap.push(packet);
        from.pause();
        last = last.then(() => carry(link, direction, packet)).finally(() => from.resume());
      });
      // What was said before the end arrives before it.
      from.on('end', () => void last.then(() => link.lost.size === 0 && to.end()));
      from.on('close', () => {
        trace?.(`#${number} ${direction === 'up' ? 'browser' : 'server'} closed`);
        strays.delete(from);
        if (link.lost.size > 0) {
          // Nobody hears of it at the other end.
          links.delete(link);
          if (!to.destroyed) strays.add(to);
        } else void last.then(() => links.has(link) && drop(link));
      });
    }
    return undefined;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  const line: ChaosLine = {
    port: (server.address() as { port: number }).port,
    get asked() {
      return asked;
    },
    get armed() {
      return bomb !== undefined;
    },
    acknowledged: (body) => acknowledged.has(body),
    carried: (body) => carried.has(body),
    get sessionHung() {
      return sessionHung;
    },
    inflict(fault) {
      trace?.(`!! ${JSON.stringify(fault)}`);
      switch (fault.kind) {
        case 'cut':
          return dropAll(fault.end);
        case 'fin':
          for (const link of links) for (const socket of [link.near, link.far]) socket.end();
          return undefined;
        case 'cut-after':
          bomb = { direction: fault.direction, bytes: fault.bytes };
          return undefined;
        case 'half-open':
          for (const link of links) link.lost.add(fault.direction);
          return undefined;
        case 'hang':
        case 'refuse':
          state = fault.kind;
          return dropAll();
      }
    },
    weather(next) {
      trace?.(`!! weather ${JSON.stringify(next)}`);
      sky = next;
      changed();
      change = new Promise((resolve) => (changed = resolve));
    },
    nextAttempt: () => new Promise((resolve) => attempts.add(resolve)),
    cut() {
      line.inflict({ kind: 'refuse' });
    },
    freeze() {
      line.inflict({ kind: 'half-open', direction: 'up' });
      line.inflict({ kind: 'half-open', direction: 'down' });
      state = 'hang';
    },
    mend() {
      trace?.('!! mended');
      bomb = undefined;
      // Whoever was let in and then ignored is told by a reset; whoever lost his way is not.
      if (state === 'hang') for (const socket of strays) reset(socket);
      state = 'up';
      line.weather({ kind: 'clear' });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
        for (const socket of strays) socket.destroy();
      }),
  };
  return line;
}
