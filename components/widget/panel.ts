import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { toChatError, type ChatErrorCode } from '../../src/base/error.js';
import { localOf } from '../../src/base/jid.js';
import type { ChatClient, SignInOptions } from '../../src/client/chat-client.js';
import type { AuthMode, Credentials } from '../../src/model/account.js';
import type { Chat } from '../chat/chat.js';
import { icon, iconStyles, type IconName } from '../icon/icon.js';
import type { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { Watch } from '../shared/watch.js';
import { CloseEvent } from './close-event.js';
import { EnteredEvent } from './entered-event.js';
import { KeyboardInset } from './keyboard-inset.js';
import { styles } from './panel.styles.js';

type Stage = { readonly kind: 'starting' | 'chat' | 'sign-in' | 'host-needed' | 'ended' } | { readonly kind: 'failed'; readonly code: ChatErrorCode };

/** The account that a way of signing in keeps; an anonymous visitor has none. */
function slotOf(auth: AuthMode, { deployment }: ChatClient): string | undefined {
  if (auth === 'anonymous') return undefined;
  return auth === 'login' ? 'messenger' : `${auth}:${(auth === 'guest' ? deployment.guestDomain : undefined) ?? deployment.domain}`;
}

/**
 * What a visitor opens: signs in by the owner's choice of way, then shows the conversation with one contact, a room, or the
 * whole messenger. It fills its container, keeps clear of the on-screen keyboard, and takes the focus only by `focus()`.
 *
 * @fires tertulia-close - its close button or Escape was pressed ({@link CloseEvent})
 * @fires tertulia-entered - an attempt to let the visitor in has ended ({@link EnteredEvent})
 * @csspart header, log, message, bubble, bubble-mine, bubble-theirs, box - of the conversation inside
 */
export class Panel extends ChatElement {
  static override styles = [ChatElement.styles, controls, iconStyles, styles].flat();

  /** Talks with this address. */
  @property() contact = '';
  /** Opens this room. With neither, the messenger. */
  @property() room = '';
  @property() auth: AuthMode = 'guest';
  /** The visitor's own name. */
  @property() nickname = '';
  /** Words above the first message. */
  @property() greeting = '';
  /** The panel's title; the contact's or room's name where empty. */
  @property() heading = '';
  /** It covers everything else: assistive technology stays inside. */
  @property({ type: Boolean, reflect: true }) modal = false;
  /** `host`: who the site's user is, asked at each attempt. */
  @property({ attribute: false }) credentials: (() => Promise<Credentials>) | undefined;
  /** Whether there is anything to close. */
  @property({ type: Boolean, attribute: 'no-close' }) noClose = false;

  @state() private stage: Stage = { kind: 'starting' };
  /** A room that an invitation led to. */
  @state() private invitedTo = '';
  @query('tertulia-chat, tertulia-room, tertulia-sign-in, .page .button') private inside!: HTMLElement | null;
  @query('tertulia-chat') private chat!: Chat | null;

  readonly #session = new Watch(this, () => this.client?.session);
  readonly #keyboard = new KeyboardInset(this);
  #startedWith: ChatClient | undefined;
  #prefill = '';
  #hadFocus = false;

  /** Where a visitor begins: the composer, the form, or the button that goes on. */
  override focus(options?: FocusOptions): void {
    void this.updateComplete.then(async () => {
      const { inside } = this;
      // What is fetched when it is wanted may not be there yet.
      if (inside?.localName.includes('-')) {
        await customElements.whenDefined(inside.localName);
        await (inside as ChatElement).updateComplete;
      }
      if (inside === this.inside) inside?.focus(options);
      else this.focus(options);
    });
  }

  /** Puts words into the composer, now or once there is one. Never sent by itself. */
  prefill(text: string): void {
    if (this.chat && this.stage.kind === 'chat') this.chat.prefill(text);
    else this.#prefill = this.#prefill ? `${this.#prefill}\n${text}` : text;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    void this.#keyboard;
    this.#hadFocus = this.shadowRoot?.activeElement != null;
    const { client } = this;
    if (client && this.#startedWith !== client) {
      this.#startedWith = client;
      void this.start();
    } else if (this.stage.kind === 'chat' && client && client.mode === undefined) {
      // Signed out, here or in another tab: the next one signs in for himself.
      this.stage = { kind: this.auth === 'login' ? 'sign-in' : this.auth === 'host' ? 'host-needed' : 'ended' };
    } else if (client?.mode !== undefined && this.stage.kind !== 'chat' && (this.stage.kind !== 'starting' || this.#needsNoLeave(client.mode))) this.stage = { kind: 'chat' };
  }

  /** Whose account is here may write while the engine is fetched and connects; of others the server has to say that it takes them. */
  #needsNoLeave(mode: AuthMode): boolean {
    return mode === this.auth && (mode === 'guest' || mode === 'login');
  }

  override updated(changed: PropertyValues): void {
    // What had the focus made room for what comes next: it goes along.
    if (changed.has('stage') && this.#hadFocus && !this.renderRoot.querySelector(':focus')) this.focus();
    if (!this.#prefill || this.stage.kind !== 'chat' || !this.chat) return;
    const text = this.#prefill;
    this.#prefill = '';
    void this.chat.updateComplete.then(() => this.chat?.prefill(text));
  }

  /** Signs the visitor in; called by itself once there is a client, and to try again. `anew`: as somebody else, though there is somebody. */
  async start(anew = false): Promise<void> {
    const { client } = this;
    if (!client) return;
    this.stage = { kind: 'starting' };
    let error: ChatErrorCode | undefined;
    try {
      if ((anew || client.mode === undefined) && !(await this.#enter(client))) return;
      this.stage = { kind: 'chat' };
    } catch (thrown) {
      const { code } = toChatError(thrown, 'unreachable');
      error = code;
      this.stage = this.auth === 'host' && code === 'not-authorized' ? { kind: 'host-needed' } : { kind: 'failed', code };
    }
    this.dispatchEvent(new EnteredEvent(error));
  }

  async #enter(client: ChatClient): Promise<boolean> {
    const { auth, credentials } = this;
    const slot = slotOf(auth, client);
    // The host says each time who its user is: an account kept from before may be somebody else's.
    if (slot && auth !== 'host' && (await client.resume(slot))) return true;
    if (auth === 'login') {
      this.stage = { kind: 'sign-in' };
      return false;
    }
    if (auth === 'host' && !credentials) {
      this.stage = { kind: 'host-needed' };
      return false;
    }
    const options: SignInOptions = { mode: auth, ...(this.nickname && { nickname: this.nickname }), ...(credentials && { callback: credentials }) };
    await client.signIn(options);
    return true;
  }

  get #title(): string {
    const { client, contact, room } = this;
    if (this.heading) return this.heading;
    const jid = this.invitedTo || room || contact;
    return jid ? (client?.nameOf(jid) ?? (localOf(jid) || jid)) : this.text.chat;
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || this.noClose) return;
    event.stopPropagation();
    this.dispatchEvent(new CloseEvent());
  }

  #navigate(event: NavigateEvent): void {
    const { route } = event;
    if (!this.contact && !this.room) return; // the messenger's own affair
    event.stopPropagation();
    this.invitedTo = route.view === 'room' ? route.jid : '';
  }

  override render(): TemplateResult {
    void this.#session.value;
    return html`<div role="dialog" aria-label="${this.#title}" aria-modal="${this.modal ? 'true' : nothing}" tabindex="-1" @keydown="${(event: KeyboardEvent) => this.#key(event)}" @tertulia-navigate="${(event: NavigateEvent) => this.#navigate(event)}">
      ${this.#content()}
    </div>`;
  }

  #content(): TemplateResult {
    const { stage, text } = this;
    switch (stage.kind) {
      case 'starting':
        return this.contact ? this.#conversation(true) : html`${this.#bar()}<tertulia-status></tertulia-status><tertulia-message-list></tertulia-message-list>`;
      case 'chat':
        return this.#view();
      case 'sign-in':
        void import('../sign-in/define.js').then(({ defineSignIn }) => defineSignIn());
        return html`${this.#bar()}<div class="page"><tertulia-sign-in></tertulia-sign-in></div>`;
      case 'host-needed':
        return html`${this.#bar()}${this.#words('lock', text.signInNeeded, text.signInNeededDetail, text.retry)}`;
      case 'ended':
        return html`${this.#bar()}${this.#words('chat', text.chatEnded, text.chatEndedDetail, text.startAgain)}`;
      case 'failed':
        return html`${this.#bar()}${this.#words('alert', text.startFailed, text.errorWords(stage.code), text.retry, true)}`;
    }
  }

  #view(): TemplateResult {
    const room = this.invitedTo || this.room;
    if (room) {
      void import('../messenger/define-room.js').then(({ defineRoomInTime }) => defineRoomInTime());
      return html`<tertulia-room exportparts="header, log, message, bubble, bubble-mine, bubble-theirs, box" .jid="${room}" .nick="${this.nickname}">${this.#backButton()}${this.#closeButton('end')}</tertulia-room>`;
    }
    if (this.contact) return this.#conversation(false);
    void import('../messenger/define-start.js').then(({ defineStartInTime }) => defineStartInTime());
    return html`${this.noClose ? nothing : this.#bar()}<tertulia-messenger routing="none"></tertulia-messenger>`;
  }

  #conversation(waiting: boolean): TemplateResult {
    return html`<tertulia-chat exportparts="header, log, message, bubble, bubble-mine, bubble-theirs, box" .jid="${this.contact}" .heading="${this.heading}" .greeting="${this.greeting}" .note="${this.client?.mode === 'guest' ? this.text.guestNote : ''}" .waiting="${waiting}">
      ${this.#closeButton('end')}
      ${this.auth === 'anonymous' ? html`<p slot="notice" class="note">${icon('clock')}${this.text.anonymousNote}</p>` : nothing}
    </tertulia-chat>`;
  }

  #bar(): TemplateResult {
    return html`<header class="bar" part="header"><h2><bdi>${this.#title.slice(0, 200)}</bdi></h2>${this.#closeButton()}</header>`;
  }

  #backButton(): unknown {
    if (!this.invitedTo) return nothing;
    return html`<button class="icon-button" type="button" slot="start" aria-label="${this.text.back}" @click="${() => (this.invitedTo = '')}">${icon('back')}</button>`;
  }

  #closeButton(slot?: string): unknown {
    if (this.noClose) return nothing;
    return html`<button class="icon-button" type="button" slot="${slot ?? nothing}" aria-label="${this.text.close}" @click="${() => this.dispatchEvent(new CloseEvent())}">${icon('close')}</button>`;
  }

  #words(mark: IconName, title: string, detail: string, on: string, bad = false): TemplateResult {
    return html`<div class="page"><div class="words ${bad ? 'bad' : ''}" role="${bad ? 'alert' : nothing}">
      <span class="mark">${icon(mark)}</span><h3>${title}</h3><p>${detail}</p>
      <button class="button primary" type="button" @click="${() => void this.start()}">${on}</button>
    </div></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-panel': Panel;
  }
}
