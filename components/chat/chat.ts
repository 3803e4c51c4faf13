import { html, nothing, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import type { ConversationKind } from '../../src/model/conversation.js';
import type { Composer } from '../composer/composer.js';
import { FileDrop } from '../composer/file-drop.js';
import { icon, iconStyles } from '../icon/icon.js';
import type { EditMessageEvent } from '../message-list/edit-message-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { pane } from './pane.styles.js';
import { presenceWord } from './presence-words.js';

/**
 * One conversation with one address: who it is with, what was said, where to write.
 *
 * @slot start - at the start of the header: a way back where there is one
 * @slot end - at its end: what else can be done
 * @slot notice - between the messages and the composer
 * @csspart header
 * @csspart log, message, bubble, bubble-mine, bubble-theirs, box - of the parts inside
 */
export class Chat extends ChatElement {
  static override styles = [ChatElement.styles, iconStyles, pane].flat();

  /** Bare JID, or any other address. */
  @property() jid = '';
  @property() kind: ConversationKind = 'chat';
  /** The name to show instead of the contact's. */
  @property() heading = '';
  /** Words of the site's owner above the first message. */
  @property() greeting = '';
  /** Words at the beginning of the conversation, in place of our own. */
  @property() note = '';
  /** Nothing can be sent yet. */
  @property({ type: Boolean }) disabled = false;

  /** Nobody is signed in yet: the frame stands, what belongs to an account waits. */
  @property({ type: Boolean }) waiting = false;

  @query('tertulia-composer') private composer!: Composer | null;

  readonly #presence = new Watch(this, () => (this.jid ? this.client?.presence(this.jid) : undefined));
  readonly #typing = new Watch(this, () => (this.jid ? this.client?.typing(this.jid) : undefined));
  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #drop = new FileDrop(this, (files) => this.composer?.attach(files));

  /** Where one writes. */
  override focus(options?: FocusOptions): void {
    this.composer?.focus(options);
  }

  /** Puts words into the composer; never sent by itself. */
  prefill(text: string): void {
    void this.updateComplete.then(() => this.composer?.prefill(text));
  }

  async #edit(event: EditMessageEvent): Promise<void> {
    const { row } = event;
    const kept = this.composer?.prefill(row.state.body);
    this.composer?.focus();
    // Kept as a draft before it is given up as a message: in between anything may happen.
    await kept;
    await this.client?.discard(row.id).catch(reportError);
  }

  override render(): TemplateResult {
    const { text, jid } = this;
    void this.#contacts.value; // the name is made of it
    const name = this.heading || (this.client?.nameOf(jid) ?? jid);
    const presence = this.#presence.value;
    return html`<header part="header">
        <slot name="start"></slot>
        <tertulia-avatar .jid="${jid}" .name="${name}" .show="${presence?.show}"></tertulia-avatar>
        <div class="who">
          <h2><bdi>${name.slice(0, 200)}</bdi></h2>
          ${(this.#typing.value?.length ?? 0) > 0
            ? html`<p class="typing">${text.typingNow}</p>`
            : presence
              ? html`<p>${presenceWord(presence.show, text)}${presence.status ? html` · <bdi>${presence.status.slice(0, 200)}</bdi>` : nothing}</p>`
              : nothing}
        </div>
        <div class="end"><slot name="end"></slot></div>
      </header>
      <tertulia-status></tertulia-status>
      <tertulia-message-list exportparts="log, message, bubble, bubble-mine, bubble-theirs" .jid="${this.waiting ? '' : jid}" .kind="${this.kind}" .name="${this.heading}" .greeting="${this.greeting}" .note="${this.note}" @tertulia-edit-message="${(event: EditMessageEvent) => void this.#edit(event)}"></tertulia-message-list>
      <slot name="notice"></slot>
      <tertulia-composer exportparts="box" .jid="${this.waiting ? '' : jid}" .disabled="${this.disabled}"></tertulia-composer>
      ${this.#drop.over ? html`<div class="drop">${icon('attach')}<span>${text.dropHere}</span></div>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-chat': Chat;
  }
}
