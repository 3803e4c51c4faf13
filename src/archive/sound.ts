/** Whether a database is whole: half of one would show holes as if nothing were missing, and give ids out twice. */
import type { ArchiveDatabase, ArchiveSchema } from './schema.js';

const stores = ['messages', 'facts', 'segments', 'runs', 'conversations', 'outbox', 'counters', 'contacts', 'requests', 'rooms', 'avatars', 'notes', 'search', 'searchMarks'] as const;
const indexes = {
  messages: ['place', 'archiveId', 'messageId', 'originId', 'tail'],
  facts: ['about', 'archiveId', 'known', 'waiting'],
  segments: ['run'],
  outbox: ['originId', 'message', 'conversation'],
} as const satisfies { readonly [S in keyof ArchiveSchema]?: readonly string[] };

/**
 * Looks at what everything else hangs on: stores and indexes are there, the counter is ahead of all ids, and each
 * conversation and each unsent row has its message. Rejects where it cannot be read.
 */
export async function isSound(database: ArchiveDatabase): Promise<boolean> {
  if (!stores.every((name) => database.objectStoreNames.contains(name))) return false;
  const tx = database.transaction(stores);
  for (const [name, needed] of Object.entries(indexes)) {
    const { indexNames } = tx.objectStore(name as keyof typeof indexes);
    if (!needed.every((index) => (indexNames as DOMStringList).contains(index))) return false;
  }
  const numbered = ['messages', 'facts', 'outbox'] as const;
  const [next, conversations, outbox, ...last] = await Promise.all([
    tx.objectStore('counters').get('row'),
    tx.objectStore('conversations').getAll(),
    tx.objectStore('outbox').getAll(),
    tx.objectStore('segments').getAll(),
    tx.objectStore('runs').getAll(),
    ...numbered.map(async (name) => (await tx.objectStore(name).openKeyCursor(null, 'prev'))?.key ?? 0),
  ]);
  const row: unknown = next ?? 1;
  if (typeof row !== 'number' || last.some((id) => typeof id === 'number' && id >= row)) return false;
  const needed = [...conversations.map((conversation) => conversation.kept.lastRow), ...outbox.map(({ message }) => message)];
  const found = await Promise.all(needed.map(async (id) => id === undefined || (await tx.objectStore('messages').getKey(id)) !== undefined));
  return found.every(Boolean);
}
