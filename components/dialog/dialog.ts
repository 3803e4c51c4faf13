import { html, type PropertyValues } from 'lit';
import { property, query } from 'lit/decorators.js';
import { ChatElement } from '../shared/chat-element.js';
import { icon } from '../icon/icon.js';
import { form } from './form.styles.js';
import { dialogStyles } from './dialog.styles.js';

/** The element that has the focus, through every shadow root. */
function focused(): HTMLElement | undefined {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement ? element : undefined;
}

/**
 * A modal dialog on the native one: Escape, the close button and a press beside it close it, and the focus returns to
 * where it came from.
 *
 * @slot - What it says; a form with its actions. What has `data-first` gets the focus.
 * @fires close - It was closed, by whichever way. The owner sets `open` to false.
 */
export class Dialog extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, dialogStyles];

  @property({ type: Boolean }) open = false;
  @property() heading = '';

  @query('dialog') private dialog!: HTMLDialogElement;
  #from: HTMLElement | undefined;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open') || this.open === this.dialog.open) return;
    if (this.open) {
      this.#from = focused();
      this.dialog.showModal();
      // Something inside that asks for it gets the focus, else the heading: not the close button. Not by `autofocus`: that
      // speaks to the page, before anything is open, and is refused in a frame of another origin.
      const wants = this.querySelector<HTMLElement>('[data-first]') ?? this.renderRoot.querySelector('h2');
      wants?.focus();
    } else this.dialog.close();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Taken off the page while open: the browser forgets the focus then.
    if (this.dialog?.open) this.#leave();
  }

  #leave(): void {
    const from = this.#from;
    this.#from = undefined;
    if (from?.isConnected) from.focus();
  }

  #closed(): void {
    this.open = false;
    this.#leave();
    this.dispatchEvent(new Event('close'));
  }

  #pressed(event: MouseEvent): void {
    if (event.target !== this.dialog) return; // inside
    const box = this.dialog.getBoundingClientRect();
    const beside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (beside) this.dialog.close();
  }

  #key(event: KeyboardEvent): void {
    // A panel around us must not take the Escape that was meant for the dialog.
    if (event.key === 'Escape') event.stopPropagation();
  }

  protected override render() {
    return html`
      <dialog aria-labelledby="heading" @close="${() => this.#closed()}" @mousedown="${(event: MouseEvent) => this.#pressed(event)}" @keydown="${(event: KeyboardEvent) => this.#key(event)}">
        <header>
          <h2 id="heading" tabindex="-1" dir="auto">${this.heading}</h2>
          <button type="button" class="icon-button" aria-label="${this.text.close}" @click="${() => this.dialog.close()}">
            ${icon('close')}
          </button>
        </header>
        <div class="body"><slot></slot></div>
      </dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-dialog': Dialog;
  }
}
