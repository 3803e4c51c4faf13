import { html, nothing } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { OwnPresence as Presence } from '../../src/model/contact.js';
import { localOf } from '../../src/base/jid.js';
import { presenceWord } from '../chat/presence-words.js';
import type { Confirm } from '../dialog/confirm.js';
import { form } from '../dialog/form.styles.js';
import { icon } from '../icon/icon.js';
import { placePopover } from '../menu/place-popover.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { ownPresenceStyles } from './own-presence.styles.js';
import { PreferenceEvent, type Theme } from './preference-event.js';

const shows: readonly Presence['show'][] = ['available', 'away', 'dnd', 'invisible'];
const samePresence = (a: Presence, b: Presence): boolean => a.show === b.show && (a.status ?? '') === (b.status ?? '');
const themes: readonly Theme[] = ['auto', 'light', 'dark'];

/**
 * Oneself: a button with one's face, and behind it what others see of one, how this looks, and the way out.
 *
 * @fires tertulia-preference - A theme or a language was chosen.
 */
export class OwnPresence extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, ownPresenceStyles];

  @property() theme: Theme = 'auto';
  /** Languages to choose from, as BCP 47 tags. No choice is drawn for fewer than two. */
  @property({ attribute: false }) languages: readonly string[] = [];
  /** Where one signs in with another account, beside this one; nowhere where empty. */
  @property({ attribute: false }) otherAccount = '';

  @state() private shown = false;
  /** What is behind the button is drawn when it is first wanted: the names of languages alone take as long as a conversation. */
  @state() private wanted = false;
  @query('[popover]') private popup!: HTMLElement;
  @query('.trigger') private trigger!: HTMLElement;
  @query('tertulia-confirm') private confirm!: Confirm;

  /** What was chosen and the session does not show yet: the next choice goes on from it. */
  @state() private wish: Presence | undefined;
  readonly #session = new Watch(this, () => this.client?.session);

  readonly #settings = new Watch(this, () => this.client?.settings);

  get #presence(): Presence {
    return this.wish ?? this.#session.value?.presence ?? { show: 'available' };
  }

  protected override willUpdate(): void {
    const now = this.#session.value?.presence;
    if (this.wish && now && samePresence(this.wish, now)) this.wish = undefined;
  }

  async #set(show: Presence['show'], status: string): Promise<void> {
    const wish: Presence = { show, ...(status ? { status } : {}) };
    if (samePresence(wish, this.#presence)) return;
    this.wish = wish;
    try {
      await this.client?.setPresence(wish);
    } catch {
      if (this.wish === wish) this.wish = undefined;
    }
  }

  async #tellRead(tellRead: boolean): Promise<void> {
    try {
      await this.client?.setSettings({ tellRead });
    } catch {
      // It shows what holds.
      this.requestUpdate();
    }
  }

  #status(event: Event): void {
    void this.#set(this.#presence.show, (event.target as HTMLInputElement).value.trim());
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.popup.hidePopover();
    this.trigger.focus();
  }

  #toggles(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.wanted = true;
    placePopover(this.popup, this.trigger);
  }

  #language(tag: string): string {
    try {
      return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
    } catch {
      return tag;
    }
  }

  #word(show: Presence['show']): string {
    return show === 'invisible' ? this.text.invisible : presenceWord(show, this.text);
  }

  #choices() {
    const { show } = this.#presence;
    return html`<fieldset>
      <legend>${this.text.yourPresence}</legend>
      ${shows.map(
        (choice) => html`<label class="choice">
          <input type="radio" name="show" .checked="${choice === show}" @change="${() => void this.#set(choice, this.#presence.status ?? '')}" />
          <span class="dot ${choice}"></span><span>${this.#word(choice)}</span>${icon('check')}
        </label>`,
      )}
    </fieldset>`;
  }

  #look() {
    return html`
      <fieldset>
        <legend>${this.text.theme}</legend>
        <div class="segments">
          ${themes.map(
            (theme) => html`<label>
              <input type="radio" name="theme" .checked="${theme === this.theme}" @change="${() => this.dispatchEvent(new PreferenceEvent({ theme }))}" />
              <span>${this.text.themeName(theme)}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      ${this.languages.length > 1
        ? html`<div class="field">
            <label for="language">${this.text.language}</label>
            <select class="input" id="language" @change="${(event: Event) => this.dispatchEvent(new PreferenceEvent({ locale: (event.target as HTMLSelectElement).value }))}">
              ${this.languages.map((tag) => html`<option value="${tag}" lang="${tag}" ?selected="${this.locale.tag.split('-')[0] === tag.split('-')[0]}">${this.#language(tag)}</option>`)}
            </select>
          </div>`
        : nothing}
    `;
  }

  #profile(me: string, name: string, status: string | undefined) {
    return html`
      <div class="form">
        <div class="me">
          <tertulia-avatar .jid="${me}" .name="${name}"></tertulia-avatar>
          <div><span class="name" dir="auto">${name}</span><span class="jid" dir="auto" title="${me}">${me}</span></div>
        </div>
        ${this.#choices()}
        <div class="field">
          <label for="status">${this.text.statusText}</label>
          <input
            class="input"
            id="status"
            dir="auto"
            maxlength="300"
            autocomplete="off"
            placeholder="${this.text.statusHint}"
            .value="${status ?? ''}"
            @change="${(event: Event) => this.#status(event)}"
            @keydown="${(event: KeyboardEvent) => event.key === 'Enter' && !event.isComposing && this.#status(event)}"
          />
        </div>
        <label class="check"><input type="checkbox" .checked="${live(this.#settings.value?.tellRead ?? true)}" @change="${(event: Event) => void this.#tellRead((event.target as HTMLInputElement).checked)}" /> <span>${this.text.tellRead}</span></label>
        <hr />
        ${this.#look()}
        <hr />
        ${this.otherAccount && 'Notification' in window && Notification.permission === 'default'
          ? html`<button type="button" class="button" @click="${() => void Notification.requestPermission().then(() => this.requestUpdate())}">${this.text.notifyMe}</button>`
          : nothing}
        ${this.otherAccount ? html`<a class="button" href="${this.otherAccount}" target="_blank" rel="noopener">${icon('person-add')}${this.text.otherAccount}</a>` : nothing}
        <button type="button" class="button danger" @click="${() => {
          this.popup.hidePopover();
          this.trigger.focus();
          this.confirm.open = true;
        }}">${icon('door')}${this.text.signOut}</button>
      </div>
    `;
  }

  protected override render() {
    const session = this.#session.value;
    const me = session?.me ?? '';
    const name = localOf(me) || me;
    const { show, status } = this.#presence;
    const online = session?.status === 'online';
    const dot = show === 'invisible' || !online ? 'offline' : show;
    return html`
      <button
        type="button"
        class="trigger"
        popovertarget="me"
        aria-haspopup="dialog"
        aria-expanded="${String(this.shown)}"
      >
        <span class="visually-hidden">${this.text.yourProfile(name.slice(0, 100), this.#word(show))}</span>
        <tertulia-avatar .jid="${me}" .name="${name}" .show="${dot}"></tertulia-avatar>
      </button>
      <div
        id="me"
        popover
        role="dialog"
        aria-label="${this.text.profile}"
        @beforetoggle="${(event: ToggleEvent) => this.#toggles(event)}"
        @toggle="${(event: ToggleEvent) => {
          this.shown = event.newState === 'open';
          if (this.shown) this.popup.querySelector<HTMLElement>('input:checked')?.focus();
        }}"
        @keydown="${(event: KeyboardEvent) => this.#key(event)}"
      >
        ${this.wanted ? this.#profile(me, name, status) : nothing}
      </div>
      <tertulia-confirm
        heading="${this.text.signOut}"
        words="${this.text.signOutWords}"
        action="${this.text.signOut}"
        .run="${async () => {
          await this.client?.signOut();
        }}"
      ></tertulia-confirm>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-own-presence': OwnPresence;
  }
}
