/** The messages that an archive has not confirmed: in order of arrival, after everything else. */
import { TAIL } from '../model/message.js';
import { moveReadPointer } from './conversations.js';
import { emptySegment, mayMiss, settleAbove } from './segments.js';
import type { StoredMessage, StoredSegment } from './schema.js';
import { orderOf, seamBetween } from './seams.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

export class Tail {
  readonly #unit: Unit;
  readonly #archive: string;
  /** In order of arrival. */
  readonly #rows: readonly StoredMessage[];
  readonly #seams: readonly number[];
  readonly #outgoing: ReadonlySet<number>;
  readonly #matched: ReadonlySet<number>;

  private constructor(unit: Unit, archive: string, rows: readonly StoredMessage[], seams: readonly number[], outgoing: ReadonlySet<number>, matched: ReadonlySet<number>) {
    this.#unit = unit;
    this.#archive = archive;
    this.#rows = rows;
    this.#seams = seams;
    this.#outgoing = outgoing;
    this.#matched = matched;
  }

  /** `matched`: the messages that the page at hand has. */
  static async load(unit: Unit, archive: string, seams: readonly number[], matched: ReadonlySet<number>): Promise<Tail> {
    const [rows, outbox] = await Promise.all([
      unit.tx.objectStore('messages').index('tail').getAll(startingWith(archive)),
      unit.tx.objectStore('outbox').getAll(),
    ]);
    const outgoing = new Set(outbox.filter((row) => row.state !== 'failed').map((row) => row.message));
    return new Tail(unit, archive, rows.map((row) => unit.hold(row)), seams, outgoing, matched);
  }

  get archive(): string {
    return this.#archive;
  }

  /** What was heard before the mark, by the sessions that have heard it: where each stretch begins, and whether it has rows that are neither on their way out nor in the page. */
  stretches(mark: number): { readonly from: number; readonly to: number; readonly holds: boolean }[] {
    const ends = [...this.#seams.filter((seam) => seam < mark), mark];
    return ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to, holds: this.between(ends[i - 1] ?? 0, to).some((row) => !this.#matched.has(row.id)) }));
  }

  /** Rows that are still here, from one number up to another, without those on their way out. */
  between(from: number, to: number): StoredMessage[] {
    return this.#rows
      .map((row) => this.#unit.message(row.id) ?? row)
      .filter((row) => row.place[1] === TAIL && orderOf(row) >= from && orderOf(row) < to && !this.#outgoing.has(row.id));
  }

  /** What the same session heard in the same conversation just before a message, back to the last one that the page has; newest first, none older than `since`; none where it was itself heard from `until` on. */
  justBefore(id: number, since: number, until: number): StoredMessage[] {
    const start = this.#rows.findIndex((row) => row.id === id);
    const found: StoredMessage[] = [];
    let later = start < 0 ? 0 : orderOf(this.#rows[start]!);
    if (later >= until) return found;
    for (let i = start - 1; i >= 0; i--) {
      const row = this.#rows[i]!;
      if (seamBetween(this.#seams, orderOf(row), later) !== undefined) break;
      later = orderOf(row);
      if (row.conversation !== this.#rows[start]!.conversation || this.#outgoing.has(row.id)) continue;
      if (this.#matched.has(row.id) || later < since) break;
      const held = this.#unit.message(row.id) ?? row;
      if (held.place[1] === TAIL) found.push(held);
    }
    return found;
  }
}

/** Puts at the end of a run what is in the tail from `from` up to `mark` and the archive, asked to its end, does not have; in which conversations. */
export async function settleTail(unit: Unit, tail: Tail, run: number, from: number, mark: number): Promise<ReadonlySet<string>> {
  const rows = tail.between(from, mark);
  const conversations = new Set(rows.map((row) => row.conversation));
  await Promise.all([unit.loadSegments(conversations), unit.loadConversations(conversations)]);
  const runs = unit.runs(tail.archive);
  for (const row of rows) {
    const { conversation } = row;
    const earlier = unit.segments(conversation).findLast((other) => other.segment < run);
    const segment = unit.segment(conversation, run) ?? emptySegment(tail.archive, conversation, run, mayMiss(runs, run, earlier?.segment));
    const { segment: grown, position } = settleAbove(segment, row.archiveId);
    unit.putSegment(grown);
    const { tail: _, ...kept } = row.kept;
    const settled: StoredMessage = { ...row, place: [conversation, run, position], kept: { ...kept, proof: 'settled' } };
    unit.putMessage(settled);
    moveReadPointer(unit, settled);
    unit.reset(conversation);
  }
  return conversations;
}

/**
 * Back into the tail, in order of arrival, with what a segment without an end holds. Nothing in it is confirmed, and
 * history comes into it from the end, where it meets what was heard later.
 */
export async function unsettle(unit: Unit, segment: StoredSegment | undefined): Promise<void> {
  if (!segment || segment.firstId !== undefined || segment.low > segment.high) return;
  const { conversation } = segment;
  const rows = await unit.tx.objectStore('messages').index('place').getAll(startingWith(conversation, segment.segment));
  let order = 0;
  for (const row of rows) {
    const { proof: _, ...kept } = unit.hold(row).kept;
    // Its own number, but after what it stood after: an own message went on the wire later than it was written.
    order = Math.max(row.id, order + 2 ** -20);
    const heard: StoredMessage = { ...unit.hold(row), place: [conversation, TAIL, order], kept: { ...kept, tail: [row.archive, order] } };
    unit.putMessage(heard);
    moveReadPointer(unit, heard);
  }
  const { belowFrom: _, ...rest } = segment;
  unit.putSegment({ ...rest, low: 1, high: 0 });
  unit.reset(conversation);
  // So that it is read with the tail.
  unit.save();
}
