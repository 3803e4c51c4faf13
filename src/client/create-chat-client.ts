import type { Poke } from '../archive/archive-types.js';
import type { StorageNotice } from '../archive/mend.js';
import type { AuthMode, Deployment, SessionView, Settings } from '../model/account.js';
import type { OwnPresence } from '../model/contact.js';
import type { ConversationRow } from '../model/conversation.js';
import type { MessageRow } from '../model/message.js';
import type { OccupantView, RoomListing } from '../model/room.js';
import type { LiveChange } from '../model/live.js';
import type { SearchOptions, SearchResult } from '../model/search.js';
import type { ChatClient, Content, SignInOptions, Timeline, Value } from './chat-client.js';
import type { Command, Commands } from './bus.js';
import { ChatError } from '../base/error.js';
import { bareJid, localOf, normalizeJid, resourceOf } from '../base/jid.js';
import { AccountKeeper, type AccountKeeperParts } from './account-keeper.js';
import { AccountLists } from './account-lists.js';
import { Avatars } from './avatars.js';
import { keepMessage } from './keep-message.js';
import { LiveValues } from './live-values.js';
import { Marks } from './marks.js';
import type { OpenAccount } from './open-account.js';
import { persistStorage } from './persist.js';
import { report } from './report.js';
import { TypingNotices } from './typing-notices.js';
import { Source } from './value.js';
import { watchPage } from './watch-page.js';
import { WrittenTexts } from './written-texts.js';

export type ChatClientParts = AccountKeeperParts;

const idle: SessionView = { status: 'idle', catchingUp: false, presence: { show: 'available' } };
/** How long a request waits for a connection that is just being made, milliseconds. */
const connectingWait = 15_000;

/** Makes what a page holds. Nothing is fetched, stored or connected before `resume` or `signIn`. */
export const createChatClient = (parts: ChatClientParts): ChatClient => new PageClient(parts);

class PageClient implements ChatClient {
  readonly deployment: Deployment;
  readonly session = new Source<SessionView>(idle);
  readonly ready = new Source(false);
  readonly storage = new Source<StorageNotice | undefined>(undefined);
  readonly #parts: ChatClientParts;
  readonly #lists = new AccountLists();
  readonly #live = new LiveValues();
  readonly #marks = new Marks();
  readonly #avatars = new Avatars((jid) => this.#account?.line.tell('wantAvatar', jid));
  readonly #typing: TypingNotices;
  readonly conversations = this.#lists.conversations;
  readonly unread = this.#lists.unread;
  readonly contacts = this.#lists.contacts;
  readonly requests = this.#lists.requests;
  readonly rooms = this.#lists.rooms;
  readonly #keeper: AccountKeeper;
  /** Its archive has failed, and there is no other yet. */
  #failed = false;
  readonly #texts: WrittenTexts;
  /** Page and leader both write: what is sent comes after what was sent before, and after the draft that it takes away. */
  #written: Promise<unknown> = Promise.resolve();
  #watching = false;
  #outdated = false;
  #madeAnew = false;
  #inMemory = false;
  /** Taken for seen until the page says otherwise. */
  #visible = true;

