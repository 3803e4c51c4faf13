import type { PageArchive } from '../archive/archive-types.js';
import type { AccountLists } from './account-lists.js';

/**
 * Puts what a page has in memory, and no server, into the archive that takes the place of one that has failed: drafts, and
 * the rooms one is in. What is there already stays as it is. Rejects `storage`.
 * @param lists as they were shown.
 * @param refused texts that the disk would not take, by conversation.
 */
export async function takeAlong(archive: PageArchive, lists: Pick<AccountLists, 'conversations' | 'rooms'>, refused: ReadonlyMap<string, string>): Promise<void> {
  const rooms = lists.rooms.value;
  if (rooms.length > 0) {
    const there = new Set((await archive.some('rooms', rooms.map(({ jid }) => jid))).map(({ jid }) => jid));
    const missing = rooms.filter(({ jid }) => !there.has(jid));
    if (missing.length > 0) await archive.put('rooms', missing);
  }
  const conversations = lists.conversations.value ?? [];
  const drafts = new Map(conversations.flatMap(({ jid, draft }) => (draft ? [[jid, draft]] : [])));
  // oxlint-disable no-await-in-loop -- few, and one after the other
  for (const jid of new Set([...drafts.keys(), ...refused.keys()])) {
    const draft = refused.get(jid) ?? ((await archive.conversation(jid))?.draft ? undefined : drafts.get(jid));
    if (!draft) continue;
    const kind = conversations.find((row) => row.jid === jid)?.kind;
    if (kind) await archive.openConversation(jid, kind);
    await archive.setDraft(jid, draft);
  }
  // oxlint-enable no-await-in-loop
}
