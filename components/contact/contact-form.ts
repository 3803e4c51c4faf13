import { css, html, nothing, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { normalizeJid } from '../../src/base/jid.js';
import type { ContactRow } from '../../src/model/contact.js';
import { form } from '../dialog/form.styles.js';
import { ChatElement } from '../shared/chat-element.js';

/**
 * Adds a contact, or changes the name and the groups of one.
 *
 * @fires close
 */
export class ContactForm extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    css`
      .address {
        overflow-wrap: anywhere;
        color: var(--t-text-2);
      }
    `,
  ];

  @property({ type: Boolean }) open = false;
  /** The one to change; a new one where absent. */
  @property({ attribute: false }) contact: ContactRow | undefined;
  /** Fills in the address of a new one. */
  @property() address = '';

  @state() private wrong: 'address' | 'known' | 'failed' | undefined;
  @state() private busy = false;
  @query('form') private fields!: HTMLFormElement;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) {
      this.wrong = undefined;
      this.busy = false;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) this.fields?.reset();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const data = new FormData(this.fields);
    const value = (name: string): string => ((data.get(name) as string | null) ?? '').trim();
    const jid = this.contact?.jid ?? normalizeJid(value('jid').replace(/^xmpp:/i, ''));
    if (!jid) return this.#say('address');
    if (!this.contact && this.client?.contacts.value?.some((contact) => contact.jid === jid)) return this.#say('known');
    const groups = [...new Set(value('groups').split(/[,،、]/u).map((group) => group.trim()).filter(Boolean))];
    this.busy = true;
    try {
      await this.client?.saveContact({ jid, ...(value('name') ? { name: value('name') } : {}), groups }, data.get('ask') === 'on');
      this.#closed();
    } catch {
      this.#say('failed');
    } finally {
      this.busy = false;
    }
  }

  #say(wrong: 'address' | 'known' | 'failed'): void {
    this.wrong = wrong;
    if (wrong !== 'failed') this.renderRoot.querySelector<HTMLInputElement>('[name=jid]')?.focus();
  }

  #closed(): void {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  }

  #address() {
    if (this.contact) return html`<p class="address" dir="auto">${this.contact.jid}</p>`;
    const wrong = this.wrong === 'address' || this.wrong === 'known';
    return html`
      <div class="field">
        <label for="jid">${this.text.address}</label>
        <input
          class="input"
          id="jid"
          name="jid"
          data-first
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          inputmode="email"
          dir="auto"
          .defaultValue="${this.address}"
          aria-invalid="${String(wrong)}"
          aria-describedby="note"
          @input="${() => (this.wrong = undefined)}"
        />
        <p id="note" class="${wrong ? 'bad' : 'hint'}" role="${wrong ? 'alert' : nothing}">
          ${this.wrong === 'address' ? this.text.notAnAddress : this.wrong === 'known' ? this.text.alreadyContact : this.text.addressHint}
        </p>
      </div>
    `;
  }

  protected override render() {
    const groups = [...new Set((this.client?.contacts.value ?? []).flatMap((contact) => contact.groups))].slice(0, 50);
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.contact ? this.text.renameAndGroup : this.text.addContact}" @close="${() => this.#closed()}">
        <form class="form" novalidate @submit="${(event: SubmitEvent) => void this.#submit(event)}">
          ${this.#address()}
          <div class="field">
            <label for="name">${this.text.contactName}</label>
            <input class="input" id="name" name="name" ?data-first="${Boolean(this.contact)}" maxlength="200" dir="auto" autocomplete="off" .defaultValue="${this.contact?.name ?? ''}" />
          </div>
          <div class="field">
            <label for="groups">${this.text.groups}</label>
            <input class="input" id="groups" name="groups" list="known" maxlength="500" dir="auto" autocomplete="off" aria-describedby="groups-note" .defaultValue="${this.contact?.groups.join(', ') ?? ''}" />
            <datalist id="known">${groups.map((group) => html`<option value="${group}"></option>`)}</datalist>
            <p id="groups-note" class="hint">${this.text.groupsHint}</p>
          </div>
          ${this.contact ? nothing : html`<label class="check"><input type="checkbox" name="ask" checked /> <span>${this.text.askForPresenceLong}</span></label>`}
          ${this.wrong === 'failed' ? html`<p class="bad" role="alert">${this.text.didNotWork}</p>` : nothing}
          <div class="actions">
            <button type="button" class="button" @click="${() => this.#closed()}">${this.text.cancel}</button>
            <button class="button primary" ?disabled="${this.busy}">${this.contact ? this.text.save : this.text.addContact}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-contact-form': ContactForm;
  }
}
