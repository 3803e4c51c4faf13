// A message larger than the server takes ends the stream (Prosody, a small limit). It is given up after few attempts, everything else is delivered.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { networkTroubles, openEntry, reads, say, signIn } from './support/doings.js';
import { said, signInRaw } from './support/raw.js';
import { withServer } from './support/stage.js';

withServer(
  'prosody',
  (stage) => {
    it('chromium: what is too large fails with its reason, what is behind it and elsewhere goes out', async (test) => {
      const { server } = stage();
      for (const name of ['ann', 'ben', 'cleo']) await server.register(name, 'tertulia');
      const [ben, cleo] = [await signInRaw(test, server, 'ben@localhost'), await signInRaw(test, server, 'cleo@localhost')];
      const person = await stage().launch('chromium');
      person.expect(...networkTroubles);
      await ben.say('ann@localhost', 'from ben');
      await cleo.say('ann@localhost', 'from cleo');
      const desk = await signIn(person, stage(), 'ann@localhost');
      await openEntry(desk, 'Conversations', 'from ben');
      await say(desk, 'before');
      await (await desk.view.find('textbox', 'Message')).focus();
      await desk.page.keyboard.sendCharacter(`large ${'word '.repeat(7_000)}`);
      await desk.page.keyboard.press('Enter');
      await say(desk, 'behind');
      const arrived = async (): Promise<boolean> => {
        // Between two attempts up to a minute passes; who does not want to wait says so.
        for (const button of await desk.view.findAll('button', 'Connect now')) await button.click().catch(() => {});
        return said(ben.heard).includes('behind');
      };
      await desk.view.until(arrived, 'what is behind it', 120_000);
      await reads(desk, 'large word', /Failed[^]*longer than the server takes/);
      await reads(desk, 'behind', /Sent|Delivered|Read/);
      await openEntry(desk, 'Conversations', 'from cleo');
      await say(desk, 'elsewhere');
      await desk.view.until(() => Promise.resolve(said(cleo.heard).includes('elsewhere')), 'what is elsewhere', 30_000);
      assert.deepEqual(said(ben.heard), ['before', 'behind'], 'each once, in order');
      assert.deepEqual(said(await ben.archive('ann@localhost')), ['from ben', 'before', 'behind']);
      assert.doesNotMatch(server.log(), /[Tt]raceback/);
    });
  },
  { stanzaLimit: 20_000 },
);
