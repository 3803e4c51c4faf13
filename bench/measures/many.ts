/** Many conversations at once: from the app's address until their list is painted, from the archive, and until the session has caught up; what is asked of the server meanwhile. */
import type { Measure } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { ask } from '../support/lab.js';

export const many: Measure = {
  name: 'many',
  async run(lab) {
    const size = lab.scale.sizes?.[0] ?? 500;
    const sizes = (count: number): number[] => Array.from({ length: count }, () => 20);
    const [full, few] = [await lab.prepared(`conversations ${size}`, () => filledBrowser(lab, 'many', sizes(size))), await lab.prepared('conversations few', () => filledBrowser(lab, 'few', sizes(5)))];
    const caughtUp: Record<'ours' | 'raw', number[]> = { ours: [], raw: [] };
    const asked: Record<'ours' | 'raw', number[]> = { ours: [], raw: [] };
    const start = async (side: 'ours' | 'raw') => {
      const person = await lab.browser((side === 'ours' ? full : few).profile);
      try {
        const page = await lab.page(person);
        await page.goto(`${lab.stage.app}/bench/blank.html`);
        let queries = 0;
        page.on('workercreated', (worker) => {
          void worker.client.send('Network.enable').catch(() => {});
          worker.client.on('Network.webSocketFrameSent', ({ response }) => (queries += Number(response.payloadData.startsWith('<iq'))));
        });
        const spent = await lab.spent(page, async () => {
          await page.goto(lab.stage.app);
          return (await ask(page, `shown('tertulia-conversation-row', 5)`)) - ((await page.evaluate('performance.timeOrigin')) as number);
        });
        caughtUp[side].push((await ask(page, `mark('tertulia:caught-up')`)) - ((await page.evaluate('performance.timeOrigin')) as number));
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        asked[side].push(queries);
        return spent;
      } finally {
        await lab.leave(person);
      }
    };
    const spent = await lab.turns({ ours: () => start('ours'), raw: () => start('raw') });
    return [
      { what: 'conversations: until their list is painted', size, unit: 'ms', ...spent, raw: 'the same with 5', goals: [{ atMost: 1_000 }] },
      { what: 'conversations: until the session has caught up', size, unit: 'ms', values: caughtUp, raw: 'the same with 5' },
      { what: 'conversations: requests to the server, up to two seconds later', size, unit: 'of them', values: asked, raw: 'the same with 5' },
    ];
  },
};
