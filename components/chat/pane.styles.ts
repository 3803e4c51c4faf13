import { css } from 'lit';

/** A conversation's frame: header, what is said, composer. Chat and room have the same. */
export const pane = css`
  :host {
    display: flex;
    flex-direction: column;
    position: relative;
    block-size: 100%;
    min-block-size: 0;
    overflow: hidden;
    background: var(--t-surface);
    container-type: inline-size;
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--t-3);
    flex: none;
    min-block-size: 4rem;
    padding-block: max(var(--t-2), env(safe-area-inset-top, 0px)) var(--t-2);
    padding-inline: max(var(--t-4), env(safe-area-inset-left, 0px)) max(var(--t-2), env(safe-area-inset-right, 0px));
    border-block-end: 1px solid var(--t-line);
    background: var(--t-surface);
  }
  header tertulia-avatar {
    --size: 2.5rem;
  }
  ::slotted([slot='start']) {
    margin-inline-start: calc(-1 * var(--t-2));
  }
  .who {
    flex: 1;
    min-inline-size: 0;
  }
  .who [dir='auto'] {
    text-align: -webkit-match-parent;
    text-align: match-parent;
  }
  .who h2 {
    font-size: 1.0625rem;
    line-height: 1.3;
    font-weight: 650;
    letter-spacing: -0.005em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who p {
    font-size: var(--t-size-2);
    line-height: 1.35;
    color: var(--t-text-2);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who p.typing {
    color: var(--t-accent-text);
  }
  .end {
    display: flex;
    flex: none;
  }
  .drop {
    position: absolute;
    inset: var(--t-2);
    z-index: 3;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--t-2);
    border: 2px dashed var(--t-accent-text);
    border-radius: var(--t-radius);
    background: color-mix(in oklab, var(--t-accent-soft) 94%, transparent);
    color: var(--t-accent-text);
    font-weight: 600;
    pointer-events: none;
  }
`;
