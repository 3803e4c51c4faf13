// The script tag on somebody else's page, and window.tertulia.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { Frame, Page } from 'puppeteer-core';
import { signIn } from '../servers/wire.mjs';
import { networkTroubles, reads, say } from './support/doings.js';
import type { Person } from './support/person.js';
import { said, signInRaw } from './support/raw.js';
import { withServer, type Stage } from './support/stage.js';
import type { View } from './support/view.js';

const site = mkdtempSync(join(tmpdir(), 'tertulia-host-'));
after(() => rmSync(site, { recursive: true, force: true }));
const page = (title: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}</head><body><h1>${title}</h1><p><a href="./other.html">Other</a> <button id="own">Ask us</button></p></body></html>`;
const tag = '<script async src="http://localhost:8080/embed.js" data-contact="support@localhost" data-title="Help"></script>';
writeFileSync(join(site, 'index.html'), page('Bare'));
writeFileSync(join(site, 'other.html'), page('Other', tag));
writeFileSync(join(site, 'tagged.html'), page('Tagged', tag));

type Settings = Record<string, unknown>;
type Seen = readonly (readonly [type: string, detail: Record<string, unknown>])[];

/** Puts the script tag on the page, as a tag manager does, with its attributes. */
const addScript = (tab: Page, app: string, settings: Settings): Promise<void> =>
  tab.evaluate(
    (src, data) =>
      new Promise<void>((resolve, reject) => {
        const script = document.createElement('script');
        script.async = true;
        script.src = src;
        Object.assign(script.dataset, data);
        script.onload = () => resolve();
        script.onerror = () => reject(new Error('not loaded'));
        document.head.append(script);
      }),
    `${app}/embed.js`,
    settings as Record<string, string>,
  );

/** Opens a page without a chat, and lists every event of the chat that comes. `before` is a script of the page's own. */
async function bare(person: Person, stage: Stage, before = ''): Promise<Page> {
  const tab = await person.open(`${stage.demo}/`);
  const types = ['ready', 'opened', 'closed', 'message', 'sent', 'unread', 'status', 'error'];
  await tab.evaluate(`window.seen = []; for (const type of ${JSON.stringify(types)}) addEventListener('tertulia:' + type, (event) => seen.push([type, event.detail])); ${before}`);
  return tab;
}

async function embed(person: Person, stage: Stage, settings: Settings = {}, before = ''): Promise<Page> {
  const tab = await bare(person, stage, before);
  await addScript(tab, stage.app, { contact: 'support@localhost', title: 'Help', ...settings });
  return tab;
}

const seen = (tab: Page): Promise<Seen> => tab.evaluate('seen') as Promise<Seen>;
const kinds = async (tab: Page, ...wanted: readonly string[]): Promise<string[]> => (await seen(tab)).map(([type]) => type).filter((type) => wanted.includes(type));
const frames = (tab: Page): Promise<number> => tab.evaluate("document.querySelector('tertulia-launcher')?.shadowRoot.querySelectorAll('iframe').length ?? 0") as Promise<number>;
const status = (tab: Page, wanted: string): Promise<unknown> => tab.waitForFunction(`window.tertulia.status === ${JSON.stringify(wanted)}`, { timeout: 20_000 });
/** Roles of what has the focus, from the page down through shadow roots. */
const deepest = 'let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;';
const focused = (where: Page | Frame): Promise<string> => where.evaluate(`(() => { ${deepest} return e?.getAttribute('aria-label') || e?.id || e?.tagName; })()`) as Promise<string>;
const focusIs = (view: View, name: string): Promise<void> => view.until(async () => (await focused(view.frame)) === name, `the focus on ${name}`);
/** Puts the focus into the composer's box and says what stands there. */
const drafted = async (view: View, name = 'Message'): Promise<string> => (await view.find('textbox', name)).evaluate((box) => (box as HTMLTextAreaElement).value);
const databases = (frame: Frame): Promise<string[]> => frame.evaluate('indexedDB.databases().then((all) => all.map(({ name }) => name))') as Promise<string[]>;

for (const browser of ['chromium', 'firefox'] as const) {
  withServer(
    'prosody',
    (stage) => {
      it(`${browser}: window.tertulia: every call and every event`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        const tab = await embed(person, stage());
        const view = person.view(tab);
        assert.equal(await tab.evaluate('tertulia.status'), 'idle');

        // Before there is a frame: kept for it, and nothing is begun.
        await tab.evaluate("Promise.all([tertulia.prefill('Is it open'), tertulia.setLocale('de'), tertulia.setTheme('dark'), tertulia.setVisitor({ name: 'Ada', email: 'ada@example.com', attributes: { plan: 'gold' } })])");
        assert.equal(await frames(tab), 0);
        await view.find('button', 'Chat öffnen');

        // Opened by the page, it takes no focus. Calls before the frame has loaded wait for it.
        await tab.evaluate("tertulia.open(); window.late = tertulia.prefill('today?')");
        const chat = { page: tab, view: await person.widget(tab) };
        await tab.evaluate('late');
        await chat.view.find('textbox', 'Nachricht');
        await chat.view.until(async () => (await drafted(chat.view, 'Nachricht')) === 'Is it open\ntoday?', 'both drafts');
        assert.equal(await focused(tab), 'BODY');
        await status(tab, 'online');
        assert.equal(await chat.view.frame.evaluate("getComputedStyle(document.querySelector('tertulia-session')).colorScheme"), 'dark');
        await tab.evaluate("Promise.all([tertulia.setLocale('en'), tertulia.setTheme('light')])");
        await view.find('button', 'Close chat');
        await chat.view.find('textbox', 'Message');
        assert.equal(await chat.view.frame.evaluate("getComputedStyle(document.querySelector('tertulia-session')).colorScheme"), 'light');

        // Sent by the visitor's hand only.
        assert.deepEqual(await kinds(tab, 'sent', 'message'), []);
        await chat.view.click('textbox', 'Message');
        await tab.keyboard.press('Enter');
        await reads(chat, 'today?', /Delivered|Sent|Read/);
        await view.until(async () => support.heard.length === 1, 'support to hear it');
        const guest = support.heard[0]!.from;

        // Closed: what arrives is counted.
        await tab.evaluate('window.stop = tertulia.on("message", () => { window.heard = (window.heard ?? 0) + 1; }); tertulia.toggle()');
        await view.find('button', 'Open chat');
        await support.say(guest.split('/')[0]!, 'It is.', 'Until six.');
        await view.find('button', 'Open chat (2 unread)');
        assert.equal(await tab.evaluate('tertulia.unread'), 2);
        await tab.evaluate('stop()');
        const heard = (await tab.evaluate('heard')) as number;
        assert.ok(heard >= 1);

        // Opened again: read.
        await view.click('button', /^Open chat/);
        await reads(chat, 'Until six.');
        await view.find('button', 'Close chat');
        await tab.waitForFunction('tertulia.unread === 0');
        await support.say(guest.split('/')[0]!, 'Sharp.');
        await reads(chat, 'Sharp.');
        assert.equal(await tab.evaluate('heard'), heard, 'heard after it was asked not to');

        const events = await seen(tab);
        assert.deepEqual(events.filter(([type]) => type === 'status').map(([, detail]) => detail['status']), ['connecting', 'online']);
        assert.deepEqual(await kinds(tab, 'ready', 'opened', 'closed', 'sent', 'error'), ['opened', 'ready', 'sent', 'closed', 'opened']);
        assert.equal(events.findLast(([type]) => type === 'unread')?.[1]['count'], 0);
        assert.ok(events.some(([type, { count }]) => type === 'unread' && count === 2));
        // That something was said, never what, and by nobody.
        for (const words of ['Is it open', 'Until', 'Sharp', 'support@', guest.split('@')[0]!]) assert.ok(!JSON.stringify(events).includes(words), words);

        // The launcher goes and comes; the panel is not its.
        await tab.evaluate('tertulia.hide()');
        await view.gone('button', /chat/);
        await chat.view.find('textbox', 'Message');
        await tab.evaluate('tertulia.close()');
        await tab.waitForFunction("getComputedStyle(document.querySelector('tertulia-launcher').shadowRoot.querySelector('iframe')).visibility === 'hidden'");
        await tab.evaluate('tertulia.show()');
        await view.find('button', 'Open chat');

        await tab.evaluate('tertulia.logout()');
        await status(tab, 'idle');
        await tab.evaluate('tertulia.open()');
        await chat.view.find('heading', 'The conversation has ended');
        assert.deepEqual((await databases(chat.view.frame)).filter((name) => name.includes('@')), []);
        await chat.view.click('button', 'Start a new conversation');
        await chat.view.find('textbox', 'Message');
        assert.deepEqual((await chat.view.texts('article')), []);
      });

      it(`${browser}: the focus goes in with the visitor and back again`, async () => {
        const person = await stage().launch(browser);
        const tab = await embed(person, stage(), {}, "document.querySelector('#own').onclick = () => tertulia.toggle();");
        const view = person.view(tab);
        await view.click('button', 'Open chat');
        const chat = await person.widget(tab);
        await focusIs(chat, 'Message');
        await tab.keyboard.press('Escape');
        await view.find('button', 'Open chat');
        await focusIs(view, 'Open chat');
        // By keys alone; at once, as the chat is there already.
        await tab.keyboard.press('Enter');
        await focusIs(chat, 'Message');
        await chat.click('button', 'Close');
        await focusIs(view, 'Open chat');
        // By a button of the page's own, which asks for it: also the visitor's hand.
        await view.click('button', 'Ask us');
        await focusIs(chat, 'Message');
        await tab.keyboard.press('Escape');
        await focusIs(view, 'own');
        // By the page itself: the focus stays.
        await tab.evaluate('new Promise((resolve) => setTimeout(() => tertulia.open().then(resolve)))');
        await view.find('button', 'Close chat');
        await focusIs(view, 'own');
      });

      it(`${browser}: every attribute of the script tag that is about its looks`, async () => {
        const person = await stage().launch(browser);
        const tab = await bare(person, stage());
        const view = person.view(tab);
        const measure = `(() => {
          const root = document.querySelector('tertulia-launcher').shadowRoot;
          const button = root.querySelector('button');
          const box = button.getBoundingClientRect();
          const style = getComputedStyle(button);
          return { start: box.left, end: document.documentElement.clientWidth - box.right, bottom: innerHeight - box.bottom, color: style.backgroundColor, on: style.color, scheme: style.colorScheme, hidden: button.hidden, z: getComputedStyle(root.host).zIndex, name: button.getAttribute('aria-label') };
        })()`;
        const shown = async (settings: Settings): Promise<Record<string, unknown>> => {
          await addScript(tab, stage().app, { contact: 'support@localhost', ...settings });
          const result = (await tab.evaluate(measure)) as Record<string, unknown>;
          await tab.evaluate('tertulia.destroy()');
          return result;
        };
        const plain = await shown({});
        assert.deepEqual([plain['end'], plain['bottom'], plain['z'], plain['name'], plain['hidden']], [20, 20, '2147483000', 'Open chat', false]);
        assert.equal((await shown({ position: 'start' }))['start'], 20);
        assert.deepEqual(await shown({ offset: '48px', zIndex: '7' }).then(({ end, bottom, z }) => [end, bottom, z]), [48, 48, '7']);
        assert.deepEqual(await shown({ accent: '#ffe000' }).then(({ color, on }) => [color, on]), ['rgb(255, 224, 0)', 'rgb(0, 0, 0)']);
        assert.equal((await shown({ theme: 'dark' }))['scheme'], 'dark');
        assert.equal((await shown({ locale: 'ar' }))['name'], 'فتح المحادثة');
        assert.equal((await shown({ launcher: 'none' }))['hidden'], true);
        assert.equal((await shown({ launcher: '[[' }))['hidden'], false);

        // The page's own button, also one that was not there yet.
        await addScript(tab, stage().app, { contact: 'support@localhost', launcher: '.ask' });
        await tab.evaluate("const ask = document.createElement('button'); ask.className = 'ask'; ask.textContent = 'Ask'; document.body.append(ask)");
        await view.click('button', 'Ask');
        const chat = await person.widget(tab);
        await focusIs(chat, 'Message');
        assert.equal(await tab.evaluate("document.querySelector('.ask').getAttribute('aria-expanded')"), 'true');
        await tab.keyboard.press('Escape');
        await tab.waitForFunction("document.activeElement.className === 'ask' && document.activeElement.getAttribute('aria-expanded') === 'false'");
        await tab.evaluate('tertulia.destroy()');
        assert.equal(await tab.evaluate("document.querySelector('.ask').hasAttribute('aria-expanded')"), false);

        await addScript(tab, stage().app, { contact: 'support@localhost', open: '', accent: '#7a1f3d', theme: 'dark', locale: 'ar' });
        const open = await person.widget(tab);
        await open.find('textbox', 'رسالة');
        assert.equal(await open.frame.evaluate("document.querySelector('tertulia-session').dir"), 'rtl');
        assert.equal(await open.frame.evaluate("getComputedStyle(document.querySelector('tertulia-session')).colorScheme"), 'dark');
        assert.equal(await open.frame.evaluate("getComputedStyle(document.querySelector('tertulia-session')).getPropertyValue('--tertulia-accent')"), '#7a1f3d');
      });

      it(`${browser}: loaded twice, its body swapped, gone and back: one widget; destroyed: nothing`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        const tab = await bare(person, stage(), `
          window.alive = new Set();
          const name = (target, type) => (target.constructor.name + ' ' + type);
          const add = EventTarget.prototype.addEventListener, remove = EventTarget.prototype.removeEventListener;
          const outside = (target) => target === window || target === document || target === document.documentElement || target === document.body || target instanceof MediaQueryList;
          EventTarget.prototype.addEventListener = function (type, listener, options) {
            const target = this ?? window;
            if (outside(target) && !options?.signal?.aborted) {
              const entry = { target, type, listener, name: name(target, type) };
              alive.add(entry);
              options?.signal && add.call(options.signal, 'abort', () => alive.delete(entry));
            }
            return add.call(target, type, listener, options);
          };
          EventTarget.prototype.removeEventListener = function (type, listener, options) {
            const target = this ?? window;
            for (const entry of alive) if (entry.target === target && entry.type === type && entry.listener === listener) alive.delete(entry);
            return remove.call(target, type, listener, options);
          };
          const { setTimeout: later, clearTimeout: never, setInterval: often, clearInterval: notAny } = window;
          window.setTimeout = (run, ...rest) => { const entry = { name: 'timeout' }; entry.id = later(() => { alive.delete(entry); run(); }, ...rest); alive.add(entry); return entry.id; };
          window.clearTimeout = (id) => { for (const entry of alive) if (entry.id === id) alive.delete(entry); never(id); };
          window.setInterval = (...all) => { const entry = { name: 'interval', id: often(...all) }; alive.add(entry); return entry.id; };
          window.clearInterval = (id) => { for (const entry of alive) if (entry.id === id) alive.delete(entry); notAny(id); };
          window.left = () => ({ alive: [...alive].map((entry) => entry.name), html: document.documentElement.outerHTML, sheets: document.adoptedStyleSheets.length, api: 'tertulia' in window, stored: Object.keys(sessionStorage).concat(Object.keys(localStorage)), inert: document.body.inert });
        `);
        const view = person.view(tab);
        const load = async (): Promise<void> => {
          await addScript(tab, stage().app, { contact: 'support@localhost', title: 'Help', launcher: '#own' });
          await tab.evaluate("for (const script of document.querySelectorAll('script')) script.remove()");
        };
        const before = await tab.evaluate('left()');
        await load();
        await load();
        await view.click('button', 'Ask us');
        const chat = await person.widget(tab);
        await chat.find('textbox', 'Message');
        assert.equal(await tab.evaluate("document.querySelectorAll('tertulia-launcher').length"), 1);

        // As Turbo does it; as htmx does it.
        await chat.type('textbox', 'Message', 'half a wo');
        await tab.evaluate("document.body.replaceWith(document.body.cloneNode(true)); document.body.innerHTML = document.body.innerHTML");
        await load();
        assert.equal(await frames(tab), 1);
        assert.equal(await drafted(chat), 'half a wo');
        await tab.focus('#own');
        await tab.keyboard.press('Enter');
        await tab.waitForFunction("document.querySelector('#own').getAttribute('aria-expanded') === 'false'");

        await tab.evaluate('window.old = tertulia; tertulia.destroy()');
        await tab.evaluate('Promise.allSettled([old.open(), old.toggle(), old.prefill("x"), old.logout(), old.destroy()])');
        assert.deepEqual(await tab.evaluate('left()'), before);

        await load();
        await tab.evaluate('tertulia.open()');
        const again = await person.widget(tab);
        await again.find('textbox', 'Message');
        await tab.evaluate('tertulia.destroy()');

        // Away and back, out of the back/forward cache or not.
        await tab.goto(`${stage().demo}/tagged.html`);
        await view.click('button', 'Open chat');
        const there = { page: tab, view: await person.widget(tab) };
        await say(there, 'half a word');
        await reads(there, 'half a word', /Sent|Delivered|Read/);
        await tab.goto(`${stage().demo}/`);
        await tab.goBack();
        await view.find('button', 'Close chat');
        await status(tab, 'online');
        // By hand: a page out of the cache is one whose frames the test's protocol does not list again.
        const box = (await tab.evaluate("(({ left, right, bottom }) => [(left + right) / 2, bottom - 40])(document.querySelector('tertulia-launcher').shadowRoot.querySelector('iframe').getBoundingClientRect())")) as [number, number];
        await tab.mouse.click(...box);
        await tab.keyboard.type('and the rest');
        await tab.keyboard.press('Enter');
        await view.until(async () => support.heard.some(({ body }) => body === 'and the rest'), 'support to hear the rest');
        assert.equal(await frames(tab), 1);
      });

      it(`${browser}: a chat that is down, or not for this page, leaves the launcher and an error`, async () => {
        const person = await stage().launch(browser);
        person.expect(...networkTroubles, /postMessage/, /frame-ancestors/, /Permission denied|SecurityError|cross-origin/i);
        const tab = await embed(person, stage());
        const view = person.view(tab);
        stage().webLine.cut();
        await view.click('button', 'Open chat');
        await view.until(async () => (await kinds(tab, 'error')).length === 1, 'an error', 40_000);
        assert.deepEqual(await kinds(tab, 'opened', 'closed', 'ready'), ['opened', 'closed']);
        assert.equal(await frames(tab), 0);
        await focusIs(view, 'Open chat');
        assert.equal(await tab.evaluate('sessionStorage.length'), 0);
        // Nobody waits for ever.
        assert.match((await tab.evaluate("tertulia.logout().then(() => 'done', ({ message }) => message)")) as string, /could not be loaded/);
        stage().mend();
        await view.click('button', 'Open chat');
        await (await person.widget(tab)).find('textbox', 'Message');
        // The loader itself cannot be had.
        stage().webLine.cut();
        const without = await bare(person, stage());
        await assert.rejects(addScript(without, stage().app, { contact: 'support@localhost' }));
        assert.equal(await without.evaluate("document.querySelectorAll('tertulia-launcher, iframe').length"), 0);
        stage().mend();

        // The same page at an address that the deployment does not name.
        const stranger = await person.open(stage().demo.replace('localhost', '127.0.0.1'));
        await stranger.evaluate("window.seen = []; addEventListener('tertulia:error', ({ detail }) => seen.push(['error', detail]))");
        await addScript(stranger, stage().app, { contact: 'support@localhost' });
        await person.view(stranger).click('button', 'Open chat');
        await person.view(stranger).until(async () => (await seen(stranger)).length > 0, 'to be refused');
        // By the browser where the app's own policy names who may frame it, else by the frame.
        assert.match(String((await seen(stranger))[0]?.[1]['code']), /forbidden|unreachable/);
        await person.view(stranger).find('button', 'Open chat');
        assert.equal(await frames(stranger), 0);
      });

      it(`${browser}: anonymous: says that nothing is kept, and is another each time`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        for (const words of ['first', 'second']) {
          const tab = await embed(person, stage(), { auth: 'anonymous' });
          await person.view(tab).click('button', 'Open chat');
          const chat = { page: tab, view: await person.widget(tab) };
          await chat.view.find('textbox', 'Message');
          assert.match(await chat.view.text(await chat.view.find('dialog', 'Help')), /without an account: this conversation ends when you close the page/);
          await say(chat, words);
          await reads(chat, words, /Sent|Delivered|Read/);
          assert.equal((await chat.view.texts('article')).length, 1);
          await chat.view.until(async () => support.heard.some(({ body }) => body === words), 'support to hear it');
          await tab.close();
        }
        // What others wrote while support was away comes to it as well.
        const [first, second] = support.heard.filter(({ body }) => body === 'first' || body === 'second').map(({ from }) => from.split('/')[0]);
        assert.match(first!, /@anon\.localhost$/);
        assert.notEqual(first, second);
      });

      it(`${browser}: login: a form in the panel`, async () => {
        const person = await stage().launch(browser);
        const tab = await embed(person, stage(), { auth: 'login' });
        await person.view(tab).click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await focusIs(chat.view, 'address');
        await chat.view.type('textbox', 'XMPP address', 'alice@localhost');
        await chat.view.type('textbox', 'Password', 'wrong');
        await tab.keyboard.press('Enter');
        await chat.view.find('alert', /not right/);
        await (await chat.view.find('textbox', 'Password')).evaluate((field) => (field as HTMLInputElement).select());
        await chat.view.type('textbox', 'Password', 'tertulia');
        await tab.keyboard.press('Enter');
        await chat.view.find('textbox', 'Message');
        await say(chat, `By the form, ${browser}`);
        await reads(chat, `By the form, ${browser}`, /Sent|Delivered|Read/);
      });

      it(`${browser}: host: the page says who it is, each time it is asked`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        person.expect(...networkTroubles, /favicon\.ico/);
        const callback = "window.asked = 0; window.tertuliaSettings = { auth: 'host', credentials: async () => { asked += 1; return { jid: 'bob@localhost', token: window.token } } };";
        const tab = await embed(person, stage(), {}, `window.token = 'tertulia'; ${callback}`);
        await person.view(tab).click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await chat.view.find('textbox', 'Message');
        await status(tab, 'online');
        const first = (await tab.evaluate('asked')) as number;
        assert.ok(first >= 1);
        await say(chat, `From the page's user, ${browser}`);
        await chat.view.until(async () => support.heard.some(({ body, from }) => body.includes(browser) && from.startsWith('bob@localhost/')), 'support to hear Bob');
        stage().xmppLine.cut();
        await tab.waitForFunction("tertulia.status !== 'online'");
        stage().xmppLine.mend();
        await status(tab, 'online');
        assert.ok(((await tab.evaluate('asked')) as number) > first);
      });

      it(`${browser}: host: wrong credentials are said, to the visitor and to the page; login() names another`, async () => {
        const person = await stage().launch(browser);
        const tab = await embed(person, stage(), { auth: 'host' }, "window.tertuliaSettings = { credentials: async () => ({ jid: 'bob@localhost', password: 'expired' }) };");
        await person.view(tab).click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await chat.view.find('heading', 'Sign in to chat');
        const [error] = (await seen(tab)).filter(([type]) => type === 'error');
        assert.equal(error?.[1]['code'], 'not-authorized');
        assert.equal(await tab.evaluate("tertulia.login({ jid: 'bob@localhost', password: 'also wrong' }).then(() => 'in', ({ code }) => code)"), 'not-authorized');
        await tab.evaluate("tertulia.login({ jid: 'bob@localhost', password: 'tertulia' })");
        await chat.view.find('textbox', 'Message');
        assert.equal(await tab.evaluate('tertulia.status'), 'online');
        assert.ok(!JSON.stringify(await seen(tab)).includes('expired'));

        // As the first call: no guest is made on the way.
        const other = await embed(person, stage());
        await other.evaluate("tertulia.login({ jid: 'alice@localhost', password: 'tertulia' })");
        assert.equal(await other.evaluate('tertulia.status'), 'online');
        const names = await databases((await person.widget(other)).frame);
        assert.deepEqual(names.filter((name) => name.includes('guests.')), []);
        assert.ok(names.includes('tertulia/alice@localhost'), String(names));
        await other.evaluate('tertulia.logout()');
      });

      it(`${browser}: on a phone the panel fills the screen, and nothing behind it can be reached`, async () => {
        const person = await stage().launch(browser, { viewport: { width: 390, height: 844 } });
        const tab = await embed(person, stage());
        const view = person.view(tab);
        await view.click('button', 'Open chat');
        const chat = await person.widget(tab);
        const dialog = await chat.find('dialog', 'Help');
        assert.equal(await dialog.evaluate((element) => element.getAttribute('aria-modal')), 'true');
        assert.deepEqual(await chat.frame.evaluate('[innerWidth, innerHeight]'), [390, 844]);
        await view.gone('button', 'Ask us');
        await view.gone('button', /chat/);
        await focusIs(chat, 'Message');
        // Turned, or on a desk: it is no more modal.
        await tab.setViewport({ width: 1000, height: 800 });
        await view.find('button', 'Ask us');
        await chat.until(async () => !(await dialog.evaluate((element) => element.hasAttribute('aria-modal'))), 'it to be modal no more');
        await tab.setViewport({ width: 390, height: 844 });
        await view.gone('button', 'Ask us');
        await chat.click('button', 'Close');
        await view.find('button', 'Ask us');
        await focusIs(view, 'Open chat');
      });

      it(`${browser}: a first visit while the server is away: one writes, and it is sent when the server is back`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        person.expect(/favicon\.ico/, ...networkTroubles);
        stage().xmppLine.cut();
        const tab = await embed(person, stage());
        await person.view(tab).click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await say(chat, 'Is anybody there?');
        await reads(chat, 'Is anybody there?', /Sending/);
        // Nothing is missing before the first word of all.
        assert.deepEqual(await chat.view.texts('button').then((names) => names.filter((name) => /load/i.test(name))), []);
        await chat.view.until(async () => (await chat.view.texts('status')).some((words) => words.includes('Offline')), 'the chat to say so');
        await person.screenshot(tab, 'widget-first-visit-offline');
        // The next page of the site, which is the same visitor's.
        await tab.close();
        const next = await embed(person, stage());
        await person.view(next).click('button', /^Open chat/);
        const later = { page: next, view: await person.widget(next) };
        await reads(later, 'Is anybody there?', /Sending/);
        stage().xmppLine.mend();
        await status(next, 'online');
        await reads(later, 'Is anybody there?', /Sent|Delivered|Read/);
        await later.view.until(() => Promise.resolve(said(support.heard).includes('Is anybody there?')), 'the words to arrive');
        assert.match(support.heard[0]!.from, /^guest-[a-z0-9]+@/);
      });

      it(`${browser}: forget() leaves nothing, here or on the server`, async () => {
        const person = await stage().launch(browser);
        person.expect(/favicon\.ico/);
        const tab = await embed(person, stage());
        await person.view(tab).click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await say(chat, 'Forget me');
        await reads(chat, 'Forget me', /Sent|Delivered|Read/);
        const inside = `(async () => ({
          databases: (await indexedDB.databases()).map(({ name }) => name), caches: await caches.keys(), stored: Object.keys(localStorage).concat(Object.keys(sessionStorage)), cookies: document.cookie,
          locks: await navigator.locks.query().then(({ held, pending }) => [...held, ...pending].map(({ name }) => name)), workers: (await navigator.serviceWorker.getRegistrations()).length,
        }))()`;
        type Left = { readonly databases: string[]; readonly locks: string[] };
        const before = (await chat.view.frame.evaluate(inside)) as Left;
        assert.ok(before.databases.length > 0 && before.locks.length > 0, JSON.stringify(before));
        const guest = (await chat.view.frame.evaluate(`(async () => {
          for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((resolve, reject) => { const request = indexedDB.open(name); request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
            for (const store of database.objectStoreNames) {
              const rows = await new Promise((resolve, reject) => { const request = database.transaction(store).objectStore(store).getAll(); request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
              const row = rows.find((row) => row?.slot?.startsWith('guest:') && row.secret);
              if (row) { database.close(); return { jid: row.jid, secret: row.secret }; }
            }
            database.close();
          }
        })()`)) as { jid: string; secret: string };
        await (await signIn(stage().server.wsUrl, guest.jid, guest.secret)).close();

        await tab.evaluate('tertulia.forget()');
        assert.equal(await frames(tab), 0);
        assert.deepEqual(await tab.evaluate('[tertulia.status, tertulia.unread, sessionStorage.length]'), ['idle', 0, 0]);
        await person.view(tab).find('button', 'Open chat');
        const beside = await person.open(`${stage().app}/config.json`);
        assert.deepEqual(await beside.evaluate(inside), { databases: [], caches: [], stored: [], cookies: '', locks: [], workers: 0 });
        await beside.close();
        await tab.bringToFront();
        await assert.rejects(signIn(stage().server.wsUrl, guest.jid, guest.secret), /not-authorized|failure/);

        // Another visitor from now on.
        await person.view(tab).click('button', 'Open chat');
        const next = await person.widget(tab);
        await next.find('textbox', 'Message');
        assert.deepEqual(await next.texts('article'), []);
      });

      it(`${browser}: a page that is hostile reads no words and no credential`, async (test) => {
        const support = await signInRaw(test, stage().server, 'support@localhost');
        const person = await stage().launch(browser);
        // It speaks the loader's own language with the frame, and writes down all that it is told.
        const tab = await bare(person, stage(), `
          window.told = [];
          addEventListener('message', ({ data }) => told.push(data));
          window.frame = document.createElement('iframe');
          frame.title = 'Chat';
          frame.style = 'inline-size: 500px; block-size: 600px';
          frame.src = ${JSON.stringify(`${stage().app}/widget.html`)};
          frame.onload = () => {
            for (const greeting of ['tertulia:connect', 'tertulia:connect']) {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = ({ data }) => told.push(data);
              frame.contentWindow.postMessage(greeting, '*', [port2]);
              port1.postMessage({ type: 'settings', settings: { contact: 'support@localhost', auth: 'guest', title: '<img src=x onerror=alert(1)>', greeting: '<script>alert(1)</scr' + 'ipt>', accent: 'red;background:url(//evil.example)', locale: '../../x', nickname: {} }, idle: false, modal: false });
              for (const method of ['constructor', '__proto__', 'send', 'export']) port1.postMessage({ type: 'call', id: 1, method, args: [] });
              for (const data of [null, 7, 'x', {}, { type: 'answer' }, { type: 'credentials', id: 99, value: {} }]) port1.postMessage(data);
            }
          };
          document.body.append(frame);
        `);
        person.expect(/evil\.example/);
        const chat = { page: tab, view: await person.widget(tab) };
        await say(chat, 'My secret is plums');
        await reads(chat, 'My secret is plums', /Sent|Delivered|Read/);
        await chat.view.until(async () => support.heard.length > 0, 'support to hear it');
        assert.equal((await chat.view.texts('article')).length, 1, 'one greeting, one chat');
        const guest = support.heard.at(-1)!.from.split('/')[0]!;
        await support.say(guest, 'Plums it is');
        await reads(chat, 'Plums it is');
        const told = JSON.stringify(await tab.evaluate('told'));
        assert.match(told, /"message"/);
        assert.doesNotMatch(told, /plum/i);
        assert.ok(!told.includes(guest.split('@')[0]!) && !/secret|password|token/i.test(told), told);
        const reached = (await tab.evaluate(`[() => frame.contentDocument, () => frame.contentWindow.document, () => frame.contentWindow.indexedDB, () => frame.contentWindow.localStorage].map((reach) => { try { return String(reach() ?? null); } catch (error) { return error.name; } })`)) as string[];
        assert.deepEqual(reached, ['null', 'SecurityError', 'SecurityError', 'SecurityError']);
      });
    },
    { demoFolder: site },
  );

  withServer(
    'prosody',
    (stage) => {
      it(`${browser}: a host page with the strictest policy`, async () => {
        const person = await stage().launch(browser);
        const tab = await person.open(`${stage().demo}/tagged.html`);
        const view = person.view(tab);
        await view.click('button', 'Open chat');
        const chat = { page: tab, view: await person.widget(tab) };
        await say(chat, 'Strictly speaking');
        await reads(chat, 'Strictly speaking', /Sent|Delivered|Read/);
        await tab.evaluate("tertulia.setTheme('dark')");
        await tab.keyboard.press('Escape');
        await view.find('button', 'Open chat');
        // Nothing has violated the policy so far; that it is in force shows what would.
        assert.deepEqual(person.troubles, []);
        person.expect(/require-trusted-types-for|TrustedHTML/);
        await assert.rejects(tab.evaluate("document.body.innerHTML = '<b>x</b>'"), 'the policy is in force');
      });
    },
    {
      demoFolder: site,
      demoHeaders: (app) => ({ 'content-security-policy': `default-src 'none'; script-src ${app}; frame-src ${app}; style-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'` }),
    },
  );
}

withServer(
  'prosody',
  (stage) => {
    it('chromium: a server that makes no accounts: the visitor is told, and the page; what was written stays', async () => {
      const person = await stage().launch('chromium');
      person.expect(/favicon\.ico/);
      const tab = await embed(person, stage());
      await person.view(tab).click('button', 'Open chat');
      const chat = { page: tab, view: await person.widget(tab) };
      await say(chat, 'Hello?');
      await chat.view.until(async () => (await chat.view.texts('status')).some((words) => words.includes('No guest account could be made')), 'the chat to say so');
      await chat.view.find('button', 'Try again');
      await reads(chat, 'Hello?', /Sending/);
      await person.screenshot(tab, 'widget-no-account');
      assert.equal(await tab.evaluate('tertulia.status'), 'refused');
      assert.deepEqual((await seen(tab)).filter(([type]) => type === 'error').map(([, { code }]) => code), ['registration']);
    });
  },
  // Where people have accounts, and nobody may make one.
  { demoFolder: site, deployment: { guestDomain: 'localhost' } },
);
