/** The least that Lit can do: one element, one line of text. */
import { LitElement, html } from 'lit';

class EmptyPage extends LitElement {
  override render(): unknown {
    return html`<p>Hello</p>`;
  }
}
customElements.define('empty-page', EmptyPage);
