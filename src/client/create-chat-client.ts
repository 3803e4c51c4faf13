import type { Accounts } from '../archive/accounts.js';
import type { Archive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { AuthMode, Deployment, SessionView } from '../model/account.js';
import type { OwnPresence } from '../model/contact.js';
import type { ConversationRow } from '../model/conversation.js';
import type { OccupantView, RoomListing } from '../model/room.js';
import type { LiveChange } from '../model/live.js';
import type { ChatClient, Content, SignInOptions, Timeline, Value } from './chat-client.js';
import type { Command, Commands } from './bus.js';
import type { EngineHost } from './bridge.js';
import type { Identity, SignInParts } from './sign-in.js';
import { ChatError } from '../base/error.js';
import { bareJid, localOf, normalizeJid, resourceOf } from '../base/jid.js';
import { AccountLists } from './account-lists.js';
import { Avatars } from './avatars.js';
import { LiveValues } from './live-values.js';
import { Marks } from './marks.js';
import { OpenAccount } from './open-account.js';
import { identify, keptIdentity, slotFor } from './sign-in.js';
import { TypingNotices } from './typing-notices.js';
import { Source } from './value.js';
import { watchPage } from './watch-page.js';

export type ChatClientParts = {
  readonly deployment: Deployment;
  readonly host: EngineHost;
  /** Asked for after the host has made storage ready. */
  readonly accounts: () => Promise<Accounts>;
  readonly openArchive: (name: string, onPoke: (pokes: readonly Poke[]) => void) => Promise<Archive>;
  /** Deletes every database of ours in this browser. */
  readonly deleteEverything: () => Promise<void>;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

const idle: SessionView = { status: 'idle', catchingUp: false, presence: { show: 'available' } };
/** How long a request waits for a connection that is just being made, milliseconds. */
const connectingWait = 15_000;
/** A leader that does not answer a sign-out by then is left behind, milliseconds. */
const farewellWait = 3_000;

/** Makes what a page holds. Nothing is fetched, stored or connected before `resume` or `signIn`. */
export const createChatClient = (parts: ChatClientParts): ChatClient => new PageClient(parts);

class PageClient implements ChatClient {
  readonly deployment: Deployment;
  readonly session = new Source<SessionView>(idle);
  readonly ready = new Source(false);
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
  #account: OpenAccount | undefined;
  #accounts: Accounts | undefined;
  #keepsStorage = true;
  #watching = false;
  /** Taken for seen until the page says otherwise. */
  #visible = true;
  /** Signing in and out follow each other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ChatClientParts) {
    this.#parts = parts;
    this.deployment = parts.deployment;
    this.#typing = new TypingNotices(parts.clock, (conversation, state) => {
      if (this.session.value.status === 'online') this.#account?.line.tell('typing', conversation, state);
    });
  }

  get mode(): AuthMode | undefined {
    return this.#account?.mode;
  }

  // --- who -----------------------------------------------------------------------------------------------------

  resume(slot: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#account?.slot === slot) return true;
      try {
        const parts = await this.#signInParts();
        const identity = await keptIdentity(slot, parts);
        if (identity) await this.#open(identity);
        return identity !== undefined;
      } finally {
        this.ready.set(true);
      }
    });
  }

  signIn(options: SignInOptions): Promise<void> {
    return this.#inTurn(async () => {
      const parts = await this.#signInParts();
      const slot = slotFor(options.mode, this.deployment);
      const before = await parts.accounts.get(slot);
      const identity = await identify(options, parts);
      // A change of user purges before it connects.
      if (before && before.jid !== identity.account) await this.#purge(before.jid);
      if (this.#account?.slot !== slot || this.#account.jid !== identity.account || options.mode !== 'guest') {
        await this.#close();
        await this.#open(identity);
      }
      this.ready.set(true);
      // A person's password was tried already, and a guest's account was just made.
      if (options.mode === 'host' || options.mode === 'anonymous') await this.#accepted();
    });
  }

  signOut(): Promise<void> {
    return this.#inTurn(async () => {
      const account = this.#account;
      if (!account) return;
      await this.#farewell(account);
      const { accounts } = await this.#signInParts();
      await accounts.remove(account.slot);
      await this.#destroy(account);
    });
  }

  forget(): Promise<void> {
    return this.#inTurn(async () => {
      const parts = await this.#signInParts();
      const rows = await parts.accounts.all();
      const account = this.#account;
      if (account) {
        await this.#farewell(account);
        await this.#destroy(account);
      }
      for (const row of rows) {
        // Best effort: what the server keeps of a guest goes too, where the server can be reached.
        if (row.mode === 'guest' && row.secret !== undefined) await this.#withTimeout(this.#parts.host.unregister(row.jid, { kind: 'password', password: row.secret }, this.deployment));
        this.#tellGone(row.jid);
      }
      parts.accounts.close();
      this.#accounts = undefined;
      await this.#parts.deleteEverything();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #signInParts(): Promise<SignInParts> {
    const { host } = this.#parts;
    this.#keepsStorage = await host.prepare();
    this.#accounts ??= await this.#parts.accounts();
    return { deployment: this.deployment, host, accounts: this.#accounts };
  }

  /** One database per address; an anonymous visitor's, and one in the page's memory, are this page's alone. */
  #archiveName(jid: string, mode: AuthMode): string {
    return `tertulia/${jid}${mode === 'anonymous' || !this.#keepsStorage ? `/${this.#parts.newId()}` : ''}`;
  }

  async #open(identity: Identity): Promise<void> {
    const { host, openArchive, clock, newId } = this.#parts;
    const archiveName = this.#archiveName(identity.account, identity.mode);
    let account: OpenAccount | undefined;
    const archive = await openArchive(archiveName, (pokes) => account?.wrote(pokes));
    const channel = host.openChannel(archiveName);
    account = new OpenAccount(
      { jid: identity.account, mode: identity.mode, slot: identity.slot, archiveName, archive, channel, clock, newId },
      {
        pokes: (pokes) => this.#onPokes(pokes),
        live: (changes) => this.#onLive(changes),
        gone: () => void this.#inTurn(() => (this.#account === account ? this.#close() : Promise.resolve())),
      },
    );
    this.#account = account;
    account.onHiddenElsewhere(() => {
      // Another page is looked at no more, this one is.
      if (this.#visible) account?.line.tell('visible', true);
    });
    if (this.#visible) account.line.tell('visible', true);
    this.session.set({ ...idle, status: 'connecting', ...(identity.mode === 'anonymous' ? {} : { me: identity.account }) });
    this.#live.open(account.replica);
    this.#avatars.open(archive);
    await this.#lists.open(archive);
    const { mode, nickname, scramSeen } = identity;
    account.engine = await host.start({ archiveName, account: identity.account, mode, ...(nickname === undefined ? {} : { nickname }), deployment: this.deployment, scramSeen }, identity.secret);
    this.#watchPage();
  }

  #watchPage(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchPage({
      wake: () => this.#account?.line.tell('wake'),
      visible: (visible) => {
        this.#visible = visible;
        this.#account?.line.tell('visible', visible);
      },
    });
  }

  async #close(): Promise<void> {
    const account = this.#account;
    if (!account) return;
    this.#account = undefined;
    this.#typing.stop();
    this.#live.open(undefined);
    this.#avatars.open(undefined);
    await this.#lists.open(undefined);
    this.session.set(idle);
    await account.close();
    if (account.mode === 'anonymous') await this.#purgeArchive(account.archiveName);
  }

  /** Ends the session at the server, whichever tab leads. */
  async #farewell(account: OpenAccount): Promise<void> {
    await this.#withTimeout(account.line.call('signOut'));
  }

  async #withTimeout(work: Promise<unknown>): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(farewellWait, resolve);
    });
    await Promise.race([work.catch((error: unknown) => this.#parts.log.debug('left without a farewell', error)), late]);
    cancel();
  }

  async #destroy(account: OpenAccount): Promise<void> {
    account.tellGone();
    await this.#close();
    await this.#purgeArchive(account.archiveName);
  }

  /** Deletes an account's archive, open in other tabs or not. */
  async #purge(jid: string): Promise<void> {
    if (this.#account?.jid === jid) await this.#close();
    this.#tellGone(jid);
    await this.#purgeArchive(this.#archiveName(jid, 'login'));
  }

  #tellGone(jid: string): void {
    const channel = this.#parts.host.openChannel(this.#archiveName(jid, 'login'));
    channel.post({ type: 'gone' });
    channel.close();
  }

  async #purgeArchive(name: string): Promise<void> {
    const archive = await this.#parts.openArchive(name, () => {});
    await archive.destroy();
  }

  /** Resolves once the server has let us in, rejects when it will not or cannot be reached. */
  async #accepted(): Promise<void> {
    await this.#until((session) => session.status === 'online' || session.status === 'refused' || session.error !== undefined);
    const { status, error } = this.session.value;
    if (status === 'online') return;
    await this.#close();
    throw new ChatError(error?.code ?? 'unreachable', 'the server did not accept this visitor', { condition: error?.condition });
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
      else if (poke.kind === 'shelf') this.#lists.shelf(poke.shelf).catch(reportError);
    }
  }

  #onLive(changes: readonly Pick<LiveChange, 'topic' | 'key'>[]): void {
    this.#live.changed(changes);
    const session = this.#account?.replica.get('session', '');
    if (!session || session === this.session.value) return;
    this.#marks.session(session);
    this.session.set(session);
    this.#avatars.online(session.status === 'online');
  }

  // --- asking the leader ---------------------------------------------------------------------------------------

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
  async reconnect(): Promise<void> {
    await this.#need().line.call('wake');
  }

  // --- conversations -------------------------------------------------------------------------------------------

  timeline(conversation: string): Timeline {
    return this.#need().timeline(conversation, (segment) => this.#ask('older', conversation, segment));
  }
  async openConversation(jid: string, kind: ConversationRow['kind']): Promise<void> {
    const address = normalizeJid(jid);
    if (address === undefined) throw new ChatError('invalid', 'this is no XMPP address');
    await this.#need().archive.openConversation(address, kind);
  }
  async removeConversation(jid: string): Promise<void> {
    await this.#need().archive.removeConversation(jid);
  }

  async send(conversation: string, content: Content): Promise<void> {
    this.#marks.pressed();
    const account = this.#need();
    if (account.mode === 'anonymous' && this.session.value.me === undefined) await this.#until(({ me, status }) => me !== undefined || status === 'idle');
    const me = this.session.value.me ?? account.jid;
    const kind = (await account.archive.conversation(conversation))?.kind;
    const isRoom = kind === undefined ? this.rooms.value.some((row) => row.jid === conversation) || this.#live.room.get(conversation).value !== undefined : kind === 'room';
    const room = isRoom ? conversation : kind === 'private' ? bareJid(conversation) : undefined;
    const nick = room && (this.#live.room.get(room).value?.nick ?? this.rooms.value.find((row) => row.jid === room)?.nick);
    const { body, file, fileName, invitation } = content;
    const row = await account.archive.enqueue(
      {
        conversation,
        chatType: isRoom ? 'groupchat' : 'chat',
        sender: room && nick ? `${room}/${nick}` : me,
        archive: isRoom ? conversation : me,
        body,
        ...(file && { file }),
        ...(fileName !== undefined && { fileName }),
        ...(invitation && { invitation }),
      },
      this.#parts.newId(),
      this.#parts.clock.now(),
    );
    this.#marks.queued(row.id);
    this.#typing.sent(conversation);
    account.line.tell('flush');
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
    await this.#need().archive.setDraft(conversation, draft);
  }
  async markRead(conversation: string): Promise<void> {
    await this.#need().archive.markRead(conversation);
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
    const room = this.rooms.value.find((row) => row.jid === bare);
    if (nick && (room || this.#live.room.get(bare).value)) return nick;
    return this.#lists.contact(jid)?.name ?? this.#lists.contact(bare)?.name ?? room?.name ?? this.#live.room.get(bare).value?.name ?? (localOf(bare) || bare);
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
