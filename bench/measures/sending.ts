/** Enter is pressed: until the message is painted, and until the other side has it. */
import type { Page } from 'puppeteer-core';
import { signIn } from '../../test/servers/wire.mjs';
import { signedIn } from '../support/filled.js';
import type { Measure } from '../support/finding.js';
import { ask } from '../support/lab.js';

const now = (): number => performance.timeOrigin + performance.now();

export const sending: Measure = {
  name: 'sending',
  smoke: false,
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
    const write = async (page: Page, isPainted: (since: number, words: string) => string, into: number[]): Promise<{ ms: number }> => {
      const words = `words-${(count += 1)}`;
      await page.bringToFront();
      await page.evaluate(`bench.all('textarea')[0].focus()`);
      await page.evaluate(`addEventListener('keydown', (event) => { if (event.key === 'Enter') globalThis.pressed = performance.timeOrigin + event.timeStamp; }, true)`);
      await page.keyboard.type(words);
      const there = heard(words);
      await page.keyboard.press('Enter');
      const pressed = (await page.evaluate('pressed')) as number;
      const at = (await page.evaluate(isPainted(pressed, words))) as number;
      into.push(at - pressed);
      return { ms: (await there) - pressed };
    };
    const ourPage = await lab.page(person);
    await ourPage.goto(`${lab.stage.app}/#/chat/${friend}`);
    await ask(ourPage, `mark('tertulia:caught-up')`);
    const peerPage = lab.peer ? await lab.page(person) : undefined;
    await peerPage?.goto(lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia', auto_join_private_chats: [friend] }));
    if (peerPage) await ask(peerPage, 'writable()');
    const plain = await lab.page(person);
    await plain.goto(`${lab.stage.demo}/bench/plain.html`, { waitUntil: 'load' });
    const service = `ws://localhost:${lab.stage.xmppLine.port}/xmpp-websocket`;
    const { values } = await lab.turns(
      {
        ours: () => write(ourPage, (since) => `bench.mark('tertulia:send-painted', ${since})`, painted.ours),
        theirs: peerPage && (() => write(peerPage, (_, words) => `bench.says('converse-chat-message', '${words}')`, painted.theirs)),
        raw: async () => {
          const words = `words-${(count += 1)}`;
          await plain.bringToFront();
          const there = heard(words);
          const sent = (await plain.evaluate(`sayRaw('${service}', '${account}', '${friend}', '${words}')`)) as number;
          return { ms: (await there) - sent };
        },
      },
      lab.scale.runs * 4,
    );
    await lab.leave(person);
    await wire.close();
    return [
      { what: 'sending: until it is painted', unit: 'ms', values: { ours: painted.ours, ...(painted.theirs.length > 0 && { theirs: painted.theirs }) }, goals: [{ atMost: 1000 / 60 }] },
      { what: 'sending: until the other side has it', unit: 'ms', values, raw: 'a message handed to a bare socket' },
      { what: 'sending: that, above raw', unit: 'ms', values: { ours: values.ours.map((value, i) => value - values.raw![i]!) }, goals: [{ atMost: 10 }] },
    ];
  },
};
