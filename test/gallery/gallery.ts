// Every view with a client in memory: `npx vite test/gallery`, then ?view=name&theme=dark, &locale=ar&accent=gold.
import { html, render, type TemplateResult } from 'lit';
import '../../components/elements.js';
import { views } from './views.js';

const query = new URLSearchParams(location.search);
const name = query.get('view') ?? '';
const theme = query.get('theme') ?? 'auto';
document.documentElement.dataset.theme = theme;

const link = (view: string): TemplateResult => html`<div><a href="${`?view=${view}`}">${view}</a></div>`;

const make = views[name];
if (make) {
  const { client, body, frame = 'fill' } = make();
  const content =
    frame === 'none'
      ? body
      : html`<tertulia-session .client="${client}" theme="${theme}" locale="${query.get('locale') ?? 'en'}" accent="${query.get('accent') ?? ''}"><div class="${frame}">${body}</div></tertulia-session>`;
  render(content, document.body);
  // The widget has its session inside.
  const widget = document.querySelector('tertulia-widget');
  if (widget) Object.assign(widget, { theme, locale: query.get('locale') ?? 'en', accent: query.get('accent') ?? '' });
} else render(html`<nav>${Object.keys(views).map(link)}</nav>`, document.body);
