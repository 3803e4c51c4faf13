import { css } from 'lit';

export const rosterStyles = css`
  .group .icon {
    inline-size: 1rem;
    block-size: 1rem;
    transition: rotate var(--t-motion);
  }
  .group[aria-expanded='false'] .icon {
    rotate: -90deg;
  }
  .group[aria-expanded='false'] .icon:dir(rtl) {
    rotate: 90deg;
  }
  .group:hover {
    color: var(--t-text);
  }
`;
