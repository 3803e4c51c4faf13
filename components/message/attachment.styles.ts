import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    max-inline-size: 100%;
    color: inherit;
  }
  .picture {
    display: grid;
    position: relative;
    inline-size: 18rem;
    max-inline-size: 100%;
    aspect-ratio: var(--ratio, 4 / 3);
    max-block-size: 20rem;
    overflow: hidden;
    border-radius: var(--inner-radius, 0.875rem);
    background: color-mix(in oklab, currentcolor 8%, transparent);
    color: inherit;
  }
  .picture img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  button.picture {
    place-content: center;
    justify-items: center;
    gap: var(--t-2);
    padding: var(--t-4);
    text-align: center;
  }
  button.picture .icon {
    inline-size: 1.75rem;
    block-size: 1.75rem;
  }
  button.picture small {
    font-size: var(--t-size-1);
    overflow-wrap: anywhere;
  }
  :focus-visible {
    outline-color: currentcolor;
    outline-offset: -3px;
  }
  .card {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: var(--t-3);
    inline-size: 16rem;
    max-inline-size: 100%;
    min-block-size: 3.5rem;
    padding: var(--t-2) var(--t-3) var(--t-2) var(--t-2);
    border-radius: var(--inner-radius, 0.875rem);
    color: inherit;
    text-decoration: none;
  }
  a.card:hover .name {
    text-decoration: underline;
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    border-radius: 0.625rem;
    background: color-mix(in oklab, currentcolor 12%, transparent);
  }
  .about {
    display: grid;
  }
  .name {
    font-weight: 550;
    overflow: hidden;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
    line-height: 1.3;
  }
  .size {
    font-size: var(--t-size-1);
  }
  progress {
    appearance: none;
    inline-size: 100%;
    block-size: 4px;
    margin-block-start: 0.375rem;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    background: color-mix(in oklab, currentcolor 22%, transparent);
  }
  progress::-webkit-progress-bar {
    background: transparent;
  }
  progress::-webkit-progress-value {
    background: currentcolor;
    border-radius: 2px;
    transition: inline-size var(--t-motion);
  }
  progress::-moz-progress-bar {
    background: currentcolor;
    border-radius: 2px;
  }
  @media (forced-colors: active) {
    progress {
      forced-color-adjust: none;
      background: GrayText;
      color: Highlight;
    }
  }
`;
