/** Somebody comes back: from the page's address until the conversation is painted, from the archive. */
import type { Page } from 'puppeteer-core';
import type { Person } from '../../test/live/support/person.js';
import type { Measure, Spent } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';

const begun = async (page: Page): Promise<number> => (await page.evaluate('performance.timeOrigin')) as number;

/** One tab, opened and closed. */
async function visit(lab: Lab, person: Person, address: string, seen: (page: Page) => Promise<number>, before = '/bench/blank.html'): Promise<Spent> {
  const page = await lab.page(person);
  await page.goto(new URL(before, address).href);
  const took = await lab.spent(page, async () => {
    await page.goto(address);
    return (await seen(page)) - (await begun(page));
  });
  await page.close();
  return took;
}

export const reload: Measure = {
  name: 'reload',
  smoke: true,
  async run(lab) {
    const size = lab.scale.smoke ? 300 : 10_000;
    const { profile, account, plots } = await lab.prepared(`one of ${size}`, () => filledBrowser(lab, 'one', [size]));
    const person = await lab.browser(profile);
    const { them } = plots[0]!;
    const peerPage = lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia', auto_join_private_chats: [them] });
    const theirs = (): Promise<Spent> => visit(lab, person, peerPage, (page) => ask(page, `shown('converse-chat-message')`));
    // The first time it fetches what it keeps.
    if (lab.peer) await theirs();
    const spent = await lab.turns({
      // For the blank page its service worker would answer with the app's.
      ours: () => visit(lab, person, `${lab.stage.app}/#/chat/${them}`, (page) => ask(page, `mark('tertulia:conversation-painted')`), '/config.json'),
      theirs: lab.peer ? theirs : undefined,
      raw: () => visit(lab, person, `${lab.stage.demo}/bench/empty-lit.html`, (page) => ask(page, `shown('p')`)),
    });
    await lab.leave(person);
    return [{ what: 'reload: until the conversation is painted', size, unit: 'ms', ...spent, raw: 'an empty Lit page', goals: lab.scale.smoke ? [{ of: 'raw', atMost: 25, cpu: true }] : [{ of: 'raw', atMost: 2 }, { of: 'theirs', atMost: 0.3 }] }];
  },
};
