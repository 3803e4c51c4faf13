/** Somebody was away: until all that was missed is in the archive, until its newest page is painted, and how long the main thread was held up meanwhile. */
import type { Person } from '../../test/live/support/person.js';
import { conversation, type Plot, type Said } from '../conversations.js';
import type { Finding, Measure, Spent } from '../support/finding.js';
import { signedIn, until } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';

const lastWords = 'the newest of all that was missed';
/** The peer is given up on after so many times what ours took, and after so long without a new message. */
const patience = { times: 8, least: 60_000, idle: 20_000 };
/** Prosody gives so many at a time, whatever is asked for. */
const pageSize = 50;

type Away = { readonly plot: Plot; readonly profile: string; readonly missed: readonly Said[]; readonly rows: number };
type Caught = Spent & { readonly newest: number; readonly longest: number; readonly blocked: number; readonly got: number; /** Of the raw client: the same with stream management, and with the offline store handed out meanwhile. */ readonly whole?: number };

/** What was said, the last of it in words that can be looked for. */
function missedOf(plot: Plot): Said[] {
  const said = Array.from(conversation(plot));
  const { about: _, ...last } = said.at(-1)!;
  return [...said.slice(0, -1), { ...last, kind: 'text', mine: false, body: lastWords }];
}

/**
 * An account that one has signed in to while little had been said, and what was said after one had gone. Whoever has missed
 * something comes back to a stream of his own: the server no longer knows the one that was left.
 */
async function goAway(lab: Lab, size: number, offline: boolean, firstVisit: (person: Person, plot: Plot) => Promise<void>): Promise<Away> {
  const me = await lab.account('away');
  const plot: Plot = { me, them: 'busy@localhost', count: size, seed: size, until };
  const before: Plot = { ...plot, count: 20, seed: size + 1, until: until - 40 * 86_400_000 };
  await lab.store.archive(conversation(before), before);
  const profile = lab.profile();
  const person = await lab.browser(profile);
  await firstVisit(person, plot);
  await lab.leave(person);
  const missed = missedOf(plot);
  await lab.store.archive(missed, plot, { offline });
  await lab.stage.server.restart();
  return { plot, profile, missed, rows: missed.filter(({ kind }) => kind !== 'reaction').length };
}

async function ours(lab: Lab, size: number, offline: boolean): Promise<Caught> {
  let archive = '';
  const away = await goAway(lab, size, offline, async (person, { me }) => {
    archive = await signedIn(lab, person, me);
  });
  const person = await lab.browser(away.profile);
  try {
    const reader = await lab.within(person, 'read-page');
    const count = async (): Promise<number> => (await reader.evaluate(`countMessages('${archive}')`)) as number;
    const had = await count();
    const page = await lab.page(person);
    await page.goto(`${lab.stage.app}/bench/blank.html`);
    let newest = 0;
    let connected = 0;
    const spent = await lab.spent(page, async () => {
      await page.goto(`${lab.stage.app}/#/chat/${away.plot.them}`);
      [connected, newest] = await Promise.all([ask(page, `mark('tertulia:connected')`), ask(page, `lastSays('${lastWords}')`)]);
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      while ((await count()) < had + away.rows) await new Promise((resolve) => setTimeout(resolve, 50));
      return (await ask(page, 'now()')) - connected;
    });
    const [longest, blocked] = [await ask(page, `longestTask(${connected})`), await ask(page, `blocked(${connected})`)];
    return { ...spent, newest: newest - connected, longest, blocked, got: (await count()) - had };
  } finally {
    await lab.leave(person);
  }
}

