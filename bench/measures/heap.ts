/** What a page and its engine hold in memory, with a long archive behind them and with a short one. */
import type { Finding, Measure } from '../support/finding.js';
import { filledBrowser, type FilledBrowser } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';

async function held(lab: Lab, { profile, plots }: FilledBrowser): Promise<{ page: number; worker: number }> {
  const person = await lab.browser(profile);
  try {
    const page = await lab.page(person);
    await page.goto(`${lab.stage.app}/#/chat/${plots[0]!.them}`);
    await Promise.all([ask(page, `mark('tertulia:conversation-painted')`), ask(page, `mark('tertulia:caught-up')`)]);
    let worker = 0;
    for (const each of page.workers()) {
      // oxlint-disable-next-line no-await-in-loop -- there is one
      await each.client.send('HeapProfiler.collectGarbage');
      // oxlint-disable-next-line no-await-in-loop -- there is one
      worker += (await each.client.send('Runtime.getHeapUsage')).usedSize / 1e6;
    }
    return { page: await lab.heap(page), worker };
  } finally {
    await lab.leave(person);
  }
}

export const heap: Measure = {
  name: 'heap',
  async run(lab) {
    const [few, size] = [100, lab.scale.sizes?.at(-1) ?? 100_000];
    const [long, short] = [await lab.prepared(`one of ${size}`, () => filledBrowser(lab, 'one', [size])), await lab.prepared(`one of ${few}`, () => filledBrowser(lab, 'one', [few]))];
    const all: Record<'page' | 'worker', Record<'ours' | 'raw', number[]>> = { page: { ours: [], raw: [] }, worker: { ours: [], raw: [] } };
    await lab.turns({
      ours: async () => note('ours', await held(lab, long)),
      raw: async () => note('raw', await held(lab, short)),
    });
    function note(side: 'ours' | 'raw', { page, worker }: { page: number; worker: number }): { ms: number } {
      all.page[side].push(page);
      all.worker[side].push(worker);
      return { ms: 0 };
    }
    return (['page', 'worker'] as const).map((which): Finding => ({ what: `heap of the ${which}`, size, unit: 'MB', values: all[which], raw: `the same with ${few} messages`, goals: [{ of: 'raw', atMost: 1.2 }] }));
  },
};
