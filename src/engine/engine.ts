import type { Archive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { OpenChannel } from '../client/channel.js';
import type { Deployment } from '../model/account.js';
import type { Fact } from '../model/fact.js';
import type { OutboxRow } from '../model/message.js';
import type { Element } from '../xmpp/element.js';
import type { FastState, OpenSocket, Proof, Sasl2 } from '../xmpp/connection-types.js';
import type { Incoming, XepContext, XepModule } from '../xep/module.js';
import type { Locks } from './leader.js';
import { diskDeadline, watchArchive } from '../archive/watch-archive.js';
import { ChatError, toChatError, type ChatErrorCode } from '../base/error.js';
import { bareJid, domainOf, resourceOf } from '../base/jid.js';
import { busVersion } from '../client/bus.js';
import { createConnection } from '../xmpp/connection.js';
import { parseFrame } from '../xmpp/frame.js';
import { isRoom, ownNick } from '../xep/0045-muc.js';
import { isActive } from '../xep/0352-csi.js';
import type { SmState } from '../xep/0198-kept-state.js';
import { createStreamManagement } from '../xep/0198-stream-management.js';
import { stanzaLimit } from '../xep/0478-stream-limits.js';
import { showSettings } from '../xep/0223-settings.js';
import { factBase } from '../xep/rfc6121-message.js';
import { contactOf } from '../xep/rfc6121-roster.js';
import { BusPort } from './bus-port.js';
import { SocketFence } from './fenced-socket.js';
import { CatchUp } from './catch-up.js';
import { fetchPage } from './fetch-page.js';
import { commandTable } from './commands.js';
import { composeMessage } from './compose.js';
import { createContext } from './context.js';
import { Inbox } from './inbox.js';
import { IqAnswers } from './iq-answers.js';
import { keptStream } from './kept-stream.js';
import { Leader, deposed } from './leader.js';
import { LiveStore } from './live-store.js';
import { Outbox } from './outbox.js';
import { Reactions } from './reactions.js';
import { SearchIndexer } from './search-indexer.js';
import { SeenTeller } from './seen-teller.js';
import { Session } from './session.js';

export type EngineOptions = {
  /** Bare JID; for SASL ANONYMOUS the domain that will give one. */
  readonly account: string;
  readonly deployment: Deployment;
  readonly nickname?: string | undefined;
  readonly archiveName: string;
  readonly modules: readonly XepModule[];
  readonly openArchive: (name: string, onPoke: (pokes: readonly Poke[]) => void) => Promise<Archive>;
  /** The WebSocket address, looked up at each attempt. */
  readonly service: () => Promise<string>;
  readonly proof: () => Promise<Proof>;
  readonly scramSeen: boolean;
  /** Names this engine among those of other tabs. */
  readonly tab?: string;
  readonly openSocket: OpenSocket;
  /** XEP-0388, loaded where a server offers it. */
  readonly sasl2?: () => Promise<Sasl2>;
  /** Absent where the platform has none. */
  readonly locks: Locks | undefined;
  readonly openChannel: OpenChannel;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly random: () => number;
  readonly log: Log;
};

/** One tab's engine of one account. */
export interface Engine {
  /** Takes the lead from another tab's engine that gives no sign of life. */
  claim(): Promise<void>;
  /** Ends it. Where it led, the stream stays resumable and the next tab's engine takes it over. */
  close(): Promise<void>;
}

const fastNote = 'fast';
/** A disk that does not answer for so long to somebody who has taken the lead is held up by whom it was taken from, milliseconds. */
const heldWithin = 4_000;

/** Rejects with `storage` where it takes longer, and with `offline` where nobody waits for it any more. */
function within<T>(work: Promise<T>, ms: number, clock: Clock, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = (): void => reject(new ChatError('offline', 'closed'));
    const cancel = clock.after(ms, () => reject(new ChatError('storage', 'the disk does not answer')));
    if (signal.aborted) left();
    signal.addEventListener('abort', left);
    work.then(resolve, reject).finally(() => {
      cancel();
      signal.removeEventListener('abort', left);
    });
  });
}

