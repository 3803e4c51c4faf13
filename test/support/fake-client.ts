import type { ChatError } from '../../src/base/error.js';
import type { StorageNotice } from '../../src/archive/mend.js';
import { bareJid, localOf, resourceOf } from '../../src/base/jid.js';
import type { ChatClient, Content, SignInOptions, Value } from '../../src/client/chat-client.js';
import type { AuthMode, Deployment, SessionView, Settings } from '../../src/model/account.js';
import type { ContactRow, OwnPresence, PresenceView, SubscriptionRequestRow } from '../../src/model/contact.js';
import type { ConversationKind, ConversationRow } from '../../src/model/conversation.js';
import type { MessageRow } from '../../src/model/message.js';
import type { OccupantView, RoomListing, RoomRow, RoomView } from '../../src/model/room.js';
import { answerer, type FakeData, type Line } from './fake-data.js';
import { Cell, FakeConversation, FakeTimeline } from './fake-timeline.js';
import type { SearchResult } from '../../src/model/search.js';

export type FakeOptions = {
  readonly data?: FakeData;
  /** `undefined`: somebody has to sign in. */
  readonly mode?: AuthMode | undefined;
  readonly session?: Partial<SessionView>;
  readonly ready?: boolean;
  readonly now?: () => number;
};

/**
 * The whole `ChatClient` in memory, without archive and XMPP: for the tests of the view and for the gallery. What the
 * real one would learn from the network a test says through `receive`, `deliver`, `patchSession`, …; what the view asked
 * for is in `calls`.
 */
export class FakeClient implements ChatClient {
  readonly deployment: Deployment = { domain: 'localhost', guestDomain: 'guests.localhost', anonymousDomain: 'anon.localhost', roomsDomain: 'rooms.localhost', allowedOrigins: ['*'], contact: 'support@localhost' };
  readonly session: Cell<SessionView>;
  readonly settings = new Cell<Settings>({ tellRead: true });
  readonly ready: Cell<boolean>;
  readonly storage = new Cell<StorageNotice | undefined>(undefined);
  mode: AuthMode | undefined;
  readonly conversations = new Cell<readonly ConversationRow[] | undefined>(undefined);
  readonly unread = new Cell(0);
  readonly contacts: Cell<readonly ContactRow[] | undefined>;
  readonly requests: Cell<readonly SubscriptionRequestRow[]>;
  readonly rooms: Cell<readonly RoomRow[]>;
  /** Every command, oldest first. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  /** What a command rejects with, by its name. */
  readonly failures = new Map<string, ChatError>();
  /** A kept account that `resume` finds. */
  kept: { readonly slot: string; readonly mode: AuthMode } | undefined;
  /** Reads of timelines wait for it. */
  latency: () => Promise<void> = () => Promise.resolve();
  readonly timelines: FakeTimeline[] = [];

  readonly #data: FakeData;
  readonly #now: () => number;
  readonly #stored = new Map<string, FakeConversation>();
  readonly #presence = new Map<string, Cell<PresenceView | undefined>>();
  readonly #typing = new Map<string, Cell<readonly string[]>>();
  readonly #uploads = new Map<number, Cell<number | undefined>>();
  readonly #avatars = new Map<string, Cell<Blob | undefined>>();
  readonly #roomViews = new Map<string, Cell<RoomView | undefined>>();
  readonly #occupants = new Map<string, Cell<readonly OccupantView[]>>();

  storageNoticed(): void {
    this.storage.set(undefined);
  }

  constructor({ data = answerer, session = {}, ready = true, now = Date.now, ...rest }: FakeOptions = {}) {
    this.#data = data;
    this.#now = now;
    this.mode = 'mode' in rest ? rest.mode : 'login';
    this.ready = new Cell(ready);
    this.session = new Cell<SessionView>({ status: this.mode ? 'online' : 'idle', catchingUp: false, presence: { show: 'available' }, uploadLimit: 10_000_000, archive: true, roomsDomain: 'rooms.localhost', ...(this.mode && { me: data.me }), ...session });
    this.contacts = new Cell<readonly ContactRow[] | undefined>(data.contacts);
    this.requests = new Cell(data.requests);
    this.rooms = new Cell(data.rooms);
    for (const script of data.scripts) this.#keep(new FakeConversation(script, data.me, now));
    this.#list();
  }

  // What a test says

