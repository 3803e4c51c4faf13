import { css, html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ConversationRow as Row } from '../../src/model/conversation.js';
import { resourceOf } from '../../src/base/jid.js';
import { ChatElement } from '../shared/chat-element.js';
import { icon, iconStyles } from '../icon/icon.js';
import { Watch } from '../shared/watch.js';
import { row } from '../list/row.styles.js';
import type { MenuItem } from '../menu/menu.js';

/**
 * One line of the conversations: who, what was said last, when, how much of it is unread.
 *
 * @fires choose - It was pressed.
 * @fires remove - It is to be taken off the list.
 */
export class ConversationRow extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = { ...ChatElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    ...ChatElement.styles,
    iconStyles,
    row,
    css`
      .draft {
        color: var(--t-danger);
      }
      .parts {
        display: flex;
        align-items: center;
        gap: 0.3em;
      }
      .parts > * {
        flex: none;
        max-inline-size: 45%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .parts > .words {
        flex: 1;
        min-inline-size: 0;
        max-inline-size: none;
      }
      .detail .icon {
        inline-size: 1em;
        block-size: 1em;
      }
      .unread .name,
      .unread .detail {
        color: var(--t-text);
      }
      .unread .name {
        font-weight: 700;
      }
    `,
  ];

  @property({ attribute: false }) conversation!: Row;
  /** The name as the contacts and rooms give it. */
  @property() name = '';
  @property({ type: Boolean }) selected = false;
  @property({ type: Boolean, attribute: false }) tabStop = false;
  /** Milliseconds; which day it is. */
  @property({ type: Number, attribute: false }) now = Date.now();

  readonly #presence = new Watch(this, () => (this.conversation.kind === 'chat' ? this.client?.presence(this.conversation.jid) : undefined));
  readonly #typing = new Watch(this, () => this.client?.typing(this.conversation.jid));

  #menu(): MenuItem[] {
    return [{ label: this.text.removeConversation, icon: 'trash', danger: true, run: () => this.dispatchEvent(new Event('remove')) }];
  }

  #preview() {
    const { kind, draft, preview } = this.conversation;
    const typing = this.#typing.value ?? [];
    if (typing.length > 0) {
      const words = kind === 'room' ? this.text.typing(typing.map((who) => (kind === 'room' ? who : this.name)).slice(0, 3).join(', ')) : this.text.typingNow;
      return html`<span class="detail accent" dir="auto">${words}</span>`;
    }
    if (draft && !this.selected) return this.#line(html`<span class="draft">${this.text.draft}</span>`, draft);
    if (!preview) return html`<span class="detail">${this.text.noMessagesYet}</span>`;
    const who = preview.mine ? this.text.you : kind === 'room' ? resourceOf(preview.sender) : '';
    const mark = preview.attachment ? icon('attach') : nothing;
    return this.#line(html`${who ? html`<span class="sender"><bdi>${who.slice(0, 60)}</bdi>:</span>` : nothing}${mark}`, preview.body || (preview.attachment ? this.text.file : ''));
  }

  /** Before the words, who; each cut and turned by itself, so that the beginning of both is always seen. */
  #line(before: TemplateResult, words: string): TemplateResult {
    return html`<span class="detail parts">${before}<span class="words" dir="auto">${words.slice(0, 200)}</span></span>`;
  }

  protected override render() {
    const { jid, kind, lastAt, unread } = this.conversation;
    const show = this.#presence.value?.show;
    return html`
      <button
        type="button"
        class="row has-menu ${unread > 0 ? 'unread' : ''}"
        aria-current="${this.selected ? 'true' : nothing}"
        tabindex="${this.tabStop ? 0 : -1}"
        @click="${() => this.dispatchEvent(new Event('choose'))}"
      >
        <tertulia-avatar .jid="${jid}" .name="${this.name}" .show="${kind === 'chat' ? (show ?? 'offline') : undefined}" ?room="${kind === 'room'}"></tertulia-avatar>
        <span class="lines">
          <span class="line">
            <span class="name" dir="auto">${this.name}</span>
            <time class="meta ${unread > 0 ? 'accent' : ''}" datetime="${lastAt > 0 ? new Date(lastAt).toISOString() : nothing}">${lastAt > 0 ? this.locale.short(lastAt, this.now) : ''}</time>
          </span>
          <span class="line">
            ${this.#preview()}
            ${unread > 0
              ? html`<span class="badge"><span aria-hidden="true">${unread > 99 ? '99+' : this.locale.number(unread)}</span><span class="visually-hidden">${this.text.unreadMessages(unread)}</span></span>`
              : nothing}
          </span>
        </span>
      </button>
      <div class="end on-demand">
        <tertulia-menu label="${this.text.optionsFor(this.name)}" .items="${this.#menu()}" .tabStop="${this.tabStop}"></tertulia-menu>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-conversation-row': ConversationRow;
  }
}
