import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { RoomRefusal as Refusal, RoomView } from '../../src/model/room.js';
import { localOf, normalizeJid, resourceOf } from '../../src/base/jid.js';
import { form } from '../dialog/form.styles.js';
import { icon, type IconName } from '../icon/icon.js';
import { emptyStyles } from '../list/empty-state.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';

export class JoinEvent extends Event {
  static readonly type = 'join';
  readonly nick: string;
  readonly password: string | undefined;
  readonly create: boolean;

  constructor(nick: string, { password, create = false }: { password?: string; create?: boolean } = {}) {
    super(JoinEvent.type);
    this.nick = nick;
    this.password = password;
    this.create = create;
  }
}

/** Another form of a nickname that is taken: `Ana` → `Ana 2`, `Ana 2` → `Ana 3`. */
export function otherNick(nick: string): string {
  const numbered = /^(.*) (\d{1,4})$/u.exec(nick);
  return numbered ? `${numbered[1]} ${Number(numbered[2]) + 1}` : `${nick} 2`;
}

const marks: Partial<Record<Refusal, IconName>> = { 'nickname-conflict': 'person', 'nickname-locked': 'person', 'password-required': 'lock', 'members-only': 'lock', banned: 'lock', full: 'people', 'not-found': 'search', kicked: 'door', destroyed: 'trash', unreachable: 'cloud-off' };

/**
 * Says why one is not in a room, in words of its own for each reason, and offers the way on.
 *
 * @fires join - Try again: with another nickname, a password, or to create it.
 * @fires leave - Give it up.
 * @fires tertulia-navigate - To where a destroyed room has moved.
 */
