import { html, type TemplateResult } from 'lit';
import type { Messages } from '../shared/locale/en.js';

export type GapLine = {
  /** The server has nothing of it any more. */
  readonly lost?: true | undefined;
  readonly failed: boolean;
  readonly loading: boolean;
  readonly open: (gap: Element) => void;
};

/** What says that messages may be missing here, and fetches them. */
export function gapLine({ lost, failed, loading, open }: GapLine, text: Messages): TemplateResult {
  if (lost) return html`<div class="gap"><p>${text.gapLost}</p></div>`;
  // Not disabled while it loads: that would take the focus away from who works with the keyboard.
  return html`<div class="gap"><p>${failed ? text.gapFailed : text.gap}</p><button class="button small" type="button" aria-disabled="${loading}" @click="${(event: Event) => open((event.currentTarget as Element).parentElement!)}">${text.openGap}</button></div>`;
}
