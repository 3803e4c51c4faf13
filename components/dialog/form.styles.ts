import { css } from 'lit';

/** Fields and buttons, the same in every form, dialog and bar. */
export const form = css`
  .form {
    display: grid;
    gap: var(--t-4);
  }
  .field {
    display: grid;
    gap: var(--t-1);
    min-inline-size: 0;
  }
  .field > label,
  .field > .label,
  legend {
    font-size: var(--t-size-2);
    font-weight: 600;
    padding: 0;
  }
  .field input,
  .field select,
  .field textarea {
    inline-size: 100%;
    min-block-size: var(--t-target);
    padding: var(--t-2) var(--t-3);
    /* 16 px keeps iOS from zooming into the page. */
    font-size: max(1rem, 16px);
    background: var(--t-surface);
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius-s);
    text-overflow: ellipsis;
  }
  .field textarea {
    resize: vertical;
  }
  .field input:focus-visible,
  .field select:focus-visible,
  .field textarea:focus-visible {
    outline-offset: 0;
    border-color: var(--t-focus);
  }
  .field input[aria-invalid='true'] {
    border-color: var(--t-danger);
  }
  ::placeholder {
    color: var(--t-text-2);
    opacity: 1;
  }
  .hint {
    font-size: var(--t-size-2);
    color: var(--t-text-2);
    overflow-wrap: anywhere;
  }
  .error {
    font-size: var(--t-size-2);
    color: var(--t-danger);
    overflow-wrap: anywhere;
  }
  .notice {
    padding: var(--t-3) var(--t-4);
    border-radius: var(--t-radius-s);
    background: var(--t-surface-2);
    overflow-wrap: anywhere;
  }
  .notice.bad {
    background: var(--t-danger-soft);
    color: var(--t-danger);
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--t-3);
    min-block-size: var(--t-target);
    cursor: pointer;
  }
  .check input {
    flex: none;
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin: 0;
    accent-color: var(--t-accent);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: var(--t-2);
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--t-2);
    min-block-size: var(--t-target);
    padding: var(--t-2) var(--t-4);
    border-radius: var(--t-radius-full);
    background: var(--t-surface-3);
    font-weight: 600;
    text-align: center;
    transition: background-color var(--t-motion);
  }
  .button:hover:not(:disabled) {
    background: color-mix(in oklab, var(--t-surface-3), var(--t-text) 8%);
  }
  .button.primary {
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  .button.primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--t-accent), var(--t-text) 14%);
  }
  .button.danger {
    background: var(--t-danger);
    color: var(--t-surface);
  }
  .button.danger:hover:not(:disabled) {
    background: color-mix(in oklab, var(--t-danger), var(--t-text) 14%);
  }
  .button.quiet {
    background: none;
    color: var(--t-accent-text);
  }
  .button.quiet:hover:not(:disabled) {
    background: var(--t-accent-soft);
  }
  .button.small {
    min-block-size: 2.25rem;
    padding: var(--t-1) var(--t-3);
    font-size: var(--t-size-2);
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    flex: none;
    inline-size: var(--t-target);
    block-size: var(--t-target);
    border-radius: var(--t-radius-full);
    color: var(--t-text-2);
    transition: background-color var(--t-motion);
  }
  .icon-button:hover:not(:disabled),
  .icon-button[aria-expanded='true'] {
    background: var(--t-surface-3);
    color: var(--t-text);
  }
  @media (forced-colors: active) {
    .button,
    .icon-button {
      border: 1px solid ButtonBorder;
    }
  }
`;
