// Files and pictures between a visitor and whoever answers, over connections that fail.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { deflateSync, crc32 } from 'node:zlib';
import { xml } from '../../src/xmpp/element.js';
import { uploadLimit } from '../../servers/hosts.mjs';
import { networkTroubles, openEntry, openWidget, reads, say, signIn, type Desk } from './support/doings.js';
import type { BrowserName } from './support/person.js';
import { signInRaw } from './support/raw.js';
import { withServer } from './support/stage.js';

/** A picture that a browser can draw, of one colour. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([head, body, sum]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2], 8);
  const rows = Buffer.alloc(height * (1 + width * 3), 0x60);
  for (let y = 0; y < height; y += 1) rows[y * (1 + width * 3)] = 0;
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', size), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const folder = mkdtempSync(join(tmpdir(), 'tertulia-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const picture = file('leaves.png', png(320, 200));
const document = file('prices.pdf', Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(40_000)]));
const long = file('long.bin', randomBytes(12 * 1024 * 1024));
const huge = file('huge.bin', Buffer.alloc(0));
truncateSync(huge, uploadLimit + 1);

/** Chooses files by the button, as a person does. */
async function attach(desk: Desk, ...paths: readonly string[]): Promise<void> {
  const [chooser] = await Promise.all([desk.page.waitForFileChooser(), desk.view.click('button', 'Attach a file')]);
  await chooser.accept([...paths]);
}

/** The natural width of a message's picture once it is drawn, by its name. */
const drawn = (desk: Desk, name: string): Promise<void> =>
  desk.view.until(async () => {
    const [image] = await desk.view.findAll('img', name);
    if (!image) return false;
    await image.evaluate((element) => element.scrollIntoView());
    return image.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0);
  }, `the picture ${name}`, 20_000);

const pairs: readonly (readonly ['prosody' | 'ejabberd', BrowserName, BrowserName])[] = [
  ['prosody', 'chromium', 'firefox'],
  ['ejabberd', 'chromium', 'firefox'], // only there can a file be chosen inside of a frame
];
for (const [server, visitors, answerers] of pairs) {
  withServer(server, (stage) => {
    it(`a picture and a document, both at once (${visitors} to ${answerers})`, async () => {
      const visitor = await stage().launch(visitors);
      const chat = await openWidget(visitor, stage());
      await say(chat, 'Two files for you');
      await reads(chat, 'Two files for you', /Sent|Delivered|Read/);
      await attach(chat, picture, document);
      await chat.view.find('button', 'Remove the file: prices.pdf');
      await chat.view.click('button', 'Send');
      await drawn(chat, 'leaves.png');
      await reads(chat, 'prices.pdf', /Sent|Delivered|Read/);

      const desk = await signIn(await stage().launch(answerers), stage(), 'support@localhost');
      await openEntry(desk, 'Conversations', 'guest-');
      // From the account's own server: shown. A document is a card with its name.
      await drawn(desk, 'leaves.png');
      await desk.view.find('link', 'Download prices.pdf');
    });

    it(`too large is said in plain words; a foreign host's picture asks first (${visitors})`, async (test) => {
      const visitor = await stage().launch(visitors);
      visitor.expect(/pictures\.invalid|ERR_NAME|Failed to load/);
      const support = await signInRaw(test, stage().server, 'support@localhost');
      const chat = await openWidget(visitor, stage());
      await say(chat, 'Are you there?');
      await reads(chat, 'Are you there?', /Sent|Delivered|Read/);
      await attach(chat, huge);
      await chat.view.find('alert', /too large\. The server takes files up to/);
      await chat.view.gone('button', 'Remove the file: huge.bin');
      await chat.view.until(async () => support.heard.length > 0, 'support to hear it');
      const guest = support.heard.at(-1)!.from.split('/')[0]!;
      const url = 'https://pictures.invalid/cat.png';
      support.send(xml('message', { type: 'chat', to: guest, id: 'oob1' }, xml('body', {}, url), xml('x', { xmlns: 'jabber:x:oob' }, xml('url', {}, url))));
      const ask = await chat.view.find('button', /Show the picture/);
      assert.match(await chat.view.text(ask), /pictures\.invalid/);
      assert.deepEqual(await chat.view.frame.evaluate(`performance.getEntriesByType('resource').filter(({ name }) => name.includes('pictures.invalid')).length`), 0);
    });

    it(`an upload that is cut in the middle holds nothing else up, and gets there in the end; one begun offline too (${visitors})`, async (test) => {
      const visitor = await stage().launch(visitors);
      visitor.expect(...networkTroubles);
      const support = await signInRaw(test, stage().server, 'support@localhost');
      const chat = await openWidget(visitor, stage());
      await say(chat, 'A long file comes');
      await reads(chat, 'A long file comes', /Sent|Delivered|Read/);
      await attach(chat, long);
      await chat.view.click('button', 'Send');
      await chat.view.until(async () => (await chat.view.findAll('progressbar')).length > 0 || /Sending|Sent|Delivered|Read/.test((await chat.view.texts('article')).at(-1) ?? ''), 'the upload to begin');
      stage().xmppLine.cut();
      await say(chat, 'said meanwhile');
      await reads(chat, 'said meanwhile', /Sending/);
      stage().xmppLine.mend();
      await reads(chat, 'said meanwhile', /Sent|Delivered|Read/);
      // Begun anew by itself.
      await chat.view.until(async () => support.heard.some(({ body }) => body.endsWith('/long.bin')), 'the file to get there', 60_000);
      assert.deepEqual(await chat.view.findAll('button', 'Try again'), []);
      assert.equal(support.heard.filter(({ body }) => body.endsWith('/long.bin')).length, 1);
      assert.equal(support.heard.filter(({ body }) => body === 'said meanwhile').length, 1);

      stage().xmppLine.cut();
      await chat.view.until(async () => /Offline|Connecting/.test((await chat.view.texts('status')).join()), 'to be offline', 30_000);
      await attach(chat, document);
      await chat.view.click('button', 'Send');
      await reads(chat, 'prices.pdf', /Sending/);
      stage().xmppLine.mend();
      await reads(chat, 'prices.pdf', /Sent|Delivered|Read/);
      await chat.view.until(async () => support.heard.filter(({ body }) => body.endsWith('prices.pdf')).length === 1, 'the document, once');
    });
  });
}
