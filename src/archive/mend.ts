/** When the browser's storage has failed: what is to be saved of an archive, and where to go on. */
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { OutboxRow } from '../model/message.js';
import { ChatError } from '../base/error.js';
import type { Draft, PageArchive } from './archive-types.js';
import { deleteDatabase } from './open-database.js';
import type { ClosedReason } from './open-database.js';
import { openPageArchive } from './page-archive.js';
import type { ArchiveDatabase } from './schema.js';
import { isSound } from './sound.js';

/** What a person is told. `mended`: what was here is gone and comes from the server again. `memory`: nothing is kept from now on. `newer`: nor is it, for what is here belongs to a newer build. */
export type StorageNotice = 'mended' | 'memory' | 'newer';
/** A message that was not sent yet. */
export type Unsent = { readonly draft: Draft; readonly row: OutboxRow; readonly failure?: { readonly condition: string; readonly text?: string } };
export type Mended = { readonly place: 'disk' | 'memory'; readonly notice?: StorageNotice; readonly unsent: readonly Unsent[] };

/** A disk that has not answered by then has failed, milliseconds. */
const patience = 8_000;

export type MendParts = {
  readonly name: string;
  /** Whose it is, bare JID. */
  readonly me: string;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Looks at an archive that nobody of this page has open any more, and makes of it what can be made. Never rejects.
 * @param why what befell it: closed under us, or writes and reads that failed.
 * @param again it has been mended a moment ago, and has failed again.
 */
export async function mend(parts: MendParts, why: ClosedReason | 'failing', again: boolean): Promise<Mended> {
  if (why === 'upgraded') return { place: 'memory', notice: 'newer', unsent: [] };
  // Of several tabs that find it damaged, one mends it.
  const locks = navigator.locks as LockManager | undefined;
  const run = async (): Promise<Mended> => look(parts, again, why !== 'failing');
  return locks ? locks.request(`${parts.name}/mend`, run).catch(run) : run();
}

async function look({ name, me, clock, log }: MendParts, again: boolean, emptied: boolean): Promise<Mended> {
  const inTime = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(patience, () => reject(new ChatError('storage', 'the disk does not answer')));
      work.finally(cancel).then(resolve, reject);
    });
  const renew = async (unsent: readonly Unsent[]): Promise<Mended> => {
    try {
      await deleteDatabase(name, clock);
      return { place: 'disk', notice: 'mended', unsent };
    } catch {
      return { place: 'memory', notice: 'memory', unsent };
    }
  };
  let opened: Awaited<ReturnType<typeof openPageArchive>>;
  try {
    opened = await openPageArchive({ name, onPoke() {}, clock, log });
  } catch (error) {
    if (isNewer(error)) return { place: 'memory', notice: 'newer', unsent: [] };
    // Thrown away only where nobody will ever read it again: a full disk has room one day, another page lets go.
    return again || !isUnreadable(error) ? { place: 'memory', notice: 'memory', unsent: [] } : renew([]);
  }
  const { archive, database } = opened;
  try {
    if (!(await inTime(isWhole(database).catch(() => false)))) {
      const unsent = await inTime(salvage(archive, me)).catch(() => []);
      archive.close();
      return await renew(unsent);
    }
    if (!again) {
      // As large as what messages need: a small note fits also where nothing else does.
      await inTime(archive.setNote('probe', 'x'.repeat(200_000)));
      await inTime(archive.setNote('probe', undefined));
      return { place: 'disk', unsent: [], ...(emptied ? { notice: 'mended' } : {}) };
    }
  } catch (error) {
    log.warn('storage takes nothing any more', error);
  } finally {
    archive.close();
  }
  return { place: 'memory', notice: 'memory', unsent: await takeAway({ name, me, clock, log }, inTime).catch(() => []) };
}