export class RoomRefusal extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    emptyStyles,
    css`
      :host {
        display: block;
        overflow: hidden auto;
      }
      .empty {
        max-inline-size: 26rem;
      }
      .form {
        inline-size: min(20rem, 100%);
        margin-block-start: var(--t-3);
        text-align: start;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: var(--t-2);
        margin-block-start: var(--t-3);
      }
      .buttons .button,
      .form .button {
        margin: 0;
      }
      .form .button.primary {
        inline-size: 100%;
      }
      blockquote {
        max-inline-size: 100%;
        max-block-size: 8rem;
        margin: var(--t-1) 0 0;
        padding: var(--t-2) var(--t-3);
        border-radius: 0.75rem;
        background: var(--t-surface-2);
        overflow: hidden auto;
        overflow-wrap: anywhere;
      }
      /* At the foot of a conversation that can still be read. */
      :host([foot]) {
        flex: none;
        max-block-size: 60%;
        border-block-start: 1px solid var(--t-line);
        background: var(--t-surface);
      }
      :host([foot]) .empty {
        padding-block: var(--t-4);
      }
      :host([foot]) .mark {
        display: none;
      }
      :host([foot]) .empty h3 {
        font-size: var(--t-size-3);
      }
      :host([foot]) .empty p {
        font-size: var(--t-size-2);
      }
    `,
  ];

  @property() jid = '';
  @property({ attribute: false }) view!: RoomView;
  /** Drawn at the foot of the messages rather than in their place. */
  @property({ type: Boolean, reflect: true }) foot = false;
  /** A password was given and the room asked again. */
  @property({ type: Boolean, attribute: false }) wrongPassword = false;
  @property({ type: Boolean, attribute: false }) busy = false;

  @state() private nick = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('view')) return;
    if (this.view.refusal === 'nickname-conflict') this.nick = otherNick(this.view.nick);
  }

  get #refusal(): Refusal {
    return this.view.refusal ?? 'refused';
  }

  #join(more: { nick?: string; password?: string; create?: boolean } = {}): void {
    const { nick = this.view.nick, ...rest } = more;
    this.dispatchEvent(new JoinEvent(nick, rest));
  }

  #nickForm(): TemplateResult {
    return html`
      <form
        class="form"
        @submit="${(event: SubmitEvent) => {
          event.preventDefault();
          if (this.nick.trim()) this.#join({ nick: this.nick.trim() });
        }}"
      >
        <div class="field">
          <label for="nick">${this.text.nickname}</label>
          <input class="input" id="nick" dir="auto" maxlength="200" required autocomplete="nickname" .value="${this.nick}" @input="${(event: InputEvent) => (this.nick = (event.target as HTMLInputElement).value)}" />
        </div>
        <button class="button primary" ?disabled="${this.busy}">${this.text.joinRoomButton}</button>
      </form>
    `;
  }

  #passwordForm(): TemplateResult {
    return html`
      <form
        class="form"
        @submit="${(event: SubmitEvent) => {
          event.preventDefault();
          const password = new FormData(event.target as HTMLFormElement).get('password');
          if (typeof password === 'string' && password) this.#join({ password });
        }}"
      >
        <div class="field">
          <label for="password">${this.text.roomPassword}</label>
          <input class="input" id="password" name="password" type="password" required autocomplete="off" aria-invalid="${String(this.wrongPassword)}" aria-describedby="wrong" />
          ${this.wrongPassword ? html`<p id="wrong" class="bad" role="alert">${this.text.wrongRoomPassword}</p>` : nothing}
        </div>
        <button class="button primary" ?disabled="${this.busy}">${this.text.joinRoomButton}</button>
      </form>
    `;
  }

  #button(words: string, run: () => void, primary = false): TemplateResult {
    return html`<button type="button" class="button ${primary ? 'primary' : ''}" ?disabled="${this.busy}" @click="${run}">${words}</button>`;
  }

  #wayOn(): unknown {
    const again = this.#button(this.text.retry, () => this.#join(), true);
    const leave = this.#button(this.text.leaveRoom, () => this.dispatchEvent(new Event('leave')));
    const to = normalizeJid(this.view.movedTo);
    // Whoever destroyed the room wrote it: only what can be a room is offered.
    const moved = to && localOf(to) !== '' && resourceOf(to) === '' ? to : undefined;
    switch (this.#refusal) {
      case 'nickname-conflict':
        return this.#nickForm();
      case 'password-required':
        return this.#passwordForm();
      case 'not-found':
        return html`<div class="buttons">${this.#button(this.text.createRoom, () => this.#join({ create: true }), true)} ${leave}</div>`;
      case 'destroyed':
        return html`<div class="buttons">
          ${moved ? this.#button(this.text.goToRoom(moved.slice(0, 100)), () => this.dispatchEvent(new NavigateEvent({ view: 'room', jid: moved })), true) : nothing} ${leave}
        </div>`;
      case 'banned':
        return html`<div class="buttons">${leave}</div>`;
      case 'kicked':
        return html`<div class="buttons">${this.#button(this.text.rejoin, () => this.#join(), true)} ${leave}</div>`;
      case 'nickname-locked':
      case 'members-only':
      case 'full':
      case 'creation-refused':
      case 'affiliation-lost':
      case 'shutdown':
      case 'unreachable':
      case 'refused':
        return html`<div class="buttons">${again} ${leave}</div>`;
    }
  }

  protected override render() {
    const refusal = this.#refusal;
    const name = this.client?.nameOf(this.jid) ?? this.jid;
    return html`
      <div class="empty" role="group" aria-labelledby="title">
        <span class="mark">${icon(marks[refusal] ?? 'alert')}</span>
        <h3 id="title"><span role="status">${this.text.refusalTitle(refusal)}</span></h3>
        <p dir="auto">${this.text.refusalWords(refusal, name.slice(0, 100), this.view.nick.slice(0, 100))}</p>
        ${this.view.reason ? html`<blockquote dir="auto">${this.view.reason.slice(0, 1000)}</blockquote>` : nothing} ${this.#wayOn()}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-room-refusal': RoomRefusal;
  }
}
