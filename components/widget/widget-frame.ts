import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { AuthMode, Credentials } from '../../src/model/account.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { Watch } from '../shared/watch.js';
import type { Panel } from './panel.js';
import { styles } from './widget.styles.js';

/** Below this the panel fills its place (see the styles' container query). */
const PHONE = 480;

/**
 * Launcher and panel inside of a session: the inner half of `<tertulia-widget>`.
 *
 * @fires tertulia-toggle - opened or closed; read `open`
 */
export class WidgetFrame extends ChatElement {
  static override styles = [ChatElement.styles, controls, iconStyles, styles].flat();

  @property({ attribute: false }) contact = '';
  @property({ attribute: false }) room = '';
  @property({ attribute: false }) auth: AuthMode = 'guest';
  @property({ attribute: false }) nickname = '';
  @property({ attribute: false }) greeting = '';
  @property({ attribute: false }) heading = '';
  @property({ attribute: false }) position: 'end' | 'start' = 'end';
  @property({ attribute: false }) credentials: (() => Promise<Credentials>) | undefined;
  @property({ type: Boolean }) open = false;

  /** Opened once: the panel stays, so that what is typed and read stays. */
  @state() private used = false;
  @state() private phone = false;
  @query('.place') private place!: HTMLElement | null;
  @query('.launcher') private launcher!: HTMLElement | null;
  @query('tertulia-panel') private inside!: Panel | null;

  readonly #unread = new Watch(this, () => this.client?.unread);
  #size: ResizeObserver | undefined;

  /** Opens or closes; `focus` where a person asked for it, who is then taken inside and back again. */
  toggle(open: boolean, focus: boolean): void {
    if (open === this.open) return;
    this.open = open;
    this.dispatchEvent(new Event('tertulia-toggle'));
    if (!focus) return;
    void this.updateComplete.then(() => (open ? this.inside?.focus() : this.launcher?.focus()));
  }

  prefill(text: string): void {
    this.used = true;
    void this.updateComplete.then(() => this.inside?.prefill(text));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size?.disconnect();
    this.#size = undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.open) this.used = true;
  }

  override updated(): void {
    if (this.#size || !this.place) return;
    this.#size = new ResizeObserver(([entry]) => {
      if (entry) this.phone = Math.min(entry.contentRect.width, entry.contentRect.height) <= PHONE;
    });
    this.#size.observe(this.place);
  }

  override render(): TemplateResult {
    const { text, open } = this;
    const unread = open ? 0 : (this.#unread.value ?? 0);
    const label = open ? text.closeChat : text.openChat;
    const modal = open && this.phone;
    return html`<div class="place ${this.position} ${open ? 'open' : ''}">
      ${this.used
        ? html`${modal ? html`<span class="edge" tabindex="0" @focus="${() => this.inside?.focus()}"></span>` : nothing}
            <div class="panel" ?hidden="${!open}" @tertulia-close="${() => this.toggle(false, true)}">
              <tertulia-panel exportparts="header, log, message, bubble, bubble-mine, bubble-theirs, box" .contact="${this.contact}" .room="${this.room}" .auth="${this.auth}" .nickname="${this.nickname}" .greeting="${this.greeting}" .heading="${this.heading}" .credentials="${this.credentials}" .modal="${modal}"></tertulia-panel>
            </div>
            ${modal ? html`<span class="edge" tabindex="0" @focus="${() => this.inside?.focus()}"></span>` : nothing}`
        : nothing}
      <button class="launcher" part="launcher" type="button" aria-expanded="${open ? 'true' : 'false'}" aria-label="${unread > 0 ? text.withUnread(label, unread) : label}" @click="${() => this.toggle(!open, true)}">
        ${icon(open ? 'close' : 'chat')}${unread > 0 ? html`<span class="badge">${this.locale.number(Math.min(unread, 99))}${unread > 99 ? '+' : ''}</span>` : nothing}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-widget-frame': WidgetFrame;
  }
}
