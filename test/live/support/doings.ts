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

/** Parts of what the messages of the open conversation say, such as a number in each, in the order they are shown. */
export const picked = async (view: View, pattern: RegExp): Promise<string[]> => (await messages(view)).flatMap((text) => pattern.exec(text)?.[0] ?? []);

/** Waits until the open conversation shows these and no others of their kind, in this order; who looks has its tab in front, for a hidden one draws no more than it needs. */
export async function readsAll({ page, view }: Desk, pattern: RegExp, wanted: readonly string[], timeout = 30_000): Promise<void> {
  let seen: string[] = [];
  await page.bringToFront();
  const same = async (): Promise<boolean> => {
    seen = await picked(view, pattern);
    return seen.join(' ') === wanted.join(' ');
  };
  await view.until(same, `these messages and no others: ${wanted.join(' ')}`, timeout).catch((error: Error) => {
    throw new Error(`${error.message}\nThere were: ${seen.join(' ')}`);
  });
}

/** Waits until a list of the messenger says this; `not`: until it does not. */
export async function listSays({ view }: Desk, list: string, words: string | RegExp, { not = false } = {}): Promise<void> {
  let text = '';
  const says = async (): Promise<boolean> => {
    text = await view.text(await view.find('list', list));
    return (typeof words === 'string' ? text.includes(words) : words.test(text)) !== not;
  };
  await view.until(says, `${not ? 'no ' : ''}"${String(words)}" in ${list}`, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}\nIt says: ${text}`);
  });
}

/** Waits until the app is kept by the browser: from now on it opens without a network. */
export const installed = async ({ page }: Desk): Promise<void> => void (await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state));

/** What pages say on the console about a network that is cut on purpose. */
export const networkTroubles = [/WebSocket|wss?:\/\//, /ERR_/, /Failed to load/, /can.t establish/, /NetworkError/, /Failed to fetch/];

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
export async function openEntry(desk: Desk, list: string, words: string): Promise<void> {
  const { view } = desk;
  await listSays(desk, list, words);
  // Found anew each time: a list is drawn again when its first entry comes.
  await view.until(async () => {
    for (const item of await view.findAll('listitem', undefined, await view.find('list', list))) {
      if (!(await view.text(item)).includes(words)) continue;
      const [way] = [...(await view.findAll('link', undefined, item)), ...(await view.findAll('button', undefined, item))];
      await (way ?? item).click();
      return true;
    }
    return false;
  }, `an entry "${words}" in ${list}`);
}
