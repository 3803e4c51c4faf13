import { html, nothing, type TemplateResult } from 'lit';
import type { MessageRow } from '../../src/model/message.js';
import { colourOf } from '../avatar/colour.js';
import { icon, type IconName } from '../icon/icon.js';
import { cssVars } from '../shared/css-vars.js';
import type { Locale } from '../shared/locale/locale.js';
import { fetchFiles } from './fetch-files.js';
import { isJumbo } from './jumbo.js';
import { linkify } from './linkify.js';

/** How a message stands among its neighbours and who draws it. */
export type MessageView = {
  readonly row: MessageRow;
  readonly name: string;
  /** First and last of what one person said in a go. */
  readonly first: boolean;
  readonly last: boolean;
  /** What an invitation's room is called here. */
  readonly invitedTo: string;
  /** A room: who speaks is said at each go. */
  readonly room: boolean;
  /** The newest message of one's own: its state is said in words. */
  readonly latestMine: boolean;
  readonly expanded: boolean;
  readonly locale: Locale;
};

/** What a person may do with a message. */
export type MessageActions = {
  retry(row: MessageRow): void;
  edit(row: MessageRow): void;
  discard(row: MessageRow): void;
  join(row: MessageRow): void;
  toggle(row: MessageRow): void;
};

const LONG = 2500;
const LINES = 40;
const marks: Record<string, IconName> = { sending: 'clock', sent: 'check', delivered: 'check-double', read: 'eye', failed: 'alert' };

/** One message, as part of the list's template: a message has no life of its own. Wants `messageStyles`. */
export function message(view: MessageView, actions: MessageActions): TemplateResult {
  const { row, name, first, last, room, locale } = view;
  const { text } = locale;
  const { state, mine } = row;
  const time = locale.time(row.at);
  const failed = state.delivery === 'failed';
  const jumbo = state.attachments.length === 0 && !state.invitation && isJumbo(state.body);
  const classes = ['message', mine ? 'mine' : 'theirs', first && 'first', last && 'last', jumbo && 'jumbo', failed && 'failed', state.attachments.length > 0 && 'files'].filter(Boolean).join(' ');
  return html`<div role="article" class="${classes}" aria-label="${`${mine ? text.you : name}, ${time}`}" data-id="${row.id}" part="message">
    ${room && !mine ? html`<span class="side">${last ? html`<tertulia-avatar .jid="${row.sender}" .name="${name}"></tertulia-avatar>` : nothing}</span>` : nothing}
    <div class="stack">
      ${room && !mine && first ? html`<span class="sender" dir="auto" aria-hidden="true" ${cssVars({ '--on-light': colourOf(name).onLight, '--on-dark': colourOf(name).onDark })}>${name.slice(0, 120)}</span>` : nothing}
      <div class="bubble" part="bubble ${mine ? 'bubble-mine' : 'bubble-theirs'}">${content(view, actions)}</div>
      ${mine ? ownMeta(view, time) : html`<span class="meta" aria-hidden="true">${last ? html`<time datetime="${iso(row.at)}" title="${locale.full(row.at)}">${time}</time>` : nothing}</span>`}
      ${failed ? failure(view, actions) : nothing}
    </div>
  </div>`;
}

function content(view: MessageView, actions: MessageActions): unknown {
  const { row, locale } = view;
  const { state, mine } = row;
  if (state.attachments.length > 0) fetchFiles();
  // XEP-0066 §3: a file's address is repeated as the body for clients that know no files.
  const repeats = state.attachments.some(({ url }) => url !== '' && url === state.body.trim());
  const body = repeats ? '' : state.body;
  return [
    state.attachments.map(
      (file) => html`<tertulia-attachment .file="${file}" .mine="${mine}" .uploading="${state.delivery === 'sending' ? row.id : 0}"></tertulia-attachment>`,
    ),
    state.invitation
      ? html`<div class="invitation">
          <tertulia-avatar room .jid="${state.invitation.room}"></tertulia-avatar>
          <p dir="auto">${locale.text.invitedYou(view.name, view.invitedTo)}</p>
          ${state.invitation.reason ? html`<p class="reason" dir="auto">${state.invitation.reason.slice(0, 500)}</p>` : nothing}
          ${mine ? nothing : html`<button class="button primary" type="button" @click="${() => actions.join(row)}">${locale.text.joinRoomButton}</button>`}
        </div>`
      : nothing,
    body === '' || (state.invitation && body.length < 500) ? nothing : words(body, view, actions),
  ];
}

function words(body: string, { row, expanded, locale }: MessageView, actions: MessageActions): TemplateResult {
  const short = shortened(body);
  const shown = expanded ? body : short;
  return html`<div class="body" dir="auto">${linkify(shown).map(({ text, href }) => (href ? html`<a href="${href}" target="_blank" rel="noopener noreferrer ugc">${text}</a>` : text))}${shown.length < body.length ? '…' : nothing}</div>
    ${short.length < body.length
      ? html`<button class="expand" type="button" aria-expanded="${expanded ? 'true' : 'false'}" @click="${() => actions.toggle(row)}">${expanded ? locale.text.showLess : locale.text.showMore}</button>`
      : nothing}`;
}

/** The start of a text that would fill the screen, cut at a whole sign. */
function shortened(body: string): string {
  let end = body.length > LONG * 1.2 ? LONG : body.length;
  let line = -1;
  for (let n = 0; n < LINES; n++) {
    line = body.indexOf('\n', line + 1);
    if (line < 0) break;
  }
  if (line >= 0 && line < end) end = line;
  if (end < body.length && /[\ud800-\udbff]/.test(body[end - 1]!)) end--;
  return body.slice(0, end);
}

function ownMeta({ row, last, latestMine, locale }: MessageView, time: string): TemplateResult {
  const { text } = locale;
  const { delivery } = row.state;
  const word = delivery ? text[delivery] : '';
  if (delivery === 'failed') return html`<span class="meta"><span class="visually-hidden">${word}</span></span>`;
  const visible = last || latestMine || delivery === 'sending';
  return html`<span class="meta ${delivery ?? ''}">${visible ? html`<time aria-hidden="true" datetime="${iso(row.at)}" title="${locale.full(row.at)}">${time}</time>` : nothing}${delivery
      ? html`<span class="${latestMine ? 'state' : 'visually-hidden'}">${word}</span>${visible ? icon(marks[delivery] ?? 'check') : nothing}`
      : nothing}</span>`;
}

function failure({ row, room, locale }: MessageView, actions: MessageActions): TemplateResult {
  const { text } = locale;
  const { condition = '', text: said } = row.state.failure ?? {};
  const editable = row.state.attachments.length === 0 && row.state.body !== '';
  return html`<div class="failure">
    <p>${icon('alert')}<span>${condition === 'unknown-fate' ? nothing : html`<strong>${text.notSent}.</strong> `}${text.failureReason(condition === 'not-acceptable' && !room ? '' : condition)}${said ? html` <q dir="auto">${said.slice(0, 200)}</q>` : nothing}</span></p>
    <div class="actions">
      <button class="button small" type="button" @click="${() => actions.retry(row)}">${text.retry}</button>
      ${editable ? html`<button class="button small quiet" type="button" @click="${() => actions.edit(row)}">${text.editAgain}</button>` : nothing}
      <button class="button small quiet" type="button" @click="${() => actions.discard(row)}">${text.discard}</button>
    </div>
  </div>`;
}

/** Stamps come from others: one that no calendar has must not throw. */
function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
