// The network goes, tabs are closed, browsers crash: every message is delivered once, in order.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { installed, networkTroubles, openEntry, readsAll, say, signIn, type Desk } from './support/doings.js';
import type { BrowserName, Person } from './support/person.js';
import { said, signInRaw, type Raw } from './support/raw.js';
import { withServer, type Stage } from './support/stage.js';

const runs: readonly (readonly ['prosody' | 'ejabberd', BrowserName])[] = [
  ['prosody', 'chromium'],
  ['prosody', 'firefox'],
  ['ejabberd', 'chromium'],
];
const numbered = /line-\d+/;
const lines = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => `line-${from + index}`);

type Scene = { readonly stage: Stage; readonly browser: BrowserName; readonly profile: string; readonly from: string; readonly to: string; readonly peer: Raw; person: Person; desk: Desk };

/** Somebody who has the app installed and has written to somebody else, who listens with another client. */
async function begin(test: TestContext, stage: Stage, browser: BrowserName, name: string): Promise<Scene> {
  const [from, to] = [`${name}-${browser}@localhost`, `${name}-peer-${browser}@localhost`];
  for (const address of [from, to]) await stage.server.register(address.split('@')[0]!, 'tertulia');
  const peer = await signInRaw(test, stage.server, to);
  const profile = stage.profile();
  const person = await stage.launch(browser, { userDataDir: profile });
  person.expect(...networkTroubles);
  await peer.say(from, 'line-1');
  const desk = await signIn(person, stage, from);
  await installed(desk);
  await openEntry(desk, 'Conversations', 'line-1');
  await readsAll(desk, numbered, lines(1, 1));
  return { stage, browser, profile, from, to, peer, person, desk };
}

/** The same browser, started again; the conversation is open where it was. */
async function comeBack(scene: Scene): Promise<void> {
  scene.person = await scene.stage.launch(scene.browser, { userDataDir: scene.profile });
  scene.person.expect(...networkTroubles);
  const page = await scene.person.open(`${scene.stage.app}/#/chat/${scene.to}`);
  scene.desk = { page, view: scene.person.view(page) };
}

/** 0 lost, 0 twice, 0 out of order: with who received them, in the server's archive, and here. */
async function allThereOnce({ from, peer, desk }: Scene, last: number): Promise<void> {
  await desk.view.until(() => Promise.resolve(said(peer.heard).includes(`line-${last}`)), `line-${last} to arrive`, 60_000);
  await readsAll(desk, numbered, lines(1, last));
  await desk.view.until(async () => !(await desk.view.texts('article')).some((text) => /Sending|Failed/.test(text)), 'all to be sent');
  assert.deepEqual(said(peer.heard), lines(2, last));
  assert.deepEqual(said(await peer.archive(from)), lines(1, last));
}

/** And in another browser, of whoever received them. */
async function seenElsewhere({ stage, browser, to }: Scene, last: number): Promise<void> {
  const other = await stage.launch(browser === 'chromium' ? 'firefox' : 'chromium');
  const device = await signIn(other, stage, to);
  await openEntry(device, 'Conversations', `line-${last}`);
  await readsAll(device, numbered, lines(1, last));
}

const sending = async ({ view }: Desk, count: number): Promise<void> =>
  view.until(async () => (await view.texts('article')).filter((text) => /Sending/.test(text)).length === count, `${count} messages to be shown as Sending`);

for (const [server, browser] of runs) {
  withServer(server, (stage) => {
    it(`${browser}: written without a network, tab closed, browser restarted: delivered once, in order`, async (test) => {
      const scene = await begin(test, stage(), browser, 'offline');
      await scene.person.leave();
      stage().cut();
      await comeBack(scene);
      await readsAll(scene.desk, numbered, lines(1, 1));
      for (const line of lines(2, 6)) await say(scene.desk, line);
      await readsAll(scene.desk, numbered, lines(1, 6));
      await sending(scene.desk, 5);
      await scene.desk.page.close();
      await scene.person.leave();
      await comeBack(scene);
      await readsAll(scene.desk, numbered, lines(1, 6));
      await sending(scene.desk, 5);
      await say(scene.desk, 'line-7');
      stage().mend();
      await allThereOnce(scene, 7);
      await seenElsewhere(scene, 7);
    });

    it(`${browser}: the network is cut in the middle of sending`, async (test) => {
      const scene = await begin(test, stage(), browser, 'cut');
      for (const [index, line] of lines(2, 31).entries()) {
        await say(scene.desk, line);
        // Twice, each time with messages on the way.
        if (index === 8 || index === 18) stage().cut();
        if (index === 14) stage().mend();
      }
      await readsAll(scene.desk, numbered, lines(1, 31));
      stage().mend();
      await allThereOnce(scene, 31);
    });

    it(`${browser}: the browser is killed in the middle of sending`, async (test) => {
      const scene = await begin(test, stage(), browser, 'kill');
      for (const line of lines(2, 11)) await say(scene.desk, line);
      await readsAll(scene.desk, numbered, lines(1, 11));
      await scene.person.crash();
      await comeBack(scene);
      await readsAll(scene.desk, numbered, lines(1, 11));
      // Once more with messages on a wire that delivers nothing, and without a network when it comes back.
      for (const [index, line] of lines(12, 21).entries()) {
        await say(scene.desk, line);
        if (index === 4) stage().xmppLine.freeze();
      }
      await readsAll(scene.desk, numbered, lines(1, 21));
      await scene.person.crash();
      stage().cut();
      await comeBack(scene);
      await readsAll(scene.desk, numbered, lines(1, 21));
      for (const line of lines(22, 31)) await say(scene.desk, line);
      stage().mend();
      await allThereOnce(scene, 31);
    });
  });
}
