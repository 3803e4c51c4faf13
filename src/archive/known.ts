/** Finds what is in the archive already: the same message or fact seen before, live, sent, or in another page. */
import { keptBody } from '../model/fold-message.js';
import type { Fact, FactBase } from '../model/fact.js';
import type { StoredFact, StoredMessage } from './schema.js';
import type { Unit } from './unit.js';

export type MessageFact = Fact<'message'>;
export const isMessage = (fact: Fact): fact is MessageFact => fact.kind === 'message';

/** Shorter ids are counters of some client and say nothing by themselves. */
const TELLING = 8;
/** An id shared by more messages than this is nobody's mistake; later ones are not compared. */
const MANY = 16;

const pair = (first: string, second: string): string => `${first}\n${second}`;
/** What is said beside the common part, to tell two facts under one id apart. */
const common: ReadonlySet<string> = new Set<keyof FactBase>(['conversation', 'chatType', 'sender', 'mine', 'at', 'messageId', 'originId', 'archive', 'archiveId', 'claimedId', 'late']);
const saying = (fact: Fact): string => JSON.stringify(Object.entries(fact).filter(([key]) => !common.has(key)).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const factId = (fact: Fact): string | undefined => fact.messageId ?? fact.originId ?? fact.archiveId;
export function knownKey(fact: Fact): StoredFact['known'] {
  const id = factId(fact);
  return id === undefined ? undefined : [fact.conversation, 'target' in fact ? fact.target : '', fact.kind, fact.sender, id];
}

/** What was found; `exact`: by the id of the archive, so that its place can be relied on. */
export type Found<T> = { readonly row: T; readonly exact: boolean };

export class Known {
  readonly #unit: Unit;
  readonly #byArchiveId = new Map<string, number>();
  readonly #byId = new Map<string, Set<number>>();
  readonly #facts = new Map<string, Set<number>>();
  readonly #factsByArchiveId = new Map<string, number>();

  private constructor(unit: Unit) {
    this.#unit = unit;
  }

  /** Reads at once whatever may be the same as one of `facts`. `bare`: items of `archive` that hold no message. */
  static async load(unit: Unit, facts: readonly Fact[], bare: readonly { readonly archive: string; readonly archiveId: string }[] = []): Promise<Known> {
    const known = new Known(unit);
    const messages = unit.tx.objectStore('messages');
    const stored = unit.tx.objectStore('facts');
    const byArchive = messages.index('archiveId');
    const byMessageId = messages.index('messageId');
    const byOriginId = messages.index('originId');
    const reads: Promise<void>[] = [];
    const asked = new Set<string>();
    // Keys first: in a catch-up nearly everything is new, and a key that is not there is the cheapest answer.
    const once = (kind: string, a: string, b: string, read: () => Promise<number[]>): void => {
      const key = `${kind}\n${pair(a, b)}`;
      if (asked.has(key)) return;
      asked.add(key);
      reads.push(
        read().then(async (ids) => {
          const rows = await Promise.all(ids.map(async (id) => unit.loadMessage(id)));
          for (const row of rows) if (row) known.add(row);
        }),
      );
    };
    for (const fact of facts) {
      const { conversation, archive, archiveId, messageId, originId } = fact;
      if (isMessage(fact)) {
        if (archiveId !== undefined) once('archive', archive, archiveId, async () => byArchive.getAllKeys([archive, archiveId], 1));
        if (messageId !== undefined) once('message', conversation, messageId, async () => byMessageId.getAllKeys([conversation, messageId], MANY));
        if (fact.mine && originId !== undefined && originId !== messageId) once('origin', conversation, originId, async () => byOriginId.getAllKeys([conversation, originId], MANY));
      } else {
        const key = knownKey(fact);
        if (key) reads.push(stored.index('known').getAll([...key], MANY).then((rows) => rows.forEach((row) => known.addFact(unit.holdFact(row)))));
      }
    }
    const byArchiveId = stored.index('archiveId');
    for (const { archive, archiveId } of bare) {
      reads.push(byArchiveId.get([archive, archiveId]).then((row) => row && known.addFact(unit.holdFact(row))));
    }
    await Promise.all(reads);
    return known;
  }

  add(row: StoredMessage): void {
    if (row.archiveId !== undefined) this.#byArchiveId.set(pair(row.archive, row.archiveId), row.id);
    for (const id of new Set([row.messageId, row.originId])) {
      if (id !== undefined) addTo(this.#byId, pair(row.conversation, id), row.id);
    }
  }

  addFact(row: StoredFact): void {
    if (row.known) addTo(this.#facts, row.known.join('\n'), row.id);
    const { archive, archiveId } = row.fact;
    if (archiveId !== undefined) this.#factsByArchiveId.set(pair(archive, archiveId), row.id);
  }

  message(fact: MessageFact): Found<StoredMessage> | undefined {
    if (fact.archiveId !== undefined) {
      const row = this.#held(this.#byArchiveId.get(pair(fact.archive, fact.archiveId)));
      // A row that has since learnt another copy's id stands where that one is.
      if (row) return { row, exact: row.archiveId === fact.archiveId };
    }
    for (const id of new Set([fact.originId, fact.messageId])) {
      if (id === undefined) continue;
      for (const candidate of this.#byId.get(pair(fact.conversation, id)) ?? []) {
        const row = this.#held(candidate);
        if (row && sameMessage(row, fact)) return { row, exact: false };
      }
    }
    return undefined;
  }

  fact(fact: Fact): StoredFact | undefined {
    const key = knownKey(fact);
    if (!key) return undefined;
    for (const id of this.#facts.get(key.join('\n')) ?? []) {
      const row = this.#unit.fact(id);
      if (row && saying(row.fact) === saying(fact)) return row;
    }
    return undefined;
  }

  /** A fact that came with this item of an archive. */
  factOf(archive: string, archiveId: string): StoredFact | undefined {
    const id = this.#factsByArchiveId.get(pair(archive, archiveId));
    return id === undefined ? undefined : this.#unit.fact(id);
  }

  #held(id: number | undefined): StoredMessage | undefined {
    return id === undefined ? undefined : this.#unit.message(id);
  }
}

function addTo(sets: Map<string, Set<number>>, key: string, id: number): void {
  const set = sets.get(key);
  if (set) set.add(id);
  else sets.set(key, new Set([id]));
}

/**
 * Whether a row is what `fact` says, where no archive id tells. A third party's origin-id proves nothing, for anybody
 * can repeat it (XEP-0359 §security); the same id with another text is another message.
 */
function sameMessage(row: StoredMessage, fact: MessageFact): boolean {
  if (row.conversation !== fact.conversation || row.mine !== fact.mine) return false;
  if (row.mine && row.originId !== undefined && row.originId.length >= TELLING) {
    if (row.originId === fact.originId) return true;
    // Our own outbox uses one id for both; a room or a gateway may drop the origin-id.
    if (row.originId === row.messageId && fact.originId === undefined && fact.messageId === row.messageId) return true;
    if (fact.originId !== undefined) return false;
  }
  if (row.sender !== fact.sender || row.messageId === undefined || row.messageId !== fact.messageId) return false;
  if (row.messageId.length < TELLING && !claimsTheSame(row, fact)) return false;
  return (row.kept.original?.body ?? row.state.body) === keptBody(fact.body);
}

/** The id that one copy claims is the other's: proof enough for what agrees in everything else. Whoever forges it can only hide words of his own behind the same words. */
function claimsTheSame(row: StoredMessage, fact: MessageFact): boolean {
  if (row.archive !== fact.archive) return false;
  const { claimedId } = row.kept;
  return (claimedId !== undefined && (claimedId === fact.archiveId || claimedId === fact.claimedId)) || (fact.claimedId !== undefined && fact.claimedId === row.archiveId);
}
