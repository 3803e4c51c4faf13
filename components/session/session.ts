import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { ContextProvider } from '@lit/context';
import type { ChatClient } from '../../src/client/chat-client.js';
import { clientContext, localeContext } from '../shared/contexts.js';
import { english, loadLocale } from '../shared/locale/locale.js';
import { tokens } from '../shared/tokens.styles.js';

/** Where a session connects; both from the element's attributes. */
export type SessionPlace = { readonly domain: string; readonly service?: string };
export type ClientFactory = (place: SessionPlace) => ChatClient | Promise<ChatClient>;

/**
 * Gives the engine, the language and the look to what it contains. It has no box of its own.
 *
 * @slot - the views
 * @fires tertulia-session-error - the engine could not be started
 * @cssprop --tertulia-accent - the site's colour; what stands on it is chosen to be legible
 * @cssprop --tertulia-surface, --tertulia-surface-2, --tertulia-text - the ground and the text
 * @cssprop --tertulia-font, --tertulia-radius - typeface and roundness
 */
export class Session extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: contents;
        color-scheme: light dark;
      }
      :host([theme='light']) {
        color-scheme: light;
      }
      :host([theme='dark']) {
        color-scheme: dark;
      }
    `,
  ];

  /** XMPP domain. */
  @property() domain = '';
  /** WebSocket address; found by XEP-0156 where empty. */
  @property() service = '';
  /** BCP 47; the browser's where empty. */
  @property() locale = '';
  @property({ reflect: true }) theme: 'auto' | 'light' | 'dark' = 'auto';
  /** Any CSS colour. */
  @property() accent = '';
  /** The engine, where whoever made the element has one already. */
  @property({ attribute: false }) client: ChatClient | undefined;
  /** Makes the engine when there is none; set by the entry, so that the views do not carry it. */
  @property({ attribute: false }) createClient: ClientFactory | undefined;

  readonly #client = new ContextProvider(this, { context: clientContext, initialValue: undefined });
  readonly #locale = new ContextProvider(this, { context: localeContext, initialValue: english });
  #asked = false;
  #wishes = '';

  override connectedCallback(): void {
    super.connectedCallback();
    if (performance.getEntriesByName('tertulia:boot', 'mark').length === 0) performance.mark('tertulia:boot');
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('accent')) {
      if (this.accent && CSS.supports('color', this.accent)) this.style.setProperty('--tertulia-accent', this.accent);
      else this.style.removeProperty('--tertulia-accent');
    }
    if (!this.client && this.createClient && !this.#asked) {
      this.#asked = true;
      void this.#start(this.createClient);
    }
    if (changed.has('client')) this.#client.setValue(this.client);
    void this.#speak();
  }

  async #start(create: ClientFactory): Promise<void> {
    try {
      const client = await create({ domain: this.domain, ...(this.service && { service: this.service }) });
      this.client ??= client;
    } catch (error) {
      this.#asked = false;
      this.dispatchEvent(new Event('tertulia-session-error'));
      reportError(error);
    }
  }

  async #speak(): Promise<void> {
    const wishes = this.locale ? [this.locale] : navigator.languages;
    if (this.#wishes === wishes.join()) return;
    this.#wishes = wishes.join();
    const found = loadLocale(wishes);
    const locale = found instanceof Promise ? await found : found;
    if (this.#wishes !== wishes.join()) return;
    this.#locale.setValue(locale);
    this.lang = locale.tag;
    this.dir = locale.dir;
  }

  override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-session': Session;
  }
}
