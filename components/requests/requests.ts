import { css, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SubscriptionRequestRow } from '../../src/model/contact.js';
import { form } from '../dialog/form.styles.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';

/** Who asks to see one's presence, and what to answer. Nothing is drawn while nobody asks. */
export class Requests extends ChatElement {
  static override styles = [
    ...ChatElement.styles,
    ...form,
    css`
      :host {
        display: block;
      }
      section {
        margin: var(--t-1) var(--t-2) var(--t-3);
        padding: var(--t-3);
        border-radius: calc(var(--t-radius-s) + var(--t-1));
        background: var(--t-accent-soft);
        --t-avatar-ring: var(--t-accent-soft);
      }
      h3 {
        font-size: var(--t-size-2);
        font-weight: 600;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--t-2) var(--t-3);
        align-items: center;
        padding-block-start: var(--t-3);
      }
      .who,
      .jid,
      .words {
        overflow: hidden;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .who {
        font-weight: 600;
        line-height: 1.3;
      }
      .jid,
      .words {
        font-size: var(--t-size-2);
        color: var(--t-text-2);
      }
      .words {
        grid-column: 1 / -1;
        color: var(--t-text);
        -webkit-line-clamp: 4;
      }
      .actions {
        grid-column: 1 / -1;
        justify-content: flex-start;
      }
    `,
  ];

  @state() private busy: ReadonlySet<string> = new Set();
  @state() private failed: string | undefined;
  readonly #requests = new Watch(this, () => this.client?.requests);

  async #answer({ jid, nickname }: SubscriptionRequestRow, accept: boolean, add: boolean): Promise<void> {
    if (this.busy.has(jid)) return;
    this.busy = new Set(this.busy).add(jid);
    this.failed = undefined;
    try {
      await this.client?.answerRequest(jid, accept);
      if (add) await this.client?.saveContact({ jid, ...(nickname ? { name: nickname.slice(0, 200) } : {}), groups: [] }, true);
    } catch {
      this.failed = jid;
    } finally {
      const busy = new Set(this.busy);
      busy.delete(jid);
      this.busy = busy;
    }
  }

  #request(request: SubscriptionRequestRow) {
    const { jid, nickname, text } = request;
    const name = (nickname ?? this.client?.nameOf(jid) ?? jid).slice(0, 200);
    const disabled = this.busy.has(jid);
    // Whom we see already is a contact: there is nothing to add.
    const known = this.client?.contacts.value?.some((contact) => contact.jid === jid && (contact.subscription === 'to' || contact.asked));
    return html`
      <li>
        <tertulia-avatar .jid="${jid}" .name="${name}"></tertulia-avatar>
        <span><span class="who" dir="auto">${name}</span><span class="jid" dir="auto">${jid}</span></span>
        ${text ? html`<p class="words" dir="auto">${text.slice(0, 500)}</p>` : nothing}
        <div class="actions" role="group" aria-label="${this.text.answerTo(name.slice(0, 100))}">
          ${known
            ? nothing
            : html`<button type="button" class="button primary small" ?disabled="${disabled}" @click="${() => void this.#answer(request, true, true)}">${this.text.acceptAndAdd}</button>`}
          <button type="button" class="button small ${known ? 'primary' : ''}" ?disabled="${disabled}" @click="${() => void this.#answer(request, true, false)}">${this.text.accept}</button>
          <button type="button" class="button quiet small" ?disabled="${disabled}" @click="${() => void this.#answer(request, false, false)}">${this.text.refuse}</button>
        </div>
        ${this.failed === jid ? html`<p class="words bad" role="alert">${this.text.didNotWork}</p>` : nothing}
      </li>
    `;
  }

  protected override render() {
    const requests = this.#requests.value ?? [];
    if (requests.length === 0) return nothing;
    return html`
      <section aria-labelledby="heading">
        <h3 id="heading">${this.text.requests}</h3>
        <ul role="list" aria-labelledby="heading">${repeat(requests, ({ jid }) => jid, (request) => this.#request(request))}</ul>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-requests': Requests;
  }
}
