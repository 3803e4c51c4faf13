import { css } from 'lit';
import { iconStyles } from '../icon/icon.js';
import { controls } from '../shared/controls.styles.js';

/** How fields and buttons stand together in the messenger's forms; what each looks like is `controls`. */
export const form = [
  iconStyles,
  controls,
  css`
    /* What somebody wrote is read in its own direction, and yet stands where everything stands. */
    [dir='auto']:not(input, textarea) {
      text-align: -webkit-match-parent;
      text-align: match-parent;
    }
    .form {
      display: grid;
      gap: var(--t-4);
    }
    .field {
      min-inline-size: 0;
    }
    .field .bad,
    .bad {
      font-size: var(--t-size-2);
      color: var(--t-danger);
      overflow-wrap: anywhere;
    }
    .hint {
      overflow-wrap: anywhere;
    }
    .notice {
      padding: var(--t-3) var(--t-4);
      border-radius: 0.75rem;
      background: var(--t-surface-2);
      overflow-wrap: anywhere;
    }
    fieldset {
      display: grid;
      gap: var(--t-1);
      min-inline-size: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      margin-block-end: var(--t-1);
      font-size: var(--t-size-2);
      font-weight: 550;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: flex-end;
      gap: var(--t-2);
    }
    .icon-button[aria-expanded='true'] {
      background: var(--t-hover);
      color: var(--t-text);
    }
    .button .icon {
      inline-size: 1.25rem;
      block-size: 1.25rem;
    }
  `,
];
