// One account in several tabs of one browser.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { networkTroubles, openEntry, signIn, type Desk } from './doings.js';
import type { BrowserName, Person } from './person.js';
import { said, signInRaw, type Raw } from './raw.js';
import type { Stage } from './stage.js';

/** What the lines that are written in these tests look like. */
export const numbered = /line-[\d.]*\d/;

/** As typed, in a tab that may be behind others. */
export async function write({ view }: Desk, text: string): Promise<void> {
  await (await view.find('textbox', 'Message')).evaluate(async (area, words) => {
    (area as HTMLTextAreaElement).value = words;
    area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    // As between two keys, and no longer: what is written in another tab meanwhile would take its place.
    await ((area.getRootNode() as ShadowRoot).host as Element & { readonly updateComplete: Promise<unknown> }).updateComplete;
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));
  }, text);
}

export type Scene = { readonly stage: Stage; readonly person: Person; readonly me: string; readonly peer: Raw; readonly first: Desk; lines: number };

/** Somebody with a conversation open in a tab, which leads. */
export async function begin(test: TestContext, stage: Stage, browser: BrowserName, name: string, troubles: readonly RegExp[] = []): Promise<Scene> {
  const [me, other] = [`${name}-${browser}@localhost`, `${name}-peer-${browser}@localhost`];
  for (const address of [me, other]) await stage.server.register(address.split('@')[0]!, 'tertulia');
  const peer = await signInRaw(test, stage.server, other);
  const person = await stage.launch(browser, { alone: true });
  // A tab that is killed is one that has crashed.
  person.expect(...networkTroubles, /crashed/, ...troubles);
  await peer.say(me, 'Hello');
  const first = await signIn(person, stage, me);
  await openEntry(first, 'Conversations', 'Hello');
  await first.view.find('textbox', 'Message');
  return { stage, person, me, peer, first, lines: 0 };
}

export async function anotherTab({ stage, person, peer }: Scene): Promise<Desk> {
  const page = await person.open(`${stage.app}/#/chat/${peer.jid.split('/')[0]}`);
  const view = person.view(page);
  await view.until(async () => (await view.texts('article')).some((text) => text.includes('Hello')), 'the conversation');
  return { page, view };
}

/** A line each way through a tab, from now on; what each took, milliseconds. `within`: what each may take at most. */
export async function carriesOn(scene: Scene, { view }: Desk, act: () => unknown, within = 30_000): Promise<{ readonly sent: number; readonly received: number }> {
  const { peer, me } = scene;
  const [out, back] = [`line-${(scene.lines += 1)}`, `line-${(scene.lines += 1)}`];
  const begun = performance.now();
  const since = (): number => Math.round(performance.now() - begun);
  await act();
  await write({ view, page: view.frame.page() }, out);
  const sent = view.until(() => Promise.resolve(said(peer.heard).includes(out)), `${out} to arrive`, within).then(since);
  await sent;
  await peer.say(me, back);
  await view.until(async () => (await view.texts('article')).some((text) => text.includes(back)), `${back} to be shown`, within);
  return { sent: await sent, received: since() };
}


/** Whether everything of an account's archive can be written now. */
const diskIsFree = (name: string): string => `new Promise((resolve) => {
  let late = false;
  let abort = () => {};
  setTimeout(() => { late = true; abort(); resolve(false); }, 300);
  const opening = indexedDB.open(${JSON.stringify(name)});
  opening.onsuccess = () => {
    const database = opening.result;
    if (late) return database.close();
    const tx = database.transaction([...database.objectStoreNames], 'readwrite');
    abort = () => tx.abort();
    tx.oncomplete = () => { abort = () => {}; database.close(); resolve(true); };
    tx.onabort = () => database.close();
    tx.objectStore("counters").count();
  };
})`;

/**
 * Stops a tab's process, in between two writes: no browser freezes a page whose transaction others wait for, so what is held
 * up by one that was stopped all the same is a case of its own.
 */
export async function freeze({ me }: Scene, process: number, { page }: Desk): Promise<void> {
  for (;;) {
    globalThis.process.kill(process, 'SIGSTOP');
    if (await page.evaluate(diskIsFree(`tertulia/${me}`))) return;
    globalThis.process.kill(process, 'SIGCONT');
    await sleep(50);
  }
}
