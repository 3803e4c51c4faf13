import { html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { normalizeJid } from '../../src/base/jid.js';
import { form } from '../dialog/form.styles.js';
import { ChatElement } from '../shared/chat-element.js';

/**
 * Invites somebody to a room.
 *
 * @fires close
 */
export class InviteForm extends ChatElement {
  static override styles = [...ChatElement.styles, ...form];

  @property({ type: Boolean }) open = false;
  @property() room = '';
  @state() private wrong: 'address' | 'failed' | undefined;
  @state() private invited: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.wrong = undefined;
    this.invited = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) this.renderRoot.querySelector('form')?.reset();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const target = event.target as HTMLFormElement;
    const data = new FormData(target);
    const value = (name: string): string => ((data.get(name) as string | null) ?? '').trim();
    const jid = normalizeJid(value('jid').replace(/^xmpp:/i, ''));
    this.invited = undefined;
    if (!jid) {
      this.wrong = 'address';
      return;
    }
    try {
      await this.client?.inviteToRoom(this.room, jid, value('reason') || undefined);
      this.wrong = undefined;
      this.invited = jid;
      target.reset();
    } catch {
      this.wrong = 'failed';
    }
  }

  #closed(): void {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  }

  protected override render() {
    const bad = this.wrong === 'address';
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.text.invite}" @close="${() => this.#closed()}">
        <form class="form" novalidate @submit="${(event: SubmitEvent) => void this.#submit(event)}">
          <div class="field">
            <label for="jid">${this.text.address}</label>
            <input class="input" id="jid" name="jid" data-first list="known" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="email" dir="auto" aria-invalid="${String(bad)}" aria-describedby="note" @input="${() => (this.wrong = undefined)}" />
            <datalist id="known">${(this.client?.contacts.value ?? []).slice(0, 200).map(({ jid, name }) => html`<option value="${jid}">${name ?? ''}</option>`)}</datalist>
            <p id="note" class="${bad ? 'bad' : 'hint'}" role="${bad ? 'alert' : nothing}">${bad ? this.text.notAnAddress : this.text.addressHint}</p>
          </div>
          <div class="field">
            <label for="reason">${this.text.inviteReason}</label>
            <input class="input" id="reason" name="reason" maxlength="500" dir="auto" autocomplete="off" />
          </div>
          ${this.wrong === 'failed' ? html`<p class="bad" role="alert">${this.text.didNotWork}</p>` : nothing}
          <p class="hint" role="status" dir="auto">${this.invited ? this.text.invitedWho(this.invited) : ''}</p>
          <div class="actions">
            <button type="button" class="button" @click="${() => this.#closed()}">${this.invited ? this.text.close : this.text.cancel}</button>
            <button class="button primary">${this.text.invite}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-invite-form': InviteForm;
  }
}
