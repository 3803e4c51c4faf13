import { html, nothing, type PropertyValues } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { bareJid, resourceOf } from '../../src/base/jid.js';
import type { ConversationKind } from '../../src/model/conversation.js';
import type { Chat } from '../chat/chat.js';
import type { Conversations } from '../conversations/conversations.js';
import { form } from '../dialog/form.styles.js';
import { icon, type IconName } from '../icon/icon.js';
import { emptyState, emptyStyles, skeletonRows } from '../list/empty-state.js';
import type { MenuItem } from '../menu/menu.js';
import type { Theme } from '../own-presence/preference-event.js';
import type { Room } from '../room/room.js';
import { ChatElement } from '../shared/chat-element.js';
import { Watch } from '../shared/watch.js';
import { fetchPanes } from './fetch-panes.js';
import { messengerStyles } from './messenger.styles.js';
import type { NavigateEvent } from './navigate-event.js';
import type { Route } from './route.js';
import { Router } from './router.js';

/** Safari has no idle callbacks. */
const whenIdle = (run: () => void): unknown => ('requestIdleCallback' in globalThis ? requestIdleCallback(run, { timeout: 2_000 }) : setTimeout(run, 200));

type Tab = 'conversations' | 'contacts' | 'rooms';
const tabs: readonly (readonly [Tab, IconName])[] = [
  ['conversations', 'chat'],
  ['contacts', 'people'],
  ['rooms', 'room'],
];

/**
 * The whole app: lists, conversation, and details beside it; one pane at a time where there is no room for more. The
 * address bar's fragment names what is open: `#/chat/JID`, `#/room/JID`, `#/contact/JID`, `#/contacts`, `#/rooms`.
 *
 * @fires tertulia-reload - The person wants the new version now.
 * @fires tertulia-preference - A theme or a language was chosen.
 * @csspart navigation
 * @csspart list
 * @csspart main
 */
export class Messenger extends ChatElement {
  static override styles = [...ChatElement.styles, ...form, emptyStyles, messengerStyles];

  /** `hash` follows the address bar's fragment; `none` leaves it alone. */
  @property() routing: 'hash' | 'none' = 'hash';
  /** A newer version has been fetched and waits for a reload. */
  @property({ type: Boolean, attribute: 'update-ready' }) updateReady = false;
  /** The theme that is chosen now, for the choice in one's own menu. */
  @property() theme: Theme = 'auto';
  /** Where one signs in with another account, beside this one; nowhere where empty. */
  @property({ attribute: false }) otherAccount = '';
  /** Languages to choose from. */
  @property({ attribute: false }) languages: readonly string[] = [];

  /** Something to send, shared into the app: asks to whom, and puts it into that conversation's composer. */
  @property({ attribute: false }) shared: { readonly text: string; readonly file?: File } | undefined;

  @state() private tab: Tab = 'conversations';
  @state() private signingIn = false;
  @query('.main') private main!: HTMLElement | null;
  @query('.list') private list!: HTMLElement | null;
  @query('tertulia-conversations') private conversations!: Conversations | null;

