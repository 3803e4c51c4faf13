import { css } from 'lit';

export const ownPresenceStyles = css`
  :host {
    display: inline-block;
  }
  .trigger {
    display: grid;
    place-items: center;
    inline-size: var(--t-target);
    block-size: var(--t-target);
    border-radius: var(--t-radius-full);
  }
  .trigger:hover {
    background: var(--t-hover);
  }
  .trigger tertulia-avatar {
    --size: 2.25rem;
  }
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    inline-size: min(20rem, 100vi - 2 * var(--t-2));
    padding: var(--t-4);
    border: 1px solid var(--t-line);
    border-radius: var(--t-radius);
    background: var(--t-surface);
    color: var(--t-text);
    box-shadow: var(--t-shadow-2);
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  [popover]:popover-open {
    animation: appear var(--t-motion);
  }
  @keyframes appear {
    from {
      opacity: 0;
      translate: 0 -0.25rem;
    }
  }
  .form {
    gap: var(--t-4);
  }
  .me {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--t-3);
    align-items: center;
  }
  .me tertulia-avatar {
    --size: 3rem;
  }
  .name {
    font-weight: 600;
    font-size: var(--t-size-4);
    line-height: 1.3;
  }
  .name,
  .jid {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .jid {
    font-size: var(--t-size-2);
    color: var(--t-text-2);
  }
  .choice {
    display: flex;
    align-items: center;
    gap: var(--t-3);
    min-block-size: 2.5rem;
    padding-inline: var(--t-3);
    border-radius: 0.75rem;
    cursor: pointer;
  }
  .choice:hover {
    background: var(--t-hover);
  }
  .choice:has(:checked) {
    background: var(--t-accent-soft);
    font-weight: 600;
  }
  .choice:has(:focus-visible),
  .segments label:has(:focus-visible) {
    outline: 2px solid var(--t-focus);
    outline-offset: -2px;
  }
  .choice input,
  .segments input {
    position: absolute;
    opacity: 0;
    pointer-events: none;
  }
  .choice .icon {
    margin-inline-start: auto;
    inline-size: 1.125rem;
    block-size: 1.125rem;
    color: var(--t-accent-text);
    visibility: hidden;
  }
  .choice:has(:checked) .icon {
    visibility: visible;
  }
  .dot {
    flex: none;
    inline-size: 0.625rem;
    block-size: 0.625rem;
    border-radius: 50%;
    background: var(--t-ok);
  }
  .dot.away {
    background: var(--t-away);
  }
  .dot.dnd {
    background: var(--t-danger);
  }
  .dot.invisible {
    background: none;
    box-shadow: inset 0 0 0 2px var(--t-line-strong);
  }
  fieldset {
    position: relative;
    gap: 0.125rem;
  }
  .segments {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    padding: 0.1875rem;
    border-radius: var(--t-radius-full);
    background: var(--t-surface-3);
  }
  .segments label {
    display: grid;
    place-items: center;
    min-block-size: 2.25rem;
    padding-inline: var(--t-2);
    border-radius: var(--t-radius-full);
    font-size: var(--t-size-2);
    text-align: center;
    cursor: pointer;
  }
  .segments label:has(:checked) {
    background: var(--t-surface);
    box-shadow: var(--t-shadow-1);
    font-weight: 600;
  }
  hr {
    inline-size: 100%;
    block-size: 1px;
    margin: 0;
    border: 0;
    background: var(--t-line);
  }
  @media (forced-colors: active) {
    .choice:has(:checked),
    .segments label:has(:checked) {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .dot {
      border: 1px solid CanvasText;
    }
  }
`;
