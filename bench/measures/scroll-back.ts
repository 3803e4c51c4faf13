/** Back through a long conversation to its beginning by the wheel: frames that were left out, and what the page holds at the end against the beginning. */
import type { Measure } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';
import { dropped, wheel } from '../support/wheel.js';

/** A turn of the wheel each 16 ms: some twenty screens a second. */
const pixels = 300;

export const scrollBack: Measure = {
  name: 'scroll-back',
  async run(lab: Lab) {
    const size = lab.scale.sizes?.[0] ?? 10_000;
    const { profile, plots } = await lab.prepared(`one of ${size}`, () => filledBrowser(lab, 'one', [size]));
    const person = await lab.browser(profile);
    const grown: { nodes: number; heap: number }[] = [];
    const ours = async (): Promise<{ ms: number }> => {
      const page = await lab.page(person);
      await page.goto(`${lab.stage.app}/#/chat/${plots[0]!.them}`);
      await Promise.all([ask(page, `mark('tertulia:conversation-painted')`), ask(page, `mark('tertulia:caught-up')`)]);
      // Swept first: what is no longer on the page still counts until then.
      const heap = await lab.heap(page);
      const nodes = await lab.metric(page, 'Nodes');
      // Looked up once: a search of the whole page, each time, is a long task of its own.
      await page.evaluate(`globalThis.log = bench.all('[role="log"]')[0]`);
      const share = dropped(await wheel(page, '[role="log"]', -pixels, async () => (await page.evaluate(`log.querySelector('.start') !== null`)) as boolean));
      const after = (await lab.heap(page)) / heap;
      grown.push({ nodes: (await lab.metric(page, 'Nodes')) / nodes, heap: after });
      await page.close();
      return { ms: share };
    };
    const raw = async (): Promise<{ ms: number }> => {
      const page = await lab.page(person);
      await page.goto(`${lab.stage.demo}/bench/plain.html`, { waitUntil: 'load' });
      const end = Date.now() + 5_000;
      const share = dropped(await wheel(page, '#list', pixels, () => Promise.resolve(Date.now() > end), { back: true }));
      await page.close();
      return { ms: share };
    };
    const { values } = await lab.turns({ ours, raw });
    await lab.leave(person);
    return [
      { what: 'scrolling back: frames left out', size, unit: '%', values, raw: 'a plain list of 300 lines under the same wheel', goals: [{ atMost: 1 }] },
      { what: 'scrolling back: DOM nodes at the beginning of the conversation against its end', size, unit: '×', values: { ours: grown.map(({ nodes }) => nodes) }, note: 'a window holds up to 300 rows, and begins with 75' },
      { what: 'scrolling back: heap at the beginning of the conversation against its end', size, unit: '×', values: { ours: grown.map(({ heap }) => heap) } },
    ];
  },
};
