import { html, type TemplateResult } from 'lit';
import { icon } from '../icon/icon.js';

/** The field that narrows a list: down goes into the list, Escape clears it before it does anything else. Wants the styles `list`. */
export function searchField(field: { readonly label: string; readonly value: string; change(value: string): void; enter(): void }): TemplateResult {
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      field.enter();
    } else if (event.key === 'Escape' && field.value) {
      event.preventDefault();
      event.stopPropagation();
      field.change('');
    }
  };
  return html`<div class="search">
    ${icon('search')}
    <input
      type="search"
      aria-label="${field.label}"
      placeholder="${field.label}"
      dir="auto"
      autocomplete="off"
      .value="${field.value}"
      @input="${(event: InputEvent) => field.change((event.target as HTMLInputElement).value)}"
      @keydown="${key}"
    />
  </div>`;
}
