// A tab that hangs in the middle of a write holds the storage up for all: the others go on in memory, say so, and lose nothing.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from './support/doings.js';
import { said } from './support/raw.js';
import { processOf } from './support/process-of.js';
import { withServer } from './support/stage.js';
import { anotherTab, begin, carriesOn, write, type Scene } from './support/tabs.js';

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

/** Begins such a write in this tab and stops its process, with whatever else lives in it; back when it is stopped. */
async function stopInWrite({ page }: Desk, name: string, pid: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open(${JSON.stringify(name)});
    opening.onsuccess = () => {
      const tx = opening.result.transaction([...opening.result.objectStoreNames], 'readwrite');
      tx.oncomplete = tx.onabort = () => opening.result.close();
      const end = Date.now() + 2_000;
      const on = () => { if (Date.now() < end) tx.objectStore('counters').count().onsuccess = on; };
      on();
      tx.objectStore('counters').count().onsuccess = resolve;
    };
  })`);
  process.kill(pid, 'SIGSTOP');
}

/** What follows in another tab: a line that cannot be kept, that this is said, and how it goes out all the same. */
async function goesOnInMemory({ peer }: Scene, second: Desk): Promise<number> {
  const begun = performance.now();
  await write(second, 'line-80');
  await second.view.until(async () => (await second.view.text(await second.view.find('status'))).includes('This browser cannot store messages at the moment'), 'the notice', 60_000);
  const took = Math.round(performance.now() - begun);
  const text = async (): Promise<string> => (await second.view.find('textbox', 'Message')).evaluate((area) => (area as HTMLTextAreaElement).value);
  await second.view.until(async () => (await text()) === 'line-80', 'the text in the composer', 60_000);
  assert.deepEqual(said(peer.heard).filter((line) => line === 'line-80'), [], 'it was not sent behind its back');
  await write(second, 'line-80');
  await second.view.until(() => Promise.resolve(said(peer.heard).includes('line-80')), 'it to arrive', 60_000);
  return took;
}

/** When the page goes on that held up the disk, what this still took is not sent as well. */
async function nothingTwice({ peer, me, first }: Scene): Promise<void> {
  await first.page.evaluate('1');
  await sleep(3_000);
  assert.equal(new Set(said(peer.heard)).size, peer.heard.length, 'nothing twice');
  const kept = (await peer.archive(me)).map(({ body }) => body);
  assert.deepEqual(said(peer.heard).filter((line) => !kept.includes(line)), [], 'all of it is in the archive');
}

// In Firefox a write whose page hangs has held up nobody.
withServer('prosody', (stage) => {
  it('chromium: a tab that hangs in the middle of a write is not waited for; what could not be kept is in the composer again, and sent once', async (test) => {
    const scene = await begin(test, stage(), 'chromium', 'held', [/disk|storage|tertulia/i]);
    const second = await anotherTab(scene);
    await carriesOn(scene, second, () => undefined);
    await second.page.bringToFront();
    await hangInWrite(scene.first, `tertulia/${scene.me}`);
    test.diagnostic(`chromium, from a line that cannot be kept until that is said: ${await goesOnInMemory(scene, second)} ms`);
    await nothingTwice(scene);
  });

  // In Firefox that depends on whose process the service worker lives in, and no page may choose.
  it('chromium: nor is one whose whole process is stopped in the middle of a write, and the service worker with it', async (test) => {
    const scene = await begin(test, stage(), 'chromium', 'stopped', [/disk|storage|tertulia/i]);
    const second = await anotherTab(scene);
    await carriesOn(scene, second, () => undefined);
    const stopped = await processOf(scene.person, scene.first.page);
    assert.notEqual(stopped, await processOf(scene.person, second.page), 'tabs have a process each');
    await second.page.bringToFront();
    await stopInWrite(scene.first, `tertulia/${scene.me}`, stopped);
    try {
      test.diagnostic(`chromium, the process stopped, from a line that cannot be kept until that is said: ${await goesOnInMemory(scene, second)} ms`);
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    await nothingTwice(scene);
  });
});
