import { css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { OccupantView, Role } from '../../src/model/room.js';
import { form } from '../dialog/form.styles.js';
import { icon } from '../icon/icon.js';
import { LongList } from '../list/long-list.js';
import { RovingFocus } from '../list/roving-focus.js';
import { list } from '../list/row.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';

const roles: readonly Role[] = ['moderator', 'participant', 'visitor'];

/**
 * Who is in a room, by role: presence, affiliation, and a way to write to each privately.
 *
 * @fires close - The pane is to be closed.
 * @fires tertulia-navigate - To a private conversation.
 */
export class Participants extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    list,
    css`
      .head {
        min-block-size: 4.0625rem;
        padding-block: 0;
        border-block-end: 1px solid var(--t-line);
      }
      .head h2 {
        font-size: var(--t-size-3);
        letter-spacing: 0;
      }
      .scroll {
        padding-block-start: var(--t-2);
      }
      .subject {
        margin: var(--t-2) var(--t-3) var(--t-1);
        display: grid;
        gap: var(--t-1);
      }
      .subject h3 {
        font-size: var(--t-size-2);
        color: var(--t-text-2);
        font-weight: 600;
      }
      .subject p {
        max-block-size: 12rem;
        overflow: hidden auto;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .count {
        margin-inline-start: var(--t-1);
        font-weight: 400;
        color: var(--t-text-2);
      }
    `,
  ];

  /** The room's address. */
  @property() room = '';

  readonly #occupants = new Watch(this, () => (this.room ? this.client?.occupants(this.room) : undefined));
  readonly #view = new Watch(this, () => (this.room ? this.client?.room(this.room) : undefined));
  readonly #long = new LongList<OccupantView>(this, { id: 'list', key: ({ nick }) => nick, words: ({ nick }) => nick });
  protected readonly roving = new RovingFocus(this, [this.#long], () => this.locale.tag);

  async #write(nick: string): Promise<void> {
    const jid = `${this.room}/${nick}`;
    await this.client?.openConversation(jid, 'private');
    this.dispatchEvent(new NavigateEvent({ view: 'chat', jid }));
  }

  #list(occupants: readonly OccupantView[]) {
    const groups = roles.map((role) => ({ name: role, headed: true, rows: occupants.filter((occupant) => occupant.role === role) })).filter(({ rows }) => rows.length > 0);
    return this.#long.render({
      label: this.text.participants,
      stretches: groups,
      name: ({ name }) => this.text.roleGroup(name as Role),
      heading: ({ name, rows }) => html`<h3 class="group"><span class="words">${this.text.roleGroup(name as Role)}</span><span class="count">${this.locale.number(rows.length)}</span></h3>`,
      row: (occupant) => html`
        <tertulia-participant-row
          .occupant="${occupant}"
          .room="${this.room}"
          ?me="${occupant.nick === this.#view.value?.nick}"
          @choose="${() => void this.#write(occupant.nick)}"
        ></tertulia-participant-row>
      `,
    });
  }

  protected override render() {
    const occupants = this.#occupants.value ?? [];
    const subject = this.#view.value?.subject;
    return html`
      <div class="head">
        <h2>${this.text.participants} <span class="count">${this.locale.number(occupants.length)}</span></h2>
        <button type="button" class="icon-button" aria-label="${this.text.closeParticipants}" @click="${() => this.dispatchEvent(new Event('close'))}">${icon('close')}</button>
      </div>
      <div class="scroll">
        ${subject ? html`<section class="subject"><h3>${this.text.subject}</h3><p dir="auto">${subject.slice(0, 5000)}</p></section>` : nothing}
        ${this.#list(occupants)}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-participants': Participants;
  }
}
