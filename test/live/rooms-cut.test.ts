// Somebody writes in a room whose server is stopped, and comes back (XEP-0045 §9.1.4: status 332).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { enter, heard, makeRoom, openDevice } from './support/device.js';
import { networkTroubles, reads, signIn } from './support/doings.js';
import { withServer } from './support/stage.js';

const tea = 'tea@rooms.localhost';

for (const [name, browser] of [['prosody', 'firefox'], ['ejabberd', 'chromium']] as const) {
  withServer(name, (stage) => {
    it(`who writes in a room goes on writing while its server is started anew (${browser})`, async (test) => {
      const person = await stage().launch(browser);
      person.expect(...networkTroubles);
      const { server } = stage();
      await makeRoom(await openDevice(test, stage(), 'bob@localhost'), tea, { persistentroom: '1' });
      const { page, view } = await signIn(person, stage(), 'alice@localhost');
      await page.evaluate((room) => void (location.hash = `#/room/${room}`), tea);
      await view.find('button', '2 participants');
      const field = await view.find('textbox', 'Message');
      await field.focus();
      let words = '';
      const typeDuring = async (meanwhile: Promise<unknown>): Promise<void> => {
        let over = false;
        void meanwhile.catch(() => {}).finally(() => (over = true));
        for (let last = false; !last; ) {
          last = over;
          words += 'a';
          await page.keyboard.type('a');
          assert.equal(await field.evaluate((it) => (it as HTMLTextAreaElement).value), words, 'what was typed stands in the field');
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await meanwhile;
      };
      await typeDuring(server.restart());
      await typeDuring(page.evaluate(() => void dispatchEvent(new Event('online'))));
      await typeDuring(view.find('button', '1 participant', { timeout: 90_000 }));
      await page.keyboard.press('Enter');
      await reads({ page, view }, words, /Sent|Delivered|Read/);
      const bob = await openDevice(test, stage(), 'bob@localhost');
      await enter(bob, tea, 'Bob');
      await heard(bob, words);
    });
  });
}
