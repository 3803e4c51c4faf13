/** The wire between a tab and the server: frames in order, late, stuck, or gone with their connection. */
import type { SocketLike } from '../../src/xmpp/connection-types.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** The server's end of a connection. */
export interface Peer {
  onFrame(frame: string): void;
  /** The connection is known to be over. */
  onGone(): void;
  /** It is, in the middle of a frame; whether that has consequences. */
  onHalf(): boolean;
}

/** What a frame in flight may meet; `kind` is told so that the fault is counted when it strikes. */
export type Snag = 'cut-up' | 'half-up' | 'cut-down' | 'cut-after-up';

type Host = {
  /** Runs what comes from outside in the tab, unless it is gone; held while the tab is frozen. */
  run(task: () => void): void;
  readonly name: string;
};

/** What a tab sent before it closed its socket has so long to arrive, milliseconds. */
const grace = 200;

export class Link {
  readonly socket: SocketLike;
  readonly host: Host;
  readonly id: number;
  /** Milliseconds one way. */
  latency: number;
  #peer: Peer | undefined;
  /** Closed by either side: nothing more reaches the tab. */
  over = false;
  /** Nothing arrives any more in this direction, and nobody is told. */
  muteUp = false;
  muteDown = false;
  /** Until then frames wait, milliseconds since the epoch. */
  stalledUntil = 0;
  /** What the server gets of the frames already on their way when the connection goes: late, not never. */
  lateFrames = false;
  #snag: { readonly kind: Snag; readonly strike: () => void; readonly begins: string } | undefined;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  #lastUp = 0;
  #graceUntil = 0;
  #lastDown = 0;
  #open = false;
  #onFrameSeen: ((up: boolean, frame: string) => void) | undefined;
  /** A frame reaches the server that was sent at `sentAt`. */
  onArrival: ((frame: string, sentAt: number) => void) | undefined;

  constructor(id: number, host: Host, scheduler: Scheduler, random: Random, latency: number, seen: (link: Link, up: boolean, frame: string) => void) {
    this.id = id;
    this.host = host;
    this.latency = latency;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#onFrameSeen = (up, frame) => seen(this, up, frame);
    this.socket = {
      send: (data) => this.#up(data),
      close: () => this.#closedByTab(),
      bufferedAmount: 0,
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
    };
  }

  /** The server has taken the connection. */
  accept(peer: Peer): void {
    this.#peer = peer;
    this.#toTab(() => {
      this.#open = true;
      this.socket.onopen?.();
    });
  }

  /** The connection cannot be made. */
  refuse(): void {
    this.#toTab(() => {
      this.over = true;
      this.socket.onclose?.({ code: 1006, reason: '' });
    });
  }

  /** The next frame that begins like this meets it. */
  arm(kind: Snag, strike: () => void, begins = ''): void {
    this.#snag = { kind, strike, begins };
  }

  get usable(): boolean {
    return this.#open && !this.over;
  }

  /** The server sends a frame. */
  down(frame: string): void {
    if (this.over) return;
    this.#onFrameSeen?.(false, frame);
    if (this.#take(frame, 'cut-down')) return this.cut();
    if (this.muteDown) return;
    this.#toTab(() => this.socket.onmessage?.({ data: frame }));
  }

  /** The connection breaks: both ends learn of it, what is in flight is lost. */
  cut(): void {
    this.#end();
    if (!this.muteDown) this.#toTabAnyway(() => this.socket.onclose?.({ code: 1006, reason: '' }));
  }

  /** The server closes it, after what it has sent. */
  closedByServer(): void {
    if (this.over) return;
    this.#toTab(() => {
      this.over = true;
      this.socket.onclose?.({ code: 1000, reason: '' });
    });
    this.#peer = undefined;
  }

  #end(): void {
    if (this.over) return;
    this.over = true;
    const peer = this.#peer;
    this.#peer = undefined;
    if (peer && !this.muteUp) this.#scheduler.after(this.latency + (this.lateFrames ? 20_000 : 0), () => peer.onGone());
  }

  #take(frame: string, ...kinds: Snag[]): Snag | undefined {
    const snag = this.#snag;
    if (!snag || !kinds.includes(snag.kind) || !frame.startsWith(snag.begins)) return undefined;
    this.#snag = undefined;
    if (snag.kind !== 'half-up' || this.#peer?.onHalf()) snag.strike();
    return snag.kind;
  }

  #up(frame: string): void {
    if (!this.#open) throw new Error('the socket is not open');
    if (this.over) return;
    const peer = this.#peer;
    if (!peer) return;
    this.#onFrameSeen?.(true, frame);
    const snag = this.#take(frame, 'cut-up', 'half-up', 'cut-after-up');
    if (snag === 'cut-up' || snag === 'half-up') return this.cut();
    if (this.muteUp) return;
    const at = (this.#lastUp = Math.max(this.#lastUp, this.#arrival()));
    const sentAt = this.#scheduler.now;
    this.#scheduler.after(at - sentAt, () => {
      if (this.over && !this.lateFrames && this.#scheduler.now > this.#graceUntil) return;
      this.onArrival?.(frame, sentAt);
      peer.onFrame(frame);
      if (snag === 'cut-after-up') this.cut();
    });
  }

  #arrival(): number {
    const travel = this.latency * (0.7 + 0.6 * this.#random.next());
    return Math.max(this.#scheduler.now, this.stalledUntil) + travel;
  }

  #toTab(task: () => void): void {
    const at = (this.#lastDown = Math.max(this.#lastDown, this.#arrival()));
    this.#scheduler.after(at - this.#scheduler.now, () => {
      if (!this.over) this.host.run(() => this.over || task());
    });
  }

  #toTabAnyway(task: () => void): void {
    this.#scheduler.after(this.latency, () => this.host.run(task));
  }

  #closedByTab(): void {
    // What was sent before is still delivered; then the server learns of it, unless nothing gets through.
    if (this.over) return;
    this.over = true;
    const peer = this.#peer;
    this.#peer = undefined;
    if (!peer || this.muteUp) return;
    // Not what is stuck: the next stream would be there before it, and nobody could know.
    this.#graceUntil = this.#scheduler.now + grace;
    this.#scheduler.after(this.lateFrames ? 40_000 : grace, () => peer.onGone());
  }
}
