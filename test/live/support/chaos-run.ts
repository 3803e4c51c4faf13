// A run: one server, both browsers, each on a line of its own; what was cut, and whether anything was lost, doubled or moved by it.
import { openChaosLine, type ChaosLine } from './chaos-line.js';
import { seeded } from '../../sim/random.js';
import { plan, type Round } from './chaos-plan.js';
import { compare, hold, tally, type Outcome } from './chaos-report.js';
import { note, Scene, settledOn, talkWith, type Surface } from './chaos-scene.js';
import { Companion } from './companion.js';
import { makeRoom, openDevice } from './device.js';
import { networkTroubles, signIn, type Desk } from './doings.js';
import type { BrowserName } from './person.js';
import { said } from './raw.js';
import { Stage, type ServerName } from './stage.js';

export type RunOptions = {
  readonly server: ServerName;
  readonly surface: Surface;
  readonly seed: number;
  /** Each has one cut for each browser. */
  readonly rounds: number;
  /** In so many rounds at most: cuts that are found late; browsers killed; servers killed. */
  readonly slow: number;
  readonly kills: number;
  readonly restarts: number;
  readonly browsers?: readonly BrowserName[];
  /** In the end a device that has seen nothing is held against the archive, too. */
  readonly fresh?: boolean;
  readonly tell?: (line: string) => void;
  /** What goes over the lines, by browser. */
  readonly trace?: (browser: BrowserName, text: string) => void;
};

/** All wait for the last to come, who does what is to be done once for all. */
class Meeting {
  readonly #people: number;
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #failure: Error | undefined;

  constructor(people: number) {
    this.#people = people;
  }

  /** @throws when somebody will never come. */
  meet(act: () => Promise<void> = async () => {}): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length < this.#people) return;
      const everybody = this.#waiting;
      this.#waiting = [];
      act().then(
        () => everybody.forEach((one) => one.resolve()),
        (error: unknown) => everybody.forEach((one) => one.reject(error)),
      );
    });
  }

  giveUp(error: unknown): void {
    this.#failure = new Error('the other browser has failed', { cause: error });
    for (const { reject } of this.#waiting) reject(this.#failure);
    this.#waiting = [];
  }
}

type Guest = { readonly jid: string; readonly secret: string };

/** The account that a guest has got, as the widget's frame keeps it; waits until the server has made it. */
async function keptGuest({ view }: Desk): Promise<Guest> {
  let guest: Guest | undefined;
  const read = (): Promise<Guest | undefined> =>
    view.frame.evaluate(
      () =>
        new Promise<Guest | undefined>((resolve) => {
          const opening = indexedDB.open('tertulia');
          opening.addEventListener('error', () => resolve(undefined));
          // It is for the app to make.
          opening.addEventListener('upgradeneeded', () => opening.transaction?.abort());
          opening.addEventListener('success', () => {
            const all = opening.result.transaction('accounts').objectStore('accounts').getAll();
            all.addEventListener('success', () => {
              opening.result.close();
              resolve((all.result as (Guest & { readonly unregistered?: true })[]).find(({ unregistered }) => !unregistered));
            });
          });
        }),
    );
  await view.until(async () => (guest = await read()) !== undefined, 'the account of a guest', 60_000);
  return guest!;
}

type Cast = { readonly stage: Stage; readonly scenes: Scene[]; readonly companions: Companion[] };

/** Runs it. @throws when something did not come back within minutes; what was lost is in the outcome. */
export async function runChaos(options: RunOptions): Promise<Outcome[]> {
  const leaving: (() => Promise<unknown>)[] = [];
  const test = { after: (run: () => Promise<unknown>) => void leaving.unshift(run) };
  try {
    return await perform(test, options);
  } finally {
    for (const leave of leaving) await leave().catch(() => {});
  }
}

async function perform(test: { after(run: () => Promise<unknown>): void }, options: RunOptions): Promise<Outcome[]> {
  const { rounds, seed, browsers = ['chromium', 'firefox'], tell = () => {} } = options;
  const cast = await gather(test, options, browsers);
  const { companions, scenes, stage } = cast;
  const random = seeded(seed);
  const restarts = new Set<number>();
  while (restarts.size < Math.min(options.restarts, rounds - 1)) restarts.add(1 + Math.floor(random() * (rounds - 1)));
  const plans = scenes.map((_, index) => plan(seed * 16 + index, rounds, { slow: options.slow, kills: options.kills, restarts }));
  const meeting = new Meeting(scenes.length);
  const down = (): Promise<void> => stage.server.kill();
  const up = async (): Promise<void> => {
    await stage.server.start();
    for (const companion of companions) await companion.comeBack();
  };
  const results = await Promise.allSettled(
    scenes.map(async (scene, index) => {
      try {
        for (const [number, round] of plans[index]!.entries()) {
          tell(`${scene.name} ${number + 1}/${rounds}: ${describe(round)}`);
          await scene.before(round);
          if (round.cut.kind === 'restart') await meeting.meet(down);
          await scene.during(round, () => meeting.meet(up));
          await scene.after(round);
        }
        await meeting.meet();
      } catch (error) {
        meeting.giveUp(error);
        throw error;
      }
    }),
  );
  // The one who failed says more than the one who waited for him.
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const failure = failures.find(({ message }) => !/the other browser/.test(message)) ?? failures[0];
  if (failure) throw new Error(`seed ${seed} on ${options.server}: ${failure.message}`, { cause: failure });
  const outcomes = await Promise.all(scenes.map((scene, index) => judge(scene, plans[index]!, options)));
  for (const scene of scenes) await scene.parts.stage.clear();
  return outcomes;
}

