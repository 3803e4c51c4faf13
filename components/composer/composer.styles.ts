import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    flex: none;
    background: var(--t-surface);
    padding-inline: max(var(--t-3), env(safe-area-inset-left, 0px)) max(var(--t-3), env(safe-area-inset-right, 0px));
    padding-block: var(--t-2) max(var(--t-3), env(safe-area-inset-bottom, 0px));
  }
  form {
    max-inline-size: 50rem;
    margin-inline: auto;
  }
  .box {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: end;
    border: 1px solid var(--t-line);
    border-radius: 1.5rem;
    background: var(--t-surface-2);
    transition:
      border-color var(--t-motion),
      background-color var(--t-motion);
  }
  .box:focus-within {
    border-color: var(--t-line-strong);
    background: var(--t-surface);
  }
  .box:has(textarea:focus-visible) {
    outline: 2px solid var(--t-focus);
    outline-offset: -1px;
    border-color: transparent;
  }
  textarea {
    display: block;
    inline-size: 100%;
    min-block-size: 2.875rem;
    max-block-size: min(10rem, 30vh);
    padding: 0.6875rem var(--t-1);
    border: 0;
    margin: 0;
    background: none;
    resize: none;
    outline: none;
    font-size: max(1rem, 16px);
    line-height: 1.5;
    overflow-y: auto;
    scrollbar-width: thin;
    field-sizing: content;
  }
  /* The box around it shows the focus. */
  textarea:focus-visible {
    outline: none;
  }
  textarea::placeholder {
    color: var(--t-text-2);
    opacity: 1;
  }
  .icon-button {
    margin: 1px;
  }
  .send:enabled {
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  .send:enabled:hover {
    background: color-mix(in oklab, var(--t-accent) 90%, var(--t-text));
    color: var(--t-on-accent);
  }
  .send {
    inline-size: 2.375rem;
    block-size: 2.375rem;
    margin: 0.25rem;
    position: relative;
  }
  /* The target is larger than the mark. */
  .send::after {
    content: '';
    position: absolute;
    inset: -0.25rem;
  }
  .send .icon {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: var(--t-2);
    padding: 0 0 var(--t-2);
  }
  .file {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: var(--t-2);
    max-inline-size: min(18rem, 100%);
    padding: var(--t-1);
    border-radius: 0.875rem;
    background: var(--t-surface-2);
    border: 1px solid var(--t-line);
  }
  .file img,
  .file .mark {
    display: grid;
    place-items: center;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    border-radius: 0.625rem;
    object-fit: cover;
    background: var(--t-surface-3);
    color: var(--t-text-2);
  }
  .file .name {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--t-size-2);
    font-weight: 550;
  }
  .file .size {
    font-size: var(--t-size-1);
    color: var(--t-text-2);
  }
  .error {
    margin-block-end: var(--t-2);
  }
  @media (forced-colors: active) {
    .box .icon-button {
      border-color: transparent;
    }
    .box .send:enabled {
      border: 2px solid ButtonText;
    }
  }
`;
