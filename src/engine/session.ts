import type { Archive } from '../archive/archive-types.js';
import type { Deployment, SessionView } from '../model/account.js';
import type { XepContext, XepModule } from '../xep/module.js';
import type { ConnectionState } from '../xmpp/connection-types.js';
import type { OutboxRow } from '../model/message.js';
import type { CatchUp, Fate } from './catch-up.js';
import type { LiveStore } from './live-store.js';
import type { Outbox } from './outbox.js';
import type { Reactions } from './reactions.js';
import { delay } from '../base/clock.js';
import { ChatError, toChatError } from '../base/error.js';
import { findRoomService } from '../xep/0045-muc.js';
import { copiesArrive } from '../xep/0280-carbons.js';
import { isActive } from '../xep/0352-csi.js';
import { loadOwnPresence } from '../xep/rfc6121-own-presence.js';
import { sendInitialPresence } from '../xep/rfc6121-presence.js';
import { keptStreamId } from './kept-stream.js';
import { KnownArchives } from './known-archives.js';
import { Turns } from './turns.js';

export type SessionPorts = {
  /** Bare JID, where it is known before the server says so. */
  readonly me: string | undefined;
  readonly ctx: XepContext;
  readonly modules: readonly XepModule[];
  readonly archive: Archive;
  readonly live: LiveStore;
  readonly catchUp: CatchUp;
  readonly outbox: Outbox;
  readonly reactions: Reactions;
  readonly deployment: Deployment;
  /** When a conversation was last used, milliseconds: whose archive comes first. */
  readonly used: (conversation: string) => number;
};

/** Contacts see us by then, even where the archive is slow, milliseconds. */
const presenceWithin = 5_000;
/** Nothing else is asked before what was missed is; not for longer than this, where the disk is slow, milliseconds. */
const askedWithin = 1_000;
/** A catch-up that failed on a living stream is tried again after this, milliseconds. */
const retryAfter = 30_000;
/** A disk that took nothing is tried again after this, milliseconds. */
const writeAgainAfter = 3_000;
/** How long after something was sent, or received, the archive is asked where it stands, milliseconds. */
const settleAfter = { sent: 5_000, received: 20_000 } as const;
/**
 * How often the archive is asked by whom not everything is delivered to, milliseconds: who is `invisible`, for no server hands
 * messages to somebody who is not there (RFC 6121 §8.5.2.2); who has no carbons, with somebody looking, and with nobody.
 */
const lookEvery = { invisible: 10_000, seen: 45_000, unseen: 300_000 } as const;
/** Where there is no archive to ask, what is on its way to us may still tell of a message of ours: the history of a room, a receipt. They come with our presence, within this, milliseconds. */
const lastWords = 3_000;
/** Which stream has begun whole: one that was lost earlier has no presence yet, and to it nothing is delivered. */
const wholeNote = 'whole';
/** Archives asked at a time: several hundred rooms come back at once. */
const atATime = 4;

/** What happens when a stream begins, is resumed, or ends: the order that keeps anything from being missed. */
export class Session {
  readonly #ports: SessionPorts;
  readonly #archives: KnownArchives;
  readonly #settling = new Map<string, () => void>();
  readonly #filling = new Set<string>();
  /** Archives that were to be asked, or were being asked, when the connection was lost: of a room nothing else does it on a resumed stream. */
  readonly #unfinished = new Set<string>();
  readonly #turns: Turns;
  #view: SessionView;
  #cancelLook: (() => void) | undefined;
  #lookedAt = 0;
  /** Each stream, resumed or not, is one; work of an earlier one stops by itself. */
  #stream = 0;
  #began = false;
  /** Messages may go out. */
  ready = false;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#archives = new KnownArchives(ports.archive);
    const { me, deployment, used } = ports;
    this.#turns = new Turns(atATime, (archive) => (archive === ports.ctx.me ? Infinity : used(archive)));
    this.#view = { status: 'connecting', catchingUp: false, presence: { show: 'available' }, ...(me !== undefined && { me }), ...(deployment.roomsDomain !== undefined && { roomsDomain: deployment.roomsDomain }) };
    ports.live.set('session', '', this.#view);
    ports.live.watch('room', (room, view, before) => {
      // The room has said what it is, and has not been entered yet. As for the account, below.
      if (view?.state === 'joining' && before?.state === 'joining') this.#learns(room);
      if (view?.state !== 'joined' || before?.state === 'joined') return;
      ports.catchUp.begin(room, false);
      void this.#catchUpArchive(room, this.#alive());
    });
  }