  patchSession(patch: Partial<SessionView>): void {
    this.session.set({ ...this.session.value, ...patch });
  }
  /** A message arrives (or, from `me`, comes from another device). */
  receive(jid: string, line: Partial<Line> & { readonly from: string }): MessageRow {
    const row = this.#conversation(jid, 'chat').add({ ago: 0, ...line });
    this.#list();
    return row;
  }
  /** Sets how far a message has come. */
  deliver(jid: string, id: number, state: Partial<MessageRow['state']>): void {
    this.#conversation(jid, 'chat').patch(id, state);
  }
  lastMessage(jid: string): MessageRow | undefined {
    const last = this.#stored.get(jid)?.items.at(-1);
    return last?.kind === 'message' ? last.row : undefined;
  }
  setTypists(jid: string, who: readonly string[]): void {
    this.#cell(this.#typing, jid, []).set(who);
  }
  setPresenceOf(jid: string, view: PresenceView | undefined): void {
    this.#cell(this.#presence, jid, this.#data.presence[jid]).set(view);
  }
  setUpload(message: number, share: number | undefined): void {
    this.#cell(this.#uploads, message, undefined).set(share);
  }
  setRoom(jid: string, view: RoomView | undefined): void {
    this.#cell(this.#roomViews, jid, this.#data.roomViews[jid]).set(view);
  }
  setOccupants(jid: string, occupants: readonly OccupantView[]): void {
    this.#cell(this.#occupants, jid, this.#data.occupants[jid] ?? []).set(occupants);
  }
  called(name: keyof ChatClient): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  }

  // ChatClient

  async resume(slot: string): Promise<boolean> {
    await this.#command('resume', slot);
    if (this.kept?.slot !== slot) return false;
    this.#enter(this.kept.mode);
    return true;
  }
  async signIn(options: SignInOptions): Promise<void> {
    // The calls are printed when a test fails: no password in them.
    await this.#command('signIn', { ...options, ...(options.credentials && { credentials: { jid: options.credentials.jid } }) });
    this.#enter(options.mode);
  }
  async signOut(): Promise<void> {
    await this.#command('signOut');
    this.mode = undefined;
    this.session.set({ status: 'idle', catchingUp: false, presence: { show: 'available' } });
  }
  async forget(): Promise<void> {
    await this.#command('forget');
    await this.signOut();
  }
  async setPresence(presence: OwnPresence): Promise<void> {
    await this.#command('setPresence', presence);
    this.patchSession({ presence });
  }
  async setSettings(settings: Settings): Promise<void> {
    await this.#command('setSettings', settings);
    this.settings.set(settings);
  }
  async reconnect(): Promise<void> {
    await this.#command('reconnect');
  }

  async search(): Promise<SearchResult> {
    return { found: [], all: true };
  }
  timeline(conversation: string): FakeTimeline {
    const timeline = new FakeTimeline(this.#conversation(conversation, 'chat'), () => this.latency());
    this.timelines.push(timeline);
    return timeline;
  }
  async openConversation(jid: string, kind: ConversationKind): Promise<void> {
    await this.#command('openConversation', jid, kind);
    this.#conversation(jid, kind);
    this.#list();
  }
  async removeConversation(jid: string): Promise<void> {
    await this.#command('removeConversation', jid);
    this.#stored.delete(jid);
    this.#list();
  }
  async send(conversation: string, content: Content): Promise<void> {
    await this.#command('send', conversation, content);
    const attachments = content.file ? [{ url: '', size: content.file.size, mediaType: content.file.type, ...(content.fileName && { name: content.fileName }) }] : [];
    if (content.fromDraft !== undefined && this.conversations.value?.find(({ jid }) => jid === conversation)?.draft === content.fromDraft) await this.setDraft(conversation, '');
    this.#conversation(conversation, 'chat').add({ from: 'me', ago: 0, body: content.body, attachments, delivery: 'sending', ...(content.invitation && { invitation: content.invitation }) });
    this.#list();
  }
  async retry(message: number): Promise<void> {
    await this.#command('retry', message);
    this.#holding(message)?.patch(message, { delivery: 'sending' });
  }
  async discard(message: number): Promise<void> {
    await this.#command('discard', message);
    this.#holding(message)?.remove(message);
    this.#list();
  }
  async textsKept(): Promise<void> {}
  async setDraft(conversation: string, draft: string): Promise<void> {
    await this.#command('setDraft', conversation, draft);
    const kept = this.#conversation(conversation, 'chat');
    const { draft: _, ...row } = kept.row;
    kept.row = draft ? { ...row, draft } : row;
    this.#list();
  }
  async markRead(conversation: string): Promise<void> {
    await this.#command('markRead', conversation);
    this.#stored.get(conversation)?.markRead();
    this.#list();
  }
  setTyping(conversation: string, typing: boolean): void {
    this.calls.push({ name: 'setTyping', args: [conversation, typing] });
  }
  typing(conversation: string): Value<readonly string[]> {
    return this.#cell(this.#typing, conversation, []);
  }
  upload(message: number): Value<number | undefined> {
    return this.#cell(this.#uploads, message, undefined);
  }

  presence(jid: string): Value<PresenceView | undefined> {
    return this.#cell(this.#presence, jid, this.#data.presence[jid]);
  }
  avatar(jid: string): Value<Blob | undefined> {
    const cell = this.#cell(this.#avatars, jid, undefined);
    if (this.#data.pictures.includes(jid) && !cell.value) void picture().then((blob) => cell.set(cell.value ?? blob));
    return cell;
  }
  nameOf(jid: string): string {
    const bare = bareJid(jid);
    if (resourceOf(jid) && this.#stored.get(bare)?.kind === 'room') return resourceOf(jid);
    return this.contacts.value?.find((contact) => contact.jid === bare)?.name ?? this.rooms.value.find((room) => room.jid === bare)?.name ?? (localOf(jid) || bare);
  }
  async saveContact(contact: { readonly jid: string; readonly name?: string; readonly groups: readonly string[] }, subscribe: boolean): Promise<void> {
    await this.#command('saveContact', contact, subscribe);
    const old = this.contacts.value?.find((row) => row.jid === contact.jid);
    const row: ContactRow = { subscription: 'none', asked: subscribe, ...old, ...contact };
    this.contacts.set([...(this.contacts.value ?? []).filter((other) => other.jid !== contact.jid), row]);
  }
  async removeContact(jid: string): Promise<void> {
    await this.#command('removeContact', jid);
    this.contacts.set(this.contacts.value?.filter((row) => row.jid !== jid));
  }
  async answerRequest(jid: string, accept: boolean): Promise<void> {
    await this.#command('answerRequest', jid, accept);
    this.requests.set(this.requests.value.filter((row) => row.jid !== jid));
  }

  room(jid: string): Value<RoomView | undefined> {
    return this.#cell(this.#roomViews, jid, this.#data.roomViews[jid]);
  }
  occupants(room: string): Value<readonly OccupantView[]> {
    return this.#cell(this.#occupants, room, this.#data.occupants[room] ?? []);
  }
  async findRooms(service?: string): Promise<readonly RoomListing[]> {
    await this.#command('findRooms', service);
    return this.#data.listings;
  }
  async joinRoom(jid: string, nick: string, options?: { readonly password?: string; readonly create?: boolean }): Promise<void> {
    await this.#command('joinRoom', jid, nick, options);
    this.#conversation(jid, 'room');
    if (!this.rooms.value.some((room) => room.jid === jid)) this.rooms.set([...this.rooms.value, { jid, nick, autojoin: false, bookmarked: false }]);
    this.setRoom(jid, { state: 'joined', nick, role: 'participant', affiliation: 'none', occupants: 1 });
    this.#list();
  }
  async leaveRoom(jid: string): Promise<void> {
    await this.#command('leaveRoom', jid);
    const view = this.room(jid).value;
    if (view) this.setRoom(jid, { ...view, state: 'left' });
  }
  async setSubject(room: string, subject: string): Promise<void> {
    await this.#command('setSubject', room, subject);
    const view = this.room(room).value;
    if (view) this.setRoom(room, { ...view, subject });
  }
  async bookmarkRoom(jid: string, options: { readonly name?: string; readonly nick?: string; readonly autojoin: boolean } | { readonly remove: true }): Promise<void> {
    await this.#command('bookmarkRoom', jid, options);
    const others = this.rooms.value.filter((room) => room.jid !== jid);
    this.rooms.set('remove' in options ? others : [...others, { jid, bookmarked: true, ...options }]);
  }
  async inviteToRoom(room: string, jid: string, reason?: string): Promise<void> {
    await this.#command('inviteToRoom', room, jid, reason);
  }

  // Behind it

  async #command(name: keyof ChatClient, ...args: readonly unknown[]): Promise<void> {
    this.calls.push({ name, args });
    await Promise.resolve();
    const failure = this.failures.get(name);
    if (failure) throw failure;
  }
  #enter(mode: AuthMode): void {
    this.mode = mode;
    this.ready.set(true);
    this.patchSession({ status: 'online', me: this.#data.me });
  }
  #cell<K, T>(map: Map<K, Cell<T>>, key: K, first: T): Cell<T> {
    let cell = map.get(key);
    if (!cell) map.set(key, (cell = new Cell(first)));
    return cell;
  }
  #keep(conversation: FakeConversation): FakeConversation {
    this.#stored.set(conversation.row.jid, conversation);
    return conversation;
  }
  #conversation(jid: string, kind: ConversationKind): FakeConversation {
    return this.#stored.get(jid) ?? this.#keep(new FakeConversation({ jid, kind: this.rooms.value.some((room) => room.jid === jid) ? 'room' : kind, lines: [] }, this.#data.me, this.#now));
  }
  #holding(message: number): FakeConversation | undefined {
    return Array.from(this.#stored.values()).find((conversation) => conversation.find(message));
  }
  #list(): void {
    const rows = Array.from(this.#stored.values(), (conversation) => conversation.row).toSorted((a, b) => b.lastAt - a.lastAt);
    this.conversations.set(rows);
    this.unread.set(rows.reduce((sum, row) => sum + row.unread, 0));
  }
}

/** A picture, drawn: nothing is fetched. */
async function picture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(96, 96);
  const draw = canvas.getContext('2d')!;
  const sky = draw.createLinearGradient(0, 0, 0, 96);
  sky.addColorStop(0, '#f2b880');
  sky.addColorStop(1, '#8d5b75');
  draw.fillStyle = sky;
  draw.fillRect(0, 0, 96, 96);
  draw.fillStyle = '#3d2b3d';
  draw.beginPath();
  draw.arc(48, 100, 44, 0, 7);
  draw.fill();
  draw.fillStyle = '#f7ddc4';
  draw.beginPath();
  draw.arc(48, 44, 20, 0, 7);
  draw.fill();
  return canvas.convertToBlob({ type: 'image/png' });
}
