import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    position: relative;
    min-block-size: 0;
    flex: 1;
    background: var(--t-surface);
    container-type: inline-size;
  }
  /*
   * Reversed, the scroller stays at its end when something is added and keeps its place when read further up, without
   * script. Nothing of the kind of content-visibility on rows: it breaks that in Chromium.
   */
  .scroller {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column-reverse;
    overflow-x: hidden;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--t-surface-3) transparent;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
    border-radius: var(--t-radius-s);
  }
  .inner {
    flex: none;
    inline-size: 100%;
    max-inline-size: 52rem;
    margin-inline: auto;
    padding: var(--t-4) var(--t-4) var(--t-3);
  }

  /* Only messages are held on to while others come and go: the rest is redrawn in other places. */
  .inner > :not([role='article']) {
    overflow-anchor: none;
  }
  .day,
  .gap,
  .start {
    display: grid;
    justify-items: center;
    text-align: center;
    color: var(--t-text-2);
    font-size: var(--t-size-2);
  }
  .day {
    padding-block: var(--t-5) var(--t-1);
    font-weight: 500;
  }
  .unread {
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    align-items: center;
    gap: var(--t-3);
    padding-block: var(--t-4) var(--t-1);
    color: var(--t-accent-text);
    font-size: var(--t-size-2);
    font-weight: 600;
  }
  .unread::before,
  .unread::after {
    content: '';
    block-size: 1px;
    background: color-mix(in oklab, currentcolor 35%, transparent);
  }
  .gap {
    gap: var(--t-2);
    margin-block: var(--t-4);
    padding: var(--t-3);
    border-radius: 0.875rem;
    background: var(--t-surface-2);
  }
  .start {
    gap: var(--t-2);
    padding-block: var(--t-6) var(--t-3);
  }
  .start tertulia-avatar {
    --size: 4rem;
    margin-block-end: var(--t-2);
  }
  .start h3 {
    color: var(--t-text);
    font-size: var(--t-size-5);
    line-height: 1.25;
    font-weight: 650;
    letter-spacing: -0.01em;
    overflow-wrap: anywhere;
  }
  .start p {
    max-inline-size: 22rem;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .greeting {
    inline-size: fit-content;
    max-inline-size: min(34rem, 82%);
    margin-block-start: var(--t-3);
    padding: 0.625rem 0.875rem;
    border-radius: 1.125rem;
    background: var(--t-bubble-in);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .older {
    block-size: 1.5rem;
    color: var(--t-text-2);
    font-size: var(--t-size-1);
    text-align: center;
  }

  .skeletons {
    display: grid;
    gap: var(--t-2);
    /* Not for the blink of an eye. */
    animation: appear 200ms 120ms both;
  }
  .skeletons span {
    block-size: 2.5rem;
    inline-size: 58%;
    border-radius: 1.125rem;
    background: var(--t-bubble-in);
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .skeletons span:nth-child(3n) {
    justify-self: end;
    inline-size: 44%;
  }
  .skeletons span:nth-child(4n + 2) {
    inline-size: 36%;
  }
  .skeletons span:nth-child(5n) {
    block-size: 4rem;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @keyframes breathe {
    to {
      opacity: 0.5;
    }
  }

  .to-end {
    position: absolute;
    inset-block-end: var(--t-3);
    inset-inline-end: var(--t-4);
    display: flex;
    align-items: center;
    justify-content: center;
    gap: var(--t-1);
    min-inline-size: var(--t-target);
    block-size: var(--t-target);
    padding-inline: 0.625rem;
    border-radius: var(--t-radius-full);
    background: var(--t-surface);
    color: var(--t-text);
    box-shadow: var(--t-shadow-1);
    font-size: var(--t-size-2);
    font-weight: 600;
    animation: appear var(--t-motion);
  }
  .to-end.some {
    padding-inline: var(--t-3) var(--t-4);
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  @media (prefers-reduced-motion: reduce) {
    .skeletons,
    .skeletons span,
    .to-end {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .to-end {
      border: 1px solid ButtonText;
    }
  }
`;
