import { css } from 'lit';

export const roomStyles = css`
  :host {
    display: block;
    container: room / inline-size;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--t-surface);
  }
  .panes {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    block-size: 100%;
    min-block-size: 0;
    position: relative;
  }
  .main {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }
  tertulia-message-list,
  tertulia-room-refusal:not([foot]) {
    flex: 1;
    min-block-size: 0;
  }
  .tools {
    display: flex;
    align-items: center;
  }
  .count {
    inline-size: auto;
    min-inline-size: var(--t-target);
    padding-inline: var(--t-2);
    grid-auto-flow: column;
    gap: var(--t-1);
    font-size: var(--t-size-2);
    font-variant-numeric: tabular-nums;
  }
  .joining {
    display: grid;
    align-content: end;
    flex: 1;
    padding: var(--t-4);
  }
  .notice {
    margin: 0 var(--t-3) calc(var(--t-3) + env(safe-area-inset-bottom));
    text-align: center;
    font-size: var(--t-size-2);
    color: var(--t-text-2);
  }
  .left {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: var(--t-2) var(--t-3);
  }
  /* Over the conversation where there is no room beside it. */
  tertulia-participants {
    position: absolute;
    inset: 0;
    z-index: 2;
  }
  @container room (min-width: 46rem) {
    .panes.with-aside {
      grid-template-columns: minmax(0, 1fr) 17.5rem;
    }
    tertulia-participants {
      position: static;
      border-inline-start: 1px solid var(--t-line);
    }
  }
`;
