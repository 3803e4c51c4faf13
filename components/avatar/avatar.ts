import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { resourceOf } from '../../src/base/jid.js';
import type { Show } from '../../src/model/contact.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { cssVars } from '../shared/css-vars.js';
import { Watch } from '../shared/watch.js';
import { styles } from './avatar.styles.js';
import { colourOf } from './colour.js';
import { initials } from './initials.js';

/**
 * The face of a contact or a room: the published picture, else initials on the colour of XEP-0392. Decoration: it is
 * hidden from assistive technology, the name stands beside it.
 *
 * @cssprop --size - width and height, 2.5rem
 */
export class Avatar extends ChatElement {
  static override styles = [ChatElement.styles, iconStyles, styles].flat();

  /** Whose. */
  @property() jid = '';
  /** What the initials are of; the client's name for `jid` where empty. */
  @property() name = '';
  @property({ type: Boolean, reflect: true }) room = false;
  /** Shows a presence dot. */
  @property() show: Show | undefined;

  readonly #picture = new Watch(this, () => (this.jid && !this.room ? this.client?.avatar(this.jid) : undefined));
  #shown: Blob | undefined;
  #url = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('aria-hidden', 'true');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#take(undefined);
  }

  // Not in willUpdate: the watched value follows a new `jid` only after it.
  protected override update(changed: PropertyValues<this>): void {
    this.#take(this.isConnected ? this.#picture.value : undefined);
    super.update(changed);
  }

  #take(picture: Blob | undefined): void {
    if (picture === this.#shown) return;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#shown = picture;
    this.#url = picture ? URL.createObjectURL(picture) : '';
  }

  override render(): TemplateResult {
    const name = this.name || (this.jid ? (this.client?.nameOf(this.jid) ?? this.jid) : '');
    const letters = initials(name);
    return html`<span class="face" ${cssVars({ '--colour': colourOf(resourceOf(this.jid) || this.jid || name).surface })}>${this.#url ? html`<img src="${this.#url}" alt="" @error="${() => this.#broken()}" />` : letters || icon(this.room ? 'room' : 'person')}</span>${this.show ? html`<span class="dot ${this.show}"></span>` : nothing}`;
  }

  #broken(): void {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-avatar': Avatar;
  }
}
