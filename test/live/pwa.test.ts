// The installed app: what browsers ask of it, what other apps hand it, and how it gets a new version.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { installed, listSays, openEntry, reads, say, signIn, type Desk } from './support/doings.js';
import { said, signInRaw } from './support/raw.js';
import { withServer } from './support/stage.js';

const built = fileURLToPath(new URL('../../dist/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tertulia-pwa-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
cpSync(built, dist, { recursive: true, filter: (file) => !file.endsWith('.map') });

let builds = 1;
/** As after a change to every file: other names for all that carry a hash, other revisions for the rest, and the old files gone. What describes the page now. */
function deployNext(): string {
  const words = `Build ${(builds += 1)}`;
  const next = join(folder, 'next');
  cpSync(dist, next, { recursive: true });
  const names = readdirSync(join(next, 'assets'));
  const renamed = new Map(names.map((name) => [name, name.replace(/(.)(\.\w+)$/, (_, last: string, rest: string) => (last === 'A' ? 'B' : 'A') + rest)]));
  for (const [old, name] of renamed) renameSync(join(next, 'assets', old), join(next, 'assets', name));
  for (const file of readdirSync(next, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|html)$/.test(name))) {
    let text = readFileSync(join(next, file), 'utf8');
    for (const [old, name] of renamed) text = text.replaceAll(old, name);
    if (file === 'index.html') text = text.replace(/(name="description" content=")[^"]*/, `$1${words}`);
    if (file === 'service-worker.js') text = text.replace(/\b[\da-f]{32}\b/g, (revision) => Array.from(revision).toReversed().join(''));
    writeFileSync(join(next, file), text);
  }
  rmSync(dist, { recursive: true });
  renameSync(next, dist);
  return words;
}

const description = (page: Page): Promise<string | null> => page.$eval('meta[name="description"]', (meta) => meta.getAttribute('content'));
const notReloaded = (page: Page): Promise<boolean> => page.evaluate(() => 'stillHere' in window);
const newVersion = 'Reload for the new version';

withServer('prosody', (stage) => {
  it('is installable by the criteria of Chromium, with a manifest whose icons are what it says', async () => {
    const person = await stage().launch('chromium');
    const page = await person.open(stage().app);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const devtools = await page.createCDPSession();
    const { errors, data = '', url } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    assert.deepEqual((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors, []);
    const shop = await (await person.open(stage().demo)).createCDPSession();
    assert.deepEqual((await shop.send('Page.getInstallabilityErrors')).installabilityErrors.map(({ errorId }) => errorId), ['no-manifest'], 'the criteria are looked at');
    await page.bringToFront();

    type Icon = { src: string; sizes: string; type: string; purpose?: string };
    const manifest = JSON.parse(data) as { start_url: string; scope: string; icons: Icon[]; shortcuts: { url: string; icons: Icon[] }[]; share_target: { action: string; method: string }; protocol_handlers: { protocol: string; url: string }[] };
    const icons = [...manifest.icons, ...manifest.shortcuts.flatMap((shortcut) => shortcut.icons)];
    for (const purpose of [undefined, 'maskable']) for (const sizes of ['192x192', '512x512']) assert.ok(manifest.icons.some((icon) => icon.sizes === sizes && icon.purpose === purpose), `${sizes} ${purpose}`);
    const seen = await page.evaluate(
      async (list) =>
        Promise.all(
          list.map(async ({ src, type, sizes, maskable }) => {
            const response = await fetch(src);
            const image = new Image();
            image.src = URL.createObjectURL(await response.blob());
            await image.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = sizes === 'any' ? [64, 64] : [image.naturalWidth, image.naturalHeight];
            const context = canvas.getContext('2d')!;
            context.drawImage(image, 0, 0, canvas.width, canvas.height);
            const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height);
            const corners = [3, canvas.width * 4 - 1, pixels.length - canvas.width * 4 + 3, pixels.length - 1].map((at) => pixels[at]);
            return { type: response.headers.get('content-type') === type, sizes: sizes === 'any' ? 'any' : `${canvas.width}x${canvas.height}`, drawn: pixels.some((value) => value > 0), full: !maskable || corners.every((alpha) => alpha === 255) };
          }),
        ),
      icons.map(({ src, type, sizes, purpose }) => ({ src: new URL(src, url).href, type, sizes, maskable: purpose === 'maskable' })),
    );
    // Whatever shape a maskable icon is cut to, there is no hole in it.
    assert.deepEqual(seen, icons.map(({ sizes }) => ({ type: true, sizes, drawn: true, full: true })));
    for (const address of [manifest.start_url, manifest.share_target.action, ...manifest.shortcuts.map((shortcut) => shortcut.url), ...manifest.protocol_handlers.map((handler) => handler.url)])
      assert.ok(new URL(address, url).href.startsWith(new URL(manifest.scope, url).href), address);
    assert.deepEqual(manifest.protocol_handlers.map(({ protocol }) => protocol), ['web+xmpp', 'xmpp']);

    const desk = await signIn(person, stage(), 'alice@localhost');
    for (const [index, list] of ['Contacts', 'Rooms'].entries()) {
      await desk.page.goto(new URL(manifest.shortcuts[index]!.url, url).href);
      await desk.view.find('heading', list);
    }
    // The wire address of the handlers, as the browser fills it in.
    for (const { url: handler } of manifest.protocol_handlers) {
      await desk.page.goto('about:blank');
      await desk.page.goto(new URL(handler.replace('%s', encodeURIComponent('web+xmpp:bob@localhost?message')), url).href);
      await desk.view.find('log', 'Messages with bob');
      assert.equal(new URL(desk.page.url()).search, '');
    }
    await desk.page.goto(`${stage().app}/?uri=${encodeURIComponent('xmpp:lobby@rooms.localhost?join')}`);
    await desk.view.find('log', /^Messages with lobby/i);
  });

  it('what is shared into it becomes a draft in the conversation that is chosen', async (test) => {
    const bob = await signInRaw(test, stage().server, 'bob@localhost');
    const person = await stage().launch('chromium');
    await bob.say('alice@localhost', 'Send me that page');
    const desk = await signIn(person, stage(), 'alice@localhost');
    await installed(desk);
    // As the browser posts it, from outside of the page.
    const share = (): void => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: 'share', enctype: 'multipart/form-data' });
      for (const [name, value] of [['title', 'Oolong'], ['text', 'Have a look'], ['url', 'https://tea.example/oolong']] as const) form.append(Object.assign(document.createElement('input'), { name, value }));
      const file = Object.assign(document.createElement('input'), { type: 'file', name: 'file' });
      const files = new DataTransfer();
      files.items.add(new File(['leaves'], 'leaves.txt', { type: 'text/plain' }));
      file.files = files.files;
      form.append(file);
      document.body.append(form);
      form.submit();
    };
    await Promise.all([desk.page.waitForNavigation(), desk.page.evaluate(share)]);
    const dialog = await desk.view.find('dialog', 'Send to…');
    await desk.view.click('button', /^bob/, { within: dialog });
    const box = await desk.view.find('textbox', 'Message');
    await desk.view.until(async () => (await box.evaluate((area) => (area as HTMLTextAreaElement).value)) === 'Oolong\nHave a look\nhttps://tea.example/oolong', 'the shared words in the composer');
    await desk.view.find('button', /Remove.*leaves\.txt|Remove the file/);
    assert.deepEqual(said(bob.heard), []);
    await desk.view.click('button', 'Send');
    await desk.view.until(() => Promise.resolve(bob.heard.length === 2), 'the file and the words to arrive');
    // The words do not wait for the upload.
    assert.ok(said(bob.heard).includes('Oolong\nHave a look\nhttps://tea.example/oolong'));
    assert.ok(said(bob.heard).some((body) => /^http.*leaves\.txt$/.test(body)));
    // Taken once: it does not come again.
    await desk.page.goto(`${stage().app}/#/share`);
    await desk.page.reload();
    await listSays(desk, 'Conversations', 'bob');
    assert.deepEqual(await desk.view.findAll('dialog', 'Send to…'), []);
  });

  it('whoever comes back is shown the conversation, and connected, however late the settings come', async (test) => {
    const bob = await signInRaw(test, stage().server, 'bob@localhost');
    const person = await stage().launch('chromium');
    const { page, view } = await signIn(person, stage(), 'alice@localhost');
    await bob.say('alice@localhost', 'Before');
    await openEntry({ page, view }, 'Conversations', 'bob');
    await reads({ page, view }, 'Before');
    // The archive has answered by then.
    await page.evaluateOnNewDocument(() => {
      const { fetch } = globalThis;
      globalThis.fetch = async (...args) => {
        if (args[0] === 'config.json') await new Promise((resolve) => setTimeout(resolve, 1000));
        return fetch(...args);
      };
    });
    await page.reload();
    await reads({ page, view }, 'Before');
    await bob.say('alice@localhost', 'After');
    await reads({ page, view }, 'After');
  });
}, { dist });

