import { GREETING, type FrameMethod, type ToFrame, type ToHost } from './channel.js';
import { frameSettings, type Settings } from './settings.js';

export type FrameEvents = {
  onMessage(message: ToHost): void;
  /** The chat did not answer: its node is gone again. */
  onFailure(error: Error): void;
};

/** How long the chat may take to say hello. */
const DEADLINE = 20_000;

/**
 * The chat's own page in a frame of its own origin, joined by a MessagePort. The first message goes to that exact origin;
 * the frame checks ours against its deployment's list.
 */
export class Frame {
  readonly #element = document.createElement('iframe');
  readonly #channel = new MessageChannel();
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #events: FrameEvents;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #calls = 0;

  constructor(base: URL, parent: Element, settings: Settings, state: { open: boolean; modal: boolean }, events: FrameEvents) {
    this.#events = events;
    const { port1, port2 } = this.#channel;
    port1.onmessage = ({ data }: MessageEvent<ToHost>) => this.#receive(data, settings);
    this.#element.title = settings.title ?? 'Chat';
    this.#element.allow = 'clipboard-write';
    this.#element.src = new URL('widget.html', base).href;
    this.#element.addEventListener('load', () => {
      this.#element.contentWindow?.postMessage(GREETING, base.origin, [port2]);
      this.post({ type: 'settings', settings: frameSettings(settings), ...state });
    }, { once: true });
    this.#deadline = setTimeout(() => {
      this.remove();
      events.onFailure(new Error('The chat could not be loaded.'));
    }, DEADLINE);
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
    for (const { reject } of this.#waiting.values()) reject(new Error('The chat was removed.'));
    this.#waiting.clear();
  }

  #receive(message: ToHost, settings: Settings): void {
    if (message.type === 'hello') clearTimeout(this.#deadline);
    if (message.type === 'answer') {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
      else waiting?.resolve();
    } else if (message.type === 'ask-credentials') {
      const { id } = message;
      Promise.resolve(settings.credentials?.()).then(
        (value) => this.post({ type: 'credentials', id, value }),
        () => this.post({ type: 'credentials', id, error: 'The page gave no credentials.' }),
      );
    } else {
      this.#events.onMessage(message);
    }
  }
}
