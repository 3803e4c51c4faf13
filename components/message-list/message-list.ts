import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { localOf, resourceOf } from '../../src/base/jid.js';
import type { Timeline } from '../../src/client/chat-client.js';
import type { ConversationKind } from '../../src/model/conversation.js';
import type { MessageRow } from '../../src/model/message.js';
import { icon, iconStyles } from '../icon/icon.js';
import { message, type MessageActions } from '../message/message.js';
import { messageStyles } from '../message/message.styles.js';
import { NavigateEvent } from '../messenger/navigate-event.js';
import { ChatElement } from '../shared/chat-element.js';
import { controls } from '../shared/controls.styles.js';
import { Watch } from '../shared/watch.js';
import { EditMessageEvent } from './edit-message-event.js';
import { arrivals, justWritten } from './arrivals.js';
import { DrawnRows } from './drawn-rows.js';
import { beginning, skeletons } from './beginning.js';
import { gapLine } from './gap-line.js';
import { entriesOf, firstUnread, type Entry } from './entries.js';
import { styles } from './message-list.styles.js';
import { atOnce, fills, keepDrawn, nearEnd, nearTop, runsOut } from './keep-drawn.js';
import { keepPlace, takePlace, type ReadingPlace } from './kept-place.js';
import { FrameTurn } from './frame-turn.js';
import { afterFrame, EachFrame } from './frames.js';
import { ReadMarker } from './read-marker.js';
import { firstBelow, ScrollAnchor } from './scroll-anchor.js';

/**
 * The messages of one conversation, the newest at the end. At the end it follows what arrives; read further up, it stays
 * where it is and a button counts what is new.
 *
 * @fires tertulia-edit-message - A failed message is to be written anew ({@link EditMessageEvent}).
 * @fires tertulia-navigate - An invitation was taken up.
 * @csspart log - the scroller
 * @csspart message - one message
 * @csspart bubble - its bubble; also `bubble-mine` or `bubble-theirs`
 */
export class MessageList extends ChatElement {
  static override styles = [ChatElement.styles, controls, iconStyles, messageStyles, styles].flat();

  /** The conversation. */
  @property() jid = '';
  /** Found out where it is not said. */
  @property() kind: ConversationKind | undefined;
  /** Who the log is with; the client's name for `jid` where empty. */
  @property() name = '';
  /** Words the site's owner greets with, above the first message. */
  @property() greeting = '';
  /** Words at the beginning, in place of our own. */
  @property() note = '';

  @state() private following = true;
  @state() private arrived = 0;
  @state() private announcement = '';
  @state() private failedGap: number | undefined;
  @query('.scroller') private scroller!: HTMLElement | null;

  #timeline: Timeline | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #typing = new Watch(this, () => (this.jid ? this.client?.typing(this.jid) : undefined));
  readonly #conversations = new Watch(this, () => this.client?.conversations);
  readonly #contacts = new Watch(this, () => this.client?.contacts);
  readonly #rooms = new Watch(this, () => this.client?.rooms);
  readonly #session = new Watch(this, () => this.client?.session);
  readonly #expanded = new Set<number>();
  readonly #reading = new ReadMarker(this, () => this.#markRead());
  readonly #anchor = new ScrollAnchor();
  readonly #turn = new FrameTurn(this);
  readonly #drawn = new DrawnRows();
  readonly #tending = new EachFrame(() => this.#tend());
  #entries: { readonly of: unknown; readonly unreadFrom: number | undefined; readonly all: readonly Entry[] } | undefined;
  /** How high the scroller was when it was last looked at. */
  #height = 0;
  /** Until one is where one was reading, nothing else is drawn. */
  #returning = false;
  #unreadFrom: number | undefined;
  #opened = false;
  /** Whose archive the timeline reads. */
  #me: string | undefined;
  /** The rows of the window as it was last: what stands at the end of it and is not among them has arrived since. */
  #known: ReadonlySet<number> = new Set();
  #wasAtEnd = false;
  /** Whether it was settled where the unread messages begin; before that, nothing is marked as read. */
  #settled = false;
  /** The newest row said to be read: said once. */
  #readUpTo = -1;

  readonly #actions: MessageActions = {
    retry: (row) => void this.client?.retry(row.id).catch(reportError),
    discard: (row) => void this.client?.discard(row.id).catch(reportError),
    edit: (row) => this.dispatchEvent(new EditMessageEvent(row)),
    join: (row) => void this.#join(row),
    toggle: (row) => {
      if (!this.#expanded.delete(row.id)) this.#expanded.add(row.id);
      this.requestUpdate();
    },
  };

