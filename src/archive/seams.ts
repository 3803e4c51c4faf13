/**
 * Seams of a tail: where a session began that has not caught up since. What came before one and what came after it were
 * both heard; what was said in between may not be here.
 */
import type { StoredMessage } from './schema.js';
import type { Unit, WriteTransaction } from './unit.js';

const began = (archive: string): string => `session ${archive}`;
const seam = (archive: string, mark: number): string => `seam ${archive} ${mark}`;
const caughtUp = (archive: string): string => `caught up ${archive}`;
const ofArchive = (archive: string): IDBKeyRange => IDBKeyRange.bound(`seam ${archive} `, `seam ${archive} \uffff`);

/** Where a row of the tail stands among all of its archive, in order of arrival. */
export const orderOf = (row: StoredMessage): number => row.kept.tail?.[1] ?? row.place[2];

type Counters = { getAll(range: IDBKeyRange): Promise<number[]> };

/** In order: each is the number that the tail's next row had. */
export const seamsOf = async (counters: Counters, archive: string): Promise<number[]> => (await counters.getAll(ofArchive(archive))).toSorted((a, b) => a - b);

/** `caughtUp`: the number that the tail's next row had when the archive had been read to its end, where no session has begun since. */
export type Heard = { readonly seams: readonly number[]; readonly caughtUp: number };

export async function heardOf(counters: Counters & { get(key: string): Promise<number | undefined> }, archive: string): Promise<Heard> {
  const [seams, mark] = await Promise.all([seamsOf(counters, archive), counters.get(caughtUp(archive))]);
  return { seams, caughtUp: mark === undefined || (seams.at(-1) ?? 0) >= mark ? Infinity : mark };
}

/** The seam between two rows of a tail that are next to each other, by their order in it. */
export const seamBetween = (seams: readonly number[], before: number, after: number): number | undefined => seams.findLast((mark) => before < mark && mark <= after);

const heardSince = async (tx: WriteTransaction, archive: string, mark: number): Promise<string[]> =>
  (await tx.objectStore('messages').index('tail').getAll(IDBKeyRange.bound([archive, mark], [archive, []]))).map((row) => row.conversation);

/** @returns the number that separates what was heard before from what this session hears, and whether it has caught up: only one that was resumed may have. */
export async function beginSession(unit: Unit, archive: string, resumed: boolean): Promise<{ readonly mark: number; readonly caughtUp: boolean }> {
  const counters = unit.tx.objectStore('counters');
  const seams = await seamsOf(counters, archive);
  const mark = resumed ? await counters.get(began(archive)) : undefined;
  if (mark !== undefined) return { mark, caughtUp: seams.length === 0 };
  const last = seams.at(-1);
  // A session in which nothing was heard leaves no seam.
  if (last !== undefined && (await heardSince(unit.tx, archive, last)).length === 0) await counters.delete(seam(archive, last));
  const next = unit.nextId();
  await counters.put(next, began(archive));
  await counters.put(next, seam(archive, next));
  return { mark: next, caughtUp: false };
}

/** Nothing is missing up to now, nor between what is heard from now on; with `deaf` only the former. */
export async function mendSeams(unit: Unit, archive: string, deaf = false): Promise<void> {
  const counters = unit.tx.objectStore('counters');
  const [first] = await seamsOf(counters, archive);
  if (first !== undefined) for (const conversation of await heardSince(unit.tx, archive, first)) unit.reset(conversation);
  await counters.delete(ofArchive(archive));
  const next = unit.nextId();
  await counters.put(next, caughtUp(archive));
  if (!deaf) return;
  await counters.put(next, seam(archive, next));
}
