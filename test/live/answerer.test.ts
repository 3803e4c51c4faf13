// Whoever answers: signs in, reads, answers, comes back, and has a second device.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { xml } from '../../src/xmpp/element.js';
import { installed, listSays, networkTroubles, openEntry, reads, readsAll, say, signIn, type Desk } from './support/doings.js';
import type { BrowserName, Person } from './support/person.js';
import { said, signInRaw } from './support/raw.js';
import { withServer } from './support/stage.js';

const pairs: readonly (readonly ['prosody' | 'ejabberd', BrowserName, BrowserName])[] = [
  ['prosody', 'chromium', 'firefox'],
  ['ejabberd', 'firefox', 'chromium'],
];
const password = 'geheim-密-4711';
const numbered = /line-\d+/;
const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line-${index + 1}`);

/** Everything a page says on its console from now on. */
function consoleOf({ page }: Desk): string[] {
  const list: string[] = [];
  page.on('console', (message) => list.push(message.text()));
  return list;
}

/** Where a secret or a body must never be found. */
const exposed = ({ page }: Desk): Promise<string> =>
  page.evaluate(() => [location.href, document.title, document.cookie, JSON.stringify(history.state), ...Object.entries(localStorage).flat(), ...Object.entries(sessionStorage).flat(), ...performance.getEntriesByType('resource').map(({ name }) => name)].join('\n'));

/** What is kept on this device is there without a network: conversations, messages, contacts. */
async function showsWhatItHas(desk: Desk, last: string): Promise<void> {
  await desk.view.click('button', /^Contacts/);
  await listSays(desk, 'Contacts', 'Ada from Accounts');
  await desk.view.click('button', /^Chats/);
  await openEntry(desk, 'Conversations', last);
  await reads(desk, last);
  await desk.view.find('status', 'Offline', { timeout: 40_000 });
}

for (const [server, browser, other] of pairs) {
  withServer(server, (stage) => {
    it(`support (${browser}) signs in, reads, answers, comes back, and has a second device (${other})`, async (test) => {
      const { server } = stage();
      await server.register('desk', password);
      await server.register('ada', password);
      const ada = await signInRaw(test, server, 'ada@localhost', { password });
      const profile = stage().profile();
      let person: Person = await stage().launch(browser, { userDataDir: profile });
      person.expect(...networkTroubles);

      // A wrong password is refused in plain words and not tried again.
      const page = await person.open(stage().app);
      const view = person.view(page);
      let desk: Desk = { page, view };
      const told = consoleOf(desk);
      await view.type('textbox', 'XMPP address', 'desk@localhost');
      await view.type('textbox', 'Password', 'not-it-0815');
      await view.click('button', 'Sign in');
      const alert = await view.find('alert');
      assert.match(await view.text(alert), /The address or the password is not right\./);
      const asked = stage().xmppLine.asked;
      assert.deepEqual(await view.accessibility(), []);
      await page.reload();
      await view.find('textbox', 'XMPP address');
      assert.equal(stage().xmppLine.asked, asked);

      await view.type('textbox', 'XMPP address', 'desk@localhost');
      await view.type('textbox', 'Password', password);
      await view.click('button', 'Sign in');
      await view.find('heading', 'No conversations yet');
      await installed(desk);
      // The engine has a thread of its own; what falls back to the page without a word is found here.
      if (browser === 'chromium') assert.equal(page.workers().length, 1);

      // A conversation arrives with its count; read, the count goes.
      const elsewhere = await signInRaw(test, server, 'desk@localhost', { password, available: false });
      elsewhere.send(xml('iq', { type: 'set', id: 'roster-1' }, xml('query', { xmlns: 'jabber:iq:roster' }, xml('item', { jid: 'ada@localhost', name: 'Ada from Accounts' }))));
      await ada.say('desk@localhost', 'line-1', 'line-2');
      await listSays(desk, 'Conversations', /Ada from Accounts.*line-2.*2 unread messages/);
      await view.until(async () => (await page.title()) === '(2) Tertulia', 'the count in the title');
      await openEntry(desk, 'Conversations', 'Ada from Accounts');
      await readsAll(desk, numbered, lines(2));
      await listSays(desk, 'Conversations', /unread/, { not: true });
      await view.until(async () => (await page.title()) === 'Tertulia', 'no count in the title');
      await say(desk, 'line-3');
      await reads(desk, 'line-3', /Sent|Delivered|Read/);
      await view.until(() => Promise.resolve(said(ada.heard).includes('line-3')), 'the answer to arrive');

      // A reload without a connection: all of it is there before the network has answered.
      stage().xmppLine.cut();
      await page.reload();
      await showsWhatItHas(desk, 'line-3');
      // What was said meanwhile, to it and by its other client, is caught up with, in its order.
      await ada.say('desk@localhost', 'line-4');
      await elsewhere.say('ada@localhost', 'line-5');
      await ada.say('desk@localhost', 'line-6');
      stage().xmppLine.mend();
      await readsAll(desk, numbered, lines(6), 60_000);
      assert.doesNotMatch(told.join('\n') + (await exposed(desk)), /4711|0815|line-\d/);
      await desk.page.close();
      await person.leave();

      // A restart of the browser, without any network: the installed app opens.
      await ada.say('desk@localhost', 'line-7');
      await elsewhere.say('ada@localhost', 'line-8');
      await ada.close();
      await elsewhere.close();
      // No stream to resume: only the archive knows what was missed.
      await server.restart();
      stage().cut();
      person = await stage().launch(browser, { userDataDir: profile });
      person.expect(...networkTroubles);
      const back = await person.open(stage().app);
      desk = { page: back, view: person.view(back) };
      await showsWhatItHas(desk, 'line-6');
      stage().mend();
      await readsAll(desk, numbered, lines(8), 60_000);

      // A second device of the same account: both sides, both ways, one order.
      const second = await stage().launch(other);
      const phone = await signIn(second, stage(), 'desk@localhost', password);
      await openEntry(phone, 'Conversations', 'Ada from Accounts');
      await readsAll(phone, numbered, lines(8));
      const again = await signInRaw(test, server, 'ada@localhost', { password });
      for (let number = 9; number <= 14; number += 3) {
        await say(phone, `line-${number}`);
        await reads(desk, `line-${number}`);
        await say(desk, `line-${number + 1}`);
        await reads(phone, `line-${number + 1}`);
        await again.say('desk@localhost', `line-${number + 2}`);
        await reads(desk, `line-${number + 2}`);
        await reads(phone, `line-${number + 2}`);
      }
      await readsAll(phone, numbered, lines(14));
      await readsAll(desk, numbered, lines(14));
      assert.deepEqual(said(await again.archive('desk@localhost')), lines(14));
      await again.close();
    });
  });
}
