import { css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import { localOf } from '../../src/base/jid.js';
import { icon, iconStyles } from '../icon/icon.js';
import { row } from '../list/row.styles.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';

/**
 * One room of the directory.
 *
 * @fires choose
 */
export class RoomRow extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = { ...ChatElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    ...ChatElement.styles,
    iconStyles,
    row,
    css`
      .row {
        min-block-size: 3.5rem;
      }
      .meta {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
      }
      .meta .icon {
        inline-size: 0.9375rem;
        block-size: 0.9375rem;
      }
    `,
  ];

  @property({ attribute: false }) room!: { readonly jid: string; readonly name?: string; readonly occupants?: number; readonly autojoin?: boolean };
  /** A room of one's own: joined or kept. */
  @property({ type: Boolean }) known = false;
  @property({ type: Boolean }) selected = false;
  @property({ type: Boolean, attribute: false }) tabStop = false;

  // Only of one's own rooms is there anything live to be seen.
  readonly #view = new Watch(this, () => (this.known ? this.client?.room(this.room.jid) : undefined));

  protected override render() {
    const { jid, autojoin } = this.room;
    const view = this.#view.value;
    const joined = view?.state === 'joined';
    const name = this.room.name?.trim() || localOf(jid) || jid;
    const occupants = joined ? view.occupants : this.room.occupants;
    return html`
      <button type="button" class="row" aria-current="${this.selected ? 'true' : nothing}" tabindex="${this.tabStop ? 0 : -1}" @click="${() => this.dispatchEvent(new Event('choose'))}">
        <tertulia-avatar room .jid="${jid}" .name="${name}"></tertulia-avatar>
        <span class="lines">
          <span class="line">
            <span class="name" dir="auto">${name.slice(0, 300)}</span>
            ${occupants === undefined ? nothing : html`<span class="meta">${icon('people')}<span aria-hidden="true">${this.locale.number(occupants)}</span><span class="visually-hidden">${this.text.participantsCount(occupants)}</span></span>`}
          </span>
          <span class="line">
            <span class="detail" dir="auto">${view?.subject?.slice(0, 200) || jid}</span>
            ${joined ? html`<span class="tag">${this.text.joined}</span>` : autojoin ? html`<span class="tag">${this.text.kept}</span>` : nothing}
          </span>
        </span>
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-room-row': RoomRow;
  }
}
