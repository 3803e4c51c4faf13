// Several tabs of one account are one session: whichever goes, and however it goes, the others carry on, on the same stream.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEntry, readsAll, type Desk } from './support/doings.js';
import { processOf } from './support/process-of.js';
import { said } from './support/raw.js';
import { withServer } from './support/stage.js';
import { anotherTab, begin, carriesOn, freeze, numbered, write } from './support/tabs.js';

withServer('prosody', (stage) => {
  it('chromium: two accounts, each in tabs of its own', async (test) => {
    const scene = await begin(test, stage(), 'chromium', 'apart');
    const { person, peer, first } = scene;
    await stage().server.register('apart-other', 'tertulia');
    await first.view.click('button', /^Your profile/);
    const link = await first.view.find('link', 'Another account');
    const opened = new Promise<void>((resolve) => person.browser.once('targetcreated', () => resolve()));
    await link.click();
    await opened;
    // The same address, in a tab that the test may look into.
    const page = await person.open(`${stage().app}/?account`);
    const view = person.view(page);
    await view.type('textbox', 'XMPP address', 'apart-other');
    await view.type('textbox', 'Password', 'tertulia');
    await view.click('button', 'Sign in');
    await view.find('list', 'Conversations');
    await view.until(async () => page.url().includes('?account=apart-other%40localhost'), 'the address to name the account');
    await peer.say('apart-other@localhost', 'To the other one');
    const other: Desk = { page, view };
    await openEntry(other, 'Conversations', 'To the other one');
    await write(other, 'line-2 of the other one');
    await write(first, 'line-1 of the first one');
    await view.until(() => Promise.resolve(peer.heard.length === 2), 'both lines');
    const authors = (): string[] => peer.heard.map(({ from, body }) => `${from.split('@')[0]}: ${body}`).toSorted();
    assert.deepEqual(authors(), ['apart-chromium: line-1 of the first one', 'apart-other: line-2 of the other one']);
    // Each is who it was after a reload, with its own conversation, and open where it was.
    await Promise.all([page.reload(), first.page.reload()]);
    await readsAll(other, numbered, ['line-2']);
    await readsAll(first, numbered, ['line-1']);
    // One goes, the other stays.
    await page.bringToFront();
    await view.click('button', /^Your profile/);
    await view.click('button', 'Sign out');
    await view.click('button', 'Sign out', { within: await view.find('dialog', 'Sign out') });
    await view.find('textbox', 'Password');
    await write(first, 'line-3 of the first one');
    await view.until(() => Promise.resolve(peer.heard.length === 3), 'the first one to go on');
  });
});

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: who comes back is known also where the deployment's settings come after what is kept here`, async (test) => {
      const scene = await begin(test, stage(), browser, 'late-settings');
      const { page, view } = scene.first;
      await page.evaluateOnNewDocument(() => {
        const { fetch } = globalThis;
        globalThis.fetch = async (input, init) => {
          const address = input instanceof Request ? input.url : String(input);
          if (address.endsWith('config.json')) await new Promise((resolve) => setTimeout(resolve, 1_000));
          return fetch(input, init);
        };
      });
      await page.reload();
      await view.until(async () => (await view.texts('article')).some((text) => text.includes('Hello')), 'the conversation');
      await carriesOn(scene, scene.first, () => undefined);
    });
  });
}

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: whichever tab leads may be closed, killed or frozen; the next one resumes its stream`, async (test) => {
      const scene = await begin(test, stage(), browser, 'tabs');
      const { person, peer, first } = scene;
      const second = await anotherTab(scene);
      const figures: string[] = [];
      const measure = async (what: string, desk: Desk, act: () => unknown): Promise<void> => {
        await desk.page.bringToFront();
        const { sent, received } = await carriesOn(scene, desk, act);
        figures.push(`${what}: ${sent} ms to send, ${received} ms to send and to be answered`);
      };
      await measure('the leader lives', second, () => undefined);

      // Both at once: each tab's lines in its own order, none twice, and both tabs show the same.
      const at = [1, 2, 3, 4, 5, 6].map((n) => `line-0.${n}`);
      await Promise.all([first, second].map(async (desk, tab) => {
        for (const line of at) await write(desk, `${line}${tab}`);
      }));
      await second.view.until(() => Promise.resolve(said(peer.heard).filter((text) => text.startsWith('line-0.')).length >= 12), 'all of both tabs');
      for (const tab of [0, 1]) assert.deepEqual(said(peer.heard).filter((text) => new RegExp(`^line-0\\.\\d${tab}$`).test(text)), at.map((line) => `${line}${tab}`));
      const kept = (await peer.archive(scene.me)).map(({ body }) => body).filter((body) => numbered.test(body));
      for (const desk of [first, second]) await readsAll(desk, numbered, kept);

      const third = await anotherTab(scene);
      await measure('closed', second, () => first.page.close());
      const fourth = await anotherTab(scene);
      const [leader, other] = [await processOf(person, second.page), await processOf(person, third.page)];
      assert.notEqual(leader, other, 'tabs have a process each');
      await measure('killed', third, () => process.kill(leader, 'SIGKILL'));
      const sleeper = await processOf(person, third.page);
      try {
        await measure('frozen, with the lock', fourth, () => freeze(scene, sleeper, fourth));
      } finally {
        // It wakes up deposed: a reader and writer like any other, of the same session. No browser closes before.
        process.kill(sleeper, 'SIGCONT');
      }
      await measure('awake again', third, () => undefined);
      for (const desk of [third, fourth]) await readsAll(desk, numbered, (await peer.archive(scene.me)).map(({ body }) => body).filter((body) => numbered.test(body)));
      assert.deepEqual(new Set(peer.heard.map(({ from }) => from)).size, 1, 'one resource, so one session, from beginning to end');
      assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');
      for (const figure of figures) test.diagnostic(`${browser}, ${figure}`);
    });
  });
}

// The same app where its page may start no worker: the engine runs in the page.
const folder = mkdtempSync(join(tmpdir(), 'tertulia-tabs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
cpSync(fileURLToPath(new URL('../../dist/', import.meta.url)), dist, { recursive: true, filter: (file) => !file.endsWith('.map') });
const index = join(dist, 'index.html');
writeFileSync(index, readFileSync(index, 'utf8').replace('<meta charset', `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'"><meta charset`));

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: where workers are refused, the engine runs in the page, and is handed over to the next tab's`, async (test) => {
      // Of the policy that is tested: no worker, and no service worker.
      const scene = await begin(test, stage(), browser, 'in-page', [/worker/i, /Content.Security.Policy/i]);
      const { person, peer, first } = scene;
      const second = await anotherTab(scene);
      // One that was refused may be listed a moment longer.
      await second.view.until(() => Promise.resolve([first, second].every(({ page }) => page.workers().length === 0)), 'no worker to run');
      const before = await carriesOn(scene, second, () => undefined);
      await second.page.bringToFront();
      const handedOver = await carriesOn(scene, second, () => first.page.close());
      const third = await anotherTab(scene);
      const sleeper = await processOf(person, second.page);
      assert.notEqual(sleeper, await processOf(person, third.page));
      let frozen: Awaited<ReturnType<typeof carriesOn>>;
      try {
        frozen = await carriesOn(scene, third, () => freeze(scene, sleeper, third));
      } finally {
        process.kill(sleeper, 'SIGCONT');
      }
      assert.equal(new Set(peer.heard.map(({ from }) => from)).size, 1, 'one session');
      assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');
      test.diagnostic(`${browser}, engine in the page, to send and to be answered: ${before.received} ms; after the leader was closed: ${handedOver.received} ms; frozen: ${frozen.received} ms`);
    });
  }, { dist });
}
