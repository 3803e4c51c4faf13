/** Typing while messages pour in: from each key until the frame that shows its sign. */
import type { Page } from 'puppeteer-core';
import { signIn } from '../../test/servers/wire.mjs';
import { signedIn } from '../support/filled.js';
import type { Measure, Spent } from '../support/finding.js';
import { ask, type Lab } from '../support/lab.js';
import { quantile } from '../support/statistics.js';
import { storm } from '../support/storm.js';

const perSecond = 200;

/** Types, a sign every 100 ms; the 95th percentile. */
async function type(lab: Lab, page: Page, signs: number): Promise<Spent> {
  await page.evaluate(`bench.all('textarea')[0].focus(); globalThis.keys = []; bench.keys(keys)`);
  return lab.spent(page, async () => {
    for (let i = 0; i < signs; i += 1) {
      // oxlint-disable-next-line no-await-in-loop -- as fingers do
      await page.keyboard.press('a');
      // oxlint-disable-next-line no-await-in-loop -- as fingers do
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return quantile((await page.evaluate('keys')) as number[], 0.95);
  });
}

export const typing: Measure = {
  name: 'typing',
  async run(lab) {
    const signs = 60;
    const [account, talker] = [await lab.account('typist'), await lab.account('talker')];
    const person = await lab.browser();
    await signedIn(lab, person, account);
    let rate = 0;
    const under = async (open: (page: Page) => Promise<void>): Promise<Spent> => {
      const page = await lab.page(person);
      await open(page);
      const stop = await storm(lab, talker, account, perSecond);
      const spent = await type(lab, page, signs);
      rate = await stop();
      await page.close();
      return spent;
    };
    const bare = async (): Promise<Spent> => {
      const page = await lab.page(person);
      await page.goto(`${lab.stage.demo}/bench/plain.html`, { waitUntil: 'load' });
      const took = await type(lab, page, signs);
      await page.close();
      return took;
    };
    /** What server and network alone take of the machine: the messages go to a client outside of the browser. */
    const busy: number[] = [];
    const beside = async (): Promise<void> => {
      const listener = await signIn(`ws://localhost:${lab.stage.server.port}/xmpp-websocket`, account, 'tertulia');
      listener.send('<presence xmlns="jabber:client"/>');
      const stop = await storm(lab, talker, account, perSecond);
      busy.push((await bare()).ms);
      await stop();
      await listener.close();
    };
    const spent = await lab.turns({
      ours: () =>
        under(async (page) => {
          await page.goto(`${lab.stage.app}/#/chat/${talker}`);
          await ask(page, `mark('tertulia:caught-up')`);
        }),
      theirs: lab.peer
        ? () =>
            under(async (page) => {
              await page.goto(lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia', auto_join_private_chats: [talker] }));
              await ask(page, 'writable()');
            })
        : undefined,
      raw: async () => {
        await beside();
        return bare();
      },
    });
    await lab.leave(person);
    const what = `typing under ${perSecond} messages a second: key to frame, 95th percentile`;
    return [
      { what, unit: 'ms', ...spent, raw: 'a bare field, and nothing that comes', goals: [{ atMost: 17 }], note: `${rate.toFixed(0)} messages a second were sent` },
      { what: `${what}, against a machine as busy`, unit: 'ms', values: { ours: spent.values.ours, raw: busy }, raw: 'a bare field, while a client outside of the browser gets the same messages' },
    ];
  },
};
