/** Many conversations and many rooms at once: from the app's address until their list is painted, from the archive, until the session has caught up, and until all rooms are entered; what is asked of the server meanwhile. */
import type { Page } from 'puppeteer-core';
import type { Finding, Measure } from '../support/finding.js';
import { filledBrowser } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';
import { keepRooms } from '../support/rooms.js';

type Side = 'ours' | 'raw';
type Known = { readonly profile: string; readonly rooms: readonly string[] };

/** Resolves when one is in each of these rooms; by the page's clock. */
const entered = (page: Page, rooms: readonly string[]): Promise<number> =>
  page
    .waitForFunction(`${JSON.stringify(rooms)}.every((jid) => document.querySelector('tertulia-session')?.client?.room(jid).value?.state === 'joined') && bench.now()`, { polling: 50, timeout: 170_000 })
    .then((handle) => handle.jsonValue() as Promise<number>);

/** A browser that holds so many conversations, and has been in so many rooms before. */
async function known(lab: Lab, name: string, conversations: number, rooms: number): Promise<Known> {
  const { profile, account } = await filledBrowser(lab, name, Array.from({ length: conversations }, () => 20));
  const kept = rooms > 0 ? await keepRooms(lab, account, rooms) : [];
  const person = await lab.browser(profile);
  try {
    const page = await lab.page(person);
    await page.goto(lab.stage.app);
    await ask(page, `mark('tertulia:caught-up')`);
    await entered(page, kept);
    // The rooms' archives, too.
    await new Promise((resolve) => setTimeout(resolve, 2_000 + rooms * 40));
  } finally {
    await lab.leave(person);
  }
  return { profile, rooms: kept };
}

/** Counts what goes to the server from a page's worker: how many requests, how many of them unanswered at a time, and who is entered, in order. */
function watchWire(page: Page): { requests: number; most: number; readonly entered: string[] } {
  const seen = { requests: 0, most: 0, entered: [] as string[] };
  const open = new Set<string>();
  const idOf = (frame: string): string => /\sid=["']([^"']*)/.exec(frame)?.[1] ?? '';
  page.on('workercreated', (worker) => {
    void worker.client.send('Network.enable').catch(() => {});
    worker.client.on('Network.webSocketFrameSent', ({ response: { payloadData: frame } }) => {
      const room = /^<presence[^>]*\sto=["']([^"'/]+@rooms[^"'/]*)\//.exec(frame)?.[1];
      if (room) seen.entered.push(room);
      if (!/^<iq[^>]*\stype=["'](?:get|set)/.test(frame)) return;
      seen.requests += 1;
      open.add(idOf(frame));
      seen.most = Math.max(seen.most, open.size);
    });
    worker.client.on('Network.webSocketFrameReceived', ({ response: { payloadData: frame } }) => {
      if (/^<iq[^>]*\stype=["'](?:result|error)/.test(frame)) open.delete(idOf(frame));
    });
  });
  return seen;
}

/** How far the order in which rooms were entered is from that of their use: the share of pairs that are the wrong way round, %. */
function disorder(order: readonly string[], byUse: readonly string[]): number {
  const ranks = order.map((room) => byUse.indexOf(room));
  let wrong = 0;
  let pairs = 0;
  for (let i = 0; i < ranks.length; i += 1) for (let k = i + 1; k < ranks.length; k += 1, pairs += 1) wrong += Number(ranks[k]! < ranks[i]!);
  return pairs === 0 ? 0 : (100 * wrong) / pairs;
}

export const many: Measure = {
  name: 'many',
  async run(lab) {
    const size = lab.scale.sizes?.[0] ?? 500;
    const rooms = Math.round(size * 0.4);
    const browsers: Readonly<Record<Side, Known>> = {
      ours: await lab.prepared(`conversations ${size}`, () => known(lab, 'many', size, rooms)),
      raw: await lab.prepared('conversations few', () => known(lab, 'few', 5, 0)),
    };
    const found: Record<'caughtUp' | 'inside' | 'requests' | 'all' | 'most' | 'disorder' | 'longest', Record<Side, number[]>> = { caughtUp: { ours: [], raw: [] }, inside: { ours: [], raw: [] }, requests: { ours: [], raw: [] }, all: { ours: [], raw: [] }, most: { ours: [], raw: [] }, disorder: { ours: [], raw: [] }, longest: { ours: [], raw: [] } };
    const start = async (side: Side) => {
      const person = await lab.browser(browsers[side].profile);
      try {
        const page = await lab.page(person);
        await page.goto(`${lab.stage.app}/bench/blank.html`);
        const wire = watchWire(page);
        const spent = await lab.spent(page, async () => {
          await page.goto(lab.stage.app);
          return (await ask(page, `shown('tertulia-conversation-row', 5)`)) - ((await page.evaluate('performance.timeOrigin')) as number);
        });
        const began = (await page.evaluate('performance.timeOrigin')) as number;
        found.caughtUp[side].push((await ask(page, `mark('tertulia:caught-up')`)) - began);
        const { requests } = wire;
        found.inside[side].push((await entered(page, browsers[side].rooms)) - began);
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        found.requests[side].push(requests);
        found.all[side].push(wire.requests);
        found.most[side].push(wire.most);
        found.disorder[side].push(disorder(wire.entered, browsers[side].rooms.toReversed()));
        found.longest[side].push(await ask(page, 'longestTask(0)'));
        return spent;
      } finally {
        await lab.leave(person);
      }
    };
    const spent = await lab.turns({ ours: () => start('ours'), raw: () => start('raw') });
    const what = `${size} conversations, ${rooms} rooms`;
    const findings: Finding[] = [
      { what: `${what}: until the list is painted`, size, unit: 'ms', ...spent, raw: 'the same with 5 and none', goals: [{ atMost: 1_000 }] },
      { what: `${what}: until the session has caught up`, size, unit: 'ms', values: found.caughtUp, raw: 'the same with 5 and none' },
      { what: `${what}: until one is in all of them`, size, unit: 'ms', values: { ours: found.inside.ours } },
      { what: `${what}: requests to the server until it has caught up`, size, unit: 'of them', values: found.requests, raw: 'the same with 5 and none' },
      { what: `${what}: requests to the server, up to two seconds after that, or after the last room`, size, unit: 'of them', values: found.all, raw: 'the same with 5 and none' },
      { what: `${what}: requests that wait for an answer at a time, at most`, size, unit: 'of them', values: found.most, raw: 'the same with 5 and none' },
      { what: `${what}: pairs of rooms entered against the order of their use`, size, unit: '%', values: { ours: found.disorder.ours } },
      { what: `${what}: longest task of the main thread`, size, unit: 'ms', values: found.longest, raw: 'the same with 5 and none', goals: [{ atMost: 50 }] },
    ];
    return findings;
  },
};
