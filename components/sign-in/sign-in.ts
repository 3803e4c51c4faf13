import { css, html, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { toChatError, type ChatErrorCode } from '../../src/base/error.js';
import { bareJid, localOf, normalizeJid } from '../../src/base/jid.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';

/**
 * Signing in with an XMPP account. The password goes to the engine and nowhere else: into no attribute, event or store of
 * ours, and it is wiped from the field once it was right.
 *
 * @fires tertulia-signed-in - the server has accepted
 */
export class SignIn extends ChatElement {
  static override styles = [
    ChatElement.styles,
    controls,
    iconStyles,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        gap: var(--t-4);
      }
      h1 {
        font-size: var(--t-size-5);
        line-height: 1.25;
        font-weight: 650;
        letter-spacing: -0.01em;
      }
      .with-button {
        display: grid;
        position: relative;
      }
      .with-button .input {
        padding-inline-end: 3rem;
      }
      .with-button .icon-button {
        position: absolute;
        inset-block: 0;
        inset-inline-end: 0;
      }
      .field .wrong {
        color: var(--t-danger);
        font-size: var(--t-size-2);
      }
    `,
  ].flat();

  /** An address to begin with. */
  @property() address = '';

  @state() private busy = false;
  @state() private revealed = false;
  @state() private failed: ChatErrorCode | undefined;
  @state() private wrong: { readonly address?: string; readonly password?: string } = {};
  @query('#address') private addressField!: HTMLInputElement | null;
  @query('#password') private passwordField!: HTMLInputElement | null;
  @query('#stay') private stay!: HTMLInputElement | null;

  override focus(options?: FocusOptions): void {
    (this.address ? this.passwordField : this.addressField)?.focus(options);
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const { addressField, passwordField, client, text } = this;
    if (this.busy || !client || !addressField || !passwordField) return;
    const jid = this.#complete(addressField.value.trim());
    const password = passwordField.value;
    this.failed = undefined;
    this.wrong = { ...(!jid && { address: text.addressNeeded }), ...(!password && { password: text.passwordNeeded }) };
    if (!jid || !password) {
      (jid ? passwordField : addressField).focus();
      return;
    }
    this.busy = true;
    try {
      await client.signIn({ mode: 'login', credentials: { jid, password }, remember: this.stay?.checked ?? true });
      passwordField.value = '';
      this.dispatchEvent(new Event('tertulia-signed-in', { bubbles: true, composed: true }));
    } catch (thrown) {
      this.failed = toChatError(thrown, 'unreachable').code;
      if (this.failed === 'not-authorized') passwordField.select();
    } finally {
      this.busy = false;
    }
  }

  /** `alice` means the deployment's own domain. */
  #complete(typed: string): string | undefined {
    const address = typed.includes('@') || !this.client ? typed : `${typed}@${this.client.deployment.domain}`;
    const jid = normalizeJid(address);
    return jid && localOf(jid) ? bareJid(jid) : undefined;
  }

  override render(): TemplateResult {
    const { text, wrong, failed } = this;
    return html`<form aria-labelledby="heading" novalidate aria-busy="${this.busy ? 'true' : 'false'}" @submit="${(event: Event) => void this.#submit(event)}">
      <h1 id="heading">${text.signIn}</h1>
      ${failed ? html`<p class="error" role="alert">${icon('alert')}<span>${text.errorWords(failed)}</span></p>` : nothing}
      <div class="field">
        <label for="address">${text.address}</label>
        <input id="address" class="input" type="text" inputmode="email" dir="ltr" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="next" placeholder="${text.addressExample}" .value="${this.address}" aria-invalid="${wrong.address ? 'true' : nothing}" aria-describedby="${wrong.address ? 'address-wrong' : nothing}" />
        ${wrong.address ? html`<span class="wrong" id="address-wrong">${wrong.address}</span>` : nothing}
      </div>
      <div class="field">
        <label for="password">${text.password}</label>
        <span class="with-button">
          <input id="password" class="input" type="${this.revealed ? 'text' : 'password'}" dir="ltr" autocomplete="current-password" autocapitalize="none" spellcheck="false" enterkeyhint="go" aria-invalid="${wrong.password ? 'true' : nothing}" aria-describedby="${wrong.password ? 'password-wrong' : nothing}" />
          <button class="icon-button" type="button" aria-pressed="${this.revealed ? 'true' : 'false'}" aria-label="${text.showPassword}" @click="${() => (this.revealed = !this.revealed)}">${icon(this.revealed ? 'eye-off' : 'eye')}</button>
        </span>
        ${wrong.password ? html`<span class="wrong" id="password-wrong">${wrong.password}</span>` : nothing}
      </div>
      <label class="check"><input id="stay" type="checkbox" checked />${text.staySignedIn}</label>
      <button class="button primary" type="submit" ?disabled="${this.busy || !this.client}">${this.busy ? text.signingIn : text.signIn}</button>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-sign-in': SignIn;
  }
}
