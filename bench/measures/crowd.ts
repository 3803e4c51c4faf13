/** A room with thousands in it: until one is in and all are known; and while all of them change what they are doing. */
import type { Page } from 'puppeteer-core';
import type { Person } from '../../test/live/support/person.js';
import type { Finding, Measure, Spent } from '../support/finding.js';
import { crowdHost, openCrowd } from '../support/crowd.js';
import { signedIn } from '../support/filled.js';
import { ask, type Lab } from '../support/lab.js';

const perSecond = 5_000;
const seconds = 3;
const room = `hall@${crowdHost.domain}`;
const nick = 'me';

type Entered = { readonly join: Spent; readonly storm: Spent; readonly longest: number; readonly renders: number };

/** Enters, waits, and lets the storm come; `heard` is when the page has the message at its end. */
async function visit(lab: Lab, page: Page, size: number, enter: () => Promise<number>, heard: (words: string) => Promise<number>): Promise<Entered> {
  const crowd = await openCrowd(lab.componentPort, room, size);
  try {
    const join = await lab.spent(page, enter);
    const began = await ask(page, 'now()');
    const words = `calm-${began}`;
    const ended = heard(words);
    const storm = await lab.spent(page, async () => {
      await crowd.storm(perSecond * seconds, words, perSecond);
      return (await ended) - began;
    });
    const renders = (await page.evaluate('globalThis.renders ?? 0')) as number;
    return { join, storm, longest: await ask(page, `longestTask(${began})`), renders: renders / (storm.ms / 1000) };
  } finally {
    crowd.close();
  }
}

/** Somebody new, with a browser of their own. */
async function withGuest(lab: Lab, work: (person: Person, account: string) => Promise<Entered>): Promise<Entered> {
  const account = await lab.account('guest');
  const person = await lab.browser();
  try {
    return await work(person, account);
  } finally {
    await lab.leave(person);
  }
}

const ours = (lab: Lab, size: number): Promise<Entered> =>
  withGuest(lab, async (person, account) => {
    await signedIn(lab, person, account);
    const page = await lab.page(person);
    await page.goto(`${lab.stage.app}/#/room/${room}`);
    await ask(page, `mark('tertulia:caught-up')`);
    const client = `document.querySelector('tertulia-session').client`;
    return visit(
      lab,
      page,
      size,
      async () => {
        const began = await ask(page, 'now()');
        await page.evaluate(`${client}.joinRoom('${room}', '${nick}')`);
        await page.waitForFunction(`${client}.occupants('${room}').value.length >= ${size}`, { polling: 50, timeout: 120_000 });
        const at = await ask(page, 'now()');
        await page.evaluate(`bench.all('tertulia-room')[0].participantsShown = true`);
        await ask(page, `shown('tertulia-participants')`);
        await page.evaluate(`globalThis.renders = 0; ${client}.occupants('${room}').subscribe(() => { globalThis.renders += 1; }); undefined`);
        return at - began;
      },
      (words) => ask(page, `lastSays('${words}')`),
    );
  });

const theirs = (lab: Lab, size: number): Promise<Entered> =>
  withGuest(lab, async (person, account) => {
    const page = await lab.page(person);
    await page.goto(lab.peerPage({ authentication: 'login', jid: account, password: 'tertulia' }));
    await page.waitForFunction('globalThis.peerConnected', { polling: 50, timeout: 60_000 });
    return visit(
      lab,
      page,
      size,
      async () => {
        const began = await ask(page, 'now()');
        await page.evaluate(`void peer.api.rooms.open('${room}', { nick: '${nick}' }, true)`);
        await page.waitForFunction(`peer.chatboxes.get('${room}')?.occupants?.length >= ${size}`, { polling: 50, timeout: 170_000 });
        return (await ask(page, 'now()')) - began;
      },
      (words) => ask(page, `says('converse-chat-message', '${words}')`),
    );
  });

/** `managed`: with stream management, as ours has it. */
const raw = (managed: boolean) => (lab: Lab, size: number): Promise<Entered> =>
  withGuest(lab, async (person, account) => {
    const page = await lab.page(person);
    await page.goto(`${lab.stage.demo}/bench/plain.html`, { waitUntil: 'load' });
    const service = `ws://localhost:${lab.stage.xmppLine.port}/xmpp-websocket`;
    return visit(
      lab,
      page,
      size,
      async () => {
        await page.evaluate(`enterRaw('${service}', '${account}', '${room}', '${nick}', 'calm-', ${String(managed)}).then((visit) => { globalThis.visit = visit; })`);
        return (await page.evaluate('visit.joined - visit.began')) as number;
      },
      () => page.evaluate('visit.heard') as Promise<number>,
    );
  });

export const crowd: Measure = {
  name: 'crowd',
  async run(lab) {
    const size = lab.scale.sizes?.at(-1) ?? 5_000;
    const all: Record<'ours' | 'theirs' | 'raw', Entered[]> = { ours: [], theirs: [], raw: [] };
    const unmanaged: Entered[] = [];
    const turn = (side: keyof typeof all, enter: (lab: Lab, size: number) => Promise<Entered>) => async (): Promise<Spent> => {
      const entered = await enter(lab, size);
      all[side].push(entered);
      return entered.join;
    };
    // The peer may not live through it.
    let peerLives = lab.peer;
    await lab.turns({
      ours: turn('ours', ours),
      raw: async () => {
        unmanaged.push(await raw(false)(lab, size));
        return turn('raw', raw(true))();
      },
    });
    if (peerLives) await turn('theirs', theirs)().catch((error: unknown) => {
        peerLives = false;
        console.error('the peer:', error instanceof Error ? error.message : error);
      });
    const of = (value: (entered: Entered) => number): Finding['values'] => Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0).map(([side, list]) => [side, list.map(value)])) as unknown as Finding['values'];
    return [
      { what: 'room: until one is in and all are known', size, unit: 'ms', values: of(({ join }) => join.ms), cpu: of(({ join }) => join.cpu ?? NaN), raw: 'a client that counts and acknowledges the same stanzas', goals: [{ of: 'raw', atMost: 1.5 }], ...(lab.peer && !peerLives && { note: 'the peer did not get there within three minutes' }) },
      { what: `room: ${perSecond * seconds} changes of presence at ${perSecond} a second, until the message after them`, size, unit: 'ms', values: of(({ storm }) => storm.ms), cpu: of(({ storm }) => storm.cpu ?? NaN), raw: 'a client that counts and acknowledges them', goals: [{ of: 'raw', atMost: 1.5 }] },
      // What loses nothing has stream management; what that alone costs, most of it the server.
      { what: 'room: until one is in, against a client without stream management', size, unit: 'ms', values: { ours: all.ours.map(({ join }) => join.ms), raw: unmanaged.map(({ join }) => join.ms) }, raw: 'a client that only counts' },
      { what: 'room: the changes of presence, against a client without stream management', size, unit: 'ms', values: { ours: all.ours.map(({ storm }) => storm.ms), raw: unmanaged.map(({ storm }) => storm.ms) }, raw: 'a client that drops them' },
      { what: 'room: longest task of the main thread meanwhile', size, unit: 'ms', values: of(({ longest }) => longest), goals: [{ atMost: 50 }] },
      { what: 'room: how often in a second the view is told meanwhile', size, unit: 'of them', values: { ours: all.ours.map(({ renders }) => renders) }, goals: [{ atMost: 4 }] },
    ];
  },
};
