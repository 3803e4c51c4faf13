// Every view as it is: what axe finds, what overflows, and a picture of each for people to look at.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page, Viewport } from 'puppeteer-core';
import { networkTroubles, openWidget, reads, say, signIn, type Desk } from './support/doings.js';
import type { Person } from './support/person.js';
import { withServer } from './support/stage.js';
import type { View } from './support/view.js';

const sizes: Readonly<Record<string, Viewport>> = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 }, zoomed: { width: 640, height: 400, deviceScaleFactor: 2 } };
const looks = [['light', 'en'], ['dark', 'en'], ['light', 'ar']] as const;

withServer('prosody', (stage) => {
  it('every view, on a phone, on a desk and at 200 %, light, dark and from right to left', { timeout: 180_000 }, async () => {
    const person = await stage().launch('chromium');
    person.expect(...networkTroubles);
    const wrong: string[] = [];

    /** Looks at what is open in every size and manner. */
    async function look(tab: Page, view: View, name: string): Promise<void> {
      // What is on its way from one colour to another has the contrast of neither.
      await tab.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
      for (const [size, viewport] of Object.entries(sizes)) {
        await tab.setViewport(viewport);
        for (const [scheme, locale] of looks) {
          if (size === 'zoomed' && scheme === 'dark') continue;
          await view.frame.evaluate(`Object.assign(document.querySelector('tertulia-session'), { theme: '${scheme}', locale: '${locale}' }); document.querySelector('tertulia-messenger') && (document.querySelector('tertulia-messenger').theme = '${scheme}')`);
          await view.frame.waitForFunction(`document.querySelector('tertulia-session').lang.startsWith('${locale}') && document.getAnimations().every(({ playState }) => playState !== 'running')`);
          const manner = `${name}-${size}-${locale === 'ar' ? 'rtl' : scheme}`;
          const wide = await view.frame.evaluate('[document.documentElement.scrollWidth, innerWidth]') as [number, number];
          if (wide[0] > wide[1]) wrong.push(`${manner}: ${wide[0]} px wide in ${wide[1]}`);
          if (size !== 'zoomed') for (const violation of await view.accessibility()) wrong.push(`${manner}: ${violation}`);
          await person.screenshot(tab, manner);
        }
      }
      await view.frame.evaluate("Object.assign(document.querySelector('tertulia-session'), { theme: 'light', locale: 'en' })");
      await tab.setViewport(sizes['desk']!);
    }

    const chat = await openWidget(person, stage());
    await look(chat.page, chat.view, 'widget-empty');
    for (const words of ['Good morning! Which tea would you give somebody who only drinks coffee?', 'Asking for a friend.', 'https://example.com/teas/a-rather-long-address-that-goes-on-and-on-without-any-place-to-break']) {
      await say(chat, words);
      await reads(chat, words, /Sent|Delivered|Read/);
    }
    await look(chat.page, chat.view, 'widget-conversation');
    stage().xmppLine.cut();
    await chat.view.until(async () => /Offline|Connecting/.test((await chat.view.texts('status')).join()), 'to be offline', 30_000);
    await say(chat, 'Still here?');
    await look(chat.page, chat.view, 'widget-offline');
    stage().xmppLine.mend();
    await chat.page.close();

    const desk = await messenger(person);
    await look(desk.page, desk.view, 'sign-in');
    await desk.page.close();
    const inside = await signIn(person, stage(), 'support@localhost');
    await look(inside.page, inside.view, 'messenger-conversations');
    // Nothing has been built since the first page.
    assert.deepEqual((await inside.view.texts('status')).filter((words) => words.includes('new version')), []);
    for (const [route, name] of [['contacts', 'contacts'], ['rooms', 'directory']] as const) {
      await inside.page.evaluate(`location.hash = '#/${route}'`);
      await inside.view.find('list', name === 'contacts' ? 'Contacts' : undefined);
      await look(inside.page, inside.view, `messenger-${name}`);
    }
    await inside.page.evaluate("location.hash = '#/'");
    const list = await inside.view.find('list', 'Conversations');
    await inside.view.until(async () => (await inside.view.text(list)).length > 5, 'a conversation');
    const [entry] = [...(await inside.view.findAll('link', undefined, list)), ...(await inside.view.findAll('button', undefined, list))];
    await entry?.click();
    await reads(inside, 'Asking for a friend.');
    await look(inside.page, inside.view, 'messenger-chat');
    await inside.page.evaluate("location.hash = '#/room/lobby@rooms.localhost'");
    await inside.view.find('heading', /obby/);
    await look(inside.page, inside.view, 'messenger-room');
    await inside.page.evaluate("location.hash = '#/'");
    await inside.view.click('button', /^Your profile/);
    await look(inside.page, inside.view, 'messenger-profile');

    assert.deepEqual(wrong, []);

    async function messenger(who: Person): Promise<Desk> {
      const page = await who.open(stage().app);
      const view = who.view(page);
      await view.find('textbox', 'XMPP address');
      return { page, view };
    }
  });
});
