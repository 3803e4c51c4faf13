import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { styles } from './composer.styles.js';
import { css } from 'lit';

/**
 * A file that waits in the composer.
 *
 * @fires remove - It is not to be sent.
 */
export class StagedFile extends ChatElement {
  static override styles = [
    ChatElement.styles,
    controls,
    iconStyles,
    styles,
    css`
      :host {
        display: block;
        padding: 0;
        max-inline-size: 100%;
      }
    `,
  ].flat();

  @property({ attribute: false }) file!: File;
  #url = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
  }

  override render(): TemplateResult {
    const { file } = this;
    const drawable = /^image\/(?:png|jpeg|gif|webp|avif)$/.test(file.type);
    if (drawable && !this.#url && this.isConnected) this.#url = URL.createObjectURL(file);
    return html`<div class="file">
      ${drawable ? html`<img src="${this.#url}" alt="" />` : html`<span class="mark">${icon('file')}</span>`}
      <span><span class="name"><bdi>${file.name}</bdi></span><span class="size">${this.locale.bytes(file.size)}</span></span>
      <button class="icon-button" type="button" aria-label="${this.text.removeFile}: ${file.name}" @click="${() => this.dispatchEvent(new Event('remove'))}">${icon('close')}</button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-staged-file': StagedFile;
  }
}
