import { css } from 'lit';

/** One line of a list: picture, two lines of text, something at the end. */
export const row = css`
  :host {
    display: block;
    position: relative;
  }
  .row {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: var(--t-3);
    inline-size: 100%;
    min-block-size: 4rem;
    padding-block: var(--t-2);
    padding-inline: var(--t-3);
    border-radius: calc(var(--t-radius-s) + var(--t-1));
    text-align: start;
    font-weight: 400;
    transition: background-color var(--t-motion);
  }
  .row:hover {
    background: var(--t-hover);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row[aria-current='true'] {
    background: var(--t-accent-soft);
  }
  .lines {
    display: grid;
    gap: 0.125rem;
    min-inline-size: 0;
  }
  .line {
    display: flex;
    align-items: baseline;
    gap: var(--t-2);
    min-inline-size: 0;
  }
  .name,
  .detail {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  /* A name of the other direction is read in its own way, and yet stands where every name stands. */
  [dir='auto']:not(input) {
    text-align: -webkit-match-parent;
    text-align: match-parent;
  }
  .name {
    font-weight: 600;
  }
  .detail {
    font-size: var(--t-size-2);
    color: var(--t-text-2);
  }
  .detail.accent {
    color: var(--t-accent-text);
  }
  .meta {
    flex: none;
    font-size: var(--t-size-1);
    color: var(--t-text-2);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .meta.accent {
    color: var(--t-accent-text);
    font-weight: 600;
  }
  .badge {
    flex: none;
    display: inline-grid;
    place-items: center;
    min-inline-size: 1.25rem;
    block-size: 1.25rem;
    padding-inline: 0.375rem;
    border-radius: var(--t-radius-full);
    background: var(--t-accent);
    color: var(--t-on-accent);
    font-size: var(--t-size-1);
    font-weight: 700;
    line-height: 1;
    font-variant-numeric: tabular-nums;
  }
  .tag {
    flex: none;
    padding-inline: var(--t-2);
    border-radius: var(--t-radius-full);
    background: var(--t-surface-3);
    color: var(--t-text-2);
    font-size: var(--t-size-1);
    line-height: 1.5;
    white-space: nowrap;
  }
  .row[aria-current='true'] .tag {
    background: var(--t-surface);
  }
  .end {
    position: absolute;
    inset-block: 0;
    inset-inline-end: var(--t-1);
    display: flex;
    align-items: center;
  }
  /* The line's menu covers its end only while somebody is at the line. */
  @media (hover: hover) {
    .end.on-demand {
      opacity: 0;
      transition: opacity var(--t-motion);
    }
    :host(:hover) .end.on-demand,
    :host(:focus-within) .end.on-demand,
    .end.on-demand.shown {
      opacity: 1;
    }
    :host(:hover) .row.has-menu,
    :host(:focus-within) .row.has-menu {
      padding-inline-end: calc(var(--t-target) + var(--t-2));
    }
  }
  /* No hover, no dots on every line: what is open has the same menu. From the keyboard they are there. */
  @media (hover: none) {
    .end.on-demand {
      opacity: 0;
      pointer-events: none;
    }
    .row:focus-visible + .end.on-demand,
    .end.on-demand:focus-within {
      opacity: 1;
      pointer-events: auto;
    }
  }
  @media (forced-colors: active) {
    .badge,
    .tag {
      border: 1px solid CanvasText;
    }
    .row[aria-current='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;

/** What surrounds the rows: a pane's header, its search field, the scroller, what is said when it is empty. */
export const list = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--t-surface);
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--t-1);
    padding-block: var(--t-3) var(--t-1);
    padding-inline: var(--t-4) var(--t-2);
  }
  .head h2 {
    flex: 1;
    min-inline-size: 0;
    font-size: var(--t-size-5);
    line-height: 1.25;
    letter-spacing: -0.01em;
  }
  .search {
    position: relative;
    margin-block: var(--t-1) var(--t-2);
    margin-inline: var(--t-3);
  }
  .search .icon {
    position: absolute;
    inset-block: 0;
    inset-inline-start: var(--t-3);
    margin-block: auto;
    color: var(--t-text-2);
    pointer-events: none;
  }
  .search input {
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding-block: var(--t-1);
    padding-inline: calc(var(--t-3) + 1.75rem) var(--t-3);
    font-size: max(1rem, 16px);
    border: 1px solid transparent;
    border-radius: var(--t-radius-full);
    background: var(--t-surface-3);
  }
  .search input:focus-visible {
    outline-offset: 0;
  }
  .search input::-webkit-search-cancel-button {
    cursor: pointer;
  }
  ::placeholder {
    color: var(--t-text-2);
    opacity: 1;
  }
  .scroll {
    flex: 1;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    padding-inline: var(--t-1);
    padding-block-end: var(--t-4);
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  /* What is left out of a long list is a distance: it must not be joined with what is around the list. */
  .long {
    display: flow-root;
  }
  .group {
    display: flex;
    align-items: center;
    gap: var(--t-2);
    inline-size: 100%;
    padding-block: var(--t-3) var(--t-1);
    padding-inline: var(--t-3);
    font-size: var(--t-size-2);
    font-weight: 600;
    color: var(--t-text-2);
    text-align: start;
    border-radius: var(--t-radius-s);
  }
  .group .words {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .group .count {
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .group:focus-visible {
    outline-offset: -2px;
  }
  @media (forced-colors: active) {
    .search input {
      border-color: ButtonBorder;
    }
  }
`;
