import { css } from 'lit';

/**
 * Buttons and fields, one look for all views. `.button` (with `.primary`, `.danger` or `.quiet`), `.icon-button`,
 * `.field` around a label and its control. Targets are 44 px, inputs 16 px so that iOS does not zoom.
 */
export const controls = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--t-2);
    min-block-size: var(--t-target);
    padding: var(--t-2) var(--t-4);
    border-radius: var(--t-radius-full);
    border: 1px solid var(--t-line-strong);
    background: var(--t-surface);
    font-weight: 550;
    text-align: center;
    color: inherit;
    text-decoration: none;
    transition:
      background-color var(--t-motion),
      border-color var(--t-motion);
  }
  .button:hover:enabled {
    background: var(--t-surface-2);
  }
  .button.primary {
    border-color: transparent;
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  .button.primary:hover:enabled {
    background: color-mix(in oklab, var(--t-accent) 90%, var(--t-text));
  }
  .button.danger {
    border-color: currentcolor;
    color: var(--t-danger);
  }
  .button.quiet {
    border-color: transparent;
    background: none;
    color: var(--t-accent-text);
  }
  .button.quiet:hover:enabled {
    background: var(--t-hover);
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
    transition:
      background-color var(--t-motion),
      color var(--t-motion);
  }
  .icon-button:hover:enabled {
    background: var(--t-hover);
    color: var(--t-text);
  }

  .field {
    display: grid;
    gap: 0.375rem;
  }
  .field > label,
  .field > .label {
    font-size: var(--t-size-2);
    font-weight: 550;
  }
  .field .hint {
    font-size: var(--t-size-2);
    color: var(--t-text-2);
  }
  .input {
    inline-size: 100%;
    min-block-size: var(--t-target);
    padding: var(--t-2) var(--t-3);
    border: 1px solid var(--t-line-strong);
    border-radius: 0.75rem;
    background: var(--t-surface);
    font-size: max(1rem, 16px);
    transition: border-color var(--t-motion);
  }
  .input::placeholder {
    color: var(--t-text-2);
    opacity: 1;
  }
  .input:focus-visible {
    outline-offset: -1px;
    border-color: var(--t-focus);
  }
  .input[aria-invalid='true'] {
    border-color: var(--t-danger);
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--t-2);
    min-block-size: var(--t-target);
    cursor: pointer;
  }
  .check input {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin: 0;
    accent-color: var(--t-accent);
  }
  .error {
    display: flex;
    gap: var(--t-2);
    padding: var(--t-3);
    border-radius: 0.75rem;
    background: var(--t-danger-soft);
    color: var(--t-danger);
    font-size: var(--t-size-2);
  }
  @media (forced-colors: active) {
    .button,
    .button.primary,
    .button.quiet,
    .icon-button {
      border: 1px solid ButtonText;
    }
  }
`;
