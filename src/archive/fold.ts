/** Folds facts into the messages they aim at; keeps those that came too early. */
import { foldFact } from '../model/fold-message.js';
import type { FoldExtension } from '../model/fold-message.js';
import type { Log } from '../base/log.js';
import type { Fact } from '../model/fact.js';
import type { MessageState, Place } from '../model/message.js';
import type { ApplyTable } from './archive-types.js';
import { displayedUpTo } from './displayed.js';
import { knownKey } from './known.js';
import { comparePlaces } from './segments.js';
import type { Proof, StoredFact, StoredMessage } from './schema.js';
import { startingWith } from './unit.js';
import type { Unit } from './unit.js';

/** An id shared by more messages than this is nobody's mistake; later ones are left alone. */
const MANY = 8;
/** Up to here it is cheaper to read everything that waits than to ask for each new message. */
const FEW_WAITING = 256;

export type Folding = { readonly apply: ApplyTable; readonly log: Log };

/** It speaks of everything up to its message, and so folds into more than that. */
const isDisplayed = (row: StoredFact): row is StoredFact & { readonly fact: Fact<'displayed'> } => row.fact.kind === 'displayed';

const targetOf = (fact: Fact): string | undefined => ('target' in fact ? fact.target : undefined);

export function storeFact(unit: Unit, fact: Fact, id: number, place: Place, proof?: Proof): StoredFact {
  const known = knownKey(fact);
  const row: StoredFact = { id, fact, place, about: [fact.conversation, targetOf(fact) ?? '', fact.kind], ...(proof ? { proof } : {}), ...(known ? { known } : {}) };
  unit.putFact(row);
  unit.unfolded.add(id);
  return row;
}

/** The ids by which a fact may aim at this message. */
const namesOf = (row: StoredMessage): Set<string> => new Set([row.messageId, row.originId, row.archiveId].filter((id) => id !== undefined));

/** Folds what is new in this unit. What is stored must have been saved before. */
export async function foldNew(unit: Unit, folding: Folding): Promise<void> {
  const work = new Map<number, Set<StoredFact>>();
  const add = (row: StoredMessage, fact: StoredFact): void => {
    const facts = work.get(row.id);
    if (facts) facts.add(fact);
    else work.set(row.id, new Set([fact]));
  };
  await Promise.all([aimNew(unit, add), wakeWaiting(unit, add)]);
  unit.unfolded.clear();
  unit.named.clear();
  for (const [id, facts] of work) {
    const row = unit.message(id)!;
    const [shown, others] = [[...facts].filter(isDisplayed), [...facts].filter((fact) => !isDisplayed(fact))];
    // oxlint-disable no-await-in-loop -- one after the other, in one transaction
    if (others.length > 0) await foldInto(unit, row, others, folding);
    for (const { fact } of shown) await displayedUpTo(unit, unit.message(id)!, fact);
    // oxlint-enable no-await-in-loop
  }
}

/** Finds the targets of new facts; a fact without one begins to wait. */
async function aimNew(unit: Unit, add: (row: StoredMessage, fact: StoredFact) => void): Promise<void> {
  const messages = unit.tx.objectStore('messages');
  const found = new Map<string, Promise<StoredMessage[]>>();
  const find = async (conversation: string, archive: string, target: string): Promise<StoredMessage[]> => {
    const rows = await Promise.all([
      messages.index('messageId').getAll([conversation, target], MANY),
      messages.index('originId').getAll([conversation, target], MANY),
      messages.index('archiveId').getAll([archive, target], 1),
    ]);
    const held = rows.flat().map((row) => unit.hold(row));
    return [...new Set(held)].filter((row) => row.conversation === conversation);
  };
  await Promise.all(
    Array.from(unit.unfolded, async (id) => {
      const fact = unit.fact(id)!;
      const { conversation, archive } = fact.fact;
      const target = targetOf(fact.fact);
      if (target === undefined) return;
      const key = `${archive}\n${conversation}\n${target}`;
      let asked = found.get(key);
      if (!asked) found.set(key, (asked = find(conversation, archive, target)));
      const rows = await asked;
      for (const row of rows) add(row, fact);
      if (rows.length === 0 && !fact.waiting) unit.putFact({ ...fact, waiting: [conversation, target] });
    }),
  );
}

/** Finds what has waited for the messages that are new. */
async function wakeWaiting(unit: Unit, add: (row: StoredMessage, fact: StoredFact) => void): Promise<void> {
  if (unit.named.size === 0) return;
  const waiting = unit.tx.objectStore('facts').index('waiting');
  const count = await waiting.count();
  if (count === 0) return;
  const byTarget = new Map<string, StoredFact[]>();
  const take = (fact: StoredFact): void => {
    const held = unit.holdFact(fact);
    if (!held.waiting) return;
    const key = held.waiting.join('\n');
    byTarget.set(key, [...(byTarget.get(key) ?? []), held]);
  };
  const rows = Array.from(unit.named, (id) => unit.message(id)!);
  if (count <= FEW_WAITING) (await waiting.getAll()).forEach(take);
  else {
    const names = rows.flatMap((row) => Array.from(namesOf(row), (name): [string, string] => [row.conversation, name]));
    (await Promise.all(names.map(async (name) => waiting.getAll(name)))).flat().forEach(take);
  }
  for (const row of rows) {
    for (const name of namesOf(row)) {
      for (const fact of byTarget.get(`${row.conversation}\n${name}`) ?? []) {
        const { waiting: _, ...awake } = unit.fact(fact.id)!;
        unit.putFact(awake);
        add(row, awake);
      }
    }
  }
}

async function foldInto(unit: Unit, row: StoredMessage, facts: readonly StoredFact[], folding: Folding): Promise<void> {
  const { original = row.state, folded } = row.kept;
  let order = facts.toSorted((a, b) => comparePlaces(a.place, b.place));
  let state = row.state;
  if (folded && comparePlaces(order[0]!.place, folded) <= 0) {
    // Something older, or moved: once more from the beginning, in the archive's order.
    const about = unit.tx.objectStore('facts').index('about');
    const all = await Promise.all(Array.from(namesOf(row), async (name) => about.getAll(startingWith(row.conversation, name))));
    const byId = new Map([...all.flat(), ...facts].map((fact) => [fact.id, unit.holdFact(fact)]));
    order = [...byId.values()].toSorted((a, b) => comparePlaces(a.place, b.place));
    state = original;
  }
  const next = structuredClone(state);
  const extension = extensionOf(folding.apply);
  for (const { fact } of order) {
    try {
      foldFact(next, fact, row.mine, extension);
    } catch (error) {
      folding.log.warn(`a fact of kind ${fact.kind} was left out`, error instanceof Error ? error.message : undefined);
    }
  }
  const bounced = row.mine && next.delivery === 'failed' && order.some(({ fact }) => fact.kind === 'failure');
  unit.putMessage({ ...row, state: next, kept: { ...row.kept, original, folded: order.at(-1)!.place, ...(bounced ? { bounced } : {}) } });
  if (bounced) await failOutbox(unit, row.id);
}

function extensionOf(apply: ApplyTable): FoldExtension {
  return (state: MessageState, fact: Fact) => {
    (apply[fact.kind] as ((state: MessageState, fact: Fact) => void) | undefined)?.(state, fact);
  };
}

/** What was bounced is not sent again by itself. */
async function failOutbox(unit: Unit, message: number): Promise<void> {
  const outbox = unit.tx.objectStore('outbox');
  const row = await outbox.index('message').get(message);
  if (!row || row.state === 'failed') return;
  await outbox.put({ ...row, state: 'failed' });
  unit.pokeOutbox(row.id);
}
