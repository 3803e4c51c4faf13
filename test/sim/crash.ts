/**
 * A session of 200 stanzas and more, always the same, whose device loses its power at any one of its operations: before
 * any operation of the storage, right after any frame was handed to the socket, before any frame has arrived. It comes
 * back with what its disk has kept, lives until all is quiet, and is held against what the server has.
 */
import { parseFrame } from '../../src/xmpp/frame.js';
import type { Tab } from './browser.js';
import { check } from './checker.js';
import type { Fault, Outcome } from './disk.js';
import { openAll, openGap, settle, view, write } from './play.js';
import { dialects } from './server/dialects.js';
import { readStanza } from './server/stanza.js';
import type { Stream } from './server/stream.js';
import type { Session } from './server/session.js';
import { World } from './world.js';

export type Cut = {
  /** Which operation, from 1. */
  readonly at: number;
  readonly outcome: Outcome;
  /** How many commits that were reported are lost, at most; with `lost-though-reported`. */
  readonly undo: number;
};
/** One operation of the storage fails, or is never answered; the device lives on. */
export type Refusal = { readonly at: number; readonly fault: Extract<Fault, 'fail' | 'abort' | 'quota' | 'hang'> };
export type CutJob = { readonly dialect: string; readonly cut?: Cut; readonly refusal?: Refusal; readonly trace?: boolean };
export type CutPlayed = {
  readonly job: CutJob;
  /** Operations up to the cut, or all; which of them are commits of something, and which are the socket's. */
  readonly operations: number;
  readonly commits: readonly number[];
  /** Which are of transactions that write: requests and commits. */
  readonly writes: readonly number[];
  /** Before each operation: how many reported commits the disk may lose. */
  readonly undoable: readonly number[];
  readonly frames: number;
  readonly stanzas: number;
  /** How many reported commits the disk has lost. */
  readonly undone: number;
  readonly tasks: number;
  readonly messages: number;
  readonly violations: readonly string[];
  readonly story: readonly string[];
};

const isStanza = /^<(message|presence|iq)[ >]/;

export async function playCut(job: CutJob, trace?: (line: string) => void): Promise<CutPlayed> {
  const { cut, refusal } = job;
  const dialect = dialects.find(([, { name }]) => name === job.dialect)?.[1];
  if (!dialect) throw new Error(`there is no server ${job.dialect}`);
  const commits: number[] = [];
  const writes: number[] = [];
  let operations = 0;
  let frames = 0;
  let stanzas = 0;
  let dead = false;
  const undoable: number[] = [];
  const counts = (): boolean => {
    if (dead) return false;
    undoable.push(device.disk.undoable);
    return (operations += 1) === cut?.at;
  };
  const world = new World({
    seed: 1,
    dialect,
    devices: ['d1'],
    ...(trace && { trace }),
    onFrame(tab, _up, frame) {
      if (dead || tab.dead) return;
      frames += 1;
      if (isStanza.test(frame)) stanzas += 1;
      if (!counts()) return;
      device.disk.kill();
      fall();
    },
  });
  const device = world.devices[0]!;
  const fall = (): void => {
    dead = true;
    world.note('d1', 'power', `is gone at operation ${operations}`);
    for (const tab of Array.from(device.tabs)) tab.die();
  };
  device.disk.onStep = ({ kind, changes, mode }) => {
    if (kind === 'commit' && changes > 0 && mode !== 'versionchange' && !dead) commits.push(operations + 1);
    if (mode === 'readwrite' && !dead) writes.push(operations + 1);
    const here = counts();
    if (refusal && !dead && operations === refusal.at) return refusal.fault;
    if (!here) return undefined;
    // What the tab does until this task is over reaches nobody.
    for (const tab of device.tabs) world.dropLinks(tab);
    queueMicrotask(fall);
    return 'kill';
  };

  const first = device.openTab();
  await live(world, first, () => dead);
  let undone = 0;
  if (dead && cut) {
    // Meanwhile the others go on.
    world.people[0]!.write();
    world.people[1]!.say();
    await world.scheduler.advance(700);
    undone = cut.outcome === 'lost-though-reported' ? Math.min(cut.undo, device.disk.undoable) : 0;
    device.disk.onStep = undefined;
    device.disk.reopen(cut.outcome, cut.undo);
    device.openTab();
  }
  device.disk.onStep = undefined;
  dead = true;
  // A page whose archive could not be opened is mended by what is above the engine, `client/account-keeper.ts`, which is not in the session.
  if (refusal && (refusal.fault === 'hang' || !first.archive)) {
    // Its person reloads the page.
    await world.scheduler.advance(20_000);
    for (const tab of Array.from(device.tabs)) tab.die();
    device.disk.reopen('lost');
    device.openTab();
  }
  await settle(world, 75_000);
  const [shown] = await view(world);
  await openAll(world);
  const [opened] = await view(world);
  const server = Object.fromEntries(world.conversations.map((conversation) => [conversation, world.archived(conversation)]));
  const violations = check({ archives: dialect.archives, events: world.events, server, devices: [{ device: 'd1', alone: shown!.lines, shown: shown!.lines, opened: opened!.lines, outbox: opened!.outbox }] });
  // Everything has been sent by now, but for what came back and waits for its person.
  for (const { body, state } of opened!.outbox) if (state !== 'failed') violations.push(`stuck: ${body} is still ${state}`);
  world.scheduler.stop();
  return { job, operations, commits, writes, undoable, frames, stanzas, undone, tasks: world.scheduler.ran, messages: Object.values(server).flat().length, violations, story: violations.length > 0 ? world.story : [] };
}

