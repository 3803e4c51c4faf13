// A worker that hangs in the only tab there is: nobody else could take the lead, so the page puts another into its place.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { readsAll } from './support/doings.js';
import { said } from './support/raw.js';
import { withServer } from './support/stage.js';
import { begin, carriesOn, numbered, write } from './support/tabs.js';

// The same app with a worker that can be asked who it is, and to do nothing else until a moment.
const folder = mkdtempSync(join(tmpdir(), 'tertulia-hung-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
cpSync(fileURLToPath(new URL('../../dist/', import.meta.url)), dist, { recursive: true, filter: (file) => !file.endsWith('.map') });
const script = readdirSync(join(dist, 'assets')).find((name) => /^engine-worker-.*\.js$/.test(name));
assert.ok(script, 'the worker of the build');
appendFileSync(join(dist, 'assets', script), `
const busy = new BroadcastChannel('busy');
const name = crypto.randomUUID();
busy.onmessage = ({ data: { until } }) => {
  if (until === undefined) busy.postMessage({ name });
  else while (Date.now() < until);
};`);

/** Keeps the page's worker busy for so long, milliseconds: no message and no timer gets through. */
const keepBusy = (page: Page, ms: number): Promise<void> => page.evaluate((until) => new BroadcastChannel('busy').postMessage({ until }), Date.now() + ms);

const workerOf = (page: Page): Promise<string> =>
  page.evaluate(() => new Promise<string>((resolve) => {
    const busy = new BroadcastChannel('busy');
    busy.onmessage = ({ data }: MessageEvent<{ name?: string }>) => data.name !== undefined && resolve(data.name);
    busy.postMessage({});
  }));

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: a worker that hangs in a lone tab is replaced, and the stream goes on; one that is only busy is left alone`, async (test) => {
      const scene = await begin(test, stage(), browser, 'hung');
      const { first, peer, me } = scene;
      const { page, view } = first;
      await carriesOn(scene, first, () => undefined);
      const worker = await workerOf(page);

      await carriesOn(scene, first, () => keepBusy(page, 6_000));
      await sleep(1_000);
      assert.equal(await workerOf(page), worker, 'it was only busy');

      const hung = await carriesOn(scene, first, async () => {
        await keepBusy(page, 600_000);
        await peer.say(me, 'line-50');
        await write(first, 'line-51');
      }, 90_000);
      assert.notEqual(await workerOf(page), worker, 'another worker');
      await view.until(async () => (await view.texts('article')).some((text) => text.includes('line-50')), 'what was said meanwhile');
      await readsAll(first, numbered, (await peer.archive(me)).map(({ body }) => body).filter((body) => numbered.test(body)));
      assert.equal(said(peer.heard).filter((text) => text.includes('line-51')).length, 1);
      assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');
      assert.equal(new Set(peer.heard.map(({ from }) => from)).size, 1, 'one session, from beginning to end');
      test.diagnostic(`${browser}, from when the worker hangs until a line is sent: ${hung.sent} ms`);
    });
  }, { dist });
}
