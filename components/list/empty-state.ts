import { css, html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icon/icon.js';

/** What is said where there is nothing yet: what it is, and what to do next. */
export function emptyState(mark: IconName, title: string, words: string, action: unknown = nothing): TemplateResult {
  return html`
    <div class="empty">
      <span class="mark">${icon(mark)}</span>
      <h3 dir="auto">${title}</h3>
      <p dir="auto">${words}</p>
      ${action}
    </div>
  `;
}

/** Rows that are not there yet, in their place and size. Said to nobody: the region around them is `aria-busy`. */
export function skeletonRows(rows: number): TemplateResult {
  return html`<div class="skeletons" aria-hidden="true">${Array.from({ length: rows }, () => html`<div class="skeleton"><i></i><b></b><s></s></div>`)}</div>`;
}

export const emptyStyles = css`
  .empty {
    display: grid;
    justify-items: center;
    gap: var(--t-2);
    max-inline-size: 22rem;
    margin-inline: auto;
    padding-block: var(--t-7);
    padding-inline: var(--t-5);
    text-align: center;
  }
  .empty .mark {
    display: grid;
    place-items: center;
    inline-size: 3.5rem;
    block-size: 3.5rem;
    margin-block-end: var(--t-2);
    border-radius: var(--t-radius-full);
    background: var(--t-accent-soft);
    color: var(--t-accent-text);
    font-size: 1.5rem;
  }
  .empty h3 {
    font-size: var(--t-size-4);
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .empty p {
    max-inline-size: 100%;
    color: var(--t-text-2);
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .empty .button {
    margin-block-start: var(--t-3);
  }
  .skeleton {
    display: grid;
    grid-template-columns: 2.75rem 1fr;
    grid-template-rows: 1fr 1fr;
    column-gap: var(--t-3);
    row-gap: var(--t-2);
    min-block-size: 4rem;
    padding-block: var(--t-3);
    padding-inline: var(--t-3);
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .skeleton i,
  .skeleton b,
  .skeleton s {
    border-radius: var(--t-radius-full);
    background: var(--t-surface-3);
  }
  .skeleton i {
    grid-row: span 2;
    block-size: 2.75rem;
    align-self: center;
  }
  .skeleton b {
    inline-size: 45%;
    block-size: 0.75rem;
    align-self: end;
  }
  .skeleton s {
    inline-size: 75%;
    block-size: 0.625rem;
  }
  .skeleton:nth-child(2n) b {
    inline-size: 32%;
  }
  .skeleton:nth-child(3n) s {
    inline-size: 58%;
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
  }
`;