async function theirs(lab: Lab, size: number, offline: boolean, mostMs: number): Promise<Caught> {
  const address = ({ me, them }: Plot): string => lab.peerPage({ authentication: 'login', jid: me, password: 'tertulia', auto_join_private_chats: [them] });
  const length = (them: string): string => `peer.chatboxes.get('${them}')?.messages.length ?? 0`;
  const away = await goAway(lab, size, offline, async (person, plot) => {
    const page = await lab.page(person);
    await page.goto(address(plot));
    await page.waitForFunction(`globalThis.peer?.chatboxes?.get('${plot.them}')?.messages.length >= 15`, { polling: 200 });
  });
  const person = await lab.browser(away.profile);
  try {
    const page = await lab.page(person);
    await page.goto(`${lab.stage.demo}/bench/blank.html`);
    let [newest, last, lastAt, got, had] = [0, 0, 0, 0, -1];
    const spent = await lab.spent(page, async () => {
      await page.goto(address(away.plot));
      await page.waitForFunction('globalThis.peerConnected', { polling: 50, timeout: 120_000 });
      const connected = (await page.evaluate('peerConnected')) as number;
      void ask(page, `says('converse-chat-message', '${lastWords}')`).then((at) => (newest = at - connected), () => {});
      for (lastAt = connected; ; ) {
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        const [now, there] = (await page.evaluate(`[bench.now(), ${length(away.plot.them)}]`)) as [number, number];
        if (had < 0) had = there;
        if (there !== last) [last, lastAt] = [there, now];
        got = there - had;
        if (got >= away.rows || now - lastAt > patience.idle || now - connected > mostMs) break;
        // oxlint-disable-next-line no-await-in-loop -- not to be in its way
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return lastAt - connected;
    });
    return { ...spent, newest, longest: await ask(page, 'longestTask(peerConnected)'), blocked: await ask(page, 'blocked(peerConnected)'), got };
  } finally {
    await lab.leave(person);
  }
}

async function raw(lab: Lab, size: number, offline: boolean): Promise<Caught> {
  const plot: Plot = { me: await lab.account('drained'), them: 'busy@localhost', count: size, seed: size, until };
  const missed = missedOf(plot);
  await lab.store.archive(missed, plot, { offline });
  await lab.stage.server.restart();
  const person = await lab.browser();
  try {
    const all = { account: plot.me, after: '', max: pageSize };
    const newest = await lab.drain(person, { ...all, newest: true });
    const { ms, cpu = NaN, messages } = await lab.drain(person, all);
    if (messages !== size) throw new Error(`the archive gave ${messages} of ${size}`);
    const whole = await lab.drain(person, { ...all, managed: true, offline: offline ? missed.filter(({ mine }) => !mine).length : 0 });
    return { ms, cpu, newest: newest.ms, longest: 0, blocked: 0, got: messages, whole: whole.ms };
  } finally {
    await lab.leave(person);
  }
}

export const catchUp: Measure = {
  name: 'catch-up',
  smoke: true,
  async run(lab) {
    const { smoke } = lab.scale;
    const findings: Finding[] = [];
    for (const size of lab.scale.sizes ?? (smoke ? [300] : [3_000, 10_000])) {
      for (const offline of smoke ? [false] : [true, false]) {
        const all: Record<'ours' | 'theirs' | 'raw', Caught[]> = { ours: [], theirs: [], raw: [] };
        const keep = async (side: keyof typeof all, caught: Promise<Caught>): Promise<Caught> => {
          const one = await caught;
          all[side].push(one);
          return one;
        };
        const mostMs = (): number => Math.max(patience.least, patience.times * Math.max(...all.ours.map(({ ms }) => ms)));
        // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
        const spent = await lab.turns({
          ours: () => keep('ours', ours(lab, size, offline)),
          // The peer once: it takes minutes.
          theirs: lab.peer ? async () => all.theirs[0] ?? keep('theirs', theirs(lab, size, offline, mostMs())) : undefined,
          raw: () => keep('raw', raw(lab, size, offline)),
        }, smoke ? 1 : undefined);
        const how = offline ? 'offline storage and archive' : 'archive only';
        const of = (value: (caught: Caught) => number, sides: readonly (keyof typeof all)[]): Finding['values'] => Object.fromEntries(sides.filter((side) => all[side].length > 0).map((side) => [side, all[side].map(value)])) as unknown as Finding['values'];
        findings.push(
          { what: `catch-up, ${how}: until all is in the archive`, size, unit: 'ms', ...spent, raw: 'a client that asks for the same pages and keeps nothing', goals: smoke ? [{ of: 'raw', atMost: 40, cpu: true }] : [{ of: 'raw', atMost: 1.25 }], ...(all.theirs[0] && { note: `the peer got ${all.theirs[0].got} of ${size} and is counted until its last one` }) },
          { what: `catch-up, ${how}: the same, the raw client as careful`, size, unit: 'ms', values: { ours: all.ours.map(({ ms }) => ms), raw: all.raw.map(({ whole = NaN }) => whole) }, raw: `the same with stream management${offline ? ', and handed the offline store' : ''}` },
          { what: `catch-up, ${how}: how many came`, size, unit: 'of them', values: of(({ got }) => got, ['ours', 'theirs']) },
          { what: `catch-up, ${how}: newest page painted`, size, unit: 'ms', values: of(({ newest }) => newest, [...(all.theirs.every(({ newest }) => newest > 0) ? (['theirs'] as const) : []), 'ours', 'raw']), raw: 'the fetch of the newest page alone', ...(!smoke && { goals: [{ of: 'raw', atMost: 1.5 }] }) },
          { what: `catch-up, ${how}: longest task of the main thread`, size, unit: 'ms', values: of(({ longest }) => longest, ['ours', 'theirs']), ...(!smoke && { goals: [{ atMost: 50 }] }) },
          { what: `catch-up, ${how}: main thread blocked, over 50 ms a task`, size, unit: 'ms', values: of(({ blocked }) => blocked, ['ours', 'theirs']) },
        );
      }
    }
    return findings;
  },
};
