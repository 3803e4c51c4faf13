import { css } from 'lit';

/** What a room has beside the frame of every conversation (`pane`). */
export const roomStyles = css`
  :host {
    flex-direction: row;
    container-name: room;
  }
  .main {
    flex: 1;
    display: flex;
    flex-direction: column;
    position: relative;
    min-block-size: 0;
    min-inline-size: 0;
  }
  tertulia-message-list,
  tertulia-room-refusal:not([foot]),
  .joining {
    flex: 1;
    min-block-size: 0;
  }
  .joining {
    display: grid;
    align-content: end;
    padding: var(--t-4);
    overflow: hidden;
  }
  .count {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    inline-size: auto;
    min-inline-size: var(--t-target);
    padding-inline: var(--t-3);
    gap: var(--t-1);
    font-size: var(--t-size-2);
    font-variant-numeric: tabular-nums;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: var(--t-2) var(--t-3);
    margin: 0;
    padding-block: var(--t-3) calc(var(--t-3) + env(safe-area-inset-bottom, 0px));
    padding-inline: var(--t-4);
    border-block-start: 1px solid var(--t-line);
    background: var(--t-surface-2);
    font-size: var(--t-size-2);
    color: var(--t-text-2);
    text-align: center;
  }
  /* Over the conversation where there is no room beside it. */
  tertulia-participants {
    position: absolute;
    inset: 0;
    z-index: 3;
  }
  @container room (min-width: 46rem) {
    tertulia-participants {
      position: static;
      flex: none;
      inline-size: 18rem;
      border-inline-start: 1px solid var(--t-line);
    }
  }
`;
