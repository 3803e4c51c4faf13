import { css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { ContactRow as Row } from '../../src/model/contact.js';
import { presenceWord } from '../chat/presence-words.js';
import { iconStyles } from '../icon/icon.js';
import { row } from '../list/row.styles.js';
import type { MenuItem } from '../menu/menu.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { subscriptionWords } from './subscription-words.js';

/** What somebody wants done with a contact. */
export type ContactAction = 'chat' | 'details' | 'edit' | 'ask' | 'remove';

export class ContactActionEvent extends Event {
  static readonly type = 'contact-action';
  readonly action: ContactAction;

  constructor(action: ContactAction) {
    super(ContactActionEvent.type);
    this.action = action;
  }
}

/**
 * One line of the contacts: who, whether they are there, what they say of it, and how far one sees each other.
 *
 * @fires contact-action
 */
export class ContactRow extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = { ...ChatElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    ...ChatElement.styles,
    iconStyles,
    row,
    css`
      .row {
        min-block-size: 3.5rem;
      }
    `,
  ];

  @property({ attribute: false }) contact!: Row;
  @property() name = '';
  @property({ type: Boolean }) selected = false;
  @property({ type: Boolean, attribute: false }) tabStop = false;

  readonly #presence = new Watch(this, () => this.client?.presence(this.contact.jid));

  #do(action: ContactAction): void {
    this.dispatchEvent(new ContactActionEvent(action));
  }

  #menu(): MenuItem[] {
    const { subscription } = this.contact;
    const sees = subscription === 'to' || subscription === 'both';
    return [
      { label: this.text.writeTo, icon: 'chat', run: () => this.#do('chat') },
      { label: this.text.details, icon: 'person', run: () => this.#do('details') },
      { label: this.text.renameAndGroup, icon: 'edit', run: () => this.#do('edit') },
      ...(sees ? [] : [{ label: this.text.askForPresence, icon: 'eye' as const, run: () => this.#do('ask') }]),
      { label: this.text.removeContact, icon: 'trash', danger: true, apart: true, run: () => this.#do('remove') },
    ];
  }

  protected override render() {
    const presence = this.#presence.value;
    const show = presence?.show ?? 'offline';
    const tie = subscriptionWords(this.text, this.contact);
    const says = presence?.status?.slice(0, 200);
    return html`
      <button
        type="button"
        class="row has-menu"
        aria-current="${this.selected ? 'true' : nothing}"
        tabindex="${this.tabStop ? 0 : -1}"
        @click="${() => this.#do('chat')}"
      >
        <tertulia-avatar .jid="${this.contact.jid}" .name="${this.name}" .show="${show}"></tertulia-avatar>
        <span class="lines">
          <span class="name" dir="auto">${this.name}</span>
          <span class="detail" dir="auto"
            ><span class="${says ? 'visually-hidden' : ''}">${tie?.short ?? presenceWord(show, this.text)}</span>${says ? html`<span class="visually-hidden">, </span><bdi>${says}</bdi>` : nothing}</span
          >
        </span>
      </button>
      <div class="end on-demand">
        <tertulia-menu label="${this.text.optionsFor(this.name.slice(0, 100))}" .items="${this.#menu()}" .tabStop="${this.tabStop}"></tertulia-menu>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-contact-row': ContactRow;
  }
}
