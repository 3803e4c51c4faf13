import { css, html, LitElement, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import type { ChatClient } from '../../src/client/chat-client.js';
import type { AuthMode, Credentials } from '../../src/model/account.js';
import type { ClientFactory } from '../session/session.js';
import type { WidgetFrame } from './widget-frame.js';

/**
 * The widget as an element of the page's own: a launcher, and the panel it opens. It holds a session of its own, whose
 * engine is made when somebody first opens it and not before.
 *
 * @fires tertulia-toggle - opened or closed; read `open`
 * @csspart launcher, header, log, message, bubble, bubble-mine, bubble-theirs, box
 * @cssprop --tertulia-offset - distance from the window's edges
 * @cssprop --tertulia-z-index
 */
export class Widget extends LitElement {
  static override styles = css`
    :host {
      display: contents;
    }
  `;

  @property() domain = '';
  @property() service = '';
  /** Talks with this address. */
  @property() contact = '';
  /** Opens this room. */
  @property() room = '';
  @property() auth: AuthMode = 'guest';
  @property() nickname = '';
  @property() greeting = '';
  @property() heading = '';
  @property() locale = '';
  @property() theme: 'auto' | 'light' | 'dark' = 'auto';
  @property() accent = '';
  @property() position: 'end' | 'start' = 'end';
  @property({ type: Boolean, reflect: true }) open = false;
  @property({ attribute: false }) credentials: (() => Promise<Credentials>) | undefined;
  @property({ attribute: false }) client: ChatClient | undefined;
  @property({ attribute: false }) createClient: ClientFactory | undefined;

  @query('tertulia-widget-frame') private frame!: WidgetFrame | null;
  #wanted = false;

  /** Puts words into the composer; never sent by itself. */
  prefill(text: string): void {
    this.#wanted = true;
    this.requestUpdate();
    void this.updateComplete.then(() => this.frame?.prefill(text));
  }

  #toggled(): void {
    this.open = this.frame?.open ?? false;
    this.dispatchEvent(new Event('tertulia-toggle', { bubbles: true, composed: true }));
  }

  override render(): TemplateResult {
    if (this.open) this.#wanted = true;
    return html`<tertulia-session
      .domain="${this.domain}"
      .service="${this.service}"
      .locale="${this.locale}"
      .theme="${this.theme}"
      .accent="${this.accent}"
      .client="${this.client}"
      .createClient="${this.#wanted ? this.createClient : undefined}"
      ><tertulia-widget-frame
        exportparts="launcher, header, log, message, bubble, bubble-mine, bubble-theirs, box"
        .contact="${this.contact}"
        .room="${this.room}"
        .auth="${this.auth}"
        .nickname="${this.nickname}"
        .greeting="${this.greeting}"
        .heading="${this.heading}"
        .position="${this.position}"
        .credentials="${this.credentials}"
        .open="${this.open}"
        @tertulia-toggle="${() => this.#toggled()}"
      ></tertulia-widget-frame
    ></tertulia-session>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-widget': Widget;
  }
}
