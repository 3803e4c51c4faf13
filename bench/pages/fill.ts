/** Fills the browser's archive by the path that pages of a server's archive take: the same transactions, only that nobody was asked. */
import { openArchive } from '../../src/archive/archive.js';
import { silentLog } from '../../src/base/log.js';
import { applyTable } from '../../src/engine/apply-table.js';
import { modules } from '../../src/xep/index.js';
import { conversation, itemOf, type Plot } from '../conversations.js';

export type Filled = { readonly rows: number; readonly ms: number };

/** `page`: messages in one transaction. */
async function fill(name: string, plots: readonly Plot[], page: number): Promise<Filled> {
  const archive = await openArchive({ name, apply: applyTable(modules), onPoke() {}, log: silentLog });
  await archive.lead.take(() => {});
  const began = performance.now();
  let rows = 0;
  const owner = plots[0]?.me ?? '';
  const append = async (items: ReturnType<typeof itemOf>[], complete: boolean): Promise<void> => {
    const settleBefore = await archive.nextRow();
    rows += (await archive.appendPage({ kind: 'forward', archive: owner, settleBefore, items, complete })).added;
  };
  for (const [i, plot] of plots.entries()) {
    let items: ReturnType<typeof itemOf>[] = [];
    for (const said of conversation(plot)) {
      items.push(itemOf(said, plot));
      // oxlint-disable-next-line no-await-in-loop -- in their order
      if (items.length === page) await append(items.splice(0), false);
    }
    // oxlint-disable-next-line no-await-in-loop -- in their order
    await append(items, i === plots.length - 1);
    // oxlint-disable-next-line no-await-in-loop -- a conversation at a time
    await archive.markRead(plot.them);
  }
  const ms = performance.now() - began;
  // As in a browser that has had a quiet minute since.
  // oxlint-disable-next-line no-await-in-loop, no-empty -- until there is no more to do
  while (await archive.indexMore()) {}
  archive.close();
  return { rows, ms };
}

Object.assign(globalThis, { fill });
