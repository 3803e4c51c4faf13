// What people do in many tests.
import type { Page } from 'puppeteer-core';
import type { Person } from './person.js';
import type { Stage } from './stage.js';
import type { View } from './view.js';

export type Desk = { readonly page: Page; readonly view: View };

/** Opens the messenger and signs in by the form; back when the lists are there. */
export async function signIn(person: Person, stage: Stage, address: string, password = 'tertulia'): Promise<Desk> {
  const page = await person.open(stage.app);
  const view = person.view(page);
  await view.type('textbox', 'XMPP address', address);
  await view.type('textbox', 'Password', password);
  await view.click('button', 'Sign in');
  await view.find('list', 'Conversations');
  return { page, view };
}

/** Opens the widget on a page of the shop, as a guest; back when one can write. */
export async function openWidget(person: Person, stage: Stage, path = ''): Promise<Desk> {
  const page = await person.open(stage.demo + path);
  await person.view(page).click('button', /^Open chat/);
  const view = await person.widget(page);
  await view.find('textbox', 'Message');
  return { page, view };
}

/** Writes into the composer and sends by Enter. */
export async function say({ page, view }: Desk, text: string): Promise<void> {
  await view.type('textbox', 'Message', text);
  await page.keyboard.press('Enter');
}

/** What the messages of the open conversation say, oldest first. */
export const messages = (view: View): Promise<string[]> => view.texts('article');

/** Waits until one of the messages has these words and, for one's own, one of these states. */
export async function reads({ view }: Desk, text: string, states = /(?:)/): Promise<void> {
  let seen: string[] = [];
  const found = async (): Promise<boolean> => {
    seen = await messages(view);
    return seen.some((words) => words.includes(text) && states.test(words.replace(text, '')));
  };
  await view.until(found, `a message "${text}" ${String(states)}`, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}\nThe messages: ${JSON.stringify(seen)}`);
  });
}

/** Waits until a list of the messenger has an entry with these words, and opens it. */
export async function openEntry({ view }: Desk, list: string, words: string): Promise<void> {
  const within = await view.find('list', list);
  await view.until(async () => (await view.text(within)).includes(words), `"${words}" in ${list}`, 20_000);
  for (const item of await view.findAll('listitem', undefined, within)) {
    if (!(await view.text(item)).includes(words)) continue;
    const [way] = [...(await view.findAll('link', undefined, item)), ...(await view.findAll('button', undefined, item))];
    await (way ?? item).click();
    return;
  }
}
