import { html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Attachment as File } from '../../src/model/fact.js';
import { icon, iconStyles } from '../icon/icon.js';
import { ChatElement } from '../shared/chat-element.js';
import { cssVars } from '../shared/css-vars.js';
import { Watch } from '../shared/watch.js';
import { styles } from './attachment.styles.js';
import { fileUrl, isOwnHost } from './own-hosts.js';

// What browsers draw without running anything. SVG is a document: a file card.
const pictures: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const endings: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif' };

const endingOf = (name: string): string => /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? '';

function isPicture({ mediaType, name, url }: File): boolean {
  if (mediaType) return pictures.has(mediaType.toLowerCase());
  return (endings[endingOf(name ?? '')] ?? endings[endingOf(fileUrl(url)?.pathname ?? '')]) !== undefined;
}

/** Last part of the address, where the sender gave no name. */
function nameIn(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  } catch {
    return '';
  }
}

/**
 * A file in a message: a picture with its place kept, or a card with name and size. A picture of a host that is not the
 * account's own is fetched after a click only (see `own-hosts.ts`); one's own pictures always show.
 */
export class Attachment extends ChatElement {
  static override styles = [ChatElement.styles, iconStyles, styles].flat();

  @property({ attribute: false }) file: File | undefined;
  /** One sent it oneself. */
  @property({ type: Boolean }) mine = false;
  /** The message row, to show how much of it is uploaded; 0 where that is done. */
  @property({ type: Number }) uploading = 0;

  @state() private asked = false;
  @state() private broken = false;
  readonly #share = new Watch(this, () => (this.uploading ? this.client?.upload(this.uploading) : undefined));

  override render(): TemplateResult | typeof nothing {
    const { file } = this;
    if (!file) return nothing;
    const url = fileUrl(file.url);
    const name = file.name || nameIn(file.url) || this.text.file;
    return url && isPicture(file) && !this.broken ? this.#picture(file, url, name) : this.#card(file, url, name);
  }

  #picture(file: File, url: URL, name: string): TemplateResult {
    const { width = 0, height = 0 } = file;
    // A sliver or a tower would break the line of bubbles.
    const ratio = width > 0 && height > 0 ? Math.min(2.4, Math.max(0.6, width / height)) : 4 / 3;
    const vars = cssVars({ '--ratio': ratio.toFixed(3) });
    if (this.mine || this.asked || isOwnHost(file.url, this.client)) {
      return html`<a class="picture" ${vars} href="${url.href}" target="_blank" rel="noopener noreferrer ugc"
        ><img src="${url.href}" alt="${name}" loading="lazy" decoding="async" referrerpolicy="no-referrer" @error="${() => (this.broken = true)}"
      /></a>`;
    }
    return html`<button class="picture" type="button" ${vars} @click="${() => void this.#show()}">
      ${icon('picture')}<span>${this.text.showPicture}</span><small dir="ltr">${[url.hostname, file.size ? this.locale.bytes(file.size) : ''].filter(Boolean).join(' · ')}</small>
    </button>`;
  }

  async #show(): Promise<void> {
    this.asked = true;
    await this.updateComplete;
    // The button that had the focus is gone.
    this.renderRoot.querySelector('a')?.focus();
  }

  #card(file: File, url: URL | undefined, name: string): TemplateResult {
    const share = this.#share.value;
    const words = html`<span class="mark">${icon(isPicture(file) ? 'picture' : 'file')}</span>
      <span class="about">
        <span class="name"><bdi>${name.slice(0, 200)}</bdi></span>
        ${share === undefined ? (file.size ? html`<span class="size">${this.locale.bytes(file.size)}</span>` : nothing) : html`<progress max="1" .value="${share}" aria-label="${this.text.uploading(`${Math.round(share * 100)} %`)}"></progress>`}
      </span>`;
    if (!url) return html`<span class="card">${words}</span>`;
    return html`<a class="card" href="${url.href}" download="${name}" target="_blank" rel="noopener noreferrer ugc" aria-label="${this.text.download(name.slice(0, 200))}">${words}${icon('download')}</a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-attachment': Attachment;
  }
}
