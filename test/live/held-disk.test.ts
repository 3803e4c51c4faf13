// A tab that hangs in the middle of a write holds the storage up for all: the others go on in memory, say so, and lose nothing.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from './support/doings.js';
import { said } from './support/raw.js';
import { withServer } from './support/stage.js';
import { anotherTab, begin, carriesOn, write } from './support/tabs.js';

/** For so long, milliseconds: longer than anybody waits for a disk, shorter than Chromium lets a write hold up others. */
const hangsFor = 45_000;

/** Begins a write of everything in this tab, whose page then does nothing else for a while; back when no other tab can write any more. */
const hangInWrite = ({ page }: Desk, name: string): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open(${JSON.stringify(name)});
    opening.onsuccess = () => {
      const store = opening.result.transaction([...opening.result.objectStoreNames], 'readwrite').objectStore('counters');
      store.count().onsuccess = () => {
        store.count();
        resolve();
        // The answer to the test goes out first. What was asked last is answered when the page goes on, and till then the write is not over.
        const hang = () => { for (const end = Date.now() + ${hangsFor}; Date.now() < end; ); opening.result.close(); };
        store.count().onsuccess = () => { store.count().onsuccess = hang; };
      };
    };
  })`);

// In Firefox a write whose page hangs has held up nobody.
withServer('prosody', (stage) => {
  it('chromium: a tab that hangs in the middle of a write is not waited for; what could not be kept is in the composer again, and sent once', async (test) => {
    const scene = await begin(test, stage(), 'chromium', 'held', [/disk|storage|tertulia/i]);
    const { peer, me, first } = scene;
    const second = await anotherTab(scene);
    await carriesOn(scene, second, () => undefined);
    await second.page.bringToFront();
    await hangInWrite(first, `tertulia/${me}`);
    const begun = performance.now();
    await write(second, 'line-80');
    await second.view.until(async () => (await second.view.text(await second.view.find('status'))).includes('This browser cannot store messages at the moment'), 'the notice', 60_000);
    test.diagnostic(`chromium, from a line that cannot be kept until that is said: ${Math.round(performance.now() - begun)} ms`);
    const text = async (): Promise<string> => (await second.view.find('textbox', 'Message')).evaluate((area) => (area as HTMLTextAreaElement).value);
    await second.view.until(async () => (await text()) === 'line-80', 'the text in the composer', 60_000);
    assert.deepEqual(said(peer.heard).filter((line) => line === 'line-80'), [], 'it was not sent behind its back');
    await write(second, 'line-80');
    await second.view.until(() => Promise.resolve(said(peer.heard).includes('line-80')), 'it to arrive', 60_000);
    // When the page goes on that hung, what its disk still took is not sent as well.
    await first.page.evaluate('1');
    await sleep(3_000);
    assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');
    const kept = (await peer.archive(me)).map(({ body }) => body);
    assert.deepEqual(said(peer.heard).filter((line) => !kept.includes(line)), [], 'all of it is in the archive');
  });
});