for (const browser of ['chromium', 'firefox'] as const) {
  withServer('prosody', (stage) => {
    it(`${browser}: a new version waits until it is asked for, and breaks no page that runs`, async (test) => {
      const bob = await signInRaw(test, stage().server, 'bob@localhost');
      await bob.say('alice@localhost', 'Hello');
      const person = await stage().launch(browser);
      const first = await signIn(person, stage(), 'alice@localhost');
      await installed(first);
      const openChat = async (): Promise<Desk> => {
        const page = await person.open(`${stage().app}/#/chat/bob@localhost`);
        return { page, view: person.view(page) };
      };
      const second = await openChat();
      await reads(second, 'Hello');
      const old = await description(first.page);
      const chunk = readdirSync(join(dist, 'assets')).find((name) => /^ar-.*\.js$/.test(name));
      assert.ok(chunk, 'a chunk that is loaded when it is wanted');
      const loads = ({ page }: Desk): Promise<number> => page.evaluate(async (address) => Object.keys((await import(address)) as object).length, `${stage().app}/assets/${chunk}`);

      const next = deployNext();
      for (const { page } of [first, second]) await page.evaluate(() => Object.assign(window, { stillHere: true }));
      const third = await openChat();
      for (const desk of [first, second, third]) await desk.view.find('button', newVersion);
      // Nothing else has changed: the old build runs, also where it was not loaded from the worker and its files are gone from the server.
      assert.equal(await description(third.page), old);
      assert.ok((await loads(first)) > 0);
      await second.page.bringToFront();
      await say(second, 'Still the old one');
      await reads(third, 'Still the old one', /Sent|Delivered|Read/);

      await third.page.bringToFront();
      await Promise.all([third.page.waitForNavigation(), third.view.click('button', newVersion)]);
      await reads(third, 'Still the old one');
      assert.equal(await description(third.page), next);
      await third.view.gone('button', newVersion);

      // The other tabs go on with their own files until they are reloaded too.
      assert.deepEqual([await notReloaded(first.page), await notReloaded(second.page)], [true, true]);
      await second.page.bringToFront();
      await say(second, 'Old and new');
      await reads(third, 'Old and new', /Sent|Delivered|Read/);
      await third.page.bringToFront();
      await say(third, 'New and old');
      await reads(second, 'New and old', /Sent|Delivered|Read/);
      await second.page.bringToFront();
      await second.view.click('button', /^Your profile/);
      await (await second.view.find('combobox', 'Language')).select('ar');
      await second.view.until(() => second.page.evaluate(() => document.querySelector('tertulia-session')?.matches(':dir(rtl)') ?? false), 'the words that were loaded when they were wanted');
      assert.deepEqual([await notReloaded(first.page), await notReloaded(second.page)], [true, true]);
      await first.page.bringToFront();
      await Promise.all([first.page.waitForNavigation(), first.view.click('button', newVersion)]);
      assert.equal(await description(first.page), next);
      assert.deepEqual(said(bob.heard), ['Still the old one', 'Old and new', 'New and old']);
    });
  }, { dist });
}
