import type { Page } from 'puppeteer-core';
import type { Person } from '../../test/live/support/person.js';
import { conversation, type Plot } from '../conversations.js';
import type { Filled } from '../pages/fill.js';
import { ask, type Lab } from './lab.js';

/** Signs in by the form, as a person does; back when the session has caught up. */
export async function signIn(lab: Lab, page: Page, account: string): Promise<void> {
  await page.goto(lab.stage.app, { waitUntil: 'load' });
  await ask(page, `shown('input[type="password"]')`);
  await page.evaluate(`bench.all('input')[0].focus()`);
  await page.keyboard.type(account);
  await page.evaluate(`bench.all('input[type="password"]')[0].focus()`);
  await page.keyboard.type('tertulia');
  await page.keyboard.press('Enter');
  await ask(page, `mark('tertulia:caught-up')`);
}

/** The name of the one archive of this browser. */
export const archiveName = async (page: Page): Promise<string> => (await page.evaluate(`indexedDB.databases().then((all) => all.map(({ name }) => name).find((name) => name.startsWith('tertulia/')))`)) as string;

/** A browser whose archive, like the server's, holds all of these conversations with one account. */
export type FilledBrowser = { readonly profile: string; readonly account: string; readonly archive: string; readonly plots: readonly Plot[]; /** Milliseconds a message, of filling it. */ readonly cost: number };

export const until = Date.UTC(2026, 0, 15);

/** Signs in while there is nothing yet, then fills the server's archive and the browser's with the same: when it comes back, it has missed nothing. */
export async function filledBrowser(lab: Lab, name: string, sizes: readonly number[], more: Pick<Plot, 'vocabulary'> = {}): Promise<FilledBrowser> {
  const account = await lab.account(name);
  const profile = lab.profile();
  const person = await lab.browser(profile);
  const plots = sizes.map((count, i): Plot => ({ me: account, them: `friend${i + 1}-${count}@localhost`, count, seed: i + 1, until: until + i * 1000, ...more }));
  try {
    const archive = await signedIn(lab, person, account);
    // oxlint-disable-next-line no-await-in-loop -- in their order
    for (const plot of plots) await lab.store.archive(conversation(plot), plot);
    const page = await lab.within(person, 'fill');
    await page.evaluate(`void (globalThis.filling = fill(${JSON.stringify(archive)}, ${JSON.stringify(plots)}, 500))`);
    // A browser is not waited for longer than some minutes at a time, and a million takes more.
    let filled: Filled | undefined;
    // oxlint-disable-next-line no-await-in-loop -- until it is done
    while (!filled) filled = (await page.evaluate('Promise.race([filling, new Promise((resolve) => setTimeout(resolve, 10_000))])')) as Filled | undefined;
    const { rows, ms } = filled;
    return { profile, account, archive, plots, cost: ms / rows };
  } finally {
    await lab.leave(person);
  }
}

/** Signs in with a new browser's tab and waits until the app is kept; the archive's name. */
export async function signedIn(lab: Lab, person: Person, account: string): Promise<string> {
  const page = await lab.page(person);
  await signIn(lab, page, account);
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  const name = await archiveName(page);
  await page.close();
  return name;
}
