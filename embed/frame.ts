import { GREETING, type FrameMethod, type ToFrame, type ToHost } from './channel.js';
import { frameSettings, type Settings } from './settings.js';

export type FrameEvents = {
  onMessage(message: ToHost): void;
  /** The chat did not answer: its node is gone again. */
  onFailure(error: Error & { code: string }): void;
};

/** How long each step of the chat's beginning may take, milliseconds: to be fetched, then to say hello. */
const DEADLINE = 20_000;
/** What was fetched runs at once, or is a page of the browser's own that says why there is none. */
const GRACE = 5_000;
const UNREACHABLE = 'The chat could not be loaded.';

/**
 * The chat's own page in a frame of its own origin, joined by a MessagePort. The first message goes to that exact origin;
 * the frame checks ours against its deployment's list.
 */
export class Frame {
  readonly #element = document.createElement('iframe');
  readonly #channel = new MessageChannel();
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #events: FrameEvents;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #calls = 0;

  /** `idle`: it is there for a call, and signs nobody in. */
  constructor(base: URL, parent: Element, settings: Settings, { modal = false, idle = false }: { modal?: boolean; idle?: boolean }, events: FrameEvents) {
    this.#events = events;
    const { port1, port2 } = this.#channel;
    port1.onmessage = ({ data }: MessageEvent<ToHost>) => this.#receive(data, settings);
    // Waits in the port, as all that follows, until there is somebody at the other end.
    this.post({ type: 'settings', settings: frameSettings(settings), idle, modal });
    this.#element.title = settings.title ?? 'Chat';
    this.#element.allow = 'clipboard-write';
    this.#element.src = new URL('widget.html', base).href;
    // Until the chat is there, what is in the frame may be a page of the browser's own.
    this.#element.className = 'wait';
    this.#element.addEventListener('load', () => {
      this.#element.contentWindow?.postMessage(GREETING, base.origin, [port2]);
      this.#within(GRACE);
    }, { once: true });
    this.#within(DEADLINE);
    parent.append(this.#element);
  }

  post(message: ToFrame): void {
    this.#channel.port1.postMessage(message);
  }

  call(method: FrameMethod, args: readonly unknown[]): Promise<void> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.post({ type: 'call', id, method, args });
    });
  }

  focus(): void {
    this.#element.focus();
  }

  remove(): void {
    clearTimeout(this.#deadline);
    this.#channel.port1.close();
    this.#element.remove();
    this.#giveUp(new Error('The chat was removed.'));
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #within(time: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#fail(UNREACHABLE, 'unreachable'), time);
  }

  #fail(message: string, code: string): void {
    const error = Object.assign(new Error(message), { code });
    this.#giveUp(error);
    // First told, then gone: where the focus was is known until then.
    this.#events.onFailure(error);
    this.remove();
  }

  #receive(message: ToHost, settings: Settings): void {
    switch (message.type) {
      case 'here':
        return this.#within(DEADLINE);
      case 'forbidden':
        return this.#fail(`${location.origin} is not among the allowedOrigins of this chat.`, 'forbidden');
      case 'answer': {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.error) waiting?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
        else waiting?.resolve();
        return;
      }
      case 'ask-credentials':
        return void this.#tell(message.id, settings);
      case 'hello':
        clearTimeout(this.#deadline);
        this.#element.className = '';
    }
    this.#events.onMessage(message);
  }

  async #tell(id: number, { credentials }: Settings): Promise<void> {
    try {
      const value = await credentials?.();
      if (!value) throw new TypeError('no credentials');
      const { jid, token, password } = value;
      this.post({ type: 'credentials', id, value: { jid, ...(token === undefined ? { password } : { token }) } });
    } catch {
      this.post({ type: 'credentials', id, error: 'The page gave no credentials.' });
    }
  }
}
