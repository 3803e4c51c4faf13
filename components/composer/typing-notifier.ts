import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ChatClient } from '../../src/client/chat-client.js';

/** Without a key for this long one has stopped (XEP-0085 §5.1 names no time; clients take about as much). */
const PAUSE = 5000;

/** Tells the other side that one is typing, once at the start and once at the end. */
export class TypingNotifier implements ReactiveController {
  readonly #client: () => ChatClient | undefined;
  #where = '';
  #timer = 0;

  constructor(host: ReactiveControllerHost, client: () => ChatClient | undefined) {
    this.#client = client;
    host.addController(this);
  }

  typed(jid: string): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.stop(), PAUSE);
    if (this.#where === jid) return;
    this.stop();
    this.#timer = window.setTimeout(() => this.stop(), PAUSE);
    this.#where = jid;
    this.#client()?.setTyping(jid, true);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (!this.#where) return;
    this.#client()?.setTyping(this.#where, false);
    this.#where = '';
  }

  hostDisconnected(): void {
    this.stop();
  }
}
