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

  /** What is to stand in the composer once there is one. */
  let draft: string | undefined;
  let gone = false;
  /** What had the focus when the visitor opened the panel. */
  let cameFrom: HTMLElement | undefined;

  const launcher = new Launcher(settings, () => setPanel(!launcher.open, true), () => tellPanel(false));
  const tellPanel = (focus: boolean): void => frame?.post({ type: 'panel', open: launcher.open, modal: launcher.fills, focus });
  // A call from within the visitor's own click or key is the visitor's wish: then the focus may move.
  const asked = (): boolean => window.event instanceof UIEvent && window.event.isTrusted;

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

  /** Without a frame there is nobody connected and nothing to count. */
  function withdraw(): void {
    frame?.remove();
    frame = undefined;
    remember(undefined);
    receive({ type: 'unread', count: 0 });
    receive({ type: 'status', status: 'idle' });
  }

  function ensureFrame(idle = false): Frame {
    if (gone) throw new Error('This chat was destroyed.');
    if (frame) return frame;
    frame = new Frame(base, launcher.panel, settings, { modal: launcher.fills, idle }, {
      onMessage: receive,
      onFailure({ message, code }) {
        setPanel(false, false);
        withdraw();
        emit('error', { code, message });
      },
    });
    if (draft !== undefined) frame.call('prefill', [draft]).catch(() => {});
    draft = undefined;
    return frame;
  }

  /** `byHand`: by the visitor's own hand, so that focus may move. */
  function setPanel(open: boolean, byHand: boolean): void {
    if (gone || open === launcher.open) return;
    if (open) cameFrom = byHand && document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    // What is hidden cannot keep the focus: the chat would take itself for read.
    const back = !open && (byHand || launcher.panel.contains(launcher.focused));
    launcher.setOpen(open);
    if (open) ensureFrame();
    tellPanel(byHand && open);
    if (byHand && open) frame?.focus();
    if (back) launcher.focus(cameFrom);
    remember(open ? 'open' : 'closed');
    emit(open ? 'opened' : 'closed');
  }

  /** Has the chat do something where the visitor has not used it on this page: a frame comes for it and goes again. */
  async function errand(method: FrameMethod): Promise<void> {
    if (frame) return frame.call(method, []);
    if (gone) throw new Error('This chat was destroyed.');
    const visit = new Frame(base, launcher.panel, settings, { idle: true }, { onMessage() {}, onFailure() {} });
    try {
      await visit.call(method, []);
    } finally {
      visit.remove();
    }
  }

  const api: TertuliaApi = {
    async open() {
      setPanel(true, asked());
    },
    async close() {
      setPanel(false, asked());
    },
    async toggle() {
      setPanel(!launcher.open, asked());
    },
    async show() {
      launcher.show(true);
    },
    async hide() {
      launcher.show(false);
    },
    async prefill(text) {
      if (frame) await frame.call('prefill', [String(text)]);
      else draft = draft === undefined ? String(text) : `${draft}\n${text}`;
    },
    async setVisitor(visitor) {
      settings.visitor = visitor;
      await frame?.call('setVisitor', [visitor]);
    },
    async setLocale(tag) {
      settings.locale = tag;
      launcher.setLocale(tag);
      await frame?.call('setLocale', [tag]);
    },
    async setTheme(theme) {
      settings.theme = theme;
      launcher.setTheme(theme);
      await frame?.call('setTheme', [theme]);
    },
    async login(credentials) {
      if (credentials) settings.credentials = async () => credentials;
      await ensureFrame(true).call('login', []);
    },
    logout: () => errand('logout'),
    async forget() {
      await errand('forget');
      setPanel(false, asked());
      withdraw();
    },
    async destroy() {
      if (gone) return;
      gone = true;
      frame?.remove();
      frame = undefined;
      launcher.remove();
      handlers.clear();
      remember(undefined);
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
