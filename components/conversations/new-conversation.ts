import { css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { bareJid, localOf, normalizeJid, resourceOf } from '../../src/base/jid.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { form } from '../dialog/form.styles.js';
import { row } from '../list/row.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';

const SUGGESTIONS = 30;
type Suggestion = { readonly jid: string; readonly name: string; readonly room: boolean };

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
  /** The dialog's title, where it is for something else. */
  @property() heading = '';
  @state() private wanted = '';
  @state() private wrong = false;

  readonly #conversations = new Watch(this, () => this.client?.conversations);
  readonly #contacts = new Watch(this, () => this.client?.contacts);

  /** Who was spoken with lately, then the contacts by name. */
  #found(): Suggestion[] {
    const wanted = this.wanted.trim().toLocaleLowerCase(this.locale.tag);
    const found = new Map<string, Suggestion>();
    for (const { jid, kind } of this.#conversations.value ?? []) {
      if (kind !== 'private') found.set(jid, { jid, name: this.client?.nameOf(jid) ?? jid, room: kind === 'room' });
    }
    const contacts = (this.#contacts.value ?? []).map(({ jid, name }): Suggestion => ({ jid, name: name || (this.client?.nameOf(jid) ?? jid), room: false }));
    for (const contact of contacts.toSorted((a, b) => a.name.localeCompare(b.name, this.locale.tag))) if (!found.has(contact.jid)) found.set(contact.jid, contact);
    return Array.from(found.values())
      .filter(({ jid, name }) => name.toLocaleLowerCase(this.locale.tag).includes(wanted) || jid.includes(wanted))
      .slice(0, SUGGESTIONS);
  }

  async #go(jid: string, room = false): Promise<void> {
    const isPrivate = resourceOf(jid) !== '' && (this.client?.rooms.value ?? []).some((room) => room.jid === bareJid(jid));
    if (!room) await this.client?.openConversation(jid, isPrivate ? 'private' : 'chat');
    // Chosen before closed: whoever asked hears the choice, not a refusal to choose.
    this.dispatchEvent(new NavigateEvent({ view: room ? 'room' : 'chat', jid }));
    this.#closed();
  }

  #submit(event: Event): void {
    event.preventDefault();
    const jid = normalizeJid(this.wanted.trim().replace(/^xmpp:/i, ''));
    const only = this.#found();
    // A name was typed, not an address, and one contact has it; one that is only at home there was not meant.
    const [first] = only;
    const wanted = this.wanted.trim().toLocaleLowerCase(this.locale.tag);
    const named = only.length === 1 && first && (!jid || localOf(first.jid).includes(wanted) || first.name.toLocaleLowerCase(this.locale.tag).includes(wanted));
    if (named && (!jid || !wanted.includes('@'))) void this.#go(first.jid, first.room);
    else if (jid && (/[@.]/.test(this.wanted) || jid === this.client?.deployment.domain)) void this.#go(jid, only.some((other) => other.jid === jid && other.room));
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
      <tertulia-dialog .open="${this.open}" heading="${this.heading || this.text.newConversation}" @close="${() => this.#closed()}">
        <form class="form" novalidate @submit="${(event: Event) => this.#submit(event)}">
          <div class="field">
            <label for="to">${this.text.nameOrAddress}</label>
            <input
              class="input"
              id="to"
              data-first
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
            ? html`<ul class="suggestions" role="list" aria-label="${this.text.suggestions}">
                ${found.map(
                  ({ jid, name, room }) => html`<li>
                    <button type="button" class="row" @click="${() => void this.#go(jid, room)}">
                      <tertulia-avatar .jid="${jid}" .name="${name}" ?room="${room}"></tertulia-avatar>
                      <span class="lines"><span class="name" dir="auto">${name.slice(0, 200)}</span><span class="detail" dir="auto">${jid}</span></span>
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

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-new-conversation': NewConversation;
  }
}
