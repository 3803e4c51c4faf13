import { queryArchive } from '../xep/0313-mam.js';
import type { XepContext } from '../xep/module.js';
import type { FetchedPage, PageAsk } from './catch-up.js';
import type { Inbox } from './inbox.js';

/** One page of an archive (XEP-0313 §4), read by the modules as what arrives live is. */
export async function fetchPage(ctx: XepContext, inbox: Inbox, archive: string, ask: PageAsk, origin: 'catch-up' | 'history'): Promise<FetchedPage> {
  const { items, complete, stable } = await queryArchive(ctx, { archive, with: ask.with, max: ask.max, ...('before' in ask ? { before: ask.before, since: ask.since } : { after: ask.after || undefined }) });
  const read = items.map(({ stanza, at, archiveId }) => inbox.readArchived({ stanza, archive, archiveId, ...(at === undefined ? {} : { at }) }, origin));
  return { items: read.map(({ item }) => item), incomings: read.flatMap(({ incoming }) => incoming ?? []), complete, stable };
}
