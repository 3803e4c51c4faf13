import { css, html, nothing, type TemplateResult } from 'lit';
import type { SessionView } from '../../src/model/account.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { Watch } from '../shared/watch.js';

/**
 * The connection, said quietly: nothing while all is well, a pill over the content otherwise. It takes no room, so that
 * nothing moves when it comes and goes; and it waits a moment, so that a short interruption is not shown at all.
 */
export class StatusLine extends ChatElement {
  static override styles = [
    ChatElement.styles,
    controls,
    iconStyles,
    css`
      :host {
        display: block;
        position: relative;
        z-index: 2;
        block-size: 0;
      }
      [role='status'] {
        position: absolute;
        inset-inline: var(--t-3);
        inset-block-start: var(--t-2);
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: var(--t-2);
        pointer-events: none;
      }
      .pill {
        display: flex;
        align-items: center;
        gap: var(--t-2);
        max-inline-size: 100%;
        min-block-size: 2rem;
        padding: 0.25rem 0.875rem;
        border-radius: 1.25rem;
        background: var(--t-surface);
        color: var(--t-text-2);
        box-shadow: var(--t-shadow-1);
        font-size: var(--t-size-2);
        line-height: 1.3;
        animation: arrive 200ms 500ms both;
      }
      .pill.now {
        animation-delay: 0ms;
      }
      .pill.offline {
        background: light-dark(#fbf1d9, #352e1c);
        color: var(--t-on-warn);
      }
      .pill.refused {
        background: var(--t-danger-soft);
        color: var(--t-danger);
      }
      .pill .icon {
        inline-size: 1.125rem;
        block-size: 1.125rem;
      }
      .dot {
        inline-size: 0.5rem;
        block-size: 0.5rem;
        flex: none;
        border-radius: 50%;
        background: var(--t-accent-text);
        animation: pulse 1.2s ease-in-out infinite alternate;
      }
      button {
        min-block-size: 2rem;
        padding-inline: var(--t-1);
        color: inherit;
        font-weight: 600;
        text-decoration: underline;
        text-underline-offset: 0.2em;
        white-space: nowrap;
        pointer-events: auto;
        position: relative;
      }
      button::after {
        content: '';
        position: absolute;
        inset: -0.375rem -0.5rem;
      }
      @keyframes arrive {
        from {
          opacity: 0;
          transform: translateY(-4px);
        }
      }
      @keyframes pulse {
        to {
          opacity: 0.3;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .pill {
          animation: none;
        }
        .dot {
          animation: none;
        }
      }
      @media (forced-colors: active) {
        .pill {
          border: 1px solid CanvasText;
        }
      }
    `,
  ].flat();

  readonly #session = new Watch(this, () => this.client?.session);
  readonly #storage = new Watch(this, () => this.client?.storage);

  override render(): TemplateResult {
    const session = this.#session.value;
    // The region stays, so that what is put into it is read out.
    return html`<div role="status" aria-label="${this.#word(session)}">${session ? this.#pill(session) : nothing}${this.#notice()}</div>`;
  }

  /** What became of the browser's storage, once. */
  #notice(): unknown {
    const { text } = this;
    const notice = this.#storage.value;
    return notice && html`<span class="pill now offline">${icon('alert')}<span>${{ mended: text.storageMended, memory: text.storageMemory, newer: text.storageNewer }[notice]}</span><button type="button" @click="${() => this.client?.storageNoticed()}">${text.noticed}</button></span>`;
  }

  #word(session: SessionView | undefined): string {
    const { text } = this;
    switch (session?.status) {
      case 'online':
        return session.catchingUp ? text.catchingUp : text.online;
      case 'offline':
        return text.offline;
      case 'refused':
        return text.refusedShort;
      case 'connecting':
        return text.connecting;
      default:
        return '';
    }
  }

  #pill(session: SessionView): unknown {
    const { text } = this;
    switch (session.status) {
      case 'connecting':
        return html`<span class="pill"><i class="dot"></i>${text.connecting}…</span>`;
      case 'online':
        return session.catchingUp ? html`<span class="pill"><i class="dot"></i>${text.catchingUp}…</span>` : nothing;
      case 'offline':
        return html`<span class="pill now offline">${icon('cloud-off')}<span><strong>${text.offline}.</strong> ${text.offlineDetail}</span><button type="button" @click="${() => this.#retry()}">${text.connectNow}</button></span>`;
      case 'refused':
        return html`<span class="pill now refused">${icon('alert')}<span>${session.error ? text.errorWords(session.error.code) : text.refusedShort}</span><button type="button" @click="${() => this.#retry()}">${text.retry}</button></span>`;
      case 'idle':
        return nothing;
    }
  }

  #retry(): void {
    // Nothing of an older build can be of use any more but its going.
    if (this.#session.value?.error?.code === 'outdated') void this.client?.textsKept().then(() => location.reload());
    else void this.client?.reconnect().catch(() => {}); // the next state of the session says how it went
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-status': StatusLine;
  }
}
