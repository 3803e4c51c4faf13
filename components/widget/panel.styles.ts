import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    position: relative;
    block-size: 100%;
    min-block-size: 0;
    overflow: hidden;
    background: var(--t-surface);
  }
  [role='dialog'] {
    display: flex;
    flex-direction: column;
    position: absolute;
    inset: 0 0 var(--t-keyboard, 0px);
    outline: none;
  }
  tertulia-chat,
  tertulia-room,
  tertulia-messenger {
    flex: 1;
    min-block-size: 0;
  }
  .note {
    display: flex;
    align-items: center;
    gap: var(--t-2);
    margin-inline: var(--t-3);
    padding: var(--t-2) var(--t-3);
    border-radius: 0.75rem;
    background: var(--t-surface-2);
    color: var(--t-text-2);
    font-size: var(--t-size-2);
    line-height: 1.35;
  }
  .note .icon {
    inline-size: 1.125rem;
    block-size: 1.125rem;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: var(--t-2);
    flex: none;
    min-block-size: 4rem;
    padding-block: max(var(--t-2), env(safe-area-inset-top, 0px)) var(--t-2);
    padding-inline: var(--t-5) var(--t-2);
    border-block-end: 1px solid var(--t-line);
  }
  .bar h2 {
    flex: 1;
    min-inline-size: 0;
    font-size: 1.0625rem;
    line-height: 1.3;
    font-weight: 650;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .page {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    display: grid;
    align-content: safe center;
    justify-items: center;
    padding: var(--t-5);
    padding-block-end: max(var(--t-5), env(safe-area-inset-bottom, 0px));
  }
  .page > tertulia-sign-in {
    inline-size: min(22rem, 100%);
  }
  .words {
    display: grid;
    justify-items: center;
    gap: var(--t-2);
    max-inline-size: 20rem;
    text-align: center;
  }
  .words .mark {
    display: grid;
    place-items: center;
    inline-size: 3.5rem;
    block-size: 3.5rem;
    margin-block-end: var(--t-2);
    border-radius: 50%;
    background: var(--t-accent-soft);
    color: var(--t-accent-text);
  }
  .words.bad .mark {
    background: var(--t-danger-soft);
    color: var(--t-danger);
  }
  .words h3 {
    font-size: var(--t-size-4);
    line-height: 1.3;
    font-weight: 650;
  }
  .words p {
    color: var(--t-text-2);
    text-wrap: pretty;
  }
  .words .button {
    margin-block-start: var(--t-3);
  }
`;
