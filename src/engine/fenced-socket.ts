import type { Log } from '../base/log.js';
import type { OpenSocket, SocketLike } from '../xmpp/connection-types.js';
import { toChatError } from '../base/error.js';

/** The archive's word on who leads (`src/archive/lead.ts`). */
export interface Fence {
  /** How long ago, milliseconds, it was last certain that this engine leads. */
  readonly age: number;
  /** Rejects with `offline` where it does not any more, with `storage` where nobody can tell. */
  prove(): Promise<void>;
}

/** For so long, milliseconds, a proof is good: less than anybody waits before the lead of a silent engine is taken. */
export const proofLasts = 300;

/**
 * Sockets for an engine that may be frozen at any moment and wake up when another has taken its place: a frame goes out
 * only while it is certain that this engine leads. Where that was proven too long ago, frames wait for the archive's
 * word. Once deposed, nothing goes out or comes in any more: the stream is the other's.
 */
export class SocketFence {
  readonly #open: OpenSocket;
  readonly #fence: Fence;
  readonly #log: Log;
  deposed = false;

  constructor(open: OpenSocket, fence: Fence, log: Log) {
    this.#open = open;
    this.#fence = fence;
    this.#log = log;
  }

  readonly open: OpenSocket = (url) => new FencedSocket(this.#open(url), this);

  get fresh(): boolean {
    return this.#fence.age < proofLasts;
  }

  async prove(): Promise<void> {
    try {
      await this.#fence.prove();
    } catch (thrown) {
      const { code, message } = toChatError(thrown, 'storage');
      // Where the archive cannot be read at all, the lock alone has to do.
      if (code !== 'storage') this.deposed = true;
      this.#log.warn('the lead is not proven', message);
    }
  }
}

class FencedSocket implements SocketLike {
  readonly #socket: SocketLike;
  readonly #fence: SocketFence;
  /** Frames that wait for the proof; absent while it need not be asked for. */
  #waiting: string[] | undefined;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;

  constructor(socket: SocketLike, fence: SocketFence) {
    this.#socket = socket;
    this.#fence = fence;
    socket.onopen = () => this.onopen?.();
    socket.onmessage = (event) => {
      if (!fence.deposed) this.onmessage?.(event);
    };
    socket.onclose = (event) => this.onclose?.(event);
    socket.onerror = () => this.onerror?.();
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: string): void {
    if (this.#fence.deposed) return;
    if (this.#waiting) this.#waiting.push(frame);
    else if (this.#fence.fresh) this.#socket.send(frame);
    else {
      this.#waiting = [frame];
      void this.#fence.prove().then(() => this.#flush());
    }
  }

  #flush(): void {
    const frames = this.#waiting ?? [];
    this.#waiting = undefined;
    if (this.#fence.deposed) return this.close();
    try {
      for (const frame of frames) this.#socket.send(frame);
    } catch {
      // It was closed meanwhile: its owner is told by its event.
    }
  }

  /** After what waits has gone out. */
  close(code?: number, reason?: string): void {
    if (this.#waiting && !this.#fence.deposed) void this.#fence.prove().then(() => this.#socket.close(code, reason));
    else this.#socket.close(code, reason);
  }
}
