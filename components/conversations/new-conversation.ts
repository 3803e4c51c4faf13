import { css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { bareJid, normalizeJid, resourceOf } from '../../src/base/jid.js';
import type { ContactRow } from '../../src/model/contact.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { form } from '../dialog/form.styles.js';
import { row } from '../list/row.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';

const SUGGESTIONS = 30;

/**
 * Asks whom to write to: a contact by name, or any address: a person's, a server's (only a domain), one device's
 * (with its resource).
 *
 * @fires tertulia-navigate - To the conversation.
 * @fires close
 */
export class NewConversation extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    row,
    css`
      .suggestions {
        max-block-size: 16rem;
        margin-inline: calc(-1 * var(--t-3));
        overflow: hidden auto;
      }
      .row {
        min-block-size: 3.25rem;
      }
    `,
  ];

  @property({ type: Boolean }) open = false;
  @state() private wanted = '';
  @state() private wrong = false;

  readonly #contacts = new Watch(this, () => this.client?.contacts);

  #found(): ContactRow[] {
    const wanted = this.wanted.trim().toLocaleLowerCase(this.locale.tag);
    const contacts = this.#contacts.value ?? [];
    const named = (contact: ContactRow): string => (contact.name ?? contact.jid).toLocaleLowerCase(this.locale.tag);
    return contacts
      .filter((contact) => named(contact).includes(wanted) || contact.jid.includes(wanted))
      .toSorted((a, b) => named(a).localeCompare(named(b), this.locale.tag))
      .slice(0, SUGGESTIONS);
  }

  async #go(jid: string): Promise<void> {
    const isPrivate = resourceOf(jid) !== '' && (this.client?.rooms.value ?? []).some((room) => room.jid === bareJid(jid));
    await this.client?.openConversation(jid, isPrivate ? 'private' : 'chat');
    this.#closed();
    this.dispatchEvent(new NavigateEvent({ view: 'chat', jid }));
  }

  #submit(event: Event): void {
    event.preventDefault();
    const jid = normalizeJid(this.wanted.trim().replace(/^xmpp:/i, ''));
    const only = this.#found();
    // A name was typed, not an address, and one contact has it.
    const chosen = this.wanted.includes('@') ? jid : only.length === 1 ? only[0]?.jid : jid?.includes('.') ? jid : undefined;
    if (chosen) void this.#go(chosen);
    else this.wrong = true;
  }

  #closed(): void {
    this.open = false;
    this.wanted = '';
    this.wrong = false;
    this.dispatchEvent(new Event('close'));
  }

  protected override render() {
    const found = this.open ? this.#found() : [];
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.text.newConversation}" @close="${() => this.#closed()}">
        <form class="form" novalidate @submit="${(event: Event) => this.#submit(event)}">
          <div class="field">
            <label for="to">${this.text.nameOrAddress}</label>
            <input
              class="input"
              id="to"
              autofocus
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              inputmode="email"
              dir="auto"
              aria-invalid="${String(this.wrong)}"
              aria-describedby="note"
              .value="${this.wanted}"
              @input="${(event: InputEvent) => {
                this.wanted = (event.target as HTMLInputElement).value;
                this.wrong = false;
              }}"
            />
            <p id="note" class="${this.wrong ? 'bad' : 'hint'}" role="${this.wrong ? 'alert' : nothing}">${this.wrong ? this.text.notAnAddress : this.text.addressHint}</p>
          </div>
          ${found.length > 0
            ? html`<ul class="suggestions" role="list" aria-label="${this.text.contacts}">
                ${found.map(
                  (contact) => html`<li>
                    <button type="button" class="row" @click="${() => void this.#go(contact.jid)}">
                      <tertulia-avatar .jid="${contact.jid}" .name="${contact.name ?? contact.jid}"></tertulia-avatar>
                      <span class="lines"><span class="name" dir="auto">${contact.name ?? this.client?.nameOf(contact.jid)}</span><span class="detail" dir="auto">${contact.jid}</span></span>
                    </button>
                  </li>`,
                )}
              </ul>`
            : nothing}
          <div class="actions">
            <button type="button" class="button" @click="${() => this.#closed()}">${this.text.cancel}</button>
            <button class="button primary">${this.text.startConversation}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}
