// Two builds that do not understand each other's bus, side by side on one origin, as after a deployment while a tab was open.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readsAll } from './support/doings.js';
import { said } from './support/raw.js';
import { withServer } from './support/stage.js';
import { anotherTab, begin, carriesOn, numbered, write } from './support/tabs.js';

const folder = mkdtempSync(join(tmpdir(), 'tertulia-versions-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Page and worker of a build whose bus is one version further: what it says is of the next, and what it hears of its own is of this one. */
const nextBus = `if (!globalThis.nextBus) {
  globalThis.nextBus = true;
  const channel = BroadcastChannel.prototype;
  const { postMessage } = channel;
  const shifted = (data, by) => (typeof data?.bus === 'number' ? { ...data, bus: data.bus + by } : data);
  channel.postMessage = function (data) { postMessage.call(this, shifted(data, 1)); };
  Object.defineProperty(channel, 'onmessage', { set(listener) { this.addEventListener('message', ({ data }) => listener({ data: shifted(data, -1) })); } });
}
`;

/** A build of its own for each browser; without a service worker, which would go on with the older one in every tab. */
function deploy(browser: string): { readonly dist: string; readonly next: () => void } {
  const [dist, next] = [join(folder, browser, 'dist'), join(folder, browser, 'next')];
  cpSync(fileURLToPath(new URL('../../dist/', import.meta.url)), dist, { recursive: true, filter: (file) => !/\.map$|service-worker\.js$/.test(file) });
  return {
    dist,
    next() {
      cpSync(dist, next, { recursive: true });
      renameSync(join(next, 'assets'), join(next, 'assets-of-next'));
      for (const file of readdirSync(next, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|html)$/.test(name))) {
        const text = readFileSync(join(next, file), 'utf8').replaceAll('assets/', 'assets-of-next/');
        writeFileSync(join(next, file), file.startsWith('assets-of-next') ? nextBus + text : text);
      }
      // Who has the older page open may still ask for its files.
      cpSync(join(dist, 'assets'), join(next, 'assets'), { recursive: true });
      rmSync(dist, { recursive: true });
      renameSync(next, dist);
    },
  };
}

for (const browser of ['chromium', 'firefox'] as const) {
  const build = deploy(browser);
  withServer('prosody', (stage) => {
    it(`${browser}: a tab of an older build steps back before one of a newer build; neither loses or doubles anything, and its draft is there after the reload`, async (test) => {
      const scene = await begin(test, stage(), browser, 'versions', [/service.?worker/i, /404/]);
      const { peer, me, first: older } = scene;
      await carriesOn(scene, older, () => undefined);
      build.next();
      const newer = await anotherTab(scene);
      assert.deepEqual(await Promise.all([older, newer].map(({ page }) => page.evaluate(`'nextBus' in globalThis`))), [false, true]);
      const reload = await older.view.find('button', 'Reload for the new version');
      await newer.page.bringToFront();
      await carriesOn(scene, newer, () => undefined);
      assert.deepEqual(await newer.view.findAll('button', 'Reload for the new version'), [], 'the newer one is not asked to');

      // What is still written in the older one goes out by the newer.
      await write(older, 'from the older one');
      await newer.view.until(() => Promise.resolve(said(peer.heard).includes('from the older one')), 'what the older one wrote');
      await older.page.bringToFront();
      await older.view.type('textbox', 'Message', 'half a thought');
      await reload.click();
      await older.view.until(async () => (await older.page.evaluate(`'nextBus' in globalThis`)) === true, 'the newer build in both');
      await older.view.until(async () => (await (await older.view.find('textbox', 'Message')).evaluate((box) => (box as HTMLTextAreaElement).value)) === 'half a thought', 'the draft');
      await carriesOn(scene, newer, () => newer.page.bringToFront());
      const kept = (await peer.archive(me)).map(({ body }) => body).filter((body) => numbered.test(body));
      for (const desk of [older, newer]) await readsAll(desk, numbered, kept);
      assert.equal(new Set(kept).size, kept.length, 'nothing twice');
      assert.equal(kept.length, scene.lines);
      assert.equal(new Set(peer.heard.map(({ from }) => from)).size, 1, 'one session');
    });
  }, { dist: build.dist });
}
