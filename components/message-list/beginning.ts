import { html, nothing, type TemplateResult } from 'lit';
import type { Messages } from '../shared/locale/en.js';

export type Beginning = {
  readonly jid: string;
  readonly name: string;
  readonly room: boolean;
  /** Nobody has said anything yet. */
  readonly empty: boolean;
  readonly greeting: string;
  /** Words in place of our own. */
  readonly note: string;
};

/** What stands above the first message of a conversation. */
export const beginning = ({ jid, name, room, empty, greeting, note }: Beginning, text: Messages): TemplateResult => html`<div class="start">
    <tertulia-avatar ?room="${room}" .jid="${jid}" .name="${name}"></tertulia-avatar>
    <h3 dir="auto">${name.slice(0, 200)}</h3>
    <p dir="auto">${note || (room ? text.roomStart : text.conversationStart)(name.slice(0, 200))}</p>
    ${empty && !greeting && !note ? html`<p>${text.sayHello}</p>` : nothing}
  </div>
  ${greeting ? html`<div class="greeting" dir="auto">${greeting}</div>` : nothing}`;

/** In their place until the archive has answered. */
export const skeletons = (): TemplateResult => html`<div class="skeletons" aria-hidden="true">${Array.from({ length: 9 }, () => html`<span></span>`)}</div>`;
