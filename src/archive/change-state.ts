/** How the state of an own message goes on. */
import type { MessageState } from '../model/message.js';
import { comparePlaces } from './segments.js';
import type { StoredMessage } from './schema.js';
import type { Unit } from './unit.js';

/** Changes the state and what a later folding starts from. */
export function changeState(unit: Unit, row: StoredMessage, change: (state: MessageState) => void): void {
  const state = structuredClone(row.state);
  change(state);
  const original = row.kept.original && structuredClone(row.kept.original);
  if (original) change(original);
  unit.putMessage({ ...row, state, kept: original ? { ...row.kept, original } : row.kept });
}

/** It is with the server, and not known to have been seen. */
export const arrived = ({ delivery }: MessageState): boolean => delivery === 'sent' || delivery === 'delivered';
export const toRead = (state: MessageState): void => {
  state.delivery = 'read';
  delete state.failure;
};

/** What becomes known, or is known to be sent, only after the other side has said that it has seen what came later. */
export function seenAlready(unit: Unit, row: StoredMessage): void {
  const seenUpTo = unit.conversation(row.conversation)?.kept.seenUpTo;
  if (row.mine && seenUpTo && arrived(row.state) && comparePlaces(row.place, seenUpTo) <= 0) changeState(unit, row, toRead);
}
