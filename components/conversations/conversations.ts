import { html } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ConversationRow } from '../../src/model/conversation.js';
import { bareJid } from '../../src/base/jid.js';
import { ChatElement } from '../shared/chat-element.js';
import { icon } from '../icon/icon.js';
import { Watch } from '../shared/watch.js';
import type { Confirm } from '../dialog/confirm.js';
import { form } from '../dialog/form.styles.js';
import { emptyState, emptyStyles, skeletonRows } from '../list/empty-state.js';
import { LongList } from '../list/long-list.js';
import { RovingFocus } from '../list/roving-focus.js';
import { searchField } from '../list/search-field.js';
import { list } from '../list/row.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';

type Named = readonly [row: ConversationRow, name: string];

/**
 * The conversations, newest first.
 *
 * @slot head - At the start of the header, before the title.
 * @fires tertulia-navigate - A conversation was chosen or begun.
 * @csspart head
 * @csspart list
 */
export class Conversations extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, list, emptyStyles];

  /** The conversation that is open, by address. */
  @property() selected: string | undefined;

  @state() private filter = '';
  @state() private starting = false;
  @state() private removing: ConversationRow | undefined;
  @query('tertulia-confirm') private confirm!: Confirm;

  readonly #rows = new Watch(this, () => this.client?.conversations);
  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #rooms = new Watch(this, () => this.client?.rooms);
  readonly #long = new LongList<Named>(this, { id: 'list', key: ([row]) => row.jid, words: ([, name]) => name });
  readonly #roving = new RovingFocus(this, [this.#long], () => this.locale.tag);

  #open(row: ConversationRow): void {
    this.dispatchEvent(new NavigateEvent(row.kind === 'room' ? { view: 'room', jid: row.jid } : { view: 'chat', jid: row.jid }));
  }

  /** A private conversation in a room is named for both: nick and room. */
  #name(row: ConversationRow): string {
    // What names are made of: a rename is seen at once.
    void [this.#contacts.value, this.#rooms.value];
    const name = this.client?.nameOf(row.jid) ?? row.jid;
    return row.kind === 'private' ? this.text.nickInRoom(name, this.client?.nameOf(bareJid(row.jid)) ?? '') : name;
  }

  /** Asks whether a conversation is to go from the list. */
  askToRemove(jid: string): void {
    this.removing = this.#rows.value?.find((row) => row.jid === jid);
    if (this.removing) this.confirm.open = true;
  }

  // The same each time: a dialog that is given another one draws itself again, and here with every step of scrolling.
  readonly #remove = async (): Promise<void> => {
    const row = this.removing;
    if (!row) return;
    await this.client?.removeConversation(row.jid);
    if (row.jid === this.selected) this.dispatchEvent(new NavigateEvent({ view: 'conversations' }));
  };

  /** The focus goes to the list, where it was last. */
  enter(): void {
    this.#roving.enter();
  }

  #list(rows: readonly Named[]) {
    const now = Date.now();
    return this.#long.render({
      label: this.text.conversations,
      stretches: [{ name: '', headed: false, rows }],
      row: ([row, name]) => html`
        <tertulia-conversation-row
          .conversation="${row}"
          .name="${name}"
          .now="${now}"
          ?selected="${row.jid === this.selected}"
          @choose="${() => this.#open(row)}"
          @remove="${() => this.askToRemove(row.jid)}"
        ></tertulia-conversation-row>
      `,
    });
  }

  #body() {
    const rows = this.#rows.value;
    if (!rows) return html`<ul role="list" aria-label="${this.text.conversations}" aria-busy="true"></ul>${skeletonRows(7)}`;
    if (rows.length === 0) {
      return html`${this.#list([])}${emptyState(
        'chat',
        this.text.noConversations,
        this.text.noConversationsHint,
        html`<button type="button" class="button primary" @click="${() => (this.starting = true)}">${this.text.newConversation}</button>`,
      )}`;
    }
    const wanted = this.filter.trim().toLocaleLowerCase(this.locale.tag);
    const named = rows.map((row) => [row, this.#name(row)] as const);
    const found = wanted ? named.filter(([row, name]) => name.toLocaleLowerCase(this.locale.tag).includes(wanted) || row.jid.includes(wanted)) : named;
    if (found.length > 0) return this.#list(found);
    return html`${this.#list([])}${emptyState('search', this.text.nothingFound, this.text.nothingFoundFor(this.filter.trim().slice(0, 60)))}`;
  }

  protected override render() {
    return html`
      <div class="head" part="head">
        <slot name="head"></slot>
        <h2>${this.text.conversations}</h2>
        <button type="button" class="icon-button" aria-label="${this.text.newConversation}" title="${this.text.newConversation}" @click="${() => (this.starting = true)}">
          ${icon('plus')}
        </button>
        <slot name="end"></slot>
      </div>
      ${searchField({ label: this.text.filterConversations, value: this.filter, change: (value) => (this.filter = value), enter: () => this.#roving.enter() })}
      <div class="scroll">${this.#body()}</div>
      <tertulia-new-conversation .open="${this.starting}" @close="${() => (this.starting = false)}"></tertulia-new-conversation>
      <tertulia-confirm
        heading="${this.text.removeConversation}"
        words="${this.text.removeConversationWords(this.removing ? this.#name(this.removing).slice(0, 100) : '')}"
        action="${this.text.remove}"
        .run="${this.#remove}"
      ></tertulia-confirm>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-conversations': Conversations;
  }
}
