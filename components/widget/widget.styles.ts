import { css } from 'lit';

export const styles = css`
  :host {
    display: contents;
  }
  /* As large as the window, so that the panel can ask its own container how much room there is; and not in the way. */
  .place {
    position: fixed;
    inset: 0;
    z-index: var(--tertulia-z-index, 2147483000);
    container: place / size;
    pointer-events: none;
    overflow: clip;
  }
  .launcher,
  .panel {
    pointer-events: auto;
    position: absolute;
    inset-inline-end: calc(var(--tertulia-offset, 1.25rem) + env(safe-area-inset-right, 0px));
  }
  .place.start .launcher,
  .place.start .panel {
    inset-inline: calc(var(--tertulia-offset, 1.25rem) + env(safe-area-inset-left, 0px)) auto;
  }
  .launcher {
    inset-block-end: calc(var(--tertulia-offset, 1.25rem) + env(safe-area-inset-bottom, 0px));
    display: grid;
    place-items: center;
    inline-size: 3.5rem;
    block-size: 3.5rem;
    border-radius: 50%;
    background: var(--t-accent);
    color: var(--t-on-accent);
    box-shadow: var(--t-shadow-2);
    transition: transform var(--t-motion);
  }
  .launcher:hover {
    transform: translateY(-2px);
  }
  .launcher:active {
    transform: scale(0.96);
  }
  .launcher:focus-visible {
    outline-offset: 3px;
  }
  .launcher .icon {
    inline-size: 1.75rem;
    block-size: 1.75rem;
  }
  .badge {
    position: absolute;
    inset-block-start: -0.25rem;
    inset-inline-end: -0.25rem;
    min-inline-size: 1.375rem;
    block-size: 1.375rem;
    padding-inline: 0.375rem;
    border-radius: 0.6875rem;
    background: #b3261e;
    color: #fff;
    font-size: var(--t-size-1);
    font-weight: 650;
    line-height: 1.375rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .panel {
    inset-block-end: calc(var(--tertulia-offset, 1.25rem) + 4.5rem + env(safe-area-inset-bottom, 0px));
    inline-size: min(25rem, 100cqi - 2.5rem);
    block-size: min(42.5rem, 100cqb - 8rem);
    overflow: hidden;
    border-radius: var(--t-radius);
    background: var(--t-surface);
    box-shadow: var(--t-shadow-2);
    animation: rise var(--t-motion);
  }
  .panel[hidden] {
    display: none;
  }
  .edge {
    position: absolute;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(12px);
    }
  }
  @container place (inline-size < 30.0625rem) or (block-size < 30.0625rem) {
    .panel,
    .place.start .panel {
      inset: 0;
      inline-size: auto;
      block-size: auto;
      border-radius: 0;
    }
    .place.open .launcher {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .panel {
      animation: none;
    }
    .launcher {
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .launcher,
    .panel {
      border: 1px solid ButtonText;
    }
  }
  @media print {
    .place {
      display: none;
    }
  }
`;
