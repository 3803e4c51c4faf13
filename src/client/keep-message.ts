import { takenWithin, type Draft, type PageArchive } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { MessageRow } from '../model/message.js';
import type { LeaderLine } from './leader-line.js';

/** What the leader has begun with in time is answered by then, or waited for by the page's own write, milliseconds. */
const answeredWithin = takenWithin + 100;
/** A timer as late as this was held up together with its page, milliseconds: the answer may be waiting right behind it. */
const late = 100;

export type Keeping = { readonly archive: Pick<PageArchive, 'enqueue'>; readonly line: Pick<LeaderLine, 'call' | 'tell'>; readonly clock: Clock };

/**
 * Keeps a message that was just written: the leader does, in the write that it needs anyway before it sends, and out of the way of
 * the page's frames. Where none is online, or it does not say in time that it has, the page keeps it; what both keep is one message.
 */
export async function keepMessage({ archive, line, clock }: Keeping, online: boolean, draft: Draft, originId: string, at: number): Promise<MessageRow> {
  if (online && !draft.file) {
    const kept = line.call('send', draft, originId, at).catch(() => undefined);
    const row = await Promise.race([kept, overdue(clock)]);
    if (row) return row;
  }
  const writing = archive.enqueue(draft, originId, at);
  // Its read of the outbox stands behind this write, and is answered when that is committed.
  line.tell('flush');
  const row = await writing;
  line.tell('flush');
  return row;
}

function overdue(clock: Clock): Promise<undefined> {
  const due = clock.now() + answeredWithin;
  return new Promise((resolve) => {
    const over = (): void => resolve(undefined);
    clock.after(answeredWithin, () => (clock.now() - due > late ? void clock.after(late, over) : over()));
  });
}
