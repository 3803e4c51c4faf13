/** Opens the archive of an account, everything that is kept of it in one database, for whoever takes in what arrives. */
import { append } from './append.js';
import { appendPage } from './append-page.js';
import type { ApplyTable, Archive } from './archive-types.js';
import { foldNew } from './fold.js';
import { openPageArchive } from './page-archive.js';
import type { PageArchiveOptions } from './page-archive.js';
import { abandonCursor } from './runs.js';

export type ArchiveOptions = PageArchiveOptions & { readonly apply: ApplyTable };

/** Rejects with `ChatError('storage')` where there is no storage, or another page will not let go of an older version. */
export async function openArchive({ apply, ...options }: ArchiveOptions): Promise<Archive> {
  const { archive, write } = await openPageArchive(options, async (unit) => foldNew(unit, { apply, log: options.log }));
  const openedAt = await archive.nextRow();
  return {
    ...archive,
    append: async (facts) => write('relaxed', async (unit) => append(unit, facts)),
    appendPage: async (page) => write('relaxed', async (unit) => appendPage(unit, page, openedAt)),
    abandonCursor: async (archiveJid) => write('relaxed', async (unit) => abandonCursor(unit, archiveJid)),
  };
}
