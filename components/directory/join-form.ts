import { html, nothing, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { localOf, normalizeJid, resourceOf } from '../../src/base/jid.js';
import { form } from '../dialog/form.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';

/**
 * Joins a room by its address, or creates one, with a nickname. A refusal is said in the room's own view.
 *
 * @fires tertulia-navigate - To the room.
 * @fires close
 */
export class JoinForm extends ChatElement {
  static override styles = [...ChatElement.styles, ...form];

  @property({ type: Boolean }) open = false;
  @property({ type: Boolean }) create = false;

  @state() private wrong = false;
  @state() private state: 'busy' | 'failed' | undefined;
  @query('form') private fields!: HTMLFormElement;
  readonly #session = new Watch(this, () => this.client?.session);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.wrong = false;
    this.state = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) this.fields.reset();
  }

  get #domain(): string {
    return this.#session.value?.roomsDomain ?? this.client?.deployment.roomsDomain ?? '';
  }

  /** `lobby` alone is a room of this server. */
  #address(typed: string): string | undefined {
    const text = typed.trim().replace(/^xmpp:/i, '').replace(/\?join$/i, '');
    const jid = normalizeJid(text.includes('@') || !this.#domain ? text : `${text.replace(/\s+/gu, '-')}@${this.#domain}`);
    return jid && localOf(jid) !== '' && resourceOf(jid) === '' ? jid : undefined;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.state === 'busy') return;
    const data = new FormData(this.fields);
    const value = (name: string): string => ((data.get(name) as string | null) ?? '').trim();
    const jid = this.#address(value('room'));
    if (!jid) {
      this.wrong = true;
      this.renderRoot.querySelector<HTMLElement>('#room')?.focus();
      return;
    }
    const nick = value('nick') || localOf(this.#session.value?.me ?? '') || this.text.guest;
    this.state = 'busy';
    try {
      await this.client?.joinRoom(jid, nick, this.create ? { create: true } : {});
    } catch {
      // A refusal has its words and its way on in the room's view, which is opened now; without one, nobody was asked.
      if (!this.client?.room(jid).value?.refusal) {
        this.state = 'failed';
        return;
      }
    }
    if (!this.open) return; // closed while it waited
    this.#closed();
    this.dispatchEvent(new NavigateEvent({ view: 'room', jid }));
  }

  #closed(): void {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  }

  protected override render() {
    const hint = this.#domain ? this.text.roomAddressHint(this.#domain) : this.text.roomAddressHint('');
    return html`
      <tertulia-dialog .open="${this.open}" heading="${this.create ? this.text.createRoom : this.text.joinByAddress}" @close="${() => this.#closed()}">
        <form class="form" novalidate @submit="${(event: SubmitEvent) => void this.#submit(event)}">
          <div class="field">
            <label for="room">${this.create ? this.text.roomName : this.text.roomAddress}</label>
            <input class="input" id="room" name="room" data-first autocomplete="off" autocapitalize="none" spellcheck="false" dir="auto" aria-invalid="${String(this.wrong)}" aria-describedby="note" @input="${() => (this.wrong = false)}" />
            <p id="note" class="${this.wrong ? 'bad' : 'hint'}" role="${this.wrong ? 'alert' : nothing}">${this.wrong ? this.text.notARoom : hint}</p>
          </div>
          <div class="field">
            <label for="nick">${this.text.nickname}</label>
            <input class="input" id="nick" name="nick" dir="auto" maxlength="200" autocomplete="nickname" .defaultValue="${localOf(this.#session.value?.me ?? '')}" />
          </div>
          ${this.state === 'failed' ? html`<p class="bad" role="alert">${this.text.didNotWork}</p>` : nothing}
          <div class="actions">
            <button type="button" class="button" @click="${() => this.#closed()}">${this.text.cancel}</button>
            <button class="button primary" ?disabled="${this.state === 'busy'}">${this.create ? this.text.createRoom : this.text.joinRoomButton}</button>
          </div>
        </form>
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-join-form': JoinForm;
  }
}
