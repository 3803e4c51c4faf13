import { css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { RoomListing } from '../../src/model/room.js';
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

type Line = RoomListing & { readonly autojoin?: boolean };
const wordsOf = ({ name, jid }: Line): string => name || jid;

/**
 * The rooms: one's own first, then those that the server lists.
 *
 * @slot head - At the start of the header, before the title.
 * @fires tertulia-navigate - To a room.
 */
export class Directory extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    list,
    emptyStyles,
    css`
      .group {
        justify-content: space-between;
      }
      .group .icon-button {
        inline-size: 2rem;
        block-size: 2rem;
      }
      .group .icon {
        inline-size: 1.125rem;
        block-size: 1.125rem;
      }
      .plain {
        padding: var(--t-2) var(--t-3);
        color: var(--t-text-2);
        font-size: var(--t-size-2);
      }
      .fault {
        display: grid;
        gap: var(--t-2);
        justify-items: start;
        margin: var(--t-2) var(--t-3);
        padding: var(--t-3);
        border-radius: 0.75rem;
        background: var(--t-surface-2);
        font-size: var(--t-size-2);
      }
    `,
  ];

  /** The room that is open, by address. */
  @property() selected: string | undefined;

  @state() private filter = '';
  @state() private found: readonly RoomListing[] | 'asking' | 'failed' | undefined;
  @state() private joining: 'join' | 'create' | undefined;

  readonly #rooms = new Watch(this, () => this.client?.rooms);
  readonly #session = new Watch(this, () => this.client?.session);
  readonly #ownRooms = new LongList<Line>(this, { id: 'own', key: ({ jid }) => jid, words: wordsOf });
  readonly #otherRooms = new LongList<Line>(this, { id: 'others', key: ({ jid }) => jid, words: wordsOf });
  readonly #roving = new RovingFocus(this, [this.#ownRooms, this.#otherRooms], () => this.locale.tag);

  protected override updated(): void {
    if (this.found === undefined && this.#session.value?.status === 'online') void this.#ask();
  }

  async #ask(): Promise<void> {
    this.found = 'asking';
    try {
      this.found = (await this.client?.findRooms()) ?? [];
    } catch {
      this.found = 'failed';
    }
  }

  #go(jid: string): void {
    this.dispatchEvent(new NavigateEvent({ view: 'room', jid }));
  }

  /** The focus goes to the list, where it was last. */
  enter(): void {
    this.#roving.enter();
  }

  #matches(jid: string, name: string): boolean {
    const wanted = this.filter.trim().toLocaleLowerCase(this.locale.tag);
    return !wanted || name.toLocaleLowerCase(this.locale.tag).includes(wanted) || jid.includes(wanted);
  }

  #rows(list: LongList<Line>, rooms: readonly Line[], label: string) {
    return list.render({
      label,
      stretches: [{ name: '', headed: false, rows: rooms }],
      row: (room) => html`<tertulia-room-row .room="${room}" ?known="${list === this.#ownRooms}" ?selected="${room.jid === this.selected}" @choose="${() => this.#go(room.jid)}"></tertulia-room-row>`,
    });
  }

  #own() {
    const rooms = (this.#rooms.value ?? []).map((room) => ({ ...room, name: room.name ?? this.client?.nameOf(room.jid) ?? room.jid })).filter((room) => this.#matches(room.jid, room.name));
    if (rooms.length === 0) return nothing;
    rooms.sort((a, b) => a.name.localeCompare(b.name, this.locale.tag));
    return html`<h3 class="group"><span class="words">${this.text.yourRooms}</span></h3>${this.#rows(this.#ownRooms, rooms, this.text.yourRooms)}`;
  }

  #listed() {
    const { found } = this;
    if (found === 'failed') {
      return html`<div class="fault" role="alert">
        <p>${this.text.directoryFailed}</p>
        <button type="button" class="button small" @click="${() => void this.#ask()}">${icon('retry')}${this.text.retry}</button>
      </div>`;
    }
    if (found === undefined && this.#session.value?.status !== 'online' && this.#session.value?.status !== 'connecting') return html`<p class="plain">${this.text.directoryOffline}</p>`;
    if (found === undefined || found === 'asking') return html`<div aria-busy="true">${skeletonRows(4)}</div>`;
    const own = new Set((this.#rooms.value ?? []).map(({ jid }) => jid));
    const rooms = found.filter((room) => !own.has(room.jid) && this.#matches(room.jid, room.name ?? ''));
    if (rooms.length > 0) return this.#rows(this.#otherRooms, rooms, this.text.roomDirectory);
    if (this.filter) return own.size > 0 ? nothing : emptyState('search', this.text.nothingFound, this.text.nothingFoundFor(this.filter.trim().slice(0, 60)));
    return own.size > 0 && found.length > 0
      ? html`<p class="plain">${this.text.noOtherRooms}</p>`
      : emptyState('room', this.text.noRooms, this.text.noRoomsHint, html`<button type="button" class="button primary" @click="${() => (this.joining = 'create')}">${this.text.createRoom}</button>`);
  }

  protected override render() {
    return html`
      <div class="head" part="head">
        <slot name="head"></slot>
        <h2>${this.text.rooms}</h2>
        <tertulia-menu
          label="${this.text.joinOrCreate}"
          .items="${[
            { label: this.text.joinByAddress, icon: 'door', run: () => (this.joining = 'join') },
            { label: this.text.createRoom, icon: 'plus', run: () => (this.joining = 'create') },
          ]}"
          >${icon('plus')}</tertulia-menu
        >
        <slot name="end"></slot>
      </div>
      ${searchField({ label: this.text.filterRooms, value: this.filter, change: (value) => (this.filter = value), enter: () => this.#roving.enter() })}
      <div class="scroll">
        ${this.#own()}
        <h3 class="group">
          <span class="words">${this.text.roomDirectory}</span>
          <button type="button" class="icon-button" aria-label="${this.text.refreshRooms}" title="${this.text.refreshRooms}" @click="${() => void this.#ask()}">${icon('retry')}</button>
        </h3>
        ${this.#listed()}
      </div>
      <tertulia-join-form .open="${this.joining !== undefined}" ?create="${this.joining === 'create'}" @close="${() => (this.joining = undefined)}"></tertulia-join-form>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-directory': Directory;
  }
}