const describe = ({ cut, weather, turn, room, before, during, answers, other, persistent, lasting, settle }: Round): string =>
  `${JSON.stringify(cut)} in ${JSON.stringify(weather)}, ${turn}, ${before}+${during} written, ${answers}${other ? '+1' : ''} answers${room ? ', room' : ''}${persistent ? ', persistent' : ''}${lasting ? ', lasting' : ''}${settle ? '' : ', not settled'}`;

async function gather(test: { after(run: () => Promise<unknown>): void }, { server, surface, seed, trace }: RunOptions, browsers: readonly BrowserName[]): Promise<Cast> {
  const leaves = { after: (run: () => Promise<void>) => test.after(run) };
  const stages: Stage[] = [];
  const lines: ChaosLine[] = [];
  for (const [index, browser] of browsers.entries()) {
    const openXmppLine = async (target: () => number): Promise<ChaosLine> => (lines[index] = await openChaosLine(target, seeded(seed * 32 + index), trace && ((text) => trace(browser, text))));
    const stage = await Stage.open(server, { openXmppLine, ...(stages[0] && { server: stages[0].server }) });
    stages.push(stage);
    test.after(() => stage.close());
  }
  const stage = stages[0]!;
  const xmpp = stage.server;
  const companions: Companion[] = [];
  const companion = (account: string, more?: ConstructorParameters<typeof Companion>[3]): Companion => {
    const one = new Companion(leaves, xmpp, account, more);
    companions.push(one);
    return one;
  };
  const room = `tea${seed}@rooms.localhost`;
  const messenger = surface === 'messenger';
  let guest: Companion | undefined;
  if (messenger) {
    const owner = await openDevice(leaves, stage, 'bob@localhost');
    await makeRoom(owner, room, { persistentroom: '1', publicroom: '1' });
    await owner.close();
    guest = companion('alice@localhost', { room: { jid: room, nick: 'alice' } });
  }
  const scenes = await Promise.all(
    browsers.map(async (browser, index) => {
      const sign = browser[0]!;
      const account = `me-${browser}@localhost`;
      const peerName = messenger ? `you-${browser}` : 'support';
      if (messenger) for (const name of [account.split('@')[0]!, peerName]) await xmpp.register(name, 'tertulia');
      const peer = companion(`${peerName}@localhost`);
      const chat = talkWith('chat', peer.account);
      let own = messenger ? companion(account, { available: index % 2 === seed % 2 }) : undefined;
      const scene = new Scene({ stage: stages[index]!, line: lines[index]!, browser, surface, sign, account, talks: { chat, ...(messenger && { room: talkWith('room', room) }) }, peer, own: () => own!, ...(guest && { guest }) });
      if (messenger) {
        await peer.say(account, 'a-0');
        note(chat, 'a', 'a-0');
      }
      await scene.begin();
      if (!messenger) {
        const { jid, secret } = await keptGuest(scene.desk);
        own = companion(jid, { password: secret, available: index % 2 === seed % 2 });
      }
      return scene;
    }),
  );
  return { stage, scenes, companions };
}

/** All is quiet: everything is where it belongs, on the server and on the screen. */
async function judge(scene: Scene, rounds: readonly Round[], { server, surface, seed, fresh }: RunOptions): Promise<Outcome> {
  const { browser, sign, talks, peer, own } = scene.parts;
  const lost: string[] = [];
  const duplicated: string[] = [];
  const misordered: string[] = [];
  const add = (found: { lost?: string[]; duplicated: string[]; misordered: string[] }): void => {
    lost.push(...(found.lost ?? []));
    duplicated.push(...found.duplicated);
    misordered.push(...found.misordered);
  };
  let messages = 0;
  const others = surface === 'messenger' && fresh ? await freshDevice(scene) : undefined;
  for (const talk of [talks.room, talks.chat].filter((one) => one !== undefined)) {
    // What is still on its way may arrive yet.
    await scene.timeline(talk, await scene.archive(talk), 90_000);
    const kept = await scene.archive(talk);
    messages += kept.length;
    add(hold(`the archive of ${talk.jid}`, kept, talk, sign));
    const shows = (where: string, seen: readonly string[]): void => {
      const place = `${where} (${talk.jid})`;
      add(compare(place, seen, kept));
      lost.push(...kept.filter((body) => !seen.includes(body)).map((body) => `${body} in ${place}`));
    };
    shows('the window', await scene.timeline(talk, kept));
    shows('the window after a reload', await scene.reloaded(talk, kept));
    if (talk.kind === 'chat') add(hold('the archive of who was written to', said(await peer.archive(own().account)), talk, sign, ({ atRisk, sure }) => sure && !atRisk));
    if (others) {
      await others.page.bringToFront();
      await others.page.evaluate((hash) => void (location.hash = hash), `#/${talk.kind}/${talk.jid}`);
      await others.view.find('log', new RegExp(`^Messages with ${talk.jid.split('@')[0]}`));
      shows('a new device', await settledOn(others, kept, 60_000));
      await scene.desk.page.bringToFront();
    }
  }
  return {
    server,
    browser,
    surface,
    seed,
    cuts: tally(rounds.map(({ cut }) => cut.kind)),
    turns: tally(rounds.map(({ turn }) => turn)),
    messages,
    lost,
    duplicated,
    misordered,
    falselySent: scene.falselySent,
    forgotten: [talks.chat, talks.room].flatMap((talk) => [...(talk?.forgotten ?? [])]),
    recoveries: scene.recoveries,
  };
}

/** A device of the same account that has seen nothing yet. */
async function freshDevice({ parts: { account, browser, stage } }: Scene): Promise<Desk> {
  const person = await stage.launch(browser);
  person.expect(...networkTroubles);
  return signIn(person, stage, account);
}

