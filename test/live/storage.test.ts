// A browser that is short of room takes all storage away from pages that are in use.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { heard, makeRoom, openDevice, write } from './support/device.js';
import { networkTroubles, reads, signIn } from './support/doings.js';
import { withServer } from './support/stage.js';

const tea = 'tea@rooms.localhost';

withServer('prosody', (stage) => {
  for (const [browser, kind] of [['chromium', 'room'], ['firefox', 'chat']] as const) {
    it(`whose storage is taken away in the middle of a sentence writes on, and reads what was there (${kind}, ${browser})`, async (test) => {
      const person = await stage().launch(browser);
      person.expect(...networkTroubles);
      const bob = await openDevice(test, stage(), 'bob@localhost');
      bob.send('<presence xmlns="jabber:client"/>');
      await makeRoom(bob, tea, { persistentroom: '1' });
      const [to, type] = kind === 'room' ? [tea, 'groupchat' as const] : ['alice@localhost', 'chat' as const];
      const desk = await signIn(person, stage(), 'alice@localhost');
      const { page, view } = desk;
      await page.evaluate((hash) => void (location.hash = hash), `#/${kind}/${kind === 'room' ? tea : 'bob@localhost'}`);
      if (kind === 'room') await view.find('button', '2 participants');
      const field = await view.find('textbox', 'Message');
      write(bob, to, 'Do you read me?', type);
      await reads(desk, 'Do you read me?');

      await field.focus();
      let words = 'Half a sentence ';
      await page.keyboard.type(words);
      // Long enough to be kept as a draft.
      await new Promise((resolve) => setTimeout(resolve, 800));
      await page.evaluate(() => void indexedDB.deleteDatabase('tertulia/alice@localhost'));
      for (let i = 0; i < 60; i += 1) {
        words += 'a';
        await page.keyboard.type('a');
        assert.equal(await field.evaluate((it) => (it as HTMLTextAreaElement).value), words, 'what was typed stands in the field');
        assert.deepEqual(await view.findAll('textbox', 'Password'), [], 'nobody has to sign in');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await page.keyboard.press('Enter');
      await reads(desk, words, /Sent|Delivered|Read/);
      await heard(bob, words);
      await reads(desk, 'Do you read me?');
      if (kind === 'room') await view.find('button', '2 participants');
      await view.until(async () => (await view.texts('alert')).concat(await view.texts('status')).some((text) => /stored in this browser was lost/.test(text)), 'the notice');
    });
  }
});