  readonly #ready = new Watch(this, () => this.client?.ready);
  readonly #session = new Watch(this, () => this.client?.session);
  readonly #conversations = new Watch(this, () => this.client?.conversations);
  readonly #unread = new Watch(this, () => this.client?.unread);
  readonly #requests = new Watch(this, () => this.client?.requests);
  readonly #rooms = new Watch(this, () => this.client?.rooms);
  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #router = new Router(
    this,
    () => this.routing === 'hash',
    (route, before) => this.#routed(route, before),
  );
  /** Lists that were looked at keep their place while another is shown. */
  readonly #visited = new Set<Tab>(['conversations']);
  #folded = false;
  #prepared = false;
  #claimed: string | undefined;

  /** What is shown. Set, it takes the place of what was shown; `navigate` goes on from it. */
  get route(): Route {
    return this.#router.route;
  }
  set route(route: Route) {
    this.#router.replace(route);
  }

  /** Shows something else; as if it had been chosen. */
  navigate(route: Route): void {
    this.#router.go(route);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('tertulia-navigate', this.#navigate);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('tertulia-navigate', this.#navigate);
  }

  readonly #navigate = (event: NavigateEvent): void => {
    event.stopPropagation();
    const { shared } = this;
    this.#router.go(event.route);
    if (!shared || !('jid' in event.route)) return;
    this.shared = undefined;
    void this.updateComplete.then(() => this.#put(shared));
  };

  /** Into the composer, never sent by itself. */
  async #put({ text, file }: { readonly text: string; readonly file?: File }): Promise<void> {
    const pane = this.renderRoot.querySelector('tertulia-chat, tertulia-room') as (Chat | Room) | null;
    if (!pane) return;
    await pane.updateComplete;
    if (text) pane.prefill(text);
    if (file) pane.shadowRoot?.querySelector('tertulia-composer')?.attach([file]);
    pane.focus();
  }

  #routed(route: Route, before: Route): void {
    if (!('jid' in route)) {
      this.tab = route.view;
      this.#visited.add(route.view);
    }
    this.#folded = ('jid' in route) !== ('jid' in before) && this.contains(document.activeElement);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#claim();
    this.#prepare();
    if (!this.#folded) return;
    this.#folded = false;
    // Folded to one pane, the focus was in the one that went: it goes on in the one that came.
    const list = this.list?.checkVisibility() ?? false;
    const main = this.main?.checkVisibility() ?? false;
    if (main && !list) this.main?.focus();
    else if (list && !main) this.list?.querySelector<HTMLElement & { enter?: () => void }>(':scope > :not([hidden])')?.enter?.();
  }

  /** The other panes are fetched at once where one of them is shown, else after the first ones. */
  #prepare(): void {
    const { route } = this;
    if (!this.#signedIn || this.#prepared) return;
    this.#prepared = true;
    if (route.view === 'chat' || route.view === 'conversations') whenIdle(fetchPanes);
    else fetchPanes();
  }

  /** That an address is an occupant's is not in the address: it is said before anything makes it an ordinary one. */
  #claim(): void {
    const { route } = this;
    if (!('jid' in route) || route.view === 'room' || this.#claimed === route.jid || !this.#conversations.value) return;
    if (this.#kind(route.jid) !== 'private' || this.#conversations.value.some(({ jid }) => jid === route.jid)) return;
    this.#claimed = route.jid;
    void this.client?.openConversation(route.jid, 'private').catch(reportError);
  }

  #kind(jid: string): ConversationKind {
    if (resourceOf(jid) !== '' && this.#rooms.value?.some((room) => room.jid === bareJid(jid))) return 'private';
    return this.#conversations.value?.find((row) => row.jid === jid)?.kind ?? 'chat';
  }

  #back(): void {
    const { route } = this;
    this.#router.back(route.view === 'contact' ? { view: 'chat', jid: route.jid } : { view: this.tab });
  }

  #tab(tab: Tab, mark: IconName) {
    const words = tab === 'conversations' ? this.text.chats : this.text[tab];
    // Rooms stand among the conversations: their messages are counted there.
    const badge = tab === 'conversations' ? (this.#unread.value ?? 0) : tab === 'contacts' ? (this.#requests.value?.length ?? 0) : 0;
    const more = badge === 0 ? '' : tab === 'contacts' ? this.text.requestCount(badge) : this.text.unreadMessages(badge);
    return html`
      <button type="button" class="tab" aria-current="${this.tab === tab ? 'page' : nothing}" @click="${() => this.#router.go({ view: tab })}">
        <span class="pill">${icon(mark)}${badge > 0 ? html`<span class="badge" aria-hidden="true">${badge > 99 ? '99+' : this.locale.number(badge)}</span>` : nothing}</span>
        <span class="words">${words}</span>${more ? html`<span class="visually-hidden">${more}</span>` : nothing}
      </button>
    `;
  }

  /** The password is not right any more: trying again is of no use. */
  get #locked(): boolean {
    const session = this.#session.value;
    return session?.status === 'refused' && session.error?.code === 'not-authorized';
  }

  get #signedIn(): boolean {
    return this.client?.mode !== undefined && this.#session.value?.me !== undefined;
  }

  #strips() {
    const session = this.#session.value;
    // The connection is said by the conversation that is open; what only a person can mend is said here, over all.
    return html`
      <div class="strips">
        ${this.#locked
          ? html`<p class="strip" role="alert">
              <span>${this.text.signInAgain}</span>
              <button type="button" class="button quiet" @click="${() => (this.signingIn = true)}">${this.text.signIn}</button>
            </p>`
          : nothing}
        ${this.updateReady || session?.error?.code === 'outdated'
          ? html`<p class="strip news" role="status">
              <span>${this.text.newVersion}</span>
              <button type="button" class="button quiet" @click="${() => this.dispatchEvent(new Event('tertulia-reload', { bubbles: true, composed: true }))}">${this.text.reloadForNew}</button>
            </p>`
          : nothing}
      </div>
    `;
  }

  #lists(route: Route) {
    const open = 'jid' in route ? route.jid : undefined;
    const has = (tab: Tab): boolean => tab === this.tab || this.#visited.has(tab);
    return html`
      <div class="list" part="list">
        <tertulia-conversations ?hidden="${this.tab !== 'conversations'}" .selected="${open}"></tertulia-conversations>
        ${has('contacts') ? html`<tertulia-roster ?hidden="${this.tab !== 'contacts'}" .selected="${open && bareJid(open)}"></tertulia-roster>` : nothing}
        ${has('rooms') ? html`<tertulia-directory ?hidden="${this.tab !== 'rooms'}" .selected="${open}"></tertulia-directory>` : nothing}
        ${open || this.#locked ? nothing : html`<tertulia-status></tertulia-status>`}
      </div>
    `;
  }

  #backButton() {
    return html`<button slot="start" type="button" class="icon-button back" aria-label="${this.text.back}" @click="${() => this.#back()}">${icon('back')}</button>`;
  }

  #menu(jid: string): MenuItem[] {
    return [{ label: this.text.removeConversation, icon: 'trash', danger: true, run: () => this.conversations?.askToRemove(jid) }];
  }

  #main(route: Route) {
    if (!('jid' in route)) {
      const any = (this.#conversations.value?.length ?? 0) > 0;
      return html`<div class="nothing-open">${any ? emptyState('chat', this.text.chooseConversation, this.text.chooseConversationHint) : nothing}</div>`;
    }
    const { jid, view } = route;
    const details = view === 'contact';
    const kind = view === 'room' ? 'room' : this.#kind(jid);
    return html`
      <div class="main" part="main" tabindex="-1">
        ${kind === 'room'
          ? html`<tertulia-room .jid="${jid}">${this.#backButton()}</tertulia-room>`
          : html`<tertulia-chat .jid="${jid}" .kind="${kind}" .heading="${kind === 'private' ? this.text.nickInRoom(resourceOf(jid), this.client?.nameOf(bareJid(jid)) ?? '') : ''}">
              ${this.#backButton()}
              ${kind === 'chat'
                ? html`<button
                    slot="end"
                    type="button"
                    class="icon-button"
                    aria-expanded="${String(details)}"
                    aria-label="${this.text.details}"
                    title="${this.text.details}"
                    @click="${() => (details ? this.#back() : this.#router.go({ view: 'contact', jid }))}"
                  >
                    ${icon('person')}
                  </button>`
                : nothing}
              <tertulia-menu slot="end" label="${this.text.more}" .items="${this.#menu(jid)}"></tertulia-menu>
            </tertulia-chat>`}
      </div>
      ${details ? html`<div class="aside" tabindex="-1"><tertulia-contact .jid="${bareJid(jid)}" @close="${() => this.#back()}"></tertulia-contact></div>` : nothing}
    `;
  }

  protected override render() {
    const session = this.#session.value;
    const signedIn = this.#signedIn;
    if (this.#ready.value && !signedIn) return html`<main class="sign-in"><div class="card"><span class="mark">${icon('chat')}</span><tertulia-sign-in></tertulia-sign-in></div></main>`;
    void this.#contacts.value; // names are made of it
    const { route } = this;
    const open = 'jid' in route;
    return html`
      <div class="app ${open ? 'open' : ''} ${route.view === 'contact' ? 'details' : ''}" aria-busy="${String(!signedIn)}">
        ${this.#strips()}
        <nav aria-label="${this.text.mainMenu}" part="navigation">
          ${tabs.map(([tab, mark]) => this.#tab(tab, mark))}
          ${signedIn ? html`<tertulia-own-presence .theme="${this.theme}" .languages="${this.languages}" .otherAccount="${this.otherAccount}"></tertulia-own-presence>` : html`<span></span>`}
        </nav>
        ${signedIn ? html`${this.#lists(route)}${this.#main(route)}` : html`<div class="list"><div class="loading">${skeletonRows(8)}</div></div><div class="nothing-open"></div>`}
      </div>
      <tertulia-new-conversation .open="${this.shared !== undefined && signedIn}" heading="${this.text.shareTo}" @close="${() => (this.shared = undefined)}"></tertulia-new-conversation>
      <tertulia-dialog .open="${this.signingIn && session?.status !== 'online'}" heading="${this.text.signIn}" @close="${() => (this.signingIn = false)}">
        ${this.signingIn ? html`<tertulia-sign-in></tertulia-sign-in>` : nothing}
      </tertulia-dialog>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-messenger': Messenger;
  }
}
