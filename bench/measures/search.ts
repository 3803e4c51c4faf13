/** Search in everything that is kept here: until the newest 50 messages are there. The 95th percentile of many searches, as people type them. */
import type { Finding, Measure, Spent } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { quantile } from '../support/statistics.js';

export const search: Measure = {
  name: 'search',
  smoke: true,
  async run(lab) {
    const { smoke, sizes } = lab.scale;
    const size = sizes?.at(-1) ?? (smoke ? 2_000 : 100_000);
    const times = smoke ? 40 : 200;
    // Words as rare as real ones are: a few that come again and again would cost an index nothing.
    const { profile, archive, plots } = await lab.prepared(`search in ${size}`, () => filledBrowser(lab, 'search', [size], { vocabulary: 60_000 }));
    const person = await lab.browser(profile);
    try {
      const page = await lab.within(person, 'search');
      if (lab.throttle > 1) await page.emulateCPUThrottling(lab.throttle);
      const queries = (await page.evaluate(`queriesFor('${archive}', ${times})`)) as string[];
      const searched = async (conversation?: string): Promise<Spent> => {
        const { ms, all } = (await page.evaluate(`searchOurs('${archive}', ${JSON.stringify(queries)}, ${JSON.stringify(conversation)})`)) as { ms: number[]; all: boolean };
        if (!all) throw new Error('Not all was in the index.');
        return { ms: quantile(ms, 0.95) };
      };
      const raw = async (): Promise<Spent> => ({ ms: quantile((await page.evaluate(`searchRaw('${archive}', ${times})`)) as number[], 0.95) });
      const read = 'an IndexedDB read of 50 rows by their numbers';
      const goals = smoke ? [{ of: 'raw', atMost: 50 } as const] : [{ atMost: 50 }];
      const findings: Finding[] = [{ what: 'search, first results, 95th percentile', size, unit: 'ms', ...(await lab.turns({ ours: () => searched(), raw })), raw: read, goals }];
      if (smoke) return findings;
      findings.push({ what: 'search in one conversation, 95th percentile', size, unit: 'ms', ...(await lab.turns({ ours: () => searched(plots[0]!.them), raw })), raw: read, goals });
      const word = queries[7]!.slice(0, -3);
      const scans: { ms: number; scanned: number; found: number }[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
      for (let run = 0; run < lab.scale.runs; run += 1) scans.push((await page.evaluate(`scanAll('${archive}', ${JSON.stringify(word)})`)) as (typeof scans)[number]);
      const [{ scanned, found }] = scans as [(typeof scans)[number]];
      if (scanned !== found) throw new Error(`The index finds ${found} messages with "${word}", looking at every one ${scanned}.`);
      findings.push({ what: 'every message looked at instead', size, unit: 'ms', values: { ours: scans.map(({ ms }) => ms) }, note: 'without an index; both find the same' });
      const { text, index } = (await page.evaluate(`indexSize('${archive}')`)) as { text: number; index: number };
      findings.push({ what: 'search index, of the text', size, unit: '%', values: { ours: [(100 * index) / text] }, goals: [{ atMost: 40 }], note: `${Math.round(index / 1000)} of ${Math.round(text / 1000)} kB` });
      return findings;
    } finally {
      await lab.leave(person);
    }
  },
};
