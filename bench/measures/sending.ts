/** Enter is pressed: until the message is painted, and until the other side has it. */
import type { Page } from 'puppeteer-core';
import { signIn } from '../../test/servers/wire.mjs';
import { signedIn } from '../support/filled.js';
import type { Measure } from '../support/finding.js';
import { ask } from '../support/lab.js';
import { median } from '../support/statistics.js';

const now = (): number => performance.timeOrigin + performance.now();

export const sending: Measure = {
  name: 'sending',
  async run(lab) {
    const [account, friend] = [await lab.account('writer'), await lab.account('reader')];
    const wire = await signIn(`ws://localhost:${lab.stage.server.port}/xmpp-websocket`, friend, 'tertulia');
    wire.send('<presence xmlns="jabber:client"/>');
    const heard = async (body: string): Promise<number> => {
      await wire.next((frame) => frame.is('message') && frame.getChildText('body') === body);
      return now();
    };
    const person = await lab.browser();
    await signedIn(lab, person, account);
    const painted: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
    let count = 0;
    const next = (): string => `words-${(count += 1)}`;
    /** Alone in the browser: another page of the account would be told of everything, too. */
    const several = async (open: (page: Page) => Promise<void>, say: (page: Page, words: string) => Promise<number>): Promise<{ ms: number }> => {
      const page = await lab.page(person);
      await open(page);
      const took: number[] = [];
      for (let i = 0; i < 6; i += 1) {
        const words = next();
        const there = heard(words);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const said = await say(page, words);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        took.push((await there) - said);
      }
      await page.close();
      // The first one finds nothing ready.
      return { ms: median(took.slice(1)) };
    };
    /** The same look at both sides: asked for before the key, over in the task after the frame that shows the words. */
    const write = async (page: Page, words: string, log: string, into: number[]): Promise<number> => {
      await page.evaluate(`bench.all('textarea')[0].focus()`);
      await page.keyboard.type(words);
      await page.evaluate(`void (globalThis.painted = bench.paintedIn('${log}', '${words}')); addEventListener('keydown', (event) => { if (event.key === 'Enter') globalThis.pressed = performance.timeOrigin + event.timeStamp; }, { capture: true, once: true })`);
      await page.keyboard.press('Enter');
      const pressed = (await page.evaluate('pressed')) as number;
      into.push(((await page.evaluate('painted')) as number) - pressed);
      return pressed;
    };
    const service = `ws://localhost:${lab.stage.xmppLine.port}/xmpp-websocket`;
    const { values } = await lab.turns({
      ours: () =>
        several(
          async (page) => {
            await page.goto(`${lab.stage.app}/#/chat/${friend}`);
            await ask(page, `mark('tertulia:caught-up')`);
          },
          (page, words) => write(page, words, '[role="log"]', painted.ours),
        ),
      theirs: lab.peer
        ? () =>
            several(
              async (page) => {
                await page.goto(lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia', auto_join_private_chats: [friend] }));
                await ask(page, 'writable()');
              },
              (page, words) => write(page, words, '.chat-content__messages', painted.theirs),
            )
        : undefined,
      raw: () =>
        several(
          async (page) => void (await page.goto(`${lab.stage.demo}/bench/plain.html`, { waitUntil: 'load' })),
          async (page, words) => (await page.evaluate(`sayRaw('${service}', '${account}', '${friend}', '${words}')`)) as number,
        ),
    });
    await lab.leave(person);
    await wire.close();
    return [
      { what: 'sending: until it is painted', unit: 'ms', values: { ours: painted.ours, ...(painted.theirs.length > 0 && { theirs: painted.theirs }) }, goals: [{ atMost: 17 }] },
      { what: 'sending: until the other side has it', unit: 'ms', values, raw: 'a message handed to a bare socket' },
      { what: 'sending: that, above raw', unit: 'ms', values: { ours: values.ours.map((value, i) => value - values.raw![i]!) }, goals: [{ atMost: 10 }] },
    ];
  },
};
