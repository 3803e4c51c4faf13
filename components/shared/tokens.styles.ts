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
    --t-surface: var(--tertulia-surface, light-dark(#ffffff, #17191a));
    --t-surface-2: var(--tertulia-surface-2, light-dark(#f7f5f2, #1e2122));
    --t-surface-3: light-dark(#eae7e2, #2b2f31);
    --t-text: var(--tertulia-text, light-dark(#1c1e1d, #eceae6));
    --t-text-2: light-dark(#5a605d, #a9ada9);
    --t-line: light-dark(#e6e3dd, #2f3335);
    --t-line-strong: light-dark(#84898a, #7c8381);
    --t-hover: color-mix(in oklab, var(--t-text) 7%, transparent);
    --t-bubble-in: light-dark(#f1efea, #272b2d);
    --t-danger: light-dark(#b3261e, #ffa199);
    --t-danger-soft: light-dark(#fcebe8, #3a2221);
    --t-warn-soft: light-dark(#fbf1d9, #352e1c);
    --t-on-warn: light-dark(#5a4300, #f2d58c);
    --t-ok: light-dark(#1e8449, #5fce8c);
    --t-away: light-dark(#b87400, #f0b84d);

    /* Where relative colours are not known yet, for the accent we chose ourselves. */
    --t-on-accent: var(--tertulia-on-accent, light-dark(#ffffff, #06201d));
    --t-accent-text: var(--tertulia-accent-text, light-dark(#0c5f58, #7ad9cb));
    --t-bubble-out: var(--t-accent);
    --t-on-bubble-out: var(--t-on-accent);
    --t-accent-soft: color-mix(in oklab, var(--t-accent) 11%, var(--t-surface));
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
    --t-shadow-1: 0 0 0 1px light-dark(rgb(28 30 29 / 6%), rgb(255 255 255 / 8%)), 0 1px 2px rgb(0 0 0 / 6%), 0 3px 10px rgb(0 0 0 / 7%);
    --t-shadow-2: 0 0 0 1px light-dark(rgb(28 30 29 / 7%), rgb(255 255 255 / 9%)), 0 4px 14px rgb(0 0 0 / 9%), 0 18px 48px rgb(0 0 0 / 17%);
    --t-motion: 160ms cubic-bezier(0.2, 0, 0, 1);
    --t-target: 2.75rem;
  }
  /*
   * Any accent stays legible: black or white on it by its luminance (where both have 4.5 to 1 or more), and as text at a
   * lightness that keeps 4.5 to 1 on our surfaces. In the dark, a bubble of the full accent would glare.
   */
  @supports (color: color(from red xyz-d65 x y z)) {
    :host {
      --t-on-accent: var(
        --tertulia-on-accent,
        color(from var(--t-accent) xyz-d65 clamp(0, (0.18 - y) * 9999, 0.9505) clamp(0, (0.18 - y) * 9999, 1) clamp(0, (0.18 - y) * 9999, 1.089))
      );
      --t-accent-text: var(
        --tertulia-accent-text,
        light-dark(oklch(from var(--t-accent) min(l, 0.47) c h), oklch(from var(--t-accent) max(l, 0.8) min(c, 0.13) h))
      );
      --t-bubble-out: light-dark(var(--t-accent), oklch(from var(--t-accent) min(l, 0.4) min(c, 0.09) h));
      --t-on-bubble-out: light-dark(var(--t-on-accent), #f2f5f4);
    }
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
