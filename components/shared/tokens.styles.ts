import { css } from 'lit';

/**
 * The design tokens, set once by `<tertulia-session>` and inherited by everything in it.
 *
 * `--tertulia-*` are the site owner's to set (documented in docs/theming.md); `--t-*` are derived from them and private.
 * One type scale (1.2, base 15 px of the root's 16), one spacing scale (4 px), three radii, two shadows, one motion.
 * Colours come in pairs through `light-dark()`; which of a pair is drawn follows `color-scheme`.
 */
export const tokens = css`
  :host {
    --t-accent: var(--tertulia-accent, light-dark(#0f6e6a, #5cc9bd));
    --t-on-accent: var(--tertulia-on-accent, light-dark(#ffffff, #06201e));
    --t-accent-text: var(--tertulia-accent-text, light-dark(#0b5c58, #7ad9ce));
    --t-accent-soft: color-mix(in oklab, var(--t-accent) 12%, var(--t-surface));

    --t-surface: var(--tertulia-surface, light-dark(#ffffff, #16191c));
    --t-surface-2: var(--tertulia-surface-2, light-dark(#f5f6f5, #1d2125));
    --t-surface-3: light-dark(#e9ebea, #282d32);
    --t-text: var(--tertulia-text, light-dark(#17201f, #e8eceb));
    --t-text-2: light-dark(#55605e, #a3adab);
    --t-line: light-dark(#dfe3e2, #31373c);
    --t-line-strong: light-dark(#80908d, #77848a);
    --t-bubble-in: light-dark(#eef1f0, #262b30);
    --t-danger: light-dark(#b3261e, #ff9d94);
    --t-danger-soft: light-dark(#fbeae8, #3a2120);
    --t-warn-soft: light-dark(#fdf3dc, #352d1b);
    --t-ok: light-dark(#1e7f45, #6bd394);
    --t-away: light-dark(#a86a00, #f0b84d);
    --t-focus: var(--t-accent-text);

    --t-font: var(--tertulia-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif);
    --t-size-1: 0.75rem;
    --t-size-2: 0.8125rem;
    --t-size-3: 0.9375rem;
    --t-size-4: 1.125rem;
    --t-size-5: 1.375rem;
    --t-leading: 1.45;

    --t-1: 0.25rem;
    --t-2: 0.5rem;
    --t-3: 0.75rem;
    --t-4: 1rem;
    --t-5: 1.5rem;
    --t-6: 2rem;
    --t-7: 3rem;

    --t-radius-s: 0.5rem;
    --t-radius: var(--tertulia-radius, 1rem);
    --t-radius-full: 999px;
    --t-shadow-1: 0 1px 2px rgb(0 0 0 / 8%), 0 2px 8px rgb(0 0 0 / 6%);
    --t-shadow-2: 0 4px 12px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 18%);
    --t-motion: 160ms cubic-bezier(0.2, 0, 0, 1);
    --t-target: 2.75rem;
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --t-motion: 0ms;
    }
  }
`;

/** What every element of ours starts from: box sizing, text, focus ring, and controls that look like nothing yet. */
export const base = css`
  :host {
    font: var(--t-size-3) / var(--t-leading) var(--t-font);
    color: var(--t-text);
    text-align: start;
    -webkit-text-size-adjust: 100%;
  }
  :host([hidden]) {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
    opacity: 0.55;
  }
  :focus-visible {
    outline: 2px solid var(--t-focus);
    outline-offset: 2px;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
