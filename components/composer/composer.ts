import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Content } from '../../src/client/chat-client.js';
import { icon, iconStyles } from '../icon/icon.js';
import { fetchFiles } from '../message/fetch-files.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { Watch } from '../shared/watch.js';
import { styles } from './composer.styles.js';
import { DraftKeeper } from './draft-keeper.js';
import { TypingNotifier } from './typing-notifier.js';

const grows = CSS.supports('field-sizing', 'content');

/**
 * Where one writes: Enter sends, Shift+Enter breaks the line; files by button, paste and {@link Composer.attach}. What is
 * typed is kept as the conversation's draft. It takes the focus only when somebody calls `focus()`.
 *
 * @csspart box - the frame around text and buttons
 */
export class Composer extends ChatElement {
  static override styles = [ChatElement.styles, controls, iconStyles, styles].flat();

  /** The conversation. */
  @property() jid = '';
  /** Nothing can be said here now (not in the room, nobody signed in): what is typed stays. */
  @property({ type: Boolean }) disabled = false;

  /** Why, in place of the field's own words. */
  @property({ attribute: false }) reason = '';

  @state() private value = '';
  @state() private files: readonly File[] = [];
  @state() private error = '';
  @query('textarea') private area!: HTMLTextAreaElement | null;
  @query('input[type=file]') private picker!: HTMLInputElement | null;

  readonly #conversations = new Watch(this, () => this.client?.conversations);
  readonly #session = new Watch(this, () => this.client?.session);
  readonly #draft = new DraftKeeper(this, () => this.client);
  readonly #typing = new TypingNotifier(this, () => this.client);
  /** The conversation whose draft stands in the box already. */
  #restored = '';
  /** The draft as it was last seen in the archive. */
  #shared = '';
  /** Sent before there was anybody to send as: goes as soon as there is. */
  #held = false;
  /** Sends keep their order though each waits for the archive. */
  #sending: Promise<void> = Promise.resolve();

  override focus(options?: FocusOptions): void {
    this.area?.focus(options);
  }

  /** A text to begin with; never over one that is there already, and never sent by itself. Resolves when it is kept. */
  async prefill(text: string): Promise<void> {
    this.#set(this.value.trim() === '' ? text : `${this.value}\n${text}`);
    await this.#draft.flush();
  }

