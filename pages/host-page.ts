import type { ChatClient } from '../src/chat.js';
import { slotFor } from '../src/client/sign-in.js';
import type { Credentials } from '../src/model/account.js';
import { ChatError, toChatError } from '../src/base/error.js';
import type { FrameMethod, ToFrame, ToHost } from '../embed/channel.js';
import type { FrameSettings, Visitor } from '../embed/settings.js';

/** The page around the frame, at the other end of the port: its settings and calls come in, what it may know goes out. */
export class HostPage {
  readonly #port: MessagePort;
  readonly #chat: () => Promise<ChatClient>;
  readonly #session = document.createElement('tertulia-session');
  readonly #panel = document.createElement('tertulia-panel');
  readonly #asked = new Map<number, { resolve(value: Credentials): void; reject(error: Error): void }>();
  #asks = 0;
  #settings: FrameSettings = {};

  constructor(port: MessagePort, chat: () => Promise<ChatClient>) {
    this.#port = port;
    this.#chat = chat;
    this.#panel.addEventListener('tertulia-close', () => this.#post({ type: 'close' }));
    this.#panel.addEventListener('tertulia-entered', ({ error }) => {
      if (error) this.#post({ type: 'event', name: 'error', detail: { code: error, message: 'The visitor could not be signed in.' } });
    });
  }

  /** From a page that may be hostile: what is none of these is left alone. */
  receive(message: ToFrame | null | undefined): void {
    switch (message?.type) {
      case 'settings':
        this.#settings = message.settings;
        this.#panel.modal = message.modal;
        if (!message.idle) this.#begin();
        this.#post({ type: 'hello' });
        return;
      case 'panel':
        this.#panel.modal = message.modal;
        if (message.open) this.#begin();
        if (message.open && message.focus) this.#panel.focus();
        return;
      case 'credentials': {
        const asked = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        if (message.error === undefined) asked?.resolve(message.value as Credentials);
        else asked?.reject(new ChatError('not-authorized', message.error));
        return;
      }
      case 'call':
        void this.#call(message.method, message.args).then(
          () => this.#post({ type: 'answer', id: message.id }),
          (thrown: unknown) => {
            const { code, message: words } = toChatError(thrown, 'invalid');
            this.#post({ type: 'answer', id: message.id, error: { code, message: words } });
          },
        );
    }
  }

  #post(message: ToHost): void {
    this.#port.postMessage(message);
  }

  /** Signs the visitor in and shows the panel, once. */
  #begin(): void {
    if (this.#session.isConnected) return;
    const panel = this.#panel;
    const settings = this.#settings;
    panel.auth = settings.auth ?? 'guest';
    panel.room = settings.room ?? '';
    panel.contact = settings.contact ?? '';
    panel.nickname = settings.nickname ?? settings.visitor?.name ?? '';
    panel.greeting = settings.greeting ?? '';
    panel.heading = settings.title ?? '';
    panel.credentials = panel.auth === 'host' ? () => this.#askCredentials() : undefined;
    this.#session.theme = settings.theme ?? 'auto';
    this.#session.locale = settings.locale ?? '';
    this.#session.accent = settings.accent ?? '';
    this.#session.createClient = async () => {
      const client = await this.#chat();
      this.#tell(client);
      return client;
    };
    this.#session.addEventListener('tertulia-session-error', () => this.#post({ type: 'event', name: 'error', detail: { message: 'The chat could not be started.' } }));
    this.#session.append(panel);
    document.body.append(this.#session);
  }

  /** What the page may know: that something was said, never what. */
  #tell(client: ChatClient): void {
    const status = (): void => {
      const { status: now, error } = client.session.value;
      this.#post({ type: 'status', status: now });
      // A guest is let in before the server has been asked.
      if (now === 'refused' && error?.code === 'registration') this.#post({ type: 'event', name: 'error', detail: { code: error.code, message: 'The visitor could not be signed in.' } });
    };
    const unread = (): void => this.#post({ type: 'unread', count: client.unread.value });
    client.session.subscribe(status);
    client.unread.subscribe(unread);
    status();
    unread();
    let seen: Map<string, number> | undefined;
    const conversations = (): void => {
      const rows = client.conversations.value;
      if (!rows) return void (seen = undefined);
      for (const row of rows) {
        // Not by the time: a server's archive may know no more than the second.
        if (seen && row.preview && row.preview.id > (seen.get(row.jid) ?? 0)) this.#post({ type: 'event', name: row.preview.mine ? 'sent' : 'message', detail: { at: row.lastAt } });
      }
      seen = new Map(rows.map((row) => [row.jid, row.preview?.id ?? 0]));
    };
    client.conversations.subscribe(conversations);
  }

  #askCredentials(): Promise<Credentials> {
    const id = ++this.#asks;
    this.#post({ type: 'ask-credentials', id });
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  async #call(method: FrameMethod, args: readonly unknown[]): Promise<void> {
    const [first] = args;
    switch (method) {
      case 'prefill':
        this.#panel.prefill(String(first));
        return;
      case 'setVisitor':
        this.#settings = { ...this.#settings, visitor: (first ?? {}) as Visitor };
        this.#panel.nickname = (first as Visitor | undefined)?.name ?? '';
        return;
      case 'setLocale':
        this.#settings = { ...this.#settings, locale: String(first) };
        this.#session.locale = String(first);
        return;
      case 'setTheme': {
        const theme = first === 'light' || first === 'dark' ? first : 'auto';
        this.#settings = { ...this.#settings, theme };
        this.#session.theme = theme;
        return;
      }
      case 'login':
        return this.#login();
      case 'logout': {
        const chat = await this.#chat();
        await chat.signOut(slotFor(this.#settings.auth ?? 'guest', chat.deployment));
        // Whom a page before this one has named by `login()`.
        return chat.signOut(slotFor('host', chat.deployment));
      }
      case 'forget':
        return (await this.#chat()).forget();
    }
  }

  /** As whom the page says. */
  async #login(): Promise<void> {
    const panel = this.#panel;
    const entered = new Promise<void>((resolve, reject) => {
      panel.addEventListener('tertulia-entered', ({ error }) => (error ? reject(new ChatError(error, 'The visitor could not be signed in.')) : resolve()), { once: true });
    });
    this.#settings = { ...this.#settings, auth: 'host' };
    if (this.#session.isConnected) {
      panel.auth = 'host';
      panel.credentials = () => this.#askCredentials();
      void panel.start(true);
    } else this.#begin();
    return entered;
  }
}