/** The session; ends early when the device is gone. */
async function live(world: World, tab: Tab, gone: () => boolean): Promise<void> {
  const { people, scheduler, server } = world;
  const [ann, ben] = people as unknown as [typeof people[0], typeof people[0]];
  const lobby = server.room.jid;
  // Said before anybody signed in here.
  for (let i = 0; i < 24; i += 1) {
    if (i % 3 === 2) ben.say();
    else (i % 2 === 0 ? ann : ben).write();
  }
  scheduler.now += 1000;
  const steps: readonly (readonly [number, () => unknown])[] = [
    [2500, () => undefined],
    [400, () => tab.line?.tell('joinRoom', { jid: lobby, nick: 'me' })],
    ...repeat(8, (i) => [150, () => (i % 3 === 0 ? ben : ann).write()] as const),
    ...repeat(4, () => [120, () => void write(world, tab, ann.jid)] as const),
    // Drafts and reading.
    ...repeat(2, (i) => [60, () => kept(tab.archive?.setDraft(ann.jid, `half ${i}`))] as const),
    [80, () => kept(tab.archive?.markRead(ann.jid))],
    ...repeat(5, (i) => [120, () => (i % 2 === 0 ? ann : ben).say()] as const),
    ...repeat(3, () => [150, () => void write(world, tab, lobby)] as const),
    [100, phone(world)],
    ...repeat(3, () => [200, phone(world)] as const),
    // The connection breaks; written meanwhile; the stream is taken up again.
    [50, () => ann.write()],
    [30, () => void write(world, tab, ben.jid)],
    [300, () => world.liveLinks[0]?.cut()],
    ...repeat(2, () => [150, () => void write(world, tab, ben.jid)] as const),
    [150, () => ben.write()],
    [4000, () => ann.write()],
    // One comes back as refused, and is tried again.
    [600, () => {
      server.faults.arm('bounce');
      void write(world, tab, ben.jid);
    }],
    [300, async () => {
      const failed = (await tab.archive?.outbox())?.filter(({ state }) => state === 'failed') ?? [];
      for (const { message, body } of failed) {
        world.event({ kind: 'retry', outcome: 'invoke', device: 'd1', body });
        await kept(tab.archive?.retry(message));
      }
      tab.line?.tell('flush');
    }],
    // History.
    ...repeat(2, (i) => [700, () => void openGap(world, tab, i === 0 ? ann.jid : lobby)] as const),
    // The stream is lost for good.
    [20, () => ann.write()],
    [20, () => void write(world, tab, ann.jid)],
    [6000, () => server.restart()],
    ...repeat(3, (i) => [150, () => (i === 1 ? ben.say() : ann.write())] as const),
    ...repeat(2, () => [150, () => void write(world, tab, ann.jid)] as const),
    [3000, () => undefined],
  ];
  for (const [ms, step] of steps) {
    if (gone()) return;
    // A step's own promise ends with its tab.
    void Promise.resolve(step()).catch(() => undefined);
    // oxlint-disable-next-line no-await-in-loop -- one thing after the other
    await scheduler.advance(ms, gone);
  }
}

const repeat = <T>(times: number, make: (i: number) => T): T[] => Array.from({ length: times }, (_, i) => make(i));
const kept = async (work: Promise<unknown> | undefined): Promise<void> => void (await work?.catch(() => undefined));

/** Another device of ours writes; this one gets a carbon. */
function phone(world: World): () => void {
  return () => {
    const { server, people } = world;
    const silent = { send() {}, end() {}, link: { cut() {} } } as unknown as Stream;
    const session: Session = Array.from(server.sessions).find(({ jid }) => jid.endsWith('/phone')) ?? server.bound(`${server.account}/phone`, silent);
    const number = world.nextNumber();
    const frame = `<message xmlns="jabber:client" type="chat" to="${people[0]!.jid}" id="phone-${number}-${number}"><body>phone-${number}</body></message>`;
    const element = parseFrame(frame);
    const stanza = readStanza('message', element.attrs as Record<string, string | undefined>, frame);
    server.fromClient(session, { ...stanza, attrs: { ...stanza.attrs, from: session.jid } }, element);
  };
}