  get #name(): string {
    void [this.#contacts.value, this.#rooms.value]; // what names are made of
    return this.name || (this.client?.nameOf(this.jid) ?? this.jid);
  }

  get #room(): boolean {
    return this.kind === undefined ? (this.#rooms.value?.some(({ jid }) => jid === this.jid) ?? false) : this.kind === 'room';
  }

  /** Goes to the newest message. */
  async toEnd(): Promise<void> {
    if (this.#timeline && !this.#timeline.atEnd) await this.#timeline.toEnd();
    this.arrived = 0;
    this.following = true;
    if (this.#drawn.newer > 0) this.#drawn.reset();
    this.requestUpdate();
    await this.updateComplete;
    this.scroller?.scrollTo({ top: 0 });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pagehide', this.#keepPlace);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('pagehide', this.#keepPlace);
    this.#close();
  }

  protected override async scheduleUpdate(): Promise<void> {
    await this.#turn.comes();
    await super.scheduleUpdate();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { client } = this;
    const me = this.#session.value?.me;
    if (this.#timeline?.closed || this.#timeline?.conversation !== this.jid || client?.mode === undefined || (me && this.#me && me !== this.#me)) this.#close();
    this.#me = me ?? this.#me;
    if (!this.#timeline && this.isConnected && client?.mode !== undefined && this.jid) {
      performance.mark('tertulia:conversation-open', { detail: { jid: this.jid } });
      this.#timeline = client.timeline(this.jid);
      this.#unsubscribe = this.#timeline.subscribe(() => this.#changed());
      const place = takePlace(this.jid);
      if (place) void this.#return(place);
      this.#changed();
    }
    this.#settle();
    this.#choose();
    if (!this.following && this.scroller) this.#anchor.hold(this.scroller);
  }

  override updated(): void {
    const { scroller } = this;
    if (scroller) this.#anchor.release(scroller);
    if (this.#items && scroller && !this.#opened) {
      // The first paint fills the screen; what stands above it comes in the frames that follow.
      if (scroller.scrollHeight <= scroller.clientHeight && scroller.clientHeight > 0 && this.#drawn.drawOlder(atOnce)) {
        this.requestUpdate();
        return;
      }
      this.#opened = true;
      const detail = { jid: this.jid, messages: this.#drawn.count };
      afterFrame(() => {
        performance.mark('tertulia:conversation-painted', { detail });
        this.#tending.ask();
      });
    } else if (this.#opened) this.#tending.ask();
    queueMicrotask(() => this.#reading.check());
  }

  readonly #keepPlace = (): void => {
    const { scroller } = this;
    const first = !this.following && scroller ? (firstBelow(scroller) as HTMLElement | undefined) : undefined;
    keepPlace(first && scroller ? { jid: this.jid, row: Number(first.dataset['id']), offset: first.getBoundingClientRect().top - scroller.getBoundingClientRect().top } : undefined);
  };

  /** After a reload, to where one was reading. */
  async #return({ row, offset }: ReadingPlace): Promise<void> {
    const timeline = this.#timeline;
    this.following = false;
    this.#returning = true;
    const found = await timeline?.toMessage(row).catch(() => false);
    if (this.#timeline !== timeline) return;
    this.#returning = false;
    this.#drawn.reset(found ? row : undefined);
    this.requestUpdate();
    await this.updateComplete;
    if (this.#timeline !== timeline) return;
    const { scroller } = this;
    const element = found ? scroller?.querySelector(`[data-id="${row}"]`) : undefined;
    if (scroller && element) scroller.scrollTop += element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
    else this.following = true;
  }

  #close(): void {
    this.#unsubscribe?.();
    this.#timeline?.close();
    this.#timeline = this.#unsubscribe = this.#unreadFrom = undefined;
    this.#opened = this.#settled = this.#wasAtEnd = this.#returning = false;
    this.#drawn.reset();
    this.#known = new Set();
    this.arrived = 0;
    this.#readUpTo = -1;
    this.announcement = '';
    this.following = true;
    this.#expanded.clear();
    // A reversed scroller's end is its zero.
    if (this.scroller) this.scroller.scrollTop = 0;
  }

  /** Something changed: what is new since the last time, and does it want telling? */
  #changed(): void {
    this.requestUpdate();
    const timeline = this.#timeline;
    if (!timeline?.items) return;
    // What fills the screen first waits for no frame's turn.
    if (!this.#opened) this.#turn.hurry();
    const rows = timeline.items.flatMap((item) => (item.kind === 'message' ? [item.row] : []));
    const fresh = this.#opened && this.#wasAtEnd && timeline.atEnd ? arrivals(rows, this.#known) : [];
    this.#known = new Set(rows.map(({ id }) => id));
    this.#wasAtEnd = timeline.atEnd;
    if (fresh.length === 0) return;
    const theirs = fresh.filter(({ mine }) => !mine);
    const last = theirs.at(-1);
    // The log itself is silent, or older messages would be read out as they load.
    if (last) this.announcement = this.text.newMessageFrom(this.#nameOf(last), last.state.body.slice(0, 300) || this.text.file);
    if (fresh.some(justWritten)) {
      // What one wrote oneself is always shown.
      this.#unreadFrom = undefined;
      for (const drawing of [this.#drawn, this.#turn]) drawing.hurry();
      void this.toEnd();
      void this.updateComplete.then(() => afterFrame(() => performance.mark('tertulia:send-painted', { detail: { jid: this.jid } })));
    } else if (!this.following) this.arrived += theirs.length;
  }

  /** The archive's two answers, the messages and what is unread of them, come in either order. */
  #settle(): void {
    const { items } = this.#timeline ?? {};
    const conversations = this.#conversations.value;
    if (this.#settled || !items || !conversations) return;
    this.#settled = true;
    const row = conversations.find(({ jid }) => jid === this.jid);
    if (row) this.#unreadFrom = firstUnread(items, row.unread, row.readUpTo);
  }

  #nameOf(row: MessageRow): string {
    if (!this.#room) return this.#name;
    return resourceOf(row.sender) || (this.client?.nameOf(row.sender) ?? row.sender);
  }

  /** The window, once it may be drawn. */
  get #items(): Timeline['items'] {
    return this.#returning ? undefined : this.#timeline?.items;
  }

  /** Which of the window's lines are drawn now. */
  #choose(): void {
    const items = this.#items;
    if (!items) return;
    if (this.#entries?.of !== items || this.#entries.unreadFrom !== this.#unreadFrom) this.#entries = { of: items, unreadFrom: this.#unreadFrom, all: entriesOf(items, this.#unreadFrom) };
    this.#drawn.update(this.#entries.all, this.following, fills(this.#height || innerHeight), atOnce);
  }

  #scrolled(): void {
    if (!this.scroller) return;
    this.following = Math.abs(this.scroller.scrollTop) < nearEnd && (this.#timeline?.atEnd ?? true) && (this.following || this.#drawn.newer === 0);
    if (this.following) {
      this.arrived = 0;
      this.#reading.check();
    }
    this.#tending.ask();
  }

  /** Once a frame, as long as there is something to do: draws a few rows more, and no longer those that are far away. */
  #tend(): void {
    const { scroller } = this;
    if (!scroller || !this.#items || scroller.clientHeight === 0) return;
    this.#height = scroller.clientHeight;
    // Some engines count a reversed scroller up instead of down.
    const below = Math.abs(scroller.scrollTop);
    const above = scroller.scrollHeight - this.#height - below;
    if (keepDrawn(this.#drawn, scroller, { above, below })) this.requestUpdate();
    this.#loadMore(above, below);
  }

  /** Reads on before the end of what is in memory comes into sight; asks the server only when one is nearly there. */
  #loadMore(above: number, below: number): void {
    const timeline = this.#timeline!;
    const { older, newer } = this.#drawn;
    if (timeline.loading) return;
    if (above >= nearTop) this.#asked = '';
    const wantsOlder = older === 0 ? above < nearTop : !this.following && timeline.items?.[0]?.kind === 'message' && runsOut(older, above);
    const asks = wantsOlder && !timeline.atStart && this.#asked !== this.#topId();
    if (asks) this.#asked = this.#topId();
    const wantsNewer = !timeline.atEnd && (newer === 0 ? below < nearTop : runsOut(newer, below));
    // The status line says that there is no connection; what was not fetched is asked for again once there is.
    void (asks ? timeline.loadOlder() : wantsNewer ? timeline.loadNewer() : undefined)?.catch(() => {});
  }

  // The same question is not asked twice in one visit to the top: offline, each answer would be "no" and ask again.
  #asked = '';
  #topId(): string {
    return `${this.jid} ${this.#timeline?.items?.find((item) => item.kind === 'message')?.row.id} ${this.#session.value?.status}`;
  }

  /** Who came to it from above reads on, and sees what comes next first; who came from below, what came just before. */
  #openGapAt(segment: number, gap: Element): Promise<void> {
    const view = this.scroller?.getBoundingClientRect();
    const onward = view !== undefined && gap.previousElementSibling !== null && gap.getBoundingClientRect().top > view.top + view.height / 2;
    return this.#openGap(segment, onward);
  }

  async #openGap(segment: number, onward: boolean): Promise<void> {
    const timeline = this.#timeline;
    if (!timeline || timeline.loading) return;
    const focused = this.shadowRoot?.activeElement;
    this.failedGap = undefined;
    this.announcement = this.text.loadingOlder;
    try {
      await timeline.openGap(segment, onward);
      this.announcement = '';
    } catch {
      this.failedGap = segment;
      this.announcement = this.text.gapFailed;
    }
    await this.updateComplete;
    // The button may have gone with its gap.
    if (focused && !focused.isConnected) this.scroller?.focus({ preventScroll: true });
  }

  #markRead(): void {
    const row = this.#conversations.value?.find(({ jid }) => jid === this.jid);
    const newest = Math.max(...this.#known);
    if (!this.following || !this.#settled || !row?.unread || this.#readUpTo === newest) return;
    this.#readUpTo = newest;
    void this.client?.markRead(this.jid).catch(reportError);
  }

  async #join({ state: { invitation } }: MessageRow): Promise<void> {
    if (!invitation) return;
    const { room, password } = invitation;
    const me = this.client?.session.value.me ?? '';
    if (password) await this.client?.joinRoom(room, localOf(me) || me, { password }).catch(reportError);
    this.dispatchEvent(new NavigateEvent({ view: 'room', jid: room }));
  }

  override render(): TemplateResult {
    const { text } = this;
    const items = this.#items;
    return html`<div class="scroller" role="log" aria-live="off" aria-label="${text.messagesWith(this.#name)}" aria-busy="${items ? 'false' : 'true'}" tabindex="0" part="log" @scroll="${() => this.#scrolled()}">
        <div class="inner">${items ? this.#lines() : skeletons()}</div>
      </div>
      <div class="visually-hidden" aria-live="polite">${this.announcement}</div>
      ${this.following
        ? nothing
        : html`<button class="to-end ${this.arrived ? 'some' : ''}" type="button" aria-label="${this.arrived ? `${text.newMessages(this.arrived)}. ${text.toEnd}` : text.toEnd}" @click="${() => void this.toEnd()}">
            ${icon('down')}${this.arrived ? html`<span>${this.locale.number(this.arrived)}</span>` : nothing}
          </button>`}`;
  }

  #lines(): TemplateResult {
    const timeline = this.#timeline!;
    const latestMine = this.#entries?.all.findLast((entry) => entry.kind === 'message' && entry.row.mine)?.key;
    const typists = this.#typing.value ?? [];
    const begins = timeline.atStart && this.#drawn.older === 0;
    return html`${begins ? beginning({ jid: this.jid, name: this.#name, room: this.#room, empty: timeline.items?.length === 0, greeting: this.greeting, note: this.note }, this.text) : html`<div class="older">${timeline.loading ? this.text.loadingOlder : nothing}</div>`}
    ${repeat(this.#drawn.lines, ({ key }) => key, (entry) => this.#line(entry, entry.key === latestMine))}
    ${typists.length > 0 ? html`<div class="typing" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}`;
  }

  #line(entry: Entry, latestMine: boolean): unknown {
    const { locale, text } = this;
    switch (entry.kind) {
      case 'day':
      case 'unread':
        return html`<div class="${entry.kind}"><span>${entry.kind === 'day' ? locale.day(entry.at, Date.now()) : text.unreadFromHere}</span></div>`;
      case 'gap':
        return gapLine({ lost: entry.lost, failed: this.failedGap === entry.segment, loading: this.#timeline?.loading ?? false, open: (gap) => void this.#openGapAt(entry.segment, gap) }, text);
      case 'message': {
        const { row, first, last } = entry;
        const name = this.#nameOf(row);
        const expanded = this.#expanded.has(row.id);
        const invitedTo = row.state.invitation ? (this.client?.nameOf(row.state.invitation.room) ?? '') : '';
        // Many rows, of which mostly one has changed.
        return guard([row, first, last, latestMine, name, invitedTo, expanded, locale], () => message({ row, name, invitedTo, first, last, room: this.#room, latestMine, expanded, locale }, this.#actions));
      }
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tertulia-message-list': MessageList;
  }
}
