import { css } from 'lit';

export const dialogStyles = css`
  :host {
    display: contents;
  }
  dialog {
    inline-size: min(28rem, 100vi - 2 * var(--t-4));
    max-block-size: min(44rem, 100dvb - 2 * var(--t-4));
    padding: 0;
    border: 1px solid var(--t-line);
    border-radius: var(--t-radius);
    background: var(--t-surface);
    color: var(--t-text);
    box-shadow: var(--t-shadow-2);
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  dialog[open] {
    animation: rise var(--t-motion);
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 0.5rem;
    }
  }
  header {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: var(--t-2);
    padding-block: var(--t-3) var(--t-2);
    padding-inline: var(--t-5) var(--t-2);
    background: var(--t-surface);
  }
  h2 {
    flex: 1;
    min-inline-size: 0;
    font-size: var(--t-size-4);
    line-height: 1.3;
    overflow-wrap: anywhere;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  h2:focus {
    outline: none;
  }
  .body {
    padding: var(--t-1) var(--t-5) calc(var(--t-5) + env(safe-area-inset-bottom));
  }
  /* A sheet that rises from the foot of a phone: thumbs reach it. The dialog stands in the top layer, so its measure is the frame's. */
  @media (max-width: 30rem) {
    dialog {
      inline-size: 100vi;
      max-inline-size: 100vi;
      max-block-size: calc(100dvb - var(--t-6));
      margin-block: auto 0;
      margin-inline: 0;
      border-inline: 0;
      border-block-end: 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }
    .body {
      padding-inline: var(--t-4);
    }
    header {
      padding-inline-start: var(--t-4);
    }
  }
`;
