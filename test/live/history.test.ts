// A long conversation, met by a device that knows nothing of it, and by one that was away for long.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { installed, networkTroubles, openEntry, readsAll, signIn, type Desk } from './support/doings.js';
import { said, signInRaw } from './support/raw.js';
import { withServers } from './support/stage.js';

const numbered = /line-\d+/;
const lines = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => `line-${from + index}`);
/** Rows that a page may hold, however long the conversation is. */
const most = 300;
const gap = 'Load earlier messages';
/** What the log shows at one moment: the messages' numbers, and NaN where it says that something is missing. */
const shownIn = async ({ view }: Desk): Promise<number[]> => (await view.texts('article|button', undefined, await view.find('log'))).flatMap((text) => (text === gap ? NaN : (numbered.exec(text)?.[0].slice(5) ?? []))).map(Number);
const numbers = async (desk: Desk): Promise<number[]> => (await shownIn(desk)).filter((number) => !Number.isNaN(number));
/** Each follows the one before, or it is said that something is missing between them. */
const isWhole = (shown: readonly number[]): boolean => shown.every((number, index) => index === 0 || Number.isNaN(number) || Number.isNaN(shown[index - 1]) || number === shown[index - 1]! + 1);

/** One turn of the wheel over the messages. */
async function wheel({ page, view }: Desk, down: number): Promise<void> {
  const box = await (await view.find('log')).boundingBox();
  if (!box) throw new Error('the messages are not shown');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel({ deltaY: down });
}

/** Turns the wheel until `wanted` is among what is shown. Whatever is shown on the way is in order, none missing without a word, none twice. */
async function scrollTo(desk: Desk, wanted: number, down: number): Promise<Set<number>> {
  const seen = new Set<number>();
  let wrong: string | undefined;
  await desk.view.until(
    async () => {
      const shown = await shownIn(desk);
      if (shown.length > most + 2 || !isWhole(shown)) wrong = shown.join(' ');
      if (wrong) return true;
      for (const number of shown) if (!Number.isNaN(number)) seen.add(number);
      if (seen.has(wanted)) return true;
      await wheel(desk, down);
      return false;
    },
    `line-${wanted} to come into sight`,
    60_000,
  );
  assert.equal(wrong, undefined, `${most} rows at most, in order, none missing, none twice`);
  return seen;
}

withServers((stage) => {
  it('a fresh device shows the newest and loads older by scrolling, to the beginning; and back', async (test) => {
    const { server } = stage();
    for (const name of ['old', 'friend']) await server.register(name, 'tertulia');
    const [one, two] = [await signInRaw(test, server, 'old@localhost'), await signInRaw(test, server, 'friend@localhost')];
    for (let from = 1; from <= 420; from += 60) await (from % 120 === 1 ? one.say('friend@localhost', ...lines(from, from + 59)) : two.say('old@localhost', ...lines(from, from + 59)));
    const person = await stage().launch('chromium');
    const desk = await signIn(person, stage(), 'old@localhost');
    await openEntry(desk, 'Conversations', 'friend');
    await desk.view.until(async () => (await numbers(desk)).at(-1) === 420, 'the newest message');
    const up = await scrollTo(desk, 1, -3000);
    assert.equal(up.size, 420);
    await desk.view.find('heading', 'friend', { within: await desk.view.find('log') });
    const down = await scrollTo(desk, 420, 3000);
    assert.ok(down.size >= most);
    // Nothing was stored twice either: a reload reads it from the archive alone.
    await desk.page.reload();
    await desk.view.until(async () => (await numbers(desk)).at(-1) === 420, 'the newest message');
    assert.equal((await scrollTo(desk, 1, -3000)).size, 420);
  });

  it('more than catching up takes in one go: the newest first, and what lies between is fetched or said', async (test) => {
    const { server } = stage();
    for (const name of ['away', 'busy']) await server.register(name, 'tertulia');
    const busy = await signInRaw(test, server, 'busy@localhost');
    await busy.say('away@localhost', ...lines(1, 20));
    const profile = stage().profile();
    const before = await stage().launch('chromium', { userDataDir: profile });
    const desk = await signIn(before, stage(), 'away@localhost');
    await installed(desk);
    await openEntry(desk, 'Conversations', 'busy');
    await readsAll(desk, numbered, lines(1, 20));
    await desk.page.close();
    await before.leave();
    // No stream to resume: only the archive knows.
    await server.restart();
    // Another client of the account is there: what it has heard is not handed out again later, the archive alone has it.
    await signInRaw(test, server, 'away@localhost');
    const again = await signInRaw(test, server, 'busy@localhost');
    for (let from = 21; from <= 720; from += 100) await again.say('away@localhost', ...lines(from, from + 99));
    assert.deepEqual(said(await again.archive('away@localhost')), lines(1, 720));

    const after = await stage().launch('chromium', { userDataDir: profile });
    after.expect(...networkTroubles);
    const page = await after.open(`${stage().app}/#/chat/busy@localhost`);
    const back: Desk = { page, view: after.view(page) };
    const silent: number[][] = [];
    await back.view.until(
      async () => {
        const shown = await shownIn(back);
        if (!isWhole(shown)) silent.push(shown);
        return shown.at(-1) === 720;
      },
      'the newest message',
      60_000,
    );
    assert.deepEqual(silent, []);
    // What is said to be missing is fetched, and is there when one looks again.
    await back.view.until(
      async () => {
        if ((await scrollTo(back, 1, -3000)).size === 720) return true;
        await scrollTo(back, 720, 3000);
        return false;
      },
      'all that was said',
      60_000,
    );
    await back.view.gone('button', gap);
    await page.reload();
    await back.view.until(async () => (await numbers(back)).includes(1), 'where one was reading');
    await back.view.click('button', 'Go to the newest message');
    await back.view.until(async () => (await numbers(back)).at(-1) === 720, 'the newest message');
    assert.equal((await scrollTo(back, 1, -3000)).size, 720);
  });
});
