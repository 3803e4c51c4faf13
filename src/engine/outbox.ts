import type { Archive, Draft } from '../archive/archive-types.js';
import type { Attachment } from '../model/fact.js';
import type { Clock } from '../base/clock.js';
import type { Live } from '../model/live.js';
import type { Log } from '../base/log.js';
import type { MessageRow, OutboxRow } from '../model/message.js';
import type { Element } from '../xmpp/element.js';
import type { ConnectionState } from '../xmpp/connection-types.js';
import type { Fate } from './catch-up.js';
import { ChatError, toChatError } from '../base/error.js';
import { toFrame } from '../xmpp/serialize.js';
import { Suspects } from './suspects.js';
import { Uploads } from './uploads.js';

export type OutboxPorts = {
  readonly archive: Archive;
  readonly clock: Clock;
  readonly live: Live;
  readonly log: Log;
  /** A stream is there and its ready sequence has come far enough for messages. */
  readonly online: () => boolean;
  /** In a room: whether one is in it. */
  readonly joined: (room: string) => boolean;
  /** Looks in a room's archive, and settles what is not known to have come there. */
  readonly look: (room: string) => void;
  /** The finished stanza: addressed, `id` and origin-id set, every module's `write` done; `late` asks for XEP-0203 delay. */
  readonly compose: (row: OutboxRow, late: boolean) => Element;
  /** Bytes that a stanza may have, where the server says so. */
  readonly limit: () => number | undefined;
  /** Throws `offline`. */
  readonly send: (row: OutboxRow, stanza: Element) => void;
  /** Puts a file on the server (XEP-0363). */
  readonly upload: (file: Blob, fileName: string, onProgress: (share: number) => void) => Promise<Attachment>;
};

/** A message that waited longer than this, milliseconds, says when it was written (XEP-0203 §1). */
const lateAfter = 60_000;
/** An acknowledged message to a room whose echo does not come within this time is looked for in the room's archive. */
const echoWithin = 30_000;

/** After a disk that took nothing the outbox is tried again, milliseconds. */
const retryAfter = 5_000;
/** What a page wrote that died before it could say so is found by then, milliseconds. */
const lookEvery = 30_000;

