import { css } from 'lit';

export const messageStyles = css`
  .message {
    --inner-radius: 0.75rem;
    display: flex;
    gap: var(--t-2);
    padding-block-start: 2px;
  }
  .message.first {
    padding-block-start: var(--t-3);
  }
  .message.mine {
    justify-content: flex-end;
  }
  .side {
    align-self: flex-end;
    inline-size: 2rem;
    flex: none;
    padding-block-end: 1.25rem;
  }
  .side tertulia-avatar {
    --size: 2rem;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, auto);
    justify-items: start;
    min-inline-size: 0;
    max-inline-size: min(34rem, 82%);
  }
  .mine .stack {
    justify-items: end;
  }
  .mine .meta {
    justify-content: flex-end;
  }
  /* A phone at 200 %: the words need the room more than the picture does. */
  @container (inline-size < 18rem) {
    .stack {
      max-inline-size: 94%;
    }
  }
  .sender {
    max-inline-size: 100%;
    padding-inline: 0.875rem;
    padding-block-end: 2px;
    font-size: var(--t-size-2);
    font-weight: 600;
    color: light-dark(var(--on-light), var(--on-dark));
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  /* The corner towards the speaker is drawn in between neighbours, so that what was said in a go reads as one. */
  .bubble {
    min-inline-size: 0;
    max-inline-size: 100%;
    padding: 0.5rem 0.875rem;
    border-radius: 0.375rem 1.125rem 1.125rem 0.375rem;
    background: var(--t-bubble-in);
    color: var(--t-text);
    /* Marks stacked on a letter stay in here. */
    overflow: clip;
  }
  .mine .bubble {
    border-radius: 1.125rem 0.375rem 0.375rem 1.125rem;
    background: var(--t-bubble-out);
    color: var(--t-on-bubble-out);
  }
  .theirs .bubble:dir(rtl) {
    border-radius: 1.125rem 0.375rem 0.375rem 1.125rem;
  }
  .mine .bubble:dir(rtl) {
    border-radius: 0.375rem 1.125rem 1.125rem 0.375rem;
  }
  .theirs.first .bubble {
    border-start-start-radius: 1.125rem;
  }
  .theirs.last .bubble {
    border-end-start-radius: 1.125rem;
  }
  .mine.first .bubble {
    border-start-end-radius: 1.125rem;
  }
  .mine.last .bubble {
    border-end-end-radius: 1.125rem;
  }
  /* A large emoji has no bubble to join. */
  .theirs:has(+ .jumbo.theirs) .bubble {
    border-end-start-radius: 1.125rem;
  }
  .mine:has(+ .jumbo.mine) .bubble {
    border-end-end-radius: 1.125rem;
  }
  .jumbo.theirs + .theirs .bubble {
    border-start-start-radius: 1.125rem;
  }
  .jumbo.mine + .mine .bubble {
    border-start-end-radius: 1.125rem;
  }
  .message.files .bubble {
    padding: 0.25rem;
    border-radius: 1rem;
  }
  .files .body {
    padding: 0.375rem 0.625rem;
  }
  .message.jumbo .bubble {
    padding: 0 0.25rem;
    background: none;
    color: var(--t-text);
    font-size: 2.5rem;
    line-height: 1.2;
  }
  .body {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
    text-wrap: pretty;
  }
  .body a {
    color: inherit;
    text-decoration: underline 1px color-mix(in oklab, currentcolor 45%, transparent);
    text-underline-offset: 0.2em;
  }
  .body a:hover {
    text-decoration-color: currentcolor;
  }
  .theirs .body a {
    color: var(--t-accent-text);
  }
  .bubble :focus-visible {
    outline-color: currentcolor;
    outline-offset: 1px;
    border-radius: 3px;
  }
  .expand {
    display: block;
    min-block-size: 2rem;
    font-size: var(--t-size-2);
    font-weight: 600;
    text-decoration: underline;
    text-underline-offset: 0.18em;
  }

  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    white-space: nowrap;
    gap: 0.3rem;
    padding-inline: 0.25rem;
    font-size: var(--t-size-1);
    line-height: 1.25rem;
    color: var(--t-text-2);
    font-variant-numeric: tabular-nums;
  }
  .theirs .meta {
    padding-inline-start: 0.875rem;
  }
  .meta .icon {
    inline-size: 1rem;
    block-size: 1rem;
    stroke-width: 2;
  }
  .meta .state::before {
    content: '· ';
  }
  .meta.read .icon,
  .meta.read .state {
    color: var(--t-accent-text);
  }

  .failed .stack {
    max-inline-size: 100%;
  }
  .failed .bubble {
    max-inline-size: 34rem;
    background: var(--t-danger-soft);
    color: var(--t-text);
    box-shadow: inset 0 0 0 1px color-mix(in oklab, var(--t-danger) 45%, transparent);
  }
  .failure {
    display: grid;
    justify-items: end;
    gap: var(--t-1);
    min-inline-size: 0;
    padding-block: var(--t-1);
    font-size: var(--t-size-2);
    overflow-wrap: anywhere;
  }
  .failure p {
    display: flex;
    gap: 0.375rem;
    color: var(--t-danger);
  }
  .failure p .icon {
    inline-size: 1.125rem;
    block-size: 1.125rem;
  }
  .failure .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: var(--t-1);
  }

  .invitation {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: var(--t-2) var(--t-3);
    inline-size: 18rem;
    max-inline-size: 100%;
    padding-block: var(--t-2);
    overflow-wrap: anywhere;
  }
  .invitation .reason {
    grid-column: 1 / -1;
    color: var(--t-text-2);
  }
  .invitation .button {
    grid-column: 1 / -1;
  }

  .typing {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    inline-size: fit-content;
    margin-block-start: var(--t-3);
    padding: 0.75rem 0.875rem;
    border-radius: 1.125rem;
    background: var(--t-bubble-in);
  }
  .typing i {
    inline-size: 0.4375rem;
    block-size: 0.4375rem;
    border-radius: 50%;
    background: var(--t-text-2);
    animation: nod 1.2s ease-in-out infinite;
  }
  .typing i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .typing i:nth-child(3) {
    animation-delay: 0.3s;
  }
  @keyframes nod {
    0%,
    60%,
    100% {
      opacity: 0.4;
    }
    30% {
      opacity: 1;
      transform: translateY(-2px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .typing i {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .message:not(.jumbo) .bubble,
    .typing {
      border: 1px solid CanvasText;
    }
    .message.mine:not(.jumbo) .bubble {
      border-width: 2px;
    }
  }
`;
