import { ChatError } from '../base/error.js';

/** What was to be written is to blame: it would fail again on any disk. */
const ownFault = new Set(['DataError', 'DataCloneError', 'ConstraintError']);

/** Whether the disk is why this was thrown (full, failing, closed under us, silent), not what was asked of it. */
export function isTrouble(thrown: unknown): boolean {
  if (!(thrown instanceof ChatError) || thrown.code !== 'storage') return false;
  const { cause } = thrown;
  return cause === undefined || (cause instanceof DOMException && !ownFault.has(cause.name));
}
