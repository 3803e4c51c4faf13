// A visitor of somebody else's website, and whoever answers.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openEntry, openWidget, reads, say, signIn } from './support/doings.js';
import type { BrowserName } from './support/person.js';
import { withServer } from './support/stage.js';

const pairs: readonly (readonly ['prosody' | 'ejabberd', BrowserName, BrowserName])[] = [
  ['prosody', 'chromium', 'firefox'],
  ['ejabberd', 'firefox', 'chromium'],
];
for (const [server, visitors, answerers] of pairs) {
  withServer(server, (stage) => {
    it(`a visitor (${visitors}) talks with support (${answerers}): on another page, in another tab, the next day`, async () => {
      const profile = stage().profile();
      const visitor = await stage().launch(visitors, { userDataDir: profile });
      const shop = await visitor.open(stage().demo);
      await visitor.view(shop).find('button', 'Open chat');
      // Nothing but the loader was fetched, nothing stored, no frame and so no socket.
      const before = await shop.evaluate(async () => ({
        fetched: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
        stored: localStorage.length + sessionStorage.length + document.cookie.length + (await indexedDB.databases()).length,
        frames: document.querySelectorAll('iframe').length,
      }));
      assert.deepEqual(before, { fetched: ['/shop.css', '/embed.js'], stored: 0, frames: 0 });
      await shop.close();

      const chat = await openWidget(visitor, stage());
      await chat.view.find('dialog', 'Camellia Tea');
      await say(chat, 'Which tea for a rainy day?');
      await reads(chat, 'Which tea for a rainy day?', /Sent|Delivered|Read/);

      const support = await stage().launch(answerers);
      const desk = await signIn(support, stage(), 'support@localhost');
      await openEntry(desk, 'Conversations', 'Which tea for a rainy day?');
      await reads(desk, 'Which tea for a rainy day?');
      await reads(chat, 'Which tea for a rainy day?', /Delivered|Read/);

      await desk.view.type('textbox', 'Message', 'Lapsang');
      const dialog = await chat.view.find('dialog', 'Camellia Tea');
      await chat.view.until(async () => /typing/i.test(await chat.view.text(dialog)), 'support to be seen typing');
      await say(desk, ', with a biscuit.');
      await reads(chat, 'Lapsang, with a biscuit.');

      // Another page of the shop: the conversation is open where it was.
      await Promise.all([chat.page.waitForNavigation(), chat.page.evaluate(() => document.querySelector<HTMLAnchorElement>('a[href="./brewing.html"]')?.click())]);
      const onward = { page: chat.page, view: await visitor.widget(chat.page) };
      await reads(onward, 'Lapsang, with a biscuit.');

      // A second tab: both are live.
      const second = await openWidget(visitor, stage());
      await say(second, 'And for the morning?');
      await reads(second, 'And for the morning?', /Delivered|Read/);
      await reads(onward, 'And for the morning?', /Delivered|Read/);
      await say(desk, 'Assam.');
      await reads(second, 'Assam.');
      await reads(onward, 'Assam.');

      // The next day: the same identity, the same history.
      await visitor.leave();
      const back = await stage().launch(visitors, { userDataDir: profile });
      const again = await openWidget(back, stage());
      await reads(again, 'Which tea for a rainy day?', /Delivered|Read/);
      await reads(again, 'Assam.');
      await say(again, 'It is me again.');
      await reads(again, 'It is me again.', /Delivered|Read/);
      await reads(desk, 'It is me again.');
    });
  });
}
