import type { PageArchive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { AuthMode } from '../model/account.js';
import type { LiveChange } from '../model/live.js';
import type { Channel } from './channel.js';
import type { EngineHandle } from './bridge.js';
import type { LeaderWatch } from './leader-watch.js';
import type { WorkerWatch } from './worker-watch.js';
import { busVersion } from './bus.js';
import { LeaderLine } from './leader-line.js';
import { LiveReplica } from './live-replica.js';
import { UnsentCopy } from './unsent-copy.js';
import { ArchiveTimeline } from './timeline.js';

export type OpenAccountEvents = {
  readonly pokes: (pokes: readonly Poke[]) => void;
  readonly live: (changes: readonly Pick<LiveChange, 'topic' | 'key'>[]) => void;
  /** Signed out or forgotten in another tab. */
  readonly gone: () => void;
  /** A page of a newer build has this account open. */
  readonly outdated: () => void;
};

export type OpenAccountParts = {
  readonly jid: string;
  readonly mode: AuthMode;
  readonly slot: string;
  /** Outlives the page. */
  readonly kept: boolean;
  readonly archiveName: string;
  readonly archive: PageArchive;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

/** A read of the outbox is not over before the page has drawn, and the leader's write waits for it: that has so long to come first, milliseconds. */
const leaderFirst = 20;

/** One account as a page has it open: its archive, its line to the leader, its copy of the live state, its windows. */
export class OpenAccount {
  readonly jid: string;
  readonly mode: AuthMode;
  readonly slot: string;
  /** Outlives the page. */
  readonly kept: boolean;
  readonly archiveName: string;
  readonly archive: PageArchive;
  readonly line: LeaderLine;
  readonly replica: LiveReplica;
  /** Names this page's engine among those of other tabs. */
  readonly tab: string;
  /** Set once this tab's engine has been started. */
  engine: EngineHandle | undefined;
  /** Looks after the engine that leads; fetched after all that a first message needs. */
  watch: LeaderWatch | undefined;
  #worker: WorkerWatch | undefined;
  /** What is not sent yet, should the archive vanish. */
  readonly unsent = new UnsentCopy();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #channel: Channel;
  readonly #events: OpenAccountEvents;
  #closed = false;
  #ended: Promise<void> | undefined;
  /** What was told to a frozen page. */
  #missed: { readonly conversations: Set<string>; readonly others: Poke[] } | undefined;
  readonly #timelines = new Map<string, Set<ArchiveTimeline>>();

  constructor(parts: OpenAccountParts, events: OpenAccountEvents) {
    this.jid = parts.jid;
    this.mode = parts.mode;
    this.slot = parts.slot;
    this.kept = parts.kept;
    this.archiveName = parts.archiveName;
    this.archive = parts.archive;
    this.tab = parts.newId();
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.unsent.read(parts.archive, parts.log);
    this.#channel = parts.channel;
    this.#events = events;
    parts.channel.onMessage((message) => {
      if (message.type === 'poke') this.#apply(message.pokes);
      else if (message.type === 'gone') events.gone();
    });
    parts.channel.onForeign?.((version) => {
      if (version > busVersion) events.outdated();
    });
    this.line = new LeaderLine(parts.channel, parts.clock, parts.newId);
    this.replica = new LiveReplica(parts.channel, (changes) => events.live(changes));
  }

  /** This page has written to the archive: its own windows and the other tabs' are told. */
  wrote(pokes: readonly Poke[]): void {
    // Whoever sends is told before this page draws.
    this.#channel.post({ type: 'poke', pokes });
    this.#apply(pokes, leaderFirst);
  }

  /** The browser freezes the page: a read that it began now would not end, and hold up whoever has to write. */
  freeze(frozen: boolean): void {
    const missed = this.#missed;
    this.#missed = frozen ? (missed ?? { conversations: new Set(), others: [] }) : undefined;
    if (missed && !frozen) this.#apply([...Array.from(missed.conversations, (conversation) => ({ kind: 'messages', conversation, rows: [], reset: true }) as const), ...missed.others]);
  }

  #apply(pokes: readonly Poke[], after = 0): void {
    if (this.#missed) {
      for (const poke of pokes) {
        if (poke.kind === 'messages') this.#missed.conversations.add(poke.conversation);
        else this.#missed.others.push(poke);
      }
      return;
    }
    for (const poke of pokes) if (poke.kind === 'outbox') this.#copyUnsent(poke.ids, after);
    for (const poke of pokes) if (poke.kind === 'messages') for (const timeline of this.#timelines.get(poke.conversation) ?? []) timeline.poke(poke);
    this.#events.pokes(pokes);
  }

  #copyUnsent(ids: readonly number[], after: number): void {
    const read = (): void => {
      if (!this.#closed) this.unsent.read(this.archive, this.#log, ids);
    };
    if (after > 0) this.#clock.after(after, read);
    else read();
  }

  timeline(conversation: string, older: (segment: number, onward?: boolean) => Promise<{ readonly more: boolean }>): ArchiveTimeline {
    const all = this.#timelines.get(conversation) ?? new Set();
    this.#timelines.set(conversation, all);
    const timeline: ArchiveTimeline = new ArchiveTimeline(conversation, this.archive, {
      older,
      closed: () => {
        all.delete(timeline);
        if (all.size === 0) this.#timelines.delete(conversation);
      },
    });
    all.add(timeline);
    return timeline;
  }

  /** Another page has told the leader that nobody looks at it. */
  onHiddenElsewhere(listener: () => void): void {
    this.#channel.onMessage((message) => {
      if (message.type === 'call' && message.command === 'visible' && message.args[0] === false) listener();
    });
  }

  /** Somebody has just proven to be the owner of this account. */
  tellProven(): void {
    this.#channel.post({ type: 'yield' });
  }

  /** Tells every tab that the account is no more. */
  tellGone(): void {
    this.#channel.post({ type: 'gone' });
  }

  /** Looks after whichever engine leads: one that is frozen in its tab, or hangs, is replaced by this page's. */
  async watchLeader(clock: Clock, random: () => number, restart: () => Promise<void>): Promise<void> {
    const [{ LeaderWatch }, { WorkerWatch }] = await Promise.all([import('./leader-watch.js'), import('./worker-watch.js')]);
    if (this.#closed) return;
    this.#worker = new WorkerWatch({ clock, claim: async () => this.engine?.claim(), restart });
    this.watch = new LeaderWatch({ channel: this.#channel, clock, random, tab: this.tab, claim: () => this.#worker?.claim() });
  }

  /** Takes no part any more, and leaves what it shows. */
  async stepBack(): Promise<void> {
    this.#closed = true;
    this.watch?.close();
    const closing = this.engine?.close();
    // A worker that hangs would never say that it has.
    this.#worker?.claim();
    await closing;
  }

  /** Whoever looks at a conversation has to open it anew. */
  closeTimelines(): void {
    for (const timelines of this.#timelines.values()) for (const timeline of Array.from(timelines)) timeline.close();
  }

  /** Ends all but what is shown of it. `givingUp`: its disk is held up, and is not waited for. */
  end(givingUp = false): Promise<void> {
    this.#ended ??= this.#end(givingUp);
    return this.#ended;
  }

  async #end(givingUp: boolean): Promise<void> {
    this.line.close();
    this.replica.close();
    // Whoever waits for it is told now.
    if (givingUp) this.archive.close(givingUp);
    await this.stepBack();
    this.#channel.close();
    this.archive.close();
  }
}
