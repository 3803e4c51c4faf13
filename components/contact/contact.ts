import { css, html, nothing } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { presenceWord } from '../chat/presence-words.js';
import type { Confirm } from '../dialog/confirm.js';
import { form } from '../dialog/form.styles.js';
import { icon } from '../icon/icon.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { subscriptionWords } from '../roster/subscription-words.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';

/**
 * Everything about one contact, and what can be done with it.
 *
 * @fires close - The pane is to be closed.
 * @fires tertulia-navigate - To the conversation, or away from a removed contact.
 */
export class Contact extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        background: var(--t-surface);
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--t-2);
        min-block-size: 4.0625rem;
        padding-inline: var(--t-4) var(--t-2);
        border-block-end: 1px solid var(--t-line);
      }
      h2 {
        flex: 1;
        font-size: var(--t-size-3);
      }
      .scroll {
        flex: 1;
        min-block-size: 0;
        overflow: hidden auto;
        padding: var(--t-5) var(--t-4);
        display: grid;
        align-content: start;
        gap: var(--t-5);
      }
      .face {
        display: grid;
        justify-items: center;
        gap: var(--t-1);
        text-align: center;
      }
      .face tertulia-avatar {
        --size: 5.5rem;
        margin-block-end: var(--t-2);
      }
      h3 {
        max-inline-size: 100%;
        font-size: var(--t-size-4);
        line-height: 1.3;
        overflow: hidden;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      .face p {
        max-inline-size: 100%;
        color: var(--t-text-2);
        overflow-wrap: anywhere;
      }
      .status {
        max-block-size: 8rem;
        overflow: auto;
      }
      dl {
        display: grid;
        gap: var(--t-3);
      }
      dt {
        font-size: var(--t-size-2);
        color: var(--t-text-2);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .groups {
        display: flex;
        flex-wrap: wrap;
        gap: var(--t-1);
        margin-block-start: var(--t-1);
      }
      .groups li {
        max-inline-size: 100%;
        padding-inline: var(--t-2);
        border-radius: var(--t-radius-full);
        background: var(--t-surface-3);
        font-size: var(--t-size-2);
        overflow-wrap: anywhere;
      }
      .notice {
        display: grid;
        gap: var(--t-2);
        justify-items: start;
        font-size: var(--t-size-2);
      }
      .acts {
        display: grid;
        gap: var(--t-2);
      }
    `,
  ];

  /** Whose details. */
  @property() jid = '';

  @state() private editing = false;
  @query('tertulia-confirm') private confirm!: Confirm;

  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #presence = new Watch(this, () => (this.jid ? this.client?.presence(this.jid) : undefined));

  #ask(): void {
    const contact = this.#contacts.value?.find(({ jid }) => jid === this.jid);
    void this.client?.saveContact({ jid: this.jid, ...(contact?.name ? { name: contact.name } : {}), groups: contact?.groups ?? [] }, true);
  }

  protected override render() {
    const contact = this.#contacts.value?.find(({ jid }) => jid === this.jid);
    const name = this.client?.nameOf(this.jid) ?? this.jid;
    const presence = this.#presence.value;
    const show = presence?.show ?? 'offline';
    const tie = contact && subscriptionWords(this.text, contact);
    return html`
      <div class="head">
        <h2>${this.text.details}</h2>
        <button type="button" class="icon-button" aria-label="${this.text.closeDetails}" @click="${() => this.dispatchEvent(new Event('close'))}">${icon('close')}</button>
      </div>
      <div class="scroll">
        <div class="face">
          <tertulia-avatar .jid="${this.jid}" .name="${name}" .show="${contact ? show : undefined}"></tertulia-avatar>
          <h3 dir="auto">${name}</h3>
          ${contact ? html`<p>${presenceWord(show, this.text)}${presence && presence.resources > 1 ? html` · ${this.text.devices(presence.resources)}` : nothing}</p>` : nothing}
          ${presence?.status ? html`<p class="status" dir="auto">${presence.status.slice(0, 2000)}</p>` : nothing}
        </div>
        <dl>
          <div>
            <dt>${this.text.address}</dt>
            <dd dir="auto">${this.jid}</dd>
          </div>
          ${contact && contact.groups.length > 0
            ? html`<div>
                <dt>${this.text.groups}</dt>
                <dd><ul class="groups" role="list">${contact.groups.map((group) => html`<li dir="auto">${group}</li>`)}</ul></dd>
              </div>`
            : nothing}
        </dl>
        ${tie
          ? html`<div class="notice">
              <p>${tie.long}</p>
              <button type="button" class="button small" @click="${() => this.#ask()}">${contact.asked ? this.text.askAgain : this.text.askForPresence}</button>
            </div>`
          : nothing}
        ${contact?.subscription === 'to' ? html`<div class="notice"><p>${this.text.theyDoNotSeeYou}</p></div>` : nothing}
        <div class="acts">
          <button type="button" class="button primary" @click="${() => this.dispatchEvent(new NavigateEvent({ view: 'chat', jid: this.jid }))}">${icon('chat')}${this.text.writeTo}</button>
          <button type="button" class="button" @click="${() => (this.editing = true)}">${icon(contact ? 'edit' : 'person-add')}${contact ? this.text.renameAndGroup : this.text.addContact}</button>
          ${contact ? html`<button type="button" class="button danger" @click="${() => (this.confirm.open = true)}">${icon('trash')}${this.text.removeContact}</button>` : nothing}
        </div>
      </div>
      <tertulia-contact-form .open="${this.editing}" .contact="${contact}" .address="${this.jid}" @close="${() => (this.editing = false)}"></tertulia-contact-form>
      <tertulia-confirm
        heading="${this.text.removeContact}"
        words="${this.text.removeContactWords(name.slice(0, 100))}"
        action="${this.text.remove}"
        .run="${async () => {
          await this.client?.removeContact(this.jid);
          this.dispatchEvent(new Event('close'));
        }}"
      ></tertulia-confirm>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-contact': Contact;
  }
}
