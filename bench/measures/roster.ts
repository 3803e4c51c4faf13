/** A long list of contacts: from the app's address until it is painted, from the archive; and scrolling through it. */
import type { Page } from 'puppeteer-core';
import type { Measure, Spent } from '../support/finding.js';
import { signedIn } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';
import { dropped, wheel } from '../support/wheel.js';

type Known = { readonly account: string; readonly profile: string };

async function contactsOf(lab: Lab, size: number): Promise<Known> {
  const account = await lab.account('known');
  await lab.store.roster(account, Array.from({ length: size }, (_, i) => ({ jid: `contact${String(i).padStart(5, '0')}@localhost`, name: `Contact number ${i}` })));
  const profile = lab.profile();
  const person = await lab.browser(profile);
  await signedIn(lab, person, account);
  const page = await lab.page(person);
  await page.goto(`${lab.stage.app}/#/contacts`);
  await ask(page, `shown('tertulia-contact-row', ${Math.min(size, 10)})`);
  await lab.leave(person);
  return { account, profile };
}

async function painted(lab: Lab, { profile }: Known, after?: (page: Page) => Promise<void>): Promise<Spent> {
  const person = await lab.browser(profile);
  try {
    const page = await lab.page(person);
    await page.goto(`${lab.stage.app}/bench/blank.html`);
    const spent = await lab.spent(page, async () => {
      await page.goto(`${lab.stage.app}/#/contacts`);
      return (await ask(page, `shown('tertulia-contact-row', 10)`)) - ((await page.evaluate('performance.timeOrigin')) as number);
    });
    await after?.(page);
    return spent;
  } finally {
    await lab.leave(person);
  }
}

export const roster: Measure = {
  name: 'roster',
  async run(lab) {
    const size = lab.scale.sizes?.[0] ?? 10_000;
    const [many, few] = [await lab.prepared(`contacts ${size}`, () => contactsOf(lab, size)), await lab.prepared('contacts few', () => contactsOf(lab, 20))];
    const shares: Record<'ours' | 'raw', number[]> = { ours: [], raw: [] };
    /** For so long, whatever is scrolled in. */
    const scroll = async (page: Page, selector: string): Promise<number> => {
      const end = Date.now() + 6_000;
      return dropped(await wheel(page, selector, 400, () => Promise.resolve(Date.now() > end)));
    };
    const plain = async (): Promise<void> => {
      const person = await lab.browser();
      try {
        const page = await lab.page(person);
        await page.goto(`${lab.stage.demo}/bench/plain.html?lines=${size}`, { waitUntil: 'load' });
        shares.raw.push(await scroll(page, '#list'));
      } finally {
        await lab.leave(person);
      }
    };
    const spent = await lab.turns({
      ours: () =>
        painted(lab, many, async (page) => {
          await ask(page, `mark('tertulia:caught-up')`);
          shares.ours.push(await scroll(page, 'tertulia-contact-row'));
        }),
      raw: async () => {
        await plain();
        return painted(lab, few);
      },
    });
    return [
      { what: 'contacts: until they are painted', size, unit: 'ms', ...spent, raw: 'the same with 20 contacts' },
      { what: 'contacts: what their number adds', size, unit: 'ms', values: { ours: spent.values.ours.map((value, i) => value - spent.values.raw![i]!) }, goals: [{ atMost: 100 }] },
      { what: 'contacts: frames left out in scrolling', size, unit: '%', values: shares, raw: 'a list of as many lines of plain text, all of them there', goals: [{ atMost: 1 }] },
    ];
  },
};