/** Starts an engine: it waits for the account's lock, and leads from then on. */
export function startEngine(options: EngineOptions): Engine {
  const { archiveName, locks, log } = options;
  let failed = false;
  const stand = (): Leader => {
    const leader = new Leader({ name: archiveName, locks, work: (signal, taken) => leadUntil(signal, taken, options), log });
    failed = false;
    leader.ended.catch((error: unknown) => {
      failed = true;
      log.warn('the engine has ended', error);
      tellFailure(options, toChatError(error, 'storage').code);
    });
    return leader;
  };
  let leader = stand();
  return {
    async claim() {
      // What could not begin may begin now.
      if (failed) leader = stand();
      else leader.claim();
    },
    close: () => leader.close(),
  };
}

/** Nobody would know otherwise: the pages go on waiting for a leader. The next one replaces it by its own state. */
function tellFailure({ archiveName, openChannel }: EngineOptions, code: ChatErrorCode): void {
  const channel = openChannel(archiveName);
  channel.post({ type: 'live-all', changes: [{ topic: 'session', key: '', value: { status: 'refused', catchingUp: false, presence: { show: 'available' }, error: { code } } }] });
  channel.close();
}

/** One time of leading; what it leaves open is closed however it ends. */
type Term = { deposed: boolean; lost?: ChatError; readonly closing: (() => void)[] };

async function leadUntil(signal: AbortSignal, taken: boolean, options: EngineOptions): Promise<void> {
  const term: Term = { deposed: false, closing: [] };
  try {
    await runTerm(signal, taken, options, term);
  } catch (error) {
    // Stopped by the archive's fence in the middle of something, or ended before it had begun: that is no failure.
    if (!term.deposed && !signal.aborted) throw error;
  } finally {
    for (const close of term.closing) close();
  }
}