/**
 * Brings the outbox's rows to the server: each once, in order within its conversation. The row's state is committed
 * before the wire is touched, so that a crash between any two steps leaves a row that is either still `queued` or is
 * settled against the server's archive before it goes out again, under the same id.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #uploads: Uploads;
  readonly #looking = new Set<number>();
  /** Whatever goes out goes one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** The server has these, and the disk does not know it yet. */
  readonly #owed = new Set<string>();
  /** The server has certainly not got these, and the disk does not know it yet. */
  readonly #returned = new Set<string>();
  readonly #suspects = new Suspects();
  #cancelRetry: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    this.#uploads = new Uploads(ports, () => this.flush());
  }

  /** Rows that an earlier engine left on the wire: those stream management still holds are its business, the others' fate is unknown. */
  async recover(heldByStream: ReadonlySet<string>): Promise<void> {
    const { archive } = this.#ports;
    await this.#settleOwed();
    this.#suspects.allBack();
    for (const row of await archive.outbox()) {
      if (row.state !== 'inflight') continue;
      if (heldByStream.has(row.originId)) this.#suspects.sent(row.originId, bytesOf(row.body), this.#ports.clock.now());
      else await archive.setOutboxState(row.id, 'unknown');
    }
  }

  onState(state: ConnectionState): void {
    const now = this.#ports.clock.now();
    if (state.kind === 'online') this.#suspects.again(now);
    else if (state.kind === 'waiting') this.#suspects.ended(state.error, now);
  }

  /** Whether the stream is not to send this again by itself. */
  readonly withholds = (stanza: Element): boolean => stanza.attrs.id !== undefined && this.#suspects.suspected(stanza.attrs.id);

  /** The stream that was resumed has given these back: the server has not got them. */
  returned(stanzas: readonly Element[]): void {
    for (const id of idsOf(stanzas, undefined)) {
      this.#returned.add(id);
      this.#suspects.back(id);
    }
  }

  /** Sends what may be sent now. Calls during a run are merged into one more run. */
  flush(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#inTurn(async () => {
      try {
        while (this.#again && !this.#stopped) {
          this.#again = false;
          await this.#run();
        }
      } catch (error) {
        this.#ports.log.warn('outbox stopped until the next flush', error);
        this.#retry();
      } finally {
        this.#running = undefined;
        this.#cancelLook?.();
        if (!this.#stopped) this.#cancelLook = this.#ports.clock.after(lookEvery, () => void this.flush());
      }
    });
    return this.#running;
  }

  /**
   * A message just written, kept and sent at once where nothing has to go before it, else in its turn. Resolves when it is kept,
   * and is not kept where it rejects.
   */
  send(draft: Draft, originId: string, at: number): Promise<MessageRow> {
    return this.#inTurn(async () => {
      if (this.#stopped) throw new ChatError('offline', 'another engine leads');
      const { archive, online, joined } = this.#ports;
      const goes = online() && !draft.file && (draft.chatType === 'chat' || joined(draft.conversation));
      const { row, outgoing } = await archive.dispatch(draft, originId, at, goes);
      if (outgoing?.state === 'inflight') await this.#sendKept(outgoing);
      else void this.flush();
      return row;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#cancelLook?.();
  }

  #retry(): void {
    if (this.#stopped) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#ports.clock.after(retryAfter, () => void this.flush());
  }

  /** What is owed to the disk goes first: unwritten, it would be sent again. */
  async #settleOwed(): Promise<void> {
    const { archive } = this.#ports;
    if (this.#owed.size > 0) {
      const ids = Array.from(this.#owed);
      await archive.markSent(ids);
      for (const id of ids) this.#owed.delete(id);
    }
    if (this.#returned.size > 0) {
      const ids = Array.from(this.#returned);
      for (const row of await archive.outbox()) if (row.state === 'inflight' && ids.includes(row.originId)) await archive.setOutboxState(row.id, 'queued');
      for (const id of ids) this.#returned.delete(id);
    }
  }

  async #run(): Promise<void> {
    const { archive, online, joined } = this.#ports;
    await this.#settleOwed();
    if (!online()) return;
    const blocked = new Set<string>();
    const suspected: OutboxRow[] = [];
    for (const row of await archive.outbox()) {
      if (this.#stopped || !online()) return;
      if (row.state === 'failed' || row.state === 'inflight' || blocked.has(row.conversation)) continue;
      if (row.state === 'unknown' || (row.chatType === 'groupchat' && !joined(row.conversation))) blocked.add(row.conversation);
      else if (row.file && !row.attachments) this.#uploads.begin(row, row.file);
      else if (this.#suspects.proven(row.originId)) await archive.markFailed(row.id, 'too-long');
      else if (this.#suspects.suspected(row.originId)) {
        blocked.add(row.conversation);
        suspected.push(row);
      } else await this.#send(row);
    }
    // Alone, so that nothing else goes down with it; the next one when the server has taken it.
    const [first] = suspected;
    if (first && !this.#suspects.busy && online() && !this.#stopped) await this.#send(first);
  }

  async #send(row: OutboxRow): Promise<void> {
    const stanza = await this.#compose(row);
    if (!stanza) return;
    await this.#ports.archive.setOutboxState(row.id, 'inflight');
    await this.#putOnWire(row, stanza);
  }

  /** In flight from the beginning: whatever becomes of it now, it is kept. */
  async #sendKept(row: OutboxRow): Promise<void> {
    try {
      const stanza = await this.#compose(row);
      if (stanza) await this.#putOnWire(row, stanza);
    } catch (error) {
      this.#ports.log.warn('a message that could not be sent is not noted yet', error);
      this.#retry();
    }
  }

  /** Undefined where it cannot be written, and has failed. */
  async #compose(row: OutboxRow): Promise<Element | undefined> {
    const { archive, clock, compose, limit, log } = this.#ports;
    try {
      const stanza = compose(row, clock.now() - row.at > lateAfter);
      // The server would end the stream over it (XEP-0478).
      if (bytesOf(toFrame(stanza)) > (limit() ?? Infinity)) throw new ChatError('too-large', 'over the limit of the stream', { condition: 'too-long' });
      return stanza;
    } catch (error) {
      const failure = toChatError(error, 'invalid');
      log.warn('a message could not be written', failure.message);
      await archive.markFailed(row.id, failure.condition ?? failure.code);
      return undefined;
    }
  }

  async #putOnWire(row: OutboxRow, stanza: Element): Promise<void> {
    const { archive, clock, online, send } = this.#ports;
    try {
      // The stream may have gone, or another one come, while the state was being committed.
      if (!online() || this.#stopped) throw new ChatError('offline', 'the stream ended');
      send(row, stanza);
      this.#suspects.sent(row.originId, bytesOf(toFrame(stanza)), clock.now());
    } catch {
      // It certainly did not go out.
      await archive.setOutboxState(row.id, 'queued');
    }
  }

  /** The server has these stanzas (XEP-0198). A room still has to take a message to it: its echo, or its archive, says so. */
  async acked(stanzas: readonly Element[]): Promise<void> {
    const { clock } = this.#ports;
    for (const id of idsOf(stanzas, undefined)) this.#suspects.taken(id);
    for (const id of idsOf(stanzas, 'chat')) this.#owed.add(id);
    try {
      await this.#settleOwed();
    } catch (error) {
      this.#ports.log.warn('what was sent is not noted yet', error);
      this.#retry();
    }
    // What was to go out alone may go now.
    if (this.#suspects.any && !this.#suspects.busy) void this.flush();
    const toRooms = idsOf(stanzas, 'groupchat');
    if (toRooms.length > 0) clock.after(echoWithin, () => void this.#missEcho(new Set(toRooms)).catch((error: unknown) => this.#ports.log.warn('outbox', error)));
  }

  async #missEcho(originIds: ReadonlySet<string>): Promise<void> {
    if (this.#stopped) return;
    const { archive, look } = this.#ports;
    const rooms = new Set<string>();
    for (const row of await archive.outbox()) {
      if (row.state !== 'inflight' || !originIds.has(row.originId)) continue;
      await archive.setOutboxState(row.id, 'unknown');
      rooms.add(row.conversation);
    }
    for (const room of rooms) look(room);
  }

  /** The stream that carried these was lost for good: whether the server got them is not known (XEP-0198 §5). */
  async unknown(stanzas: readonly Element[]): Promise<void> {
    const ids = new Set(idsOf(stanzas, undefined));
    const { archive } = this.#ports;
    for (const row of await archive.outbox()) if (row.state === 'inflight' && ids.has(row.originId)) await archive.setOutboxState(row.id, 'unknown');
  }

  /** A new stream without the old one: nothing of what was on the wire is stream management's business any more. */
  async streamLost(): Promise<void> {
    await this.recover(new Set());
  }

  /** Rows of unknown fate. To be asked for before their archive is: what becomes doubtful afterwards has not been looked for. */
  async doubtful(of: (row: OutboxRow) => boolean): Promise<readonly OutboxRow[]> {
    return (await this.#ports.archive.outbox()).filter((row) => row.state === 'unknown' && of(row));
  }

  /** What became of `rows`, their archive being here up to now: what never arrived goes out again, what nobody can tell of is for the person to decide. */
  async settle(rows: readonly OutboxRow[], look: (row: OutboxRow) => Promise<Fate | undefined> | Fate): Promise<void> {
    const { archive } = this.#ports;
    const doubtful = async (row: OutboxRow): Promise<boolean> => (await this.doubtful(({ id }) => id === row.id)).length > 0;
    for (const row of rows) {
      // A page may have had it. Looked for once at a time: an answer from before it went out again says nothing of that.
      if (this.#looking.has(row.id) || !(await doubtful(row))) continue;
      this.#looking.add(row.id);
      try {
        const fate = await look(row);
        // Who has received it says so as well: a receipt, or what was seen after it.
        const delivery = (await archive.message(row.message))?.state.delivery;
        if (fate === 'found' || (fate && (delivery === 'delivered' || delivery === 'read'))) await archive.markSent([row.originId]);
        else if (fate && (await doubtful(row))) await (fate === 'absent' ? archive.setOutboxState(row.id, 'queued') : archive.markFailed(row.id, 'unknown-fate'));
      } finally {
        this.#looking.delete(row.id);
      }
    }
    await this.flush();
  }

  /** Our message came back from where it was sent to (RFC 6120 §8.3). */
  async bounced(conversation: string, originId: string, condition: string, text: string | undefined): Promise<void> {
    const { archive } = this.#ports;
    const row = (await archive.outbox()).find((entry) => entry.originId === originId && entry.conversation === conversation);
    if (row) await archive.markFailed(row.id, condition, text);
  }
}

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).byteLength;

const idsOf = (stanzas: readonly Element[], type: 'chat' | 'groupchat' | undefined): string[] =>
  stanzas.flatMap((stanza) => {
    const { id } = stanza.attrs;
    if (stanza.name !== 'message' || id === undefined) return [];
    return type === undefined || (stanza.attrs.type === 'groupchat') === (type === 'groupchat') ? [id] : [];
  });
