import { css, svg, html, type TemplateResult, type SVGTemplateResult } from 'lit';

// One hand: a 24 grid, strokes of 1.75, round ends. Drawn for Tertulia.
const shapes = {
  chat: svg`<path d="M4.5 6.8A2.8 2.8 0 0 1 7.3 4h9.4a2.8 2.8 0 0 1 2.8 2.8v6.4a2.8 2.8 0 0 1-2.8 2.8H11l-4.2 3.6c-.4.3-.9 0-.9-.4V16A2.8 2.8 0 0 1 4.5 13.6z"/><path d="M8.5 8.6h7M8.5 11.6h4.4"/>`,
  close: svg`<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>`,
  back: svg`<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>`,
  forward: svg`<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>`,
  down: svg`<path d="m5.5 9.5 6.5 6.5 6.5-6.5"/>`,
  up: svg`<path d="m5.5 14.5 6.5-6.5 6.5 6.5"/>`,
  send: svg`<path d="M5.2 5.1c-.3-.8.5-1.5 1.2-1.2l13.4 7.2c.7.4.7 1.4 0 1.8L6.4 20.1c-.7.3-1.5-.4-1.2-1.2L7.6 12z" fill="currentColor" stroke-width="1"/><path d="M7.8 12h5.4" stroke="var(--icon-cut, transparent)"/>`,
  attach: svg`<path d="m19 11.4-7.3 7.3a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3.1 3.1 0 0 1 4.3 4.3l-7.4 7.4a1.5 1.5 0 0 1-2.2-2.1l6.6-6.6"/>`,
  more: svg`<g fill="currentColor" stroke="none"><circle cx="5.5" cy="12" r="1.6"/><circle cx="12" cy="12" r="1.6"/><circle cx="18.5" cy="12" r="1.6"/></g>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  check: svg`<path d="m5.5 12.6 4.2 4.2 8.8-9.2"/>`,
  'check-double': svg`<path d="m2.6 12.8 3.9 3.9 8.2-8.8M12 15.8l1 .9 8.2-8.8"/>`,
  clock: svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.6V12l2.8 1.8"/>`,
  alert: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.6v5.2"/><path d="M12 16.2v.1" stroke-width="2.2"/>`,
  retry: svg`<path d="M19 12a7 7 0 1 1-2.2-5.1M19.2 3.8v3.7h-3.7"/>`,
  edit: svg`<path d="m4.8 19.2.9-3.9L15.9 5.1a1.9 1.9 0 0 1 2.7 0l.3.3a1.9 1.9 0 0 1 0 2.7L8.7 18.3zM14 7l3 3"/>`,
  trash: svg`<path d="M4.8 7h14.4M9.5 7V5.4c0-.5.4-.9.9-.9h3.2c.5 0 .9.4.9.9V7M6.6 7l.7 11c0 .9.8 1.5 1.6 1.5h6.2c.8 0 1.6-.6 1.6-1.5l.7-11M10.2 10.8v5M13.8 10.8v5"/>`,
  file: svg`<path d="M13.2 3.8H8A1.9 1.9 0 0 0 6 5.7v12.6c0 1 .8 1.9 1.9 1.9h8.2c1 0 1.9-.8 1.9-1.9V8.6zM13.2 3.8v4.8H18"/>`,
  picture: svg`<rect x="3.8" y="5" width="16.4" height="14" rx="2.2"/><circle cx="9" cy="10" r="1.6"/><path d="m4.4 17 4.6-4 3 2.6 3.6-3.6 4.4 4.2"/>`,
  download: svg`<path d="M12 4.5v10.2M7.6 10.6l4.4 4.4 4.4-4.4M5 19.2h14"/>`,
  search: svg`<circle cx="10.8" cy="10.8" r="6"/><path d="m15.4 15.4 4.3 4.3"/>`,
  person: svg`<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 19.6c.7-3.5 3.6-5.6 7.2-5.6s6.5 2.1 7.2 5.6"/>`,
  'person-add': svg`<circle cx="9.8" cy="8.2" r="3.7"/><path d="M3 19.6c.7-3.5 3.3-5.6 6.8-5.6 1.4 0 2.6.3 3.7.9M18 13.8v6M15 16.8h6"/>`,
  people: svg`<circle cx="9" cy="8.6" r="3.3"/><path d="M2.8 19c.6-3.2 3.1-5 6.2-5s5.6 1.8 6.2 5M15.4 5.6a3.3 3.3 0 0 1 0 6M17 14.3c2.2.6 3.8 2.3 4.2 4.7"/>`,
  room: svg`<path d="M9.4 4.5 7.6 19.5M16.4 4.5l-1.8 15M4.8 9h15M4.2 15h15"/>`,
  door: svg`<path d="M13.5 4.5H7.9c-.8 0-1.4.6-1.4 1.4v12.2c0 .8.6 1.4 1.4 1.4h5.6M11 12h9M16.7 8.5 20.2 12l-3.5 3.5"/>`,
  gear: svg`<circle cx="12" cy="12" r="2.8"/><path d="M12 3.8v2.4M12 17.8v2.4M3.8 12h2.4M17.8 12h2.4M6.2 6.2l1.7 1.7M16.1 16.1l1.7 1.7M6.2 17.8l1.7-1.7M16.1 7.9l1.7-1.7"/>`,
  bookmark: svg`<path d="M7 5.6c0-.9.7-1.6 1.6-1.6h6.8c.9 0 1.6.7 1.6 1.6v14l-5-3.6-5 3.6z"/>`,
  lock: svg`<rect x="5.5" y="10.4" width="13" height="9.2" rx="2"/><path d="M8.4 10.4V8a3.6 3.6 0 0 1 7.2 0v2.4"/>`,
  eye: svg`<path d="M2.8 12c1.9-3.9 5.2-6 9.2-6s7.3 2.1 9.2 6c-1.9 3.9-5.2 6-9.2 6s-7.3-2.1-9.2-6z"/><circle cx="12" cy="12" r="2.9"/>`,
  'eye-off': svg`<path d="M4.2 4.2l15.6 15.6M9.9 6.2c.7-.1 1.4-.2 2.1-.2 4 0 7.3 2.1 9.2 6a13 13 0 0 1-2.9 3.9M6 7.6A12.7 12.7 0 0 0 2.8 12c1.9 3.9 5.2 6 9.2 6 1.5 0 2.9-.3 4.1-.9M9.9 10a2.9 2.9 0 0 0 4.1 4.1"/>`,
  'cloud-off': svg`<path d="M4.2 4.2l15.6 15.6M9.4 6.2A5.8 5.8 0 0 1 17.6 10.4a4 4 0 0 1 2.6 6.4M17 18.4H7.2a4.2 4.2 0 0 1-.9-8.3c0-.5.2-1 .4-1.5"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;

// What points the way of reading turns round with it.
const turning: ReadonlySet<IconName> = new Set(['back', 'forward', 'send', 'door', 'attach']);

/** An icon, as part of a template. Decoration only: what it stands on carries the name. Wants `iconStyles`. */
export const icon = (name: IconName): TemplateResult => html`<svg class="icon ${turning.has(name) ? 'turning' : ''}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;

export const iconStyles = css`
  .icon {
    inline-size: 1.375rem;
    block-size: 1.375rem;
    flex: none;
    display: block;
  }
  .icon.turning:dir(rtl) {
    transform: scaleX(-1);
  }
`;
