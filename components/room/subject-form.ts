import { html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { form } from '../dialog/form.styles.js';
import { ChatElement } from '../shared/chat-element.js';

/**
 * Changes what a room is about.
 *
 * @fires close
 */
export class SubjectForm extends ChatElement {
  static override styles = [...ChatElement.styles, ...form];

  @property({ type: Boolean }) open = false;
  @property() room = '';
  @property() subject = '';
  @state() private words = '';
  @state() private failed = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.words = this.subject;
    this.failed = false;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    try {
      await this.client?.setSubject(this.room, this.words.trim());
      this.#closed();
    } catch {
      this.failed = true;
    }
  }

  #closed(): void {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  }

  protected override render() {
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.text.changeSubject}" @close="${() => this.#closed()}">
        <form class="form" @submit="${(event: SubmitEvent) => void this.#submit(event)}">
          <div class="field">
            <label for="subject">${this.text.subject}</label>
            <textarea class="input" id="subject" data-first rows="4" maxlength="2000" dir="auto" .value="${this.words}" @input="${(event: InputEvent) => (this.words = (event.target as HTMLTextAreaElement).value)}"></textarea>
          </div>
          ${this.failed ? html`<p class="bad" role="alert">${this.text.subjectRefused}</p>` : nothing}
          <div class="actions">
            <button type="button" class="button" @click="${() => this.#closed()}">${this.text.cancel}</button>
            <button class="button primary">${this.text.save}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-subject-form': SubjectForm;
  }
}
