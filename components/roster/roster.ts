import { html } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ContactRow } from '../../src/model/contact.js';
import type { Confirm } from '../dialog/confirm.js';
import { form } from '../dialog/form.styles.js';
import { icon } from '../icon/icon.js';
import { emptyState, emptyStyles, skeletonRows } from '../list/empty-state.js';
import { LongList } from '../list/long-list.js';
import { RovingFocus } from '../list/roving-focus.js';
import { searchField } from '../list/search-field.js';
import { list } from '../list/row.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { ContactGroups, type ContactGroup, type NamedContact } from './contact-groups.js';
import type { ContactAction, ContactActionEvent } from './contact-row.js';
import { rosterStyles } from './roster.styles.js';

/**
 * The contacts by group, with their presence; above them, who asks to see one's own.
 *
 * @slot head - At the start of the header, before the title.
 * @fires tertulia-navigate - To a conversation or a contact's details.
 * @csspart head
 * @csspart list
 */
export class Roster extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, list, emptyStyles, rosterStyles];

  /** The contact whose conversation is open, by address. */
  @property() selected: string | undefined;

  @state() private filter = '';
  @state() private folded: ReadonlySet<string> = new Set();
  @state() private editing: ContactRow | 'new' | undefined;
  @state() private removing: ContactRow | undefined;
  @query('tertulia-confirm') private confirm!: Confirm;

  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #groups = new ContactGroups();
  readonly #long = new LongList<NamedContact>(this, { id: 'list', key: ({ contact }) => contact.jid, words: ({ name }) => name });
  readonly #roving = new RovingFocus(this, [this.#long], () => this.locale.tag);

  #act(contact: ContactRow, action: ContactAction): void {
    const { jid } = contact;
    if (action === 'chat') this.dispatchEvent(new NavigateEvent({ view: 'chat', jid }));
    else if (action === 'details') this.dispatchEvent(new NavigateEvent({ view: 'contact', jid }));
    else if (action === 'edit') this.editing = contact;
    else if (action === 'ask') void this.client?.saveContact({ jid, ...(contact.name ? { name: contact.name } : {}), groups: contact.groups }, true);
    else {
      this.removing = contact;
      this.confirm.open = true;
    }
  }

  // The same each time: a dialog that is given another one draws itself again, and here with every step of scrolling.
  readonly #remove = async (): Promise<void> => {
    if (this.removing) await this.client?.removeContact(this.removing.jid);
  };

  #fold(group: string): void {
    const folded = new Set(this.folded);
    if (!folded.delete(group)) folded.add(group);
    this.folded = folded;
  }

  /** The focus goes to the list, where it was last. */
  enter(): void {
    this.#roving.enter();
  }

  #heading(group: ContactGroup, folded: boolean) {
    return html`
      <h3>
        <button type="button" class="group" aria-expanded="${String(!folded)}" @click="${() => this.#fold(group.name)}">
          ${icon('down')}<span class="words" dir="auto">${group.name || this.text.noGroup}</span><span class="count">${this.locale.number(group.contacts.length)}</span>
        </button>
      </h3>
    `;
  }

  #list(groups: readonly ContactGroup[]) {
    const plain = groups.length === 1 && groups[0]?.name === '';
    // A folded group is open while somebody searches: what was found must be seen.
    const isFolded = (group: ContactGroup): boolean => !plain && this.filter === '' && this.folded.has(group.name);
    const byName = new Map(groups.map((group) => [group.name, group]));
    return this.#long.render({
      label: this.text.contacts,
      stretches: groups.map((group) => ({ name: group.name, headed: !plain, rows: isFolded(group) ? [] : group.contacts })),
      name: ({ name }) => (name || this.text.noGroup).slice(0, 100),
      heading: ({ name }) => this.#heading(byName.get(name)!, isFolded(byName.get(name)!)),
      row: ({ contact, name }) => html`
        <tertulia-contact-row
          .contact="${contact}"
          .name="${name}"
          ?selected="${contact.jid === this.selected}"
          @contact-action="${(event: ContactActionEvent) => this.#act(contact, event.action)}"
        ></tertulia-contact-row>
      `,
    });
  }

  #body() {
    const contacts = this.#contacts.value;
    if (!contacts) return html`<ul role="list" aria-label="${this.text.contacts}" aria-busy="true"></ul>${skeletonRows(7)}`;
    if (contacts.length === 0) {
      return html`${this.#list([])}${emptyState(
        'people',
        this.text.noContacts,
        this.text.noContactsHint,
        html`<button type="button" class="button primary" @click="${() => (this.editing = 'new')}">${this.text.addContact}</button>`,
      )}`;
    }
    const groups = this.#groups.of(contacts, (contact) => contact.name || (this.client?.nameOf(contact.jid) ?? contact.jid), this.locale.tag, this.filter);
    if (groups.length > 0) return this.#list(groups);
    return html`${this.#list([])}${emptyState('search', this.text.nothingFound, this.text.nothingFoundFor(this.filter.trim().slice(0, 60)))}`;
  }

  protected override render() {
    const { editing, removing } = this;
    return html`
      <div class="head" part="head">
        <slot name="head"></slot>
        <h2>${this.text.contacts}</h2>
        <button type="button" class="icon-button" aria-label="${this.text.addContact}" title="${this.text.addContact}" @click="${() => (this.editing = 'new')}">${icon('person-add')}</button>
        <slot name="end"></slot>
      </div>
      ${searchField({ label: this.text.filterContacts, value: this.filter, change: (value) => (this.filter = value), enter: () => this.#roving.enter() })}
      <div class="scroll">
        <tertulia-requests></tertulia-requests>
        ${this.#body()}
      </div>
      <tertulia-contact-form .open="${editing !== undefined}" .contact="${editing === 'new' ? undefined : editing}" @close="${() => (this.editing = undefined)}"></tertulia-contact-form>
      <tertulia-confirm
        heading="${this.text.removeContact}"
        words="${this.text.removeContactWords((removing?.name ?? removing?.jid ?? '').slice(0, 100))}"
        action="${this.text.remove}"
        .run="${this.#remove}"
      ></tertulia-confirm>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-roster': Roster;
  }
}
