import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ChatClient } from '../../src/client/chat-client.js';

const WAIT = 400;

/** Keeps what is typed: a moment after the last key, and at once when the page is hidden or the composer goes away. */
export class DraftKeeper implements ReactiveController {
  readonly #client: () => ChatClient | undefined;
  /** What was kept from here and has not come back from the archive yet, oldest first. */
  readonly #own: string[] = [];
  #due: { readonly jid: string; readonly draft: string } | undefined;
  #kept: { readonly jid: string; readonly draft: string } | undefined;
  #timer = 0;

  constructor(host: ReactiveControllerHost, client: () => ChatClient | undefined) {
    this.#client = client;
    host.addController(this);
  }

  keep(jid: string, draft: string): void {
    if (this.#due && this.#due.jid !== jid) void this.flush();
    this.#due = { jid, draft };
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.flush(), WAIT);
  }

  /** What was typed is being sent: nothing is left to keep. The draft that was kept of it last, where one was. */
  taken(jid: string): string | undefined {
    clearTimeout(this.#timer);
    this.#due = undefined;
    const kept = this.#kept?.jid === jid ? this.#kept.draft : undefined;
    this.#kept = undefined;
    return kept;
  }

  /** Resolves when what was typed is kept, or could not be. */
  readonly flush = async (): Promise<void> => {
    clearTimeout(this.#timer);
    const due = this.#due;
    this.#due = undefined;
    // A draft that could not be kept is still in the box; there is nothing to tell.
    this.#kept = due ?? this.#kept;
    if (due) await this.#client()?.setDraft(due.jid, due.draft).catch(() => {});
  };

  /** Whether this draft, seen in the archive, was kept from here; whatever was kept before it has come by then. */
  isOwn(draft: string): boolean {
    const at = this.#own.indexOf(draft);
    this.#own.splice(0, at + 1);
    return at >= 0;
  }

  readonly #hidden = (): void => {
    if (document.visibilityState === 'hidden') void this.flush();
  };

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#hidden);
    window.addEventListener('pagehide', this.flush);
  }

  hostDisconnected(): void {
    void this.flush();
    document.removeEventListener('visibilitychange', this.#hidden);
    window.removeEventListener('pagehide', this.flush);
  }
}