/** Sound, and every row of it can be read; but not of the search index, which is made again from the messages. */
async function isWhole(database: ArchiveDatabase): Promise<boolean> {
  if (!(await isSound(database))) return false;
  for (const store of ['messages', 'facts', 'rooms', 'contacts', 'requests', 'notes'] as const) {
    for (let range: IDBKeyRange | undefined; ; ) {
      // oxlint-disable no-await-in-loop -- in pieces, for there may be many
      const keys = await database.getAllKeys(store, range, 500);
      const [first, last] = [keys[0], keys.at(-1)];
      if (first === undefined || last === undefined) break;
      await database.getAll(store, IDBKeyRange.bound(first, last));
      // oxlint-enable no-await-in-loop
      range = IDBKeyRange.lowerBound(last, true);
    }
  }
  return true;
}

const causeOf = (error: unknown): string | undefined => (error instanceof ChatError && error.cause instanceof DOMException ? error.cause.name : undefined);
const isNewer = (error: unknown): boolean => causeOf(error) === 'VersionError';
const isUnreadable = (error: unknown): boolean => causeOf(error) === 'UnknownError' || causeOf(error) === 'NotFoundError';

/** What was not sent yet, as far as it can be read. */
async function salvage(archive: PageArchive, me: string): Promise<Unsent[]> {
  const unsent: Unsent[] = [];
  for (const row of await archive.outbox()) {
    // oxlint-disable-next-line no-await-in-loop -- few
    const message = await archive.message(row.message).catch(() => undefined);
    if (typeof row.body !== 'string' || typeof row.originId !== 'string' || typeof row.conversation !== 'string') continue;
    const { conversation, chatType, body, file, fileName, invitation } = row;
    const room = chatType === 'groupchat';
    const draft: Draft = { conversation, chatType, sender: message?.sender ?? (room ? conversation : me), archive: message?.archive ?? (room ? conversation : me), body, ...(file && { file }), ...(fileName !== undefined && { fileName }), ...(invitation && { invitation }) };
    unsent.push({ draft, row, ...(message?.state.failure && { failure: message.state.failure }) });
  }
  return unsent;
}

/** Takes what was not sent yet out of an archive that takes nothing in. What cannot be taken out stays there, and is sent from there one day. */
async function takeAway({ name, me, clock, log }: MendParts, inTime: <T>(work: Promise<T>) => Promise<T>): Promise<Unsent[]> {
  const { archive } = await inTime(openPageArchive({ name, onPoke() {}, clock, log }));
  try {
    const taken: Unsent[] = [];
    for (const unsent of await inTime(salvage(archive, me))) {
      // Of both, it would go out twice.
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (await inTime(archive.discard(unsent.row.message)).then(() => true, () => false)) taken.push(unsent);
    }
    return taken;
  } finally {
    archive.close();
  }
}

/**
 * Puts them into another archive, under the same ids, as they were: what may have arrived is looked for before it is sent
 * again. One that is there already, put back by another tab or from the server's archive, stays as it is.
 * @param name of the archive they were in.
 */
export async function putBack(archive: PageArchive, unsent: readonly Unsent[], name: string, log: Log): Promise<void> {
  if (unsent.length === 0) return;
  const locks = navigator.locks as LockManager | undefined;
  const run = async (): Promise<void> => {
    for (const one of unsent) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      await putOneBack(archive, one).catch((error: unknown) => log.warn('a message that was not sent could not be taken along', error));
    }
  };
  await (locks ? locks.request(`${name}/mend`, run) : run());
}

async function putOneBack(archive: PageArchive, { draft, row, failure }: Unsent): Promise<void> {
  const find = async (): Promise<OutboxRow | undefined> => (await archive.outbox()).find(({ originId }) => originId === row.originId);
  if (await find()) return;
  await archive.enqueue(draft, row.originId, row.at);
  const made = await find();
  if (!made) return;
  if (row.attachments) await archive.setUploaded(made.id, row.attachments);
  if (row.state === 'failed') await archive.markFailed(made.id, failure?.condition ?? 'expired', failure?.text);
  else if (row.state !== 'queued') await archive.setOutboxState(made.id, 'unknown');
}
