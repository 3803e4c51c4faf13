import { css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { OccupantView } from '../../src/model/room.js';
import { presenceWord } from '../chat/presence-words.js';
import { row } from '../list/row.styles.js';
import { ChatElement } from '../shared/chat-element.js';

/**
 * One occupant of a room.
 *
 * @fires choose - Write to them privately.
 */
export class ParticipantRow extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = { ...ChatElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    ...ChatElement.styles,
    row,
    css`
      .row {
        min-block-size: 3.25rem;
      }
      tertulia-avatar {
        --size: 2.25rem;
      }
      .row[aria-disabled='true'] {
        cursor: default;
      }
    `,
  ];

  @property({ attribute: false }) occupant!: OccupantView;
  @property() room = '';
  @property({ type: Boolean }) me = false;
  @property({ type: Boolean, attribute: false }) tabStop = false;

  protected override render() {
    const { nick, affiliation, show, status, jid } = this.occupant;
    const detail = status || (jid && (show === 'available' || show === 'chat') ? jid : presenceWord(show, this.text));
    return html`
      <button
        type="button"
        class="row"
        tabindex="${this.tabStop ? 0 : -1}"
        aria-disabled="${this.me ? 'true' : nothing}"
        title="${this.me ? nothing : this.text.writePrivately}"
        @click="${() => !this.me && this.dispatchEvent(new Event('choose'))}"
      >
        <tertulia-avatar .jid="${jid ?? `${this.room}/${nick}`}" .name="${nick}" .show="${show}"></tertulia-avatar>
        <span class="lines">
          <span class="line">
            <span class="name" dir="auto">${nick.slice(0, 300)}</span>
            ${this.me ? html`<span class="tag">${this.text.you}</span>` : nothing}
            ${affiliation === 'owner' || affiliation === 'admin' || affiliation === 'member' ? html`<span class="tag">${this.text.affiliation(affiliation)}</span>` : nothing}
          </span>
          ${detail ? html`<span class="detail" dir="auto">${detail.slice(0, 200)}</span>` : nothing}
          <span class="visually-hidden">${status ? presenceWord(show, this.text) : ''}</span>
        </span>
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-participant-row': ParticipantRow;
  }
}
