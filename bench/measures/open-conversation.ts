/** From one conversation to another: until the newest page of the other one is painted, however long it is. The 95th percentile of many. */
import type { Page } from 'puppeteer-core';
import type { Finding, Measure, Spent, Values } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';
import { quantile } from '../support/statistics.js';

/** What a page reads of a conversation at first (src/client/timeline.ts). */
const newest = 75;

const sizesOf = ({ scale: { smoke, million, sizes } }: Lab): readonly number[] => sizes ?? (smoke ? [100, 1_000] : [1_000, 10_000, 100_000, ...(million ? [1_000_000] : [])]);

export const openConversation: Measure = {
  name: 'open-conversation',
  smoke: true,
  async run(lab) {
    const sizes = sizesOf(lab);
    const times = lab.scale.smoke ? 5 : 30;
    const { profile, account, archive, plots } = await lab.prepared('open-conversation', () => filledBrowser(lab, 'open', [50, ...sizes]));
    const person = await lab.browser(profile);
    const [first, ...others] = plots.map(({ them }) => them) as [string, ...string[]];
    const reader = await lab.within(person, 'read-page');
    const peerPage = lab.peer ? await lab.page(person) : undefined;
    if (peerPage) {
      await peerPage.goto(lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia', auto_join_private_chats: plots.map(({ them }) => them) }));
      await ask(peerPage, `shown('converse-chat-message')`);
    }
    const page = await lab.page(person);
    await page.goto(`${lab.stage.app}/#/chat/${first}`);
    await ask(page, `mark('tertulia:caught-up')`);
    const findings: Finding[] = [];
    for (const [i, them] of others.entries()) {
      // Both ways: the processor's time is of one opening.
      const opened = async (of: Page, count: number, work: () => Promise<number[]>): Promise<Spent> => {
        await of.bringToFront();
        const { ms, cpu = NaN } = await lab.spent(of, async () => quantile(await work(), 0.95));
        return { ms, cpu: cpu / count };
      };
      const ours = (): Promise<Spent> => opened(page, 2 * times, () => ask<number[]>(page, `toAndFro('${first}', '${them}', ${times}, (jid) => { location.hash = '#/chat/' + jid; }, bench.opened)`));
      const theirs = (): Promise<Spent> => opened(peerPage!, 10, () => ask<number[]>(peerPage!, `toAndFro('${first}', '${them}', ${10}, (jid) => { void peer.api.chats.open(jid, {}, true); }, (jid, open) => bench.painted(() => bench.all('[data-msgid*="' + jid.split('@')[0] + '-"]').length > 0, open))`));
      const raw = async (): Promise<Spent> => {
        const took: number[] = [];
        await reader.bringToFront();
        // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
        for (let time = 0; time < times; time += 1) took.push(((await reader.evaluate(`readNewest('${archive}', '${them}', ${newest})`)) as { ms: number }).ms);
        return { ms: quantile(took, 0.95) };
      };
      // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
      const spent = await lab.turns({ ours, theirs: peerPage && theirs, raw });
      findings.push({ what: 'opening a conversation, 95th percentile', size: sizes[i]!, unit: 'ms', ...spent, raw: `an IndexedDB read of its newest ${newest} rows`, ...(!lab.scale.smoke && { goals: [{ atMost: 50 }, { of: 'theirs', atMost: 1 }] }) });
    }
    await lab.leave(person);
    const [least, most] = [findings[0]!, findings.at(-1)!];
    const growth = { what: `opening ${sizes.at(-1)!.toLocaleString('en')} messages against ${sizes[0]!.toLocaleString('en')}`, unit: '×' } as const;
    const ratios = ({ ours }: Values, { ours: other }: Values): Values => ({ ours: ours.map((value, run) => value / other[run]!) });
    return [...findings, { ...growth, values: ratios(most.values, least.values), ...(!lab.scale.smoke && { goals: [{ atMost: 1.2 }] }) }, { ...growth, what: `${growth.what}, processor time`, values: ratios(most.cpu!, least.cpu!), goals: [{ atMost: lab.scale.smoke ? 2 : 1.2 }] }];
  },
};
