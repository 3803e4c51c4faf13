import { css } from 'lit';

export const menuStyles = css`
  :host {
    display: inline-block;
  }
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    min-inline-size: 12rem;
    max-inline-size: min(20rem, 100vi - 2 * var(--t-2));
    padding: var(--t-1);
    border: 1px solid var(--t-line);
    border-radius: calc(var(--t-radius-s) + var(--t-1));
    background: var(--t-surface);
    color: var(--t-text);
    box-shadow: var(--t-shadow-2);
    overflow: hidden auto;
    overscroll-behavior: contain;
    /* Its button may be out of reach (see row.styles.ts), and that is inherited. */
    pointer-events: auto;
  }
  [popover]:popover-open {
    animation: appear var(--t-motion);
  }
  @keyframes appear {
    from {
      opacity: 0;
      translate: 0 -0.25rem;
    }
  }
  .item {
    display: flex;
    align-items: center;
    gap: var(--t-3);
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding: var(--t-2) var(--t-3);
    border-radius: var(--t-radius-s);
    text-align: start;
    font-size: var(--t-size-3);
    font-weight: 400;
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .item {
      min-block-size: var(--t-target);
    }
  }
  .item:hover,
  .item:focus-visible {
    background: var(--t-hover);
  }
  .item:focus-visible {
    outline-offset: -2px;
  }
  .item .icon {
    flex: none;
    color: var(--t-text-2);
  }
  .item.danger,
  .item.danger .icon {
    color: var(--t-danger);
  }
  .item .tick {
    margin-inline-start: auto;
    color: var(--t-accent-text);
  }
  .item[aria-checked='false'] .tick {
    visibility: hidden;
  }
  hr {
    block-size: 1px;
    margin: var(--t-1) var(--t-3);
    border: 0;
    background: var(--t-line);
  }
  @media (forced-colors: active) {
    .item:hover,
    .item:focus-visible {
      outline: 2px solid Highlight;
    }
    hr {
      background: CanvasText;
    }
  }
`;