  /** What an earlier session knew that holds for this one. */
  async load(): Promise<void> {
    await this.#archives.load();
    // A resumed stream still shows what was set before, though another worker set it.
    this.#show({ presence: await loadOwnPresence(this.#ports.ctx) });
  }

  /** Whether `jid`, the own account or a room, keeps an archive. */
  readonly archives = (jid: string): boolean => this.#archives.has(jid);

  /** Whether that archive says that it can be asked for the newest of what lies after an item. */
  readonly takesSince = (jid: string): boolean => this.#archives.takesSince(jid);

  onState(state: ConnectionState): void {
    this.#stream += 1;
    this.ready = false;
    switch (state.kind) {
      case 'online':
        // Before anything else is done: nothing of this stream has been read yet.
        if (!state.resumed) this.#ports.catchUp.streamLost();
        this.#ports.catchUp.begin(this.#ports.ctx.me, state.resumed, !state.resumed);
        void this.#begin(state.resumed).catch((error: unknown) => this.#ports.ctx.log.warn('the session could not begin', error));
        break;
      case 'connecting':
        this.#show({ status: 'connecting', catchingUp: false });
        break;
      case 'waiting':
        this.#show({ status: 'offline', catchingUp: false, error: errorOf(state.error), retryAt: state.retryAt });
        break;
      case 'refused':
        this.#show({ status: 'refused', catchingUp: false, error: errorOf(state.error), retryAt: undefined });
        break;
      case 'idle':
        this.#show({ status: 'offline', catchingUp: false });
    }
  }

