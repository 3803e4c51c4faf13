/** A stranger's first visit: from the click on the launcher until a message can be written; the peer from its page's address until the same. Nothing is cached. */
import type { Page } from 'puppeteer-core';
import type { Measure, Spent } from '../support/finding.js';
import { ask, type Lab } from '../support/lab.js';

/** A browser that knows nothing; `work` says how long it took. */
async function cold(lab: Lab, first: string, work: (page: Page) => Promise<number>): Promise<Spent> {
  const person = await lab.browser();
  try {
    const page = await lab.page(person);
    // So that the process of the page is there, on every side.
    await page.goto(first, { waitUntil: 'load' });
    return await lab.spent(page, () => work(page));
  } finally {
    await lab.leave(person);
  }
}

const ours = (lab: Lab) => (): Promise<Spent> =>
  cold(lab, lab.stage.demo, async (page) => {
    await ask(page, `shown('button[aria-expanded]')`);
    await page.evaluate(`addEventListener('click', ({ timeStamp }) => { globalThis.clicked = performance.timeOrigin + timeStamp; }, true)`);
    const widget = page.waitForFrame((frame) => new URL(frame.url() || 'about:blank').pathname === '/widget.html');
    const { x, y } = (await page.evaluate(`bench.middle('button[aria-expanded]')`)) as { x: number; y: number };
    await page.mouse.click(x, y);
    const writable = await ask(await widget, 'writable()');
    return writable - ((await page.evaluate('clicked')) as number);
  });

async function fromAddress(page: Page, address: string, seen: string): Promise<number> {
  await page.goto(address);
  return (await ask(page, seen)) - ((await page.evaluate('performance.timeOrigin')) as number);
}

/** A visitor without an account, who is let in by SASL ANONYMOUS: the peer makes no guest accounts. */
const theirs = (lab: Lab) => (): Promise<Spent> =>
  cold(lab, `${lab.stage.demo}/bench/blank.html`, (page) => fromAddress(page, lab.peerPage({ authentication: 'anonymous', jid: lab.stage.server.anonymousDomain, auto_join_private_chats: [`support@${lab.stage.server.domain}`] }), 'writable()'));

const raw = (lab: Lab) => (): Promise<Spent> => cold(lab, `${lab.stage.demo}/bench/blank.html`, (page) => fromAddress(page, `${lab.stage.demo}/bench/empty-lit.html`, `shown('p')`));

export const openChat: Measure = {
  name: 'open-chat',
  smoke: true,
  async run(lab) {
    const spent = await lab.turns({ ours: ours(lab), theirs: lab.peer ? theirs(lab) : undefined, raw: raw(lab) });
    return [{ what: 'first visit: until one can write', unit: 'ms', ...spent, raw: 'an empty Lit page', goals: lab.scale.smoke ? [{ of: 'raw', atMost: 12, cpu: true }] : [{ of: 'theirs', atMost: 0.3 }] }];
  },
};
