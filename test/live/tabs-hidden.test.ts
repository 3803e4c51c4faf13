// Tabs that nobody looks at: notices come once over all of them, and a browser may freeze the one that leads.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { readsAll } from './support/doings.js';
import { said } from './support/raw.js';
import { withServer } from './support/stage.js';
import { anotherTab, begin, carriesOn, numbered } from './support/tabs.js';

/** Notes what a page would have the system show. */
const stub = `window.told = [];
window.Notification = class extends EventTarget {
  static permission = 'granted';
  constructor(title, options) { super(); window.told.push(options.body); }
};`;
const told = async (pages: readonly Page[]): Promise<string[]> => (await Promise.all(pages.map(async (page) => (await page.evaluate('window.told')) as string[]))).flat();

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: of a message nobody reads the system is told once over all tabs, of one that is read never`, async (test) => {
      const scene = await begin(test, stage(), browser, 'notices');
      const { peer, me, first, person } = scene;
      const second = await anotherTab(scene);
      const pages = [first.page, second.page];
      for (const page of pages) await page.evaluate(stub);
      const elsewhere = await person.open('about:blank');
      const raised = (body: string): Promise<void> => second.view.until(async () => (await told(pages)).includes(body), `a notice of ${body}`);

      await elsewhere.bringToFront();
      await peer.say(me, 'first');
      await raised('first');
      await peer.say(me, 'second');
      await raised('second');
      // By now both tabs have long decided about the first.
      assert.deepEqual((await told(pages)).filter((body) => body === 'first'), ['first']);

      // Somebody looks at one of them, and reads.
      await second.page.bringToFront();
      await second.view.until(async () => !(await second.page.title()).startsWith('('), 'all to be read');
      await peer.say(me, 'third');
      await second.view.until(async () => (await second.view.texts('article')).some((text) => text.includes('third')) && !(await second.page.title()).startsWith('('), 'it to be read');

      await elsewhere.bringToFront();
      await peer.say(me, 'fourth');
      await raised('fourth');
      await peer.say(me, 'fifth');
      await raised('fifth');
      assert.deepEqual((await told(pages)).filter((body) => body !== 'fifth').toSorted(), ['first', 'fourth', 'second']);
    });
  });
}

withServer('prosody', (stage) => {
  it('chromium: a leader whose page the browser freezes is replaced; thawed, it writes nothing of its own', async (test) => {
    const scene = await begin(test, stage(), 'chromium', 'frozen');
    const { peer, me, first } = scene;
    const second = await anotherTab(scene);
    await second.page.bringToFront();
    const browserSays = await first.page.createCDPSession();
    const frozen = await carriesOn(scene, second, () => browserSays.send('Page.setWebLifecycleState', { state: 'frozen' }));
    await browserSays.send('Page.setWebLifecycleState', { state: 'active' });
    const thawed = await carriesOn(scene, first, () => first.page.bringToFront());
    const kept = (await peer.archive(me)).map(({ body }) => body).filter((body) => numbered.test(body));
    for (const desk of [first, second]) await readsAll(desk, numbered, kept);
    assert.equal(new Set(peer.heard.map(({ from }) => from)).size, 1, 'one session');
    assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');

    // Discarded: as closed, but for its place in the row of tabs.
    await second.page.bringToFront();
    const discarded = await carriesOn(scene, second, async () => {
      await browserSays.send('Page.setWebLifecycleState', { state: 'frozen' });
      await first.page.close();
    });
    test.diagnostic(`frozen by the browser: ${frozen.sent} ms to send, ${frozen.received} ms to send and to be answered; thawed: ${thawed.sent}, ${thawed.received}; frozen and closed: ${discarded.sent}, ${discarded.received}`);
  });
});

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: a reload stays where one reads, a new tab begins at the newest message`, async (test) => {
      const scene = await begin(test, stage(), browser, 'place');
      const { peer, me, first } = scene;
      await peer.say(me, ...Array.from({ length: 60 }, (_, index) => `line-${index + 1}`));
      await first.view.until(async () => (await first.view.texts('article')).some((text) => text.includes('line-60')), 'all of them');
      // The first of which more than a hair is seen, and how far below the edge it begins.
      const inSight = async (): Promise<readonly [string, number]> =>
        (await first.view.find('log')).evaluate((log) => {
          const edge = log.getBoundingClientRect().top;
          const row = Array.from(log.querySelectorAll('[role=article]')).find((each) => each.getBoundingClientRect().bottom > edge + 8);
          return [row?.querySelector('.body')?.textContent ?? '', (row?.getBoundingClientRect().top ?? Infinity) - edge] as const;
        });
      await (await first.view.find('log')).evaluate((log) => log.scrollTo({ top: -(log.scrollHeight - log.clientHeight) / 2 }));
      await first.view.find('button', /Go to the newest message/);
      const [before, at] = await inSight();
      await first.page.reload();
      let now: readonly [string, number] = ['', 0];
      await first.view
        .until(async () => ((now = await inSight()), now[0] === before && Math.abs(now[1] - at) < 2), `${before} at the top again`)
        .catch((error: Error) => assert.fail(`${error.message}\nIt was at ${at}; now there is ${now[0]} at ${now[1]}`));
      const second = await anotherTab(scene);
      await second.view.until(async () => (await (await second.view.find('log')).evaluate((log) => Math.abs(log.scrollTop))) < 2, 'the end');
    });
  });
}