  /** The engine stops leading. */
  end(): void {
    this.#stream += 1;
    this.ready = false;
    this.#cancelLook?.();
    for (const cancel of this.#settling.values()) cancel();
    this.#settling.clear();
  }

  showPresence(presence: SessionView['presence']): void {
    this.#show({ presence });
    this.#look();
  }

  /** What was sent there is to be looked for now. */
  look(archive: string): void {
    if (this.ready) void this.#catchUpArchive(archive, this.#alive());
  }

  /** Something of this archive was sent or received and has no place in it yet. */
  touched(archive: string, how: keyof typeof settleAfter): void {
    if (this.#settling.has(archive) || !this.#archives.has(archive)) return;
    this.#settling.set(
      archive,
      this.#ports.ctx.clock.after(settleAfter[how], () => {
        this.#settling.delete(archive);
        if (this.ready) void this.#catchUpArchive(archive, this.#alive());
        else this.#unfinished.add(archive);
      }),
    );
  }

  /** Somebody looks again, who may have been told nothing meanwhile. */
  attend(): void {
    if (this.#cancelLook && this.#ports.ctx.clock.now() - this.#lookedAt >= lookEvery.invisible) void this.#lookNow(this.#alive());
  }

  async #lookNow(alive: () => boolean): Promise<void> {
    const { ctx } = this.#ports;
    this.#lookedAt = ctx.clock.now();
    if (alive() && this.ready) await this.#catchUpArchive(ctx.me, alive);
    if (alive()) this.#look();
  }

  #look(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    const { ctx } = this.#ports;
    const invisible = this.#view.presence.show === 'invisible';
    if (!invisible && (copiesArrive(ctx) || !this.#archives.has(ctx.me))) return;
    const alive = this.#alive();
    this.#cancelLook = ctx.clock.after(lookEvery[invisible ? 'invisible' : isActive(ctx) ? 'seen' : 'unseen'], () => void this.#lookNow(alive));
  }

  #alive(): () => boolean {
    const stream = this.#stream;
    return () => stream === this.#stream;
  }

  #show(change: { readonly [K in keyof SessionView]?: SessionView[K] | undefined }): void {
    this.#view = Object.fromEntries(Object.entries({ ...this.#view, ...change }).filter(([, value]) => value !== undefined)) as SessionView;
    this.#ports.live.set('session', '', this.#view);
  }

  async #begin(resumed: boolean): Promise<void> {
    const { catchUp, ctx, modules, live, outbox, reactions } = this.#ports;
    const alive = this.#alive();
    this.#show({ status: 'online', me: ctx.me, catchingUp: true, error: undefined, retryAt: undefined, archive: this.#archives.has(ctx.me) });
    // Told at once: whoever waits for what was missed does so from now on.
    live.flush();
    const whole = resumed && (await this.#isWhole());
    if (!alive()) return;
    if (!whole) {
      if (this.#began) for (const module of modules) this.#guard(module, () => module.onEnd?.(ctx));
      live.clear(['presence', 'typing', 'occupant']);
    }
    if (!resumed) {
      // Whatever the old stream carried is not on this one: until that is on the disk, nothing may go out.
      await this.#untilWritten(() => outbox.streamLost(), alive);
      if (!alive()) return;
    }
    this.#began = true;
    // Before anything can come: by the archive's ids what comes live is known again, where its sender's say nothing.
    if (!whole) this.#learns(ctx.me);
    // What was missed is asked for first: somebody waits for it. Where an archive is known of it need not even be heard that there is one.
    // And before all else is: a server answers one question after the other.
    let begun = (): void => {};
    let early: Promise<void> | undefined;
    if (this.#archives.has(ctx.me)) {
      const holes = new Promise<void>((resolve) => (begun = resolve));
      const asked = new Promise<void>((resolve) => (early = this.#catchUpArchive(ctx.me, alive, holes, resolve)));
      await Promise.race([asked, early, delay(ctx.clock, askedWithin)]);
    }
    for (const module of modules) {
      if (!alive()) return;
      await this.#guardAsync(module, async () => (whole ? module.onResumed?.(ctx) : module.onReady?.(ctx)));
    }
    if (!alive()) return;
    this.ready = true;
    void outbox.flush();
    begun();
    // First what was missed, then the presence that makes the server hand out what it kept for us (RFC 6121 §8.5.2.1.1, offline messages): they meet in the archive.
    const caughtUp = early ?? this.#catchUpArchive(ctx.me, alive);
    for (const archive of this.#unfinished) if (archive !== ctx.me && this.#answers(archive)) void this.#catchUpArchive(archive, alive);
    if (!whole) {
      await Promise.race([caughtUp, delay(ctx.clock, presenceWithin)]);
      if (!alive()) return;
      try {
        this.#show({ presence: await sendInitialPresence(ctx) });
        catchUp.hears(ctx.me);
        await this.#ports.archive.setNote(wholeNote, await keptStreamId(this.#ports.archive));
      } catch (error) {
        ctx.log.debug('no presence', error);
      }
    }
    await caughtUp;
    // What came after the archive was asked and before the presence was there is in the archive only, where the server keeps nothing else for us.
    if (!whole && alive()) await this.#catchUpArchive(ctx.me, alive);
    if (!alive()) return;
    this.#show({ catchingUp: false });
    this.#look();
    reactions.release();
    await this.#findServices(alive);
  }

  async #isWhole(): Promise<boolean> {
    try {
      const [id, whole] = await Promise.all([keptStreamId(this.#ports.archive), this.#ports.archive.note<string>(wholeNote)]);
      return id !== undefined && id === whole;
    } catch (error) {
      // Begun once more, it is begun for certain.
      this.#ports.ctx.log.warn('whether the stream had begun is not known', error);
      return false;
    }
  }

  async #untilWritten(write: () => Promise<void>, alive: () => boolean): Promise<void> {
    const { clock, log } = this.#ports.ctx;
    while (alive()) {
      try {
        return await write(); // oxlint-disable-line no-await-in-loop -- until it is done
      } catch (error) {
        log.warn('tried again: not written', error);
      }
      await delay(clock, writeAgainAfter); // oxlint-disable-line no-await-in-loop
    }
  }

  #guard(module: XepModule, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#ports.ctx.log.warn(`XEP-${module.xep} failed`, error);
    }
  }

  async #guardAsync(module: XepModule, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#ports.ctx.log.warn(`XEP-${module.xep} is not ready`, error);
    }
  }

  /** Up to now; then, in the background, the holes that absences have left, not before `begun`: the extensions' questions go first. `asked` is called when the first question is on its way. Never rejects. */
  #catchUpArchive(archive: string, alive: () => boolean, begun: Promise<void> = Promise.resolve(), asked = (): void => {}): Promise<void> {
    this.#unfinished.add(archive);
    return this.#turns.run(archive, true, async () => {
      if (!alive()) return;
      const { archive: store, catchUp, ctx, outbox } = this.#ports;
      try {
        const rows = await outbox.doubtful((row) => (row.chatType === 'groupchat' ? row.conversation === archive : archive === ctx.me));
        const settled = await this.#upToNow(archive, asked);
        const keeps = settled !== undefined;
        if (!keeps) await store.hearsAll(archive);
        if (!alive()) return;
        if (settled === false) throw new ChatError('protocol', 'its end may still change');
        const look = async (row: OutboxRow): Promise<Fate | undefined> => {
          const fate = keeps ? await catchUp.lookFor(archive, row) : 'absent';
          return alive() ? fate : undefined;
        };
        const settle = async (): Promise<void> => {
          if (!keeps && rows.length > 0) await delay(ctx.clock, lastWords);
          if (alive()) await outbox.settle(rows, look);
          if (alive()) this.#unfinished.delete(archive);
        };
        settle().catch((error: unknown) => this.#again(archive, alive, error));
        if (keeps) void begun.then(() => this.#fill(archive, alive));
      } catch (error) {
        this.#again(archive, alive, error);
      }
    });
  }

  /** `catchUp.now`; undefined where there is no archive. One that was there the last time is asked at once: what it answers to says more than what it is said to be. */
  async #upToNow(archive: string, asked: () => void): Promise<boolean | undefined> {
    if (!this.#archives.has(archive)) return (await this.#keepsArchive(archive)) ? this.#ports.catchUp.now(archive) : undefined;
    let keeps: Promise<boolean> | undefined;
    const learn = (): Promise<boolean> => (keeps ??= this.#keepsArchive(archive));
    try {
      return await this.#ports.catchUp.now(archive, () => {
        learn().catch(() => {});
        asked();
      });
    } catch (error) {
      if (toChatError(error, 'protocol').code === 'refused' && !(await learn())) return undefined;
      throw error;
    }
  }

  #again(archive: string, alive: () => boolean, thrown: unknown): void {
    const { ctx } = this.#ports;
    const error = toChatError(thrown, 'protocol');
    ctx.log.warn(`catching up with ${archive} failed`, error.message);
    if (alive() && error.code !== 'offline') ctx.clock.after(retryAfter, () => void (alive() && this.#catchUpArchive(archive, alive)));
  }

  /** A page in each turn, so that those used last come first, and all come. */
  async #fill(archive: string, alive: () => boolean): Promise<void> {
    const { catchUp, ctx } = this.#ports;
    if (this.#filling.has(archive)) return;
    this.#filling.add(archive);
    try {
      // oxlint-disable-next-line no-await-in-loop -- page after page
      while (await this.#turns.run(archive, false, async () => alive() && catchUp.fill(archive, archive === ctx.me)));
    } catch (error) {
      this.#again(archive, alive, error);
    } finally {
      this.#filling.delete(archive);
      if (!alive()) {
        if (this.ready && this.#answers(archive)) void this.#fill(archive, this.#alive());
        else this.#unfinished.add(archive);
      }
    }
  }

  /** Rooms that are still being entered are asked when that is done. */
  #answers(archive: string): boolean {
    const { ctx, live } = this.#ports;
    return archive === ctx.me || live.get('room', archive)?.state === 'joined';
  }

  #learns(jid: string): void {
    if (!this.#archives.has(jid)) this.#keepsArchive(jid).catch(() => {});
  }

  async #keepsArchive(jid: string): Promise<boolean> {
    const { ctx } = this.#ports;
    const keeps = await this.#archives.ask(ctx, jid);
    if (jid === ctx.me) this.#show({ archive: keeps });
    return keeps;
  }

  async #findServices(alive: () => boolean): Promise<void> {
    const { ctx, deployment } = this.#ports;
    const [upload, rooms] = await Promise.allSettled([import('../xep/0363-upload.js').then(({ findUploadService }) => findUploadService(ctx)), deployment.roomsDomain ?? findRoomService(ctx)]);
    if (!alive()) return;
    if (upload.status === 'fulfilled') this.#show({ uploadLimit: upload.value ? (upload.value.maxSize ?? Number.MAX_SAFE_INTEGER) : 0 });
    if (rooms.status === 'fulfilled') this.#show({ roomsDomain: rooms.value });
  }
}

const errorOf = ({ code, condition }: { readonly code: NonNullable<SessionView['error']>['code']; readonly condition: string | undefined }): NonNullable<SessionView['error']> => ({ code, ...(condition === undefined ? {} : { condition }) });
