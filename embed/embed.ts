/**
 * The loader: what the script tag runs on somebody else's page. A launcher in a shadow root; nothing fetched,
 * stored or connected until the visitor uses it; then a frame of the chat's own origin.
 */
import type { FrameMethod, Status, ToHost } from './channel.js';
import { Frame } from './frame.js';
import { Launcher } from './launcher.js';
import { readSettings, type Settings, type Visitor } from './settings.js';

export type EventType = 'ready' | 'opened' | 'closed' | 'message' | 'sent' | 'unread' | 'status' | 'error';
type Handler = (detail: Record<string, unknown>) => void;

/** `window.tertulia`; see README, "The window's API". */
export interface TertuliaApi {
  open(): Promise<void>;
  close(): Promise<void>;
  toggle(): Promise<void>;
  show(): Promise<void>;
  hide(): Promise<void>;
  prefill(text: string): Promise<void>;
  setVisitor(visitor: Visitor): Promise<void>;
  setLocale(tag: string): Promise<void>;
  setTheme(theme: 'auto' | 'light' | 'dark'): Promise<void>;
  login(credentials?: { jid: string; token?: string; password?: string }): Promise<void>;
  logout(): Promise<void>;
  forget(): Promise<void>;
  destroy(): Promise<void>;
  on(type: EventType, handler: Handler): () => void;
  readonly unread: number;
  readonly status: Status;
}

declare global {
  interface Window {
    tertulia?: TertuliaApi;
    tertuliaSettings?: Settings;
  }
}

/** Whether the panel was open; kept per tab, and only once the visitor has opened it. */
const KEY = 'tertulia:panel';
const remember = (state: 'open' | 'closed' | undefined): void => {
  try {
    if (state) sessionStorage.setItem(KEY, state);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Refused storage costs only the memory of it.
  }
};
const remembered = (): string | null => {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
};

function load(script: HTMLScriptElement): TertuliaApi {
  const base = new URL('.', script.src);
  const settings = readSettings(script.dataset, window.tertuliaSettings);
  const handlers = new Map<EventType, Set<Handler>>();
  let frame: Frame | undefined;
  let unread = 0;
  let status: Status = 'idle';

  const launcher = new Launcher(settings, () => setPanel(!launcher.open, true));
  const state = (): { open: boolean; modal: boolean } => ({ open: launcher.open, modal: launcher.fills });

  function emit(type: EventType, detail: Record<string, unknown> = {}): void {
    for (const handler of handlers.get(type) ?? []) {
      try {
        handler(detail);
      } catch (error) {
        reportError(error);
      }
    }
    window.dispatchEvent(new CustomEvent(`tertulia:${type}`, { detail }));
  }

  function receive(message: ToHost): void {
    if (message.type === 'hello') emit('ready');
    else if (message.type === 'close') setPanel(false, true);
    else if (message.type === 'event') emit(message.name, message.detail);
    else if (message.type === 'unread' && message.count !== unread) {
      unread = message.count;
      launcher.setUnread(unread);
      emit('unread', { count: unread });
    } else if (message.type === 'status' && message.status !== status) {
      status = message.status;
      emit('status', { status });
    }
  }

  function ensureFrame(): Frame {
    frame ??= new Frame(base, launcher.panel, settings, state(), {
      onMessage: receive,
      onFailure(error) {
        frame = undefined;
        setPanel(false, false);
        remember(undefined);
        emit('error', { message: error.message });
      },
    });
    return frame;
  }

  /** `asked`: by the visitor's own hand, so that focus may move. */
  function setPanel(open: boolean, asked: boolean): void {
    if (open === launcher.open) return;
    launcher.setOpen(open);
    if (open) ensureFrame();
    frame?.post({ type: 'panel', ...state(), focus: asked });
    if (asked && open) frame?.focus();
    if (asked && !open) launcher.focus();
    remember(open ? 'open' : 'closed');
    emit(open ? 'opened' : 'closed');
  }

  const call = (method: FrameMethod, ...args: readonly unknown[]): Promise<void> => ensureFrame().call(method, args);

  const api: TertuliaApi = {
    async open() {
      setPanel(true, false);
    },
    async close() {
      setPanel(false, false);
    },
    async toggle() {
      setPanel(!launcher.open, false);
    },
    async show() {
      launcher.host.hidden = false;
    },
    async hide() {
      launcher.host.hidden = true;
    },
    prefill: (text) => call('prefill', String(text)),
    async setVisitor(visitor) {
      settings.visitor = visitor;
      if (frame) await call('setVisitor', visitor);
    },
    async setLocale(tag) {
      settings.locale = tag;
      launcher.setLocale(tag);
      if (frame) await call('setLocale', tag);
    },
    async setTheme(theme) {
      settings.theme = theme;
      launcher.setTheme(theme);
      if (frame) await call('setTheme', theme);
    },
    login: (credentials) => call('login', credentials),
    logout: () => call('logout'),
    async forget() {
      await call('forget');
      frame?.remove();
      frame = undefined;
      setPanel(false, false);
      receive({ type: 'unread', count: 0 });
      receive({ type: 'status', status: 'idle' });
      remember(undefined);
    },
    async destroy() {
      frame?.remove();
      launcher.remove();
      handlers.clear();
      if (window.tertulia === api) delete window.tertulia;
    },
    on(type, handler) {
      let set = handlers.get(type);
      if (!set) handlers.set(type, (set = new Set()));
      set.add(handler);
      return () => void set.delete(handler);
    },
    get unread() {
      return unread;
    },
    get status() {
      return status;
    },
  };

  const before = remembered();
  if (before === 'open' || settings.open) setPanel(true, false);
  // The visitor has used it in this tab: messages are counted on while the panel is closed.
  else if (before === 'closed') ensureFrame();
  return api;
}

const script = document.currentScript as HTMLScriptElement | null;
// Loaded twice, it is one widget.
if (script && !window.tertulia) window.tertulia = load(script);