  /** Files to send, refused in plain words where the server takes none or none so large. */
  attach(files: readonly File[]): void {
    const limit = this.#session.value?.uploadLimit;
    if (files.length === 0) return;
    if (limit === 0) {
      this.error = this.text.noUpload;
      return;
    }
    // Not known before the first connection; asked again when it is.
    const fitting = files.filter(({ size }) => size <= (limit ?? Infinity));
    this.error = limit !== undefined && fitting.length < files.length ? this.text.fileTooLarge(this.locale.bytes(limit)) : '';
    if (fitting.length > 0) fetchFiles();
    this.files = [...this.files, ...fitting].slice(0, 20);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('jid') && this.#restored && this.#restored !== this.jid) {
      void this.#draft.flush();
      this.#typing.stop();
      this.value = '';
      this.files = [];
      this.error = '';
      this.#restored = '';
    }
    this.#share();
    const limit = this.#session.value?.uploadLimit;
    if (limit !== undefined && this.files.some(({ size }) => size > limit)) {
      const taken = this.files;
      this.files = [];
      this.attach(taken);
    }
    if (this.#held && this.#ready) {
      this.#held = false;
      this.#submit();
    }
  }

  override updated(): void {
    const { area } = this;
    if (!area || grows) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }

  /**
   * The draft as the archive has it, from the last visit or from another tab: it takes the place of what stands here as
   * long as nobody has changed that here.
   */
  #share(): void {
    const conversations = this.#conversations.value;
    if (!this.jid || !conversations) return;
    const draft = conversations.find(({ jid }) => jid === this.jid)?.draft ?? '';
    const first = this.#restored !== this.jid;
    if (!first && draft === this.#shared) return;
    this.#restored = this.jid;
    // The archive answers after the first frame; what was typed until then stands before an older draft.
    if (first ? this.value === '' : !this.#draft.isOwn(draft) && this.value === this.#shared) this.value = draft;
    this.#shared = draft;
  }

  #set(value: string): void {
    this.value = value;
    this.#held = false;
    if (!this.jid) return;
    this.#draft.keep(this.jid, value);
    if (value.trim() === '') this.#typing.stop();
    else this.#typing.typed(this.jid);
  }

  #key(event: KeyboardEvent): void {
    // 229: Safari ends the composition before the Enter that ended it.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #paste(event: ClipboardEvent): void {
    const files = Array.from(event.clipboardData?.files ?? []);
    // Office programs put a picture of the text beside the text.
    if (files.length === 0 || event.clipboardData?.types.includes('text/plain')) return;
    event.preventDefault();
    this.attach(files);
  }

  #left(): void {
    this.#typing.stop();
    void this.#draft.flush();
  }

  get #ready(): boolean {
    return !this.disabled && this.client !== undefined && this.jid !== '' && (this.files.length > 0 || this.value.trim() !== '');
  }

  #submit(): void {
    if (!this.#ready) {
      this.#held = !this.disabled && (this.client === undefined || this.jid === '');
      return;
    }
    const { jid, value, files } = this;
    const body = value.replace(/\s+$/u, '');
    // A file is a message of its own: other clients read its address as the whole body (XEP-0066 §3).
    const contents: Content[] = files.map((file) => ({ body: '', file, fileName: file.name }));
    // What was kept of it goes with it in one write: neither lost between two nor left behind.
    const fromDraft = body.trim() === '' ? '' : (this.#draft.taken(jid) ?? this.#shared);
    if (body.trim() !== '') contents.push({ body, ...(fromDraft && { fromDraft }) });
    this.value = '';
    this.files = [];
    this.error = '';
    this.#typing.stop();
    this.#sending = this.#sending.then(() => this.#send(jid, contents));
  }

  async #send(jid: string, contents: readonly Content[]): Promise<void> {
    for (const [index, content] of contents.entries()) {
      try {
        await this.client!.send(jid, content);
      } catch {
        this.#giveBack(jid, contents.slice(index));
        return;
      }
    }
  }

  /** What could not even be queued goes back to where it was typed. */
  #giveBack(jid: string, contents: readonly Content[]): void {
    const text = contents.map(({ body }) => body).filter(Boolean).join('\n');
    if (this.jid !== jid) {
      void this.client?.setDraft(jid, text).catch(() => {});
      return;
    }
    this.files = [...contents.flatMap(({ file }) => (file instanceof File ? [file] : [])), ...this.files];
    this.value = [text, this.value].filter(Boolean).join('\n');
    this.#draft.keep(jid, this.value);
    this.error = this.text.couldNotSend;
  }

  override render(): TemplateResult {
    const { text } = this;
    return html`<form @submit="${(event: Event) => {
      event.preventDefault();
      this.#submit();
    }}">
      ${this.error ? html`<p class="error" role="alert">${icon('alert')}${this.error}</p>` : nothing}
      ${this.files.length > 0
        ? html`<div class="files">${repeat(this.files, (file) => file, (file) => html`<tertulia-staged-file .file="${file}" @remove="${() => (this.files = this.files.filter((other) => other !== file))}"></tertulia-staged-file>`)}</div>`
        : nothing}
      <div class="box" part="box">
        <button class="icon-button" type="button" aria-label="${text.attach}" ?disabled="${this.disabled}" @click="${() => this.picker?.click()}">${icon('attach')}</button>
        <input type="file" multiple hidden @change="${() => this.#picked()}" />
        <textarea
          rows="1"
          dir="${this.value ? 'auto' : nothing}"
          aria-label="${text.message}"
          placeholder="${(this.disabled && this.reason) || text.message}"
          enterkeyhint="send"
          autocomplete="off"
          ?disabled="${this.disabled}"
          .value="${this.value}"
          @input="${(event: InputEvent) => this.#set((event.target as HTMLTextAreaElement).value)}"
          @keydown="${(event: KeyboardEvent) => this.#key(event)}"
          @paste="${(event: ClipboardEvent) => this.#paste(event)}"
          @blur="${() => this.#left()}"
        ></textarea>
        <button class="icon-button send" type="submit" aria-label="${text.send}" ?disabled="${!this.#ready}">${icon('send')}</button>
      </div>
    </form>`;
  }

  #picked(): void {
    this.attach(Array.from(this.picker?.files ?? []));
    if (this.picker) this.picker.value = '';
    this.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-composer': Composer;
  }
}
