import { html, nothing } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ChatElement } from '../shared/chat-element.js';
import { icon, type IconName } from '../icon/icon.js';
import { form } from '../dialog/form.styles.js';
import { menuStyles } from './menu.styles.js';
import { placePopover } from './place-popover.js';

/** One line of a menu. `checked` makes it a line that is on or off. */
export type MenuItem = {
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly checked?: boolean;
  /** A line is drawn before it. */
  readonly apart?: boolean;
  readonly run: () => void;
};

/**
 * A button that opens a menu: arrow keys, Home, End and first letters move in it, Escape and Tab leave it, the focus
 * returns to the button.
 *
 * @slot - What the button shows; three dots where nothing is given.
 * @csspart button
 */
export class Menu extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = { ...ChatElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [...ChatElement.styles, ...form, menuStyles];

  /** The button's name. */
  @property() label = '';
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  /** Whether Tab stops at the button; false inside lists that move their one tab stop. */
  @property({ type: Boolean, attribute: false }) tabStop = true;

  @state() private shown = false;
  @query('[popover]') private popup!: HTMLElement;
  @query('.trigger') private trigger!: HTMLElement;

  get #lines(): HTMLElement[] {
    return Array.from(this.renderRoot.querySelectorAll<HTMLElement>('.item'));
  }

  #toggle(event: ToggleEvent): void {
    this.shown = event.newState === 'open';
    if (this.shown) this.#lines[0]?.focus();
  }

  #before(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    // Its lines are drawn only now, and at once, for where it is placed depends on how large it is: many rows have a menu, few are opened.
    this.shown = true;
    this.performUpdate();
    placePopover(this.popup, this.trigger);
  }

  #triggerKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    this.popup.showPopover();
  }

  #key(event: KeyboardEvent): void {
    const lines = this.#lines;
    const now = lines.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const next = this.#next(event.key, now, lines);
    if (next !== undefined) {
      event.preventDefault();
      lines[(next + lines.length) % lines.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      this.popup.hidePopover();
      // Not left to the browser: the button may be in another shadow tree than it looks in. Tab goes on from the button.
      this.trigger.focus();
    }
    // Neither the list around the menu nor the panel around the list may act on what was meant for the menu.
    event.stopPropagation();
  }

  #next(key: string, now: number, lines: readonly HTMLElement[]): number | undefined {
    if (key === 'ArrowDown') return now + 1;
    if (key === 'ArrowUp') return now < 0 ? lines.length - 1 : now - 1;
    if (key === 'Home') return 0;
    if (key === 'End') return lines.length - 1;
    if (key.length !== 1 || key === ' ') return undefined;
    const letter = key.toLocaleLowerCase(this.locale.tag);
    const found = [...lines.keys()].map((i) => (now + 1 + i) % lines.length).find((i) => lines[i]?.textContent?.trim().toLocaleLowerCase(this.locale.tag).startsWith(letter));
    return found;
  }

  #chose(item: MenuItem): void {
    // First closed, so that the focus is back on the button when the action opens a dialog.
    this.popup.hidePopover();
    this.trigger.focus();
    item.run();
  }

  #line(item: MenuItem) {
    const checkable = item.checked !== undefined;
    return html`
      ${item.apart ? html`<hr role="separator" />` : nothing}
      <button
        type="button"
        class="item ${item.danger ? 'danger' : ''}"
        role="${checkable ? 'menuitemcheckbox' : 'menuitem'}"
        aria-checked="${checkable ? String(item.checked) : nothing}"
        tabindex="-1"
        @click="${() => this.#chose(item)}"
      >
        ${item.icon ? icon(item.icon) : nothing}
        <span>${item.label}</span>
        ${checkable ? html`<span class="tick">${icon('check')}</span>` : nothing}
      </button>
    `;
  }

  protected override render() {
    return html`
      <button
        type="button"
        part="button"
        class="trigger icon-button"
        popovertarget="menu"
        aria-haspopup="menu"
        aria-expanded="${String(this.shown)}"
        aria-label="${this.label || this.text.more}"
        tabindex="${this.tabStop ? 0 : -1}"
        @keydown="${(event: KeyboardEvent) => this.#triggerKey(event)}"
      >
        <slot>${icon('more')}</slot>
      </button>
      <div
        id="menu"
        popover
        role="menu"
        aria-label="${this.label || this.text.more}"
        @beforetoggle="${(event: ToggleEvent) => this.#before(event)}"
        @toggle="${(event: ToggleEvent) => this.#toggle(event)}"
        @keydown="${(event: KeyboardEvent) => this.#key(event)}"
      >
        ${this.shown ? this.items.map((item) => this.#line(item)) : nothing}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-menu': Menu;
  }
}
