import { html, nothing, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { localOf } from '../../src/base/jid.js';
import type { RoomRefusal, RoomRow, RoomView } from '../../src/model/room.js';
import { pane } from '../chat/pane.styles.js';
import type { Composer } from '../composer/composer.js';
import { FileDrop } from '../composer/file-drop.js';
import { form } from '../dialog/form.styles.js';
import { icon } from '../icon/icon.js';
import { emptyStyles, skeletonRows } from '../list/empty-state.js';
import type { MenuItem } from '../menu/menu.js';
import type { EditMessageEvent } from '../message-list/edit-message-event.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import type { JoinEvent } from './room-refusal.js';
import { roomStyles } from './room.styles.js';

/** Soon over, and a room that is kept is entered again by itself: whoever writes goes on writing. */
const passing: ReadonlySet<RoomRefusal> = new Set(['shutdown', 'unreachable']);
/** One was inside when it happened: what was said there stays in view. */
const afterwards: ReadonlySet<RoomRefusal> = new Set(['kicked', 'affiliation-lost', 'destroyed', ...passing]);

/**
 * A room (MUC): joined when it is opened, with its messages, its participants, and a way on from every refusal.
 *
 * @slot start - At the start of the header: a way back where there is one.
 * @slot end - At its end: what else can be done.
 * @fires tertulia-navigate - Out of the room, or to a private conversation.
 * @csspart header
 * @csspart log, message, bubble, bubble-mine, bubble-theirs, box - of the parts inside
 */
export class Room extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, emptyStyles, pane, roomStyles];

  /** The room's address. */
  @property() jid = '';
  /** The nickname to join with; the bookmark's, else the account's name, where absent. */
  @property() nick = '';
  @property({ type: Boolean, attribute: 'participants' }) participantsShown = false;

  @state() private form: 'subject' | 'invite' | undefined;
  @state() private busy = false;
  /** The last attempt had a password: asked for one again, it was not right. */
  @state() private passwordTried = false;
  @query('tertulia-composer') private composer!: Composer | null;
  /** The room that was asked to let us in, so that opening it asks once. */
  #asked: string | undefined;

  readonly #view = new Watch(this, () => (this.jid ? this.client?.room(this.jid) : undefined));
  readonly #rooms = new Watch(this, () => this.client?.rooms);
  readonly #session = new Watch(this, () => this.client?.session);

  readonly #drop = new FileDrop(this, (files) => this.composer?.attach(files));

  /** Where one writes. */
  override focus(options?: FocusOptions): void {
    this.composer?.focus(options);
  }

  /** Puts words into the composer; never sent by itself. */
  prefill(text: string): void {
    void this.composer?.prefill(text);
  }

  get #row(): RoomRow | undefined {
    return this.#rooms.value?.find((room) => room.jid === this.jid);
  }

  get #nick(): string {
    return this.nick || this.#row?.nick || localOf(this.#session.value?.me ?? '') || this.text.guest;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('jid')) return;
    this.passwordTried = false;
    this.form = undefined;
  }

  protected override updated(): void {
    const session = this.#session.value;
    if (!this.jid || this.#asked === this.jid || session?.status !== 'online') return;
    this.#asked = this.jid;
    const view = this.#view.value;
    // Who was refused or thrown out decides for himself whether to try again.
    if (!view || (view.state === 'left' && !view.refusal)) void this.#join(this.#nick);
  }

  async #join(nick: string, options: { password?: string; create?: boolean } = {}): Promise<void> {
    this.busy = true;
    this.passwordTried = options.password !== undefined;
    try {
      await this.client?.joinRoom(this.jid, nick, options);
    } catch {
      // The room's view carries the reason, in the words of its refusal.
    } finally {
      this.busy = false;
    }
  }

  async #leave(): Promise<void> {
    const room = this.jid;
    this.dispatchEvent(new NavigateEvent({ view: 'rooms' }));
    await this.client?.leaveRoom(room).catch(() => {}); // offline: left already
  }

  #bookmark(bookmarked: boolean, autojoin: boolean): void {
    const row = this.#row;
    const name = row?.name ?? this.#view.value?.name;
    const nick = this.#view.value?.nick ?? row?.nick;
    void this.client?.bookmarkRoom(this.jid, bookmarked ? { ...(name ? { name } : {}), ...(nick ? { nick } : {}), autojoin } : { remove: true }).catch(() => {});
  }

  #menu(view: RoomView | undefined): MenuItem[] {
    const joined = view?.state === 'joined';
    const bookmarked = this.#row?.bookmarked ?? false;
    const autojoin = bookmarked && (this.#row?.autojoin ?? false);
    return [
      { label: this.text.participants, icon: 'people', run: () => (this.participantsShown = !this.participantsShown) },
      // A room may let participants change it as well (§8.1); where it does not, the form says so.
      ...(joined && view.role !== 'visitor' ? [{ label: this.text.changeSubject, icon: 'edit' as const, run: () => void (this.form = 'subject') }] : []),
      ...(joined ? [{ label: this.text.invite, icon: 'person-add' as const, run: () => void (this.form = 'invite') }] : []),
      { label: this.text.keepRoom, icon: 'bookmark', checked: bookmarked, apart: true, run: () => this.#bookmark(!bookmarked, false) },
      { label: this.text.joinAtStart, icon: 'clock', checked: autojoin, run: () => this.#bookmark(true, !autojoin) },
      { label: this.text.leaveRoom, icon: 'door', danger: true, apart: true, run: () => void this.#leave() },
    ];
  }

  async #edit({ row }: EditMessageEvent): Promise<void> {
    const kept = this.composer?.prefill(row.state.body);
    this.focus();
    await kept;
    await this.client?.discard(row.id).catch(reportError);
  }

  #foot(view: RoomView | undefined) {
    const passes = view?.refusal !== undefined && passing.has(view.refusal) && this.#row?.autojoin === true;
    if (view?.refusal && !passes) return this.#refusal(view, true);
    if (view?.state === 'left') {
      return html`<p class="foot">
        <span>${this.text.notInRoom}</span>
        <button type="button" class="button primary small" ?disabled="${this.busy}" @click="${() => void this.#join(this.#nick)}">${this.text.joinRoomButton}</button>
      </p>`;
    }
    const mute = view?.role === 'visitor' && view.moderated !== false;
    return html`${passes ? this.#refusal(view, true) : mute ? html`<p class="foot">${this.text.askForVoice}</p>` : nothing}<tertulia-composer exportparts="box" .jid="${this.jid}" .disabled="${mute}" .reason="${mute ? this.text.visitorsMayNotWrite : ''}"></tertulia-composer>`;
  }

  #refusal(view: RoomView, foot: boolean) {
    return html`<tertulia-room-refusal
      jid="${this.jid}"
      .view="${view}"
      ?foot="${foot}"
      .busy="${this.busy}"
      .wrongPassword="${this.passwordTried && !this.busy}"
      @join="${(event: JoinEvent) => void this.#join(event.nick, { ...(event.password ? { password: event.password } : {}), ...(event.create ? { create: true } : {}) })}"
      @leave="${() => void this.#leave()}"
    ></tertulia-room-refusal>`;
  }

  #body(view: RoomView | undefined, name: string): unknown {
    if (view?.state === 'refused' && !(view.refusal && afterwards.has(view.refusal))) return this.#refusal(view, false);
    // Before the first time inside there is nothing to read yet.
    if ((view?.state ?? 'joining') === 'joining' && !view?.occupants && !this.#row?.autojoin && !this.client?.conversations.value?.some(({ jid }) => jid === this.jid)) {
      return html`<div class="joining" role="status"><span class="visually-hidden">${this.text.joiningRoom(name)}</span>${skeletonRows(4)}</div>`;
    }
    return html`<tertulia-message-list
        exportparts="log, message, bubble, bubble-mine, bubble-theirs"
        kind="room"
        .jid="${this.jid}"
        .name="${name}"
        @tertulia-edit-message="${(event: EditMessageEvent) => void this.#edit(event)}"
      ></tertulia-message-list>
      ${this.#foot(view)}`;
  }

  protected override render() {
    const view = this.#view.value;
    const name = this.#row?.name ?? view?.name ?? this.client?.nameOf(this.jid) ?? this.jid;
    const detail = view?.state === 'joining' ? this.text.joiningRoom(name.slice(0, 100)) : (view?.subject ?? this.#row?.subject ?? this.jid);
    const people = view?.state === 'joined' ? view.occupants : undefined;
    return html`
      <section class="main" aria-label="${name.slice(0, 200)}">
        <header part="header">
          <slot name="start"></slot>
          <tertulia-avatar room .jid="${this.jid}" .name="${name}"></tertulia-avatar>
          <div class="who">
            <h2 dir="auto">${name.slice(0, 200)}</h2>
            <p dir="auto" title="${detail.slice(0, 500)}">${detail.slice(0, 300)}</p>
          </div>
          <div class="end">
            <button
              type="button"
              class="icon-button count"
              aria-expanded="${String(this.participantsShown)}"
              @click="${() => (this.participantsShown = !this.participantsShown)}"
            >
              ${icon('people')}${people === undefined ? nothing : html`<span aria-hidden="true">${this.locale.number(people)}</span>`}
              <span class="visually-hidden">${people === undefined ? this.text.participants : this.text.participantsCount(people)}</span>
            </button>
            <tertulia-menu label="${this.text.more}" .items="${this.#menu(view)}"></tertulia-menu>
            <slot name="end"></slot>
          </div>
        </header>
        <tertulia-status></tertulia-status>
        ${this.#body(view, name)} ${this.#drop.over ? html`<div class="drop">${icon('attach')}<span>${this.text.dropHere}</span></div>` : nothing}
      </section>
      ${this.participantsShown ? html`<tertulia-participants .room="${this.jid}" @close="${() => (this.participantsShown = false)}"></tertulia-participants>` : nothing}
      <tertulia-subject-form .open="${this.form === 'subject'}" .room="${this.jid}" .subject="${view?.subject ?? ''}" @close="${() => (this.form = undefined)}"></tertulia-subject-form>
      <tertulia-invite-form .open="${this.form === 'invite'}" .room="${this.jid}" @close="${() => (this.form = undefined)}"></tertulia-invite-form>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-room': Room;
  }
}
