import { css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { ChatElement } from '../shared/chat-element.js';
import { form } from './form.styles.js';

/**
 * Asks before something that cannot be taken back.
 *
 * @fires close - Closed, by whichever way.
 */
export class Confirm extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    css`
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ type: Boolean }) open = false;
  @property() heading = '';
  /** What will happen. */
  @property() words = '';
  /** The verb on the button. */
  @property() action = '';
  /** What to do. A rejection is said in the dialog, which stays open. */
  @property({ attribute: false }) run: () => Promise<void> = () => Promise.resolve();

  @state() private busy = false;
  @state() private failed = false;

  async #confirm(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.failed = false;
    try {
      await this.run();
      this.open = false;
    } catch {
      this.failed = true;
    } finally {
      this.busy = false;
    }
  }

  #closed(): void {
    this.open = false;
    this.failed = false;
    this.dispatchEvent(new Event('close'));
  }

  protected override render() {
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.heading}" @close="${() => this.#closed()}">
        <form class="form" @submit="${(event: Event) => void this.#confirm(event)}">
          <p dir="auto">${this.words}</p>
          ${this.failed ? html`<p class="bad" role="alert">${this.text.didNotWork}</p>` : nothing}
          <div class="actions">
            <button type="button" class="button" data-first @click="${() => this.#closed()}">${this.text.cancel}</button>
            <button class="button danger" ?disabled="${this.busy}">${this.action}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-confirm': Confirm;
  }
}