  constructor(parts: ChatClientParts) {
    this.#parts = parts;
    this.deployment = parts.deployment;
    this.#texts = new WrittenTexts(parts.log);
    this.#keeper = new AccountKeeper(parts, {
      changed: (account, before) => this.#changed(account, before),
      failed: () => this.#connecting(),
      accepted: () => this.#accepted(),
      pokes: (pokes) => this.#onPokes(pokes),
      live: (changes) => this.#onLive(changes),
      outdated: () => this.#stepBack(),
      storage: (notice) => this.#tellStorage(notice),
    });
    this.#typing = new TypingNotices(parts.clock, (conversation, state) => {
      if (this.session.value.status === 'online') this.#account?.line.tell('typing', conversation, state);
    });
  }

  get #account(): OpenAccount | undefined {
    return this.#keeper.account;
  }
  get mode(): AuthMode | undefined {
    return this.#account?.mode;
  }

  // --- who -----------------------------------------------------------------------------------------------------

  async resume(slot: string): Promise<boolean> {
    try {
      return await this.#keeper.resume(slot);
    } finally {
      this.ready.set(true);
    }
  }
  async signIn(options: SignInOptions): Promise<void> {
    await this.#keeper.signIn(options);
    this.ready.set(true);
  }
  signOut(slot?: string): Promise<void> {
    return this.#keeper.signOut(slot);
  }
  forget(): Promise<void> {
    return this.#keeper.forget();
  }

  storageNoticed(): void {
    this.storage.set(undefined);
  }

  /** Once: that nothing is kept stays true for the page's life. */
  #tellStorage(notice: StorageNotice): void {
    if (notice !== 'mended' && this.#inMemory) return;
    this.#inMemory ||= notice !== 'mended';
    this.storage.set(notice);
  }

  /** Until its archive is mended nobody is connected, whatever the engine of before still says. */
  #connecting(): void {
    this.#failed = true;
    const { error: _, retryAt: _at, ...session } = this.session.value;
    if (session.status !== 'idle') this.session.set({ ...session, status: 'connecting', catchingUp: false });
  }

  #recover(): void {
    this.#keeper.recover('failing').catch((error: unknown) => this.#parts.log.warn('storage could not be mended', error));
  }

  async #changed(account: OpenAccount | undefined, before: OpenAccount | undefined): Promise<void> {
    this.#failed = false;
    this.#typing.stop();
    const me = account?.mode === 'anonymous' ? (before && this.session.value.me) : account?.jid;
    this.session.set(account ? { ...idle, status: 'connecting', ...(me !== undefined && { me }) } : idle);
    this.#live.open(account?.replica);
    this.#avatars.open(account?.archive);
    if (account) await this.#texts.takeAlong(account, this.#lists, before !== undefined);
    await this.#lists.open(account?.archive, before !== undefined);
    before?.closeTimelines();
    if (!account) return;
    account.onHiddenElsewhere(() => {
      // Another page is looked at no more, this one is.
      if (this.#visible) account.line.tell('visible', true);
    });
    if (this.#visible) account.line.tell('visible', true);
    this.#watchPage();
  }

  #watchPage(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchPage({
      wake: () => this.#account?.line.tell('wake'),
      frozen: (frozen) => this.#account?.freeze(frozen),
      visible: (visible) => {
        this.#visible = visible;
        this.#account?.watch?.visible(visible);
        this.#account?.line.tell('visible', visible);
      },
    });
  }

  async #accepted(): Promise<void> {
    await this.#until((session) => session.status === 'online' || session.status === 'refused' || session.status === 'idle' || session.error !== undefined);
    const { status, error } = this.session.value;
    if (status !== 'online') throw new ChatError(error?.code ?? 'unreachable', 'the server did not accept this visitor', { condition: error?.condition });
  }

  #until(done: (session: SessionView) => boolean): Promise<void> {
    if (done(this.session.value)) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.session.subscribe(() => {
        if (!done(this.session.value)) return;
        stop();
        resolve();
      });
    });
  }

  // --- what the leader and the archive tell --------------------------------------------------------------------

  #onPokes(pokes: readonly Poke[]): void {
    for (const poke of pokes) {
      if (poke.kind === 'messages') this.#marks.committed(poke.rows);
      else if (poke.kind === 'conversations') this.#lists.poke(poke);
      else if (poke.kind === 'shelf' && poke.shelf === 'avatars') this.#avatars.reread();
      else if (poke.kind === 'shelf') this.#lists.shelf(poke.shelf).catch(report);
    }
  }

  /** A newer build is open in another tab: what this page shows stays, and what it writes waits in the archive. */
  #stepBack(): void {
    if (this.#outdated) return;
    this.#outdated = true;
    this.session.set({ ...this.session.value, status: 'refused', catchingUp: false, error: { code: 'outdated' } });
    this.#account?.stepBack().catch(reportError);
  }

  #onLive(changes: readonly Pick<LiveChange, 'topic' | 'key'>[]): void {
    this.#live.changed(changes);
    const session = this.#account?.replica.get('session', '');
    if (this.#outdated || !session || session === this.session.value || this.#failed) return;
    // Its engine has ended over the archive.
    if (session.status === 'refused' && session.error?.code === 'storage') return this.#recover();
    this.#marks.session(session);
    this.session.set(session);
    // Servers throw away guests who have not come for long. Once a page: whatever else refuses a guest, this does not help.
    if (session.status === 'refused' && session.error?.code === 'not-authorized' && this.mode === 'guest' && !this.#madeAnew) {
      this.#madeAnew = true;
      void this.#keeper.makeAnew().then(() => this.reconnect()).catch(reportError);
    }
    this.#avatars.online(session.status === 'online');
  }

  // --- asking the leader ---------------------------------------------------------------------------------------

  /** Whoever writes while a failed archive is mended waits for it. Rows have other numbers afterwards: what names one does not. */
  async #mended(): Promise<OpenAccount> {
    await this.#keeper.mending;
    return this.#need();
  }

  #need(): OpenAccount {
    if (!this.#account) throw new ChatError('offline', 'nobody is signed in');
    return this.#account;
  }

  /** What needs the network: refused at once without one, unless it is just being brought up. */
  async #ask<C extends Command>(command: C, ...args: Parameters<Commands[C]>): Promise<ReturnType<Commands[C]>> {
    const { line } = this.#need();
    if (this.session.value.status === 'connecting') {
      await Promise.race([
        this.#until(({ status }) => status !== 'connecting'),
        new Promise<void>((resolve) => {
          this.#parts.clock.after(connectingWait, resolve);
        }),
      ]);
    }
    if (this.session.value.status !== 'online') throw new ChatError('offline', 'there is no connection');
    return line.call(command, ...args);
  }

  async setPresence(presence: OwnPresence): Promise<void> {
    await this.#need().line.call('setPresence', presence);
  }
  get settings(): Value<Settings> {
    return this.#live.settings.get('');
  }
  async setSettings(settings: Settings): Promise<void> {
    await this.#need().line.call('setSettings', settings);
  }
  async reconnect(): Promise<void> {
    await this.#need().line.call('wake', true);
  }

  // --- conversations -------------------------------------------------------------------------------------------

  timeline(conversation: string): Timeline {
    const account = this.#need();
    account.line.tell('opened', conversation);
    return account.timeline(conversation, (segment, onward) => this.#ask('older', conversation, segment, onward));
  }
  async search(words: string, options?: SearchOptions): Promise<SearchResult> {
    return this.#need().archive.search(words, options);
  }
  async openConversation(jid: string, kind: ConversationRow['kind']): Promise<void> {
    const address = normalizeJid(jid);
    if (address === undefined) throw new ChatError('invalid', 'this is no XMPP address');
    await (await this.#mended()).archive.openConversation(address, kind);
  }
  async removeConversation(jid: string): Promise<void> {
    await (await this.#mended()).archive.removeConversation(jid);
  }

  async send(conversation: string, content: Content): Promise<void> {
    this.#marks.pressed();
    const account = this.#keeper.mending ? await this.#mended() : this.#need();
    if (account.mode === 'anonymous' && this.session.value.me === undefined) await this.#until(({ me, status }) => me !== undefined || status === 'idle');
    const row = await this.#texts.keep(account, conversation, content.body, this.#keep(account, conversation, content));
    this.#marks.queued(row.id);
    this.#typing.sent(conversation);
    if (account.kept) void persistStorage(this.#parts.log);
  }
  async #keep(account: OpenAccount, conversation: string, content: Content): Promise<MessageRow> {
    const me = this.session.value.me ?? account.jid;
    // As the list has it, which is the archive's; a read here would be one step more between the key and the wire.
    const kind = (this.conversations.value?.find(({ jid }) => jid === conversation) ?? (await account.archive.conversation(conversation)))?.kind;
    const isRoom = kind === undefined ? this.rooms.value.some((row) => row.jid === conversation) || this.#live.room.get(conversation).value !== undefined : kind === 'room';
    const room = isRoom ? conversation : kind === 'private' ? bareJid(conversation) : undefined;
    const nick = room && (this.#live.room.get(room).value?.nick ?? this.rooms.value.find((row) => row.jid === room)?.nick);
    const { body, file, fileName, invitation, fromDraft } = content;
    const draft = {
      conversation,
      chatType: isRoom ? 'groupchat' : 'chat',
      sender: room && nick ? `${room}/${nick}` : me,
      archive: isRoom ? conversation : me,
      body,
      ...(file && { file }),
      ...(fileName !== undefined && { fileName }),
      ...(invitation && { invitation }),
      ...(fromDraft && { fromDraft }),
    } as const;
    const { clock, newId } = this.#parts;
    const kept = this.#written.then(() => keepMessage({ archive: account.archive, line: account.line, clock }, this.session.value.status === 'online', draft, newId(), clock.now()));
    this.#written = Promise.allSettled([kept]);
    return kept;
  }
  async retry(message: number): Promise<void> {
    const { archive, line } = this.#need();
    await archive.retry(message);
    line.tell('flush');
  }
  async discard(message: number): Promise<void> {
    await this.#need().archive.discard(message);
  }
  async setDraft(conversation: string, draft: string): Promise<void> {
    const account = this.#keeper.mending ? await this.#mended() : this.#need();
    const kept = account.archive.setDraft(conversation, draft);
    this.#written = Promise.allSettled([this.#written, kept]);
    await this.#texts.keep(account, conversation, draft, kept);
  }
  async textsKept(): Promise<void> {
    await this.#keeper.mending;
    await this.#texts.kept();
  }
  async markRead(conversation: string): Promise<void> {
    await (await this.#mended()).archive.markRead(conversation);
  }
  setTyping(conversation: string, typing: boolean): void {
    this.#typing.set(conversation, typing);
  }
  typing(conversation: string): Value<readonly string[]> {
    return this.#live.typing.get(conversation);
  }
  upload(message: number): Value<number | undefined> {
    return this.#live.upload.get(String(message));
  }

  // --- contacts ------------------------------------------------------------------------------------------------

  presence(jid: string): ReturnType<ChatClient['presence']> {
    return this.#live.presence.get(jid);
  }
  avatar(jid: string): Value<Blob | undefined> {
    return this.#avatars.get(jid);
  }
  nameOf(jid: string): string {
    const bare = bareJid(jid);
    const nick = resourceOf(jid);
    const room = this.#lists.room(bare);
    if (nick && (room || this.#live.room.get(bare).value)) return nick;
    return this.#lists.contact(jid)?.name ?? this.#lists.contact(bare)?.name ?? room?.name ?? this.#live.room.get(bare).value?.name ?? this.#lists.nicknamed(bare) ?? (localOf(bare) || bare);
  }
  async saveContact(contact: Parameters<ChatClient['saveContact']>[0], subscribe: boolean): Promise<void> {
    await this.#ask('saveContact', contact, subscribe);
  }
  async removeContact(jid: string): Promise<void> {
    await this.#ask('removeContact', jid);
  }
  async answerRequest(jid: string, accept: boolean): Promise<void> {
    await this.#ask('answerRequest', { jid }, accept);
  }

  // --- rooms ---------------------------------------------------------------------------------------------------

  room(jid: string): ReturnType<ChatClient['room']> {
    return this.#live.room.get(jid);
  }
  occupants(room: string): Value<readonly OccupantView[]> {
    return this.#live.occupants.get(room);
  }
  async findRooms(service?: string): Promise<readonly RoomListing[]> {
    const where = service ?? this.session.value.roomsDomain ?? this.deployment.roomsDomain;
    if (where === undefined) throw new ChatError('invalid', 'no rooms service is known');
    return this.#ask('findRooms', where);
  }
  async joinRoom(jid: string, nick: string, options: { readonly password?: string; readonly create?: boolean } = {}): Promise<void> {
    const room = normalizeJid(jid);
    if (room === undefined || bareJid(room) !== room) throw new ChatError('invalid', 'this is no address of a room');
    await this.#ask('joinRoom', { jid: room, nick, ...options });
  }
  async leaveRoom(jid: string): Promise<void> {
    await this.#ask('leaveRoom', jid);
  }
  async setSubject(room: string, subject: string): Promise<void> {
    await this.#ask('setSubject', room, subject);
  }
  async bookmarkRoom(jid: string, options: Parameters<ChatClient['bookmarkRoom']>[1]): Promise<void> {
    await this.#ask('bookmarkRoom', { jid, ...options });
  }
  async inviteToRoom(room: string, jid: string, reason?: string): Promise<void> {
    await this.#ask('inviteToRoom', room, jid, reason);
  }
}
