import { css } from 'lit';

export const messengerStyles = css`
  :host {
    display: block;
    container: messenger / inline-size;
    block-size: 100%;
    min-block-size: 0;
    overflow: hidden;
    background: var(--t-surface);
  }
  .app {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto minmax(0, 1fr) auto;
    grid-template-areas: 'strip' 'pane' 'nav';
    block-size: 100%;
    min-block-size: 0;
  }
  .strips {
    grid-area: strip;
  }
  .list {
    grid-area: pane;
    position: relative;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .list > :not(tertulia-status) {
    flex: 1;
  }
  /* At the foot of the list, where it covers neither its name nor what can be done. */
  .list > tertulia-status {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 4rem;
  }
  .main,
  .aside {
    grid-area: pane;
    display: grid;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--t-surface);
  }
  .main:focus,
  .aside:focus {
    outline: none;
  }

  nav {
    grid-area: nav;
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    align-items: center;
    justify-items: center;
    padding-block: var(--t-1) calc(var(--t-1) + env(safe-area-inset-bottom));
    padding-inline: var(--t-2);
    border-block-start: 1px solid var(--t-line);
    background: var(--t-surface);
  }
  nav .tabs {
    display: contents;
  }
  .tab {
    position: relative;
    display: grid;
    justify-items: center;
    gap: 0.125rem;
    inline-size: 100%;
    min-block-size: 3.25rem;
    padding-block: var(--t-1);
    border-radius: 0.75rem;
    color: var(--t-text-2);
    font-size: var(--t-size-1);
    font-weight: 550;
    line-height: 1.2;
    text-align: center;
    text-decoration: none;
  }
  .tab .pill {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 3.25rem;
    block-size: 1.875rem;
    border-radius: var(--t-radius-full);
    transition: background-color var(--t-motion);
  }
  .tab:hover .pill {
    background: var(--t-hover);
  }
  .tab[aria-current] {
    color: var(--t-accent-text);
  }
  .tab[aria-current] .pill {
    background: var(--t-accent-soft);
  }
  .tab .words {
    max-inline-size: 100%;
    overflow-wrap: anywhere;
  }
  .badge {
    position: absolute;
    inset-block-start: -0.125rem;
    inset-inline-start: calc(50% + 0.25rem);
    min-inline-size: 1.125rem;
    padding-inline: 0.3125rem;
    border-radius: var(--t-radius-full);
    background: var(--t-accent);
    color: var(--t-on-accent);
    box-shadow: 0 0 0 2px var(--t-surface);
    font-size: 0.6875rem;
    font-weight: 700;
    line-height: 1.125rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }

  .strip {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 0 var(--t-2);
    padding-block: var(--t-1);
    padding-inline: var(--t-4);
    background: var(--t-warn-soft);
    color: var(--t-on-warn);
    font-size: var(--t-size-2);
    text-align: center;
  }
  .strip strong {
    font-weight: 600;
  }
  .strip.news {
    background: var(--t-accent-soft);
    color: var(--t-text);
  }
  .strip .button {
    min-block-size: 2rem;
    padding: 0 var(--t-2);
    font-size: inherit;
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  .nothing-open {
    display: none;
  }
  .sign-in {
    display: grid;
    block-size: 100%;
    align-items: safe center;
    justify-items: center;
    padding: var(--t-5) var(--t-4);
    overflow: hidden auto;
    background: var(--t-surface-2);
  }
  .card {
    inline-size: min(24rem, 100%);
    padding: var(--t-6) var(--t-5);
    border-radius: calc(var(--t-radius) + var(--t-1));
    background: var(--t-surface);
    box-shadow: var(--t-shadow-1);
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 3.5rem;
    block-size: 3.5rem;
    margin-block-end: var(--t-4);
    border-radius: 1.125rem;
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  .mark .icon {
    inline-size: 2rem;
    block-size: 2rem;
  }
  .loading {
    flex: 1;
    padding: var(--t-7) var(--t-1) 0;
    overflow: hidden;
  }

  /* One pane on a phone: what is open covers the list and its tabs. */
  @container messenger (max-width: 43.99rem) {
    .sign-in {
      align-items: start;
      padding: var(--t-5) 0;
      background: var(--t-surface);
    }
    .card {
      inline-size: 100%;
      box-shadow: none;
    }
    .app.open .list,
    .app.open nav,
    .app.details .main {
      display: none;
    }
    .app.open {
      grid-template-areas: 'strip' 'pane' 'pane';
    }
  }
  @container messenger (min-width: 44rem) {
    .app {
      grid-template-columns: 4.75rem minmax(16rem, 21rem) minmax(0, 1fr);
      grid-template-rows: auto minmax(0, 1fr);
      grid-template-areas: 'strip strip strip' 'nav list main';
    }
    .list {
      grid-area: list;
      border-inline-end: 1px solid var(--t-line);
    }
    .main {
      grid-area: main;
    }
    .aside {
      grid-area: main;
      z-index: 1;
    }
    nav {
      grid-auto-flow: row;
      grid-auto-columns: auto;
      grid-auto-rows: auto;
      align-content: start;
      gap: var(--t-2);
      padding: var(--t-3) var(--t-1);
      border-block-start: 0;
      border-inline-end: 1px solid var(--t-line);
      background: var(--t-surface-2);
      --t-avatar-ring: var(--t-surface-2);
    }
    nav .badge {
      box-shadow: 0 0 0 2px var(--t-surface-2);
    }
    nav tertulia-own-presence {
      margin-block-start: auto;
    }
    nav {
      grid-template-rows: auto auto auto 1fr;
      align-content: stretch;
    }
    nav tertulia-own-presence {
      align-self: end;
    }
    .nothing-open {
      display: grid;
      place-items: center;
      grid-area: main;
      background: var(--t-surface-2);
    }
    .back {
      display: none;
    }
  }
  @container messenger (min-width: 68rem) {
    .app.details {
      grid-template-columns: 4.75rem minmax(16rem, 21rem) minmax(0, 1fr) 19rem;
      grid-template-areas: 'strip strip strip strip' 'nav list main aside';
    }
    .aside {
      grid-area: aside;
      border-inline-start: 1px solid var(--t-line);
    }
  }
  @media (forced-colors: active) {
    .tab[aria-current] .pill {
      outline: 2px solid Highlight;
    }
    .badge {
      border: 1px solid CanvasText;
    }
  }
`;