/** The composition root of a leading engine. Resolves when `signal` has ended it, or it has yielded, and all is put away. */
async function runTerm(signal: AbortSignal, taken: boolean, options: EngineOptions, term: Term): Promise<void> {
  const { account, archiveName, clock, deployment, log, modules, newId } = options;
  const channel = options.openChannel(archiveName);
  term.closing.push(() => channel.close());
  const bus = new BusPort(channel, log, options.tab);
  const live = new LiveStore(clock, (changes) => bus.tellLive(changes));
  const correspondents = new Set<string>();
  const fullAddresses = new Set<string>();
  let seen: SeenTeller | undefined;
  let indexer: SearchIndexer | undefined;
  const used = new Map<string, number>();
  const noteAddresses = (pokes: readonly Poke[]): void => {
    seen?.poked(pokes);
    indexer?.poked(pokes);
    for (const { jid, kind, lastAt, preview } of pokes.flatMap((poke) => (poke.kind === 'conversations' ? poke.rows : []))) {
      used.set(jid, Math.max(lastAt, used.get(jid) ?? 0));
      if (resourceOf(jid)) fullAddresses.add(jid);
      // Whom we wrote to knows of us.
      if (kind === 'chat' && preview?.mine) correspondents.add(bareJid(jid));
    }
  };
  /** Whoever was stopped in the middle of a write holds the disk up for all, and nobody can free it. */
  const begun = <T>(work: Promise<T>): Promise<T> => within(work, taken ? heldWithin : diskDeadline, clock, signal);
  const opening = options.openArchive(archiveName, (pokes) => {
    bus.tellPokes(pokes);
    noteAddresses(pokes);
  });
  // Also where it comes too late to be of use.
  let over = false;
  term.closing.push(() => (over = true));
  opening.then((late) => over && late.close(), () => undefined);
  const opened = await begun(opening);
  term.closing.push(() => opened.close());
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const archive = watchArchive(opened, {
    clock,
    forgives: 3,
    onLost(error) {
      term.lost = error;
      end();
    },
  });
  if (!(await begun(archive.sound()))) throw new ChatError('storage', 'the archive is damaged');
  const fence = new SocketFence(options.openSocket, archive.lead, log);
  /** Another leads: from this very moment nothing of this engine reaches the wire, the archive or a page. */
  const depose = (): void => {
    term.deposed = fence.deposed = true;
    bus.depose();
    end();
  };
  const onAbort = (): void => (signal.reason === deposed ? depose() : end());
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  bus.lead(await begun(archive.lead.take(depose)));
  const scramNote = 'scram-seen';
  const scramSeen = options.scramSeen || (await archive.note<boolean>(scramNote)) === true;

  let acked: Promise<unknown> = Promise.resolve();
  const store = keptStream(archive);
  const management = createStreamManagement({
    clock,
    log,
    store: {
      load: () => store.load(),
      // What the server has is kept as sent before it is no longer kept as on its way: between the two it is both, never neither.
      async save(state) {
        await acked;
        await store.save(state);
      },
    },
  });
  const ctx: XepContext = createContext({
    account,
    nickname: options.nickname,
    connection: () => connection,
    archive,
    live,
    modules,
    trusts: (jid) => ['from', 'both'].includes(contactOf(ctx, bareJid(jid))?.subscription ?? '') || correspondents.has(bareJid(jid)),
    used: (jid) => used.get(jid) ?? 0,
    clock,
    newId,
    log,
  });
  const reactions = new Reactions(modules, () => ctx, log);
  const answers = new IqAnswers(modules, () => ctx);

  const noteCorrespondents = (incomings: readonly Incoming[]): void => {
    for (const { base, origin } of incomings) if (!base.mine && base.chatType === 'chat' && origin !== 'history') correspondents.add(bareJid(base.sender));
  };
  const committed = (incomings: readonly Incoming[], facts: readonly Fact[]): void => {
    noteCorrespondents(incomings);
    for (const fact of facts) {
      if (fact.kind === 'failure') void outbox.bounced(fact.conversation, fact.target, fact.condition, fact.text);
      else if (fact.kind === 'message') session.touched(fact.archive, 'received');
    }
    reactions.add(incomings);
  };
  /** A stream that is taken up again may begin with what was said in a room, before we have asked whether we are still in it. */
  const keptRooms = new Map<string, string | undefined>();
  const inbox = new Inbox({
    archive,
    clock,
    modules,
    ctx: () => ctx,
    log,
    base: (stanza, found) =>
      factBase(
        stanza,
        {
          me: ctx.me,
          server: ctx.server,
          now: clock.now(),
          isRoom: (jid) => isRoom(ctx, jid) || keptRooms.has(jid),
          ownNick: (room) => ownNick(ctx, room) ?? keptRooms.get(room),
          archives: session.archives,
          keeps: (address) => fullAddresses.has(address),
        },
        found,
      ),
    iq: (stanza) => void answers.take(stanza),
    keeps: (jid) => session.archives(jid),
    committed,
  });

  const connection = createConnection({
    domain: domainOf(account),
    service: options.service,
    proof: options.proof,
    // From then on the password never goes out in the clear, whatever the server offers (RFC 6120 §13.8.3).
    onSaltedKey: () => void archive.setNote(scramNote, true).catch((error: unknown) => log.warn('not kept', error)),
    scramSeen,
    management,
    ...(options.sasl2 && { sasl2: options.sasl2 }),
    fast: { load: () => archive.note<FastState>(fastNote), save: (state) => archive.setNote(fastNote, state) },
    inactive: () => !isActive(ctx),
    redirectHosts: deployment.redirectHosts,
    onStanzas: (stanzas) => inbox.handle(stanzas),
    openSocket: fence.open,
    clock,
    newId,
    random: options.random,
    log,
  });

  const outbox: Outbox = new Outbox({
    archive,
    clock,
    live,
    log,
    online: () => session.ready,
    joined: (room) => live.get('room', room)?.state === 'joined',
    look: (room) => session.look(room),
    compose: (row, late) => composeMessage(ctx, row, late),
    limit: () => stanzaLimit(connection.features),
    send(row: OutboxRow, stanza: Element) {
      connection.send(stanza);
      session.touched(row.chatType === 'groupchat' ? row.conversation : ctx.me, 'sent');
    },
    async upload(file, name, onProgress) {
      // Fetched with the first file; without a network there is nowhere to bring it anyway.
      const { uploadFile } = await import('./upload-file.js').catch((cause: unknown) => {
        throw new ChatError('offline', 'what uploads could not be fetched', { cause });
      });
      return uploadFile(ctx, file, name, onProgress);
    },
  });
  const catchUp = new CatchUp({
    archive,
    log,
    fetch: (of, ask, origin) => fetchPage(ctx, inbox, of, ask, origin),
    takesSince: (of) => session.takesSince(of),
    committed(incomings) {
      noteCorrespondents(incomings);
      reactions.add(incomings);
    },
  });
  const session: Session = new Session({ me: account.includes('@') ? account : undefined, ctx, modules, archive, live, catchUp, outbox, reactions, deployment, used: (jid) => used.get(jid) ?? 0 });

  management.on('acked', (stanzas) => {
    acked = Promise.all([acked, outbox.acked(stanzas).catch((error: unknown) => log.warn('not kept as sent', error))]);
  });
  management.withholds = outbox.withholds;
  management.on('returned', (stanzas) => outbox.returned(stanzas));
  management.on('unknown', (stanzas) => void outbox.unknown(stanzas).catch((error: unknown) => log.warn('outbox', error)));
  live.watch('room', (room, view) => {
    if (view?.state !== 'joined') return;
    // What its archive says on the next stream, before it is entered again, is ours under the same name.
    keptRooms.set(room, view.nick);
    void outbox.flush();
  });

  seen = new SeenTeller({ archive, modules, ctx, live, clock, log });
  indexer = new SearchIndexer({ archive, live, clock, log });

  // What the pages see from here on is this engine's.
  const [conversations, stream, rooms] = await Promise.all([archive.conversations(), store.load(), archive.all('rooms'), session.load(), showSettings(ctx)]);
  for (const { jid, nick } of rooms) keptRooms.set(jid, nick);
  noteAddresses([{ kind: 'conversations', rows: conversations }]);
  await outbox.recover(messageIds(stream));

  connection.onState((state) => {
    outbox.onState(state);
    session.onState(state);
  });
  channel.onMessage((message) => {
    if (message.type === 'poke') {
      noteAddresses(message.pokes);
      // A page tells of its write before it draws it, and draws it before it asks for anything.
      if (message.pokes.some(({ kind }) => kind === 'outbox')) void outbox.flush();
    }
    else if (message.type === 'yield' && connection.state.kind === 'refused') end();
    else if (message.type === 'here' && message.epoch > bus.epoch) depose();
  });
  channel.onForeign?.((version) => {
    // What a page of another build has written is told in words that are not ours.
    if (version < busVersion) void outbox.flush();
    else end();
  });
  const stopServing = bus.serve(
    commandTable({
      ctx,
      archive,
      connection,
      session,
      outbox,
      catchUp,
      opened: (conversation) => used.set(conversation, clock.now()),
      signOut: () => connection.stop({ forget: true }),
    }),
    live,
  );
  connection.start();

  await ended;
  stopServing();
  session.end();
  outbox.stop();
  seen.stop();
  indexer.stop();
  await connection.stop();
  for (const module of modules) module.onEnd?.(ctx);
  live.stop();
  if (term.lost) throw term.lost;
}

/** Messages that stream management will bring to the server itself when it resumes. */
function messageIds(state: SmState | undefined): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { xml } of state?.queue ?? []) {
    const stanza = parseFrame(xml);
    if (stanza.name === 'message' && stanza.attrs.id !== undefined) ids.add(stanza.attrs.id);
  }
  return ids;
}
