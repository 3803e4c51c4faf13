import type { FrameSettings } from './settings.js';

/** What passes between the loader and the chat's frame, over a MessagePort of their own. */
export type ToFrame =
  /** Always the first. `idle`: nobody is to be signed in before the panel is opened or `login` is called. */
  | { readonly type: 'settings'; readonly settings: FrameSettings; readonly idle: boolean; readonly modal: boolean }
  | { readonly type: 'panel'; readonly open: boolean; readonly modal: boolean; readonly focus: boolean }
  | { readonly type: 'call'; readonly id: number; readonly method: FrameMethod; readonly args: readonly unknown[] }
  | { readonly type: 'credentials'; readonly id: number; readonly value?: unknown; readonly error?: string };

export type ToHost =
  /** It runs, and reads who may show it. */
  | { readonly type: 'here' }
  /** This page's origin is none of those. */
  | { readonly type: 'forbidden' }
  | { readonly type: 'hello' }
  | { readonly type: 'close' }
  | { readonly type: 'answer'; readonly id: number; readonly error?: { readonly code: string; readonly message: string } }
  | { readonly type: 'ask-credentials'; readonly id: number }
  | { readonly type: 'event'; readonly name: 'message' | 'sent' | 'error'; readonly detail: Record<string, unknown> }
  | { readonly type: 'unread'; readonly count: number }
  | { readonly type: 'status'; readonly status: Status };

export type Status = 'idle' | 'connecting' | 'online' | 'offline' | 'refused';

/** The calls that the frame answers; the loader answers the rest itself. */
export type FrameMethod = 'prefill' | 'setVisitor' | 'setLocale' | 'setTheme' | 'login' | 'logout' | 'forget';

/** The first and only message on a window; carries the port. */
export const GREETING = 'tertulia:connect';
