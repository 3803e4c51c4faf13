/** One history from its seed: devices and people live for a while, things go wrong, all comes to rest, and is checked. */
import type { Archive } from '../../src/archive/archive-types.js';
import type { Device, Tab } from './browser.js';
import { keepMessage } from '../../src/client/keep-message.js';
import { check, unnoticed } from './checker.js';
import { faultKinds } from './faults.js';
import type { FaultKind } from './faults.js';
import { inject } from './inject.js';
import type { DeviceEnd, Line } from './record.js';
import { World } from './world.js';

export type Played = {
  readonly seed: number;
  readonly dialect: string;
  readonly violations: readonly string[];
  readonly hash: string;
  readonly faults: readonly (readonly [FaultKind, number])[];
  readonly operations: number;
  readonly messages: number;
  readonly tasks: number;
  /** Virtual milliseconds. */
  readonly lasted: number;
  readonly story: readonly string[];
  readonly warnings: readonly (readonly [string, number])[];
};

const kinds = Object.keys(faultKinds) as FaultKind[];

export type PlayOptions = { readonly trace?: ((line: string) => void) | undefined; /** No other faults than these, and often. */ readonly only?: readonly FaultKind[] | undefined };

export async function play(seed: number, { trace, only }: PlayOptions = {}): Promise<Played> {
  const world = new World({ seed, trace });
  const { random, scheduler } = world;
  const start = scheduler.now;
  prepare(world);
  const operations = random.int(8, 26);
  const faultShare = only ? (only.length > 0 ? 0.7 : 0) : random.pick([0, 0.3, 0.6, 0.8]);
  // Few kinds many times, or many kinds once: both find things.
  const favourites = only ?? (random.chance(0.5) ? Array.from({ length: random.int(1, 6) }, () => random.pick(kinds)) : kinds);
  for (const device of world.devices) scheduler.after(random.between(0, 8000), () => device.openTab());
  scheduler.after(random.between(2000, 30_000), () => world.devices[0]!.openTab());
  await scheduler.advance(random.between(500, 12_000));
  for (let i = 0; i < operations; i += 1) {
    if (random.chance(faultShare)) inject(world, random.pick(favourites));
    operate(world);
    // oxlint-disable-next-line no-await-in-loop -- one thing after the other
    await scheduler.advance(pause(world));
  }
  const devices = await rest(world);
  const record = {
    archives: world.dialect.archives,
    events: world.events,
    server: Object.fromEntries(world.conversations.map((conversation) => [conversation, world.archived(conversation)])),
    devices,
  };
  const violations = check(record);
  scheduler.stop();
  return {
    seed, violations, hash: world.hash, operations,
    dialect: world.dialect.name,
    faults: Array.from(world.faults.counts),
    messages: Object.values(record.server).flat().length,
    tasks: scheduler.ran,
    lasted: scheduler.now - start,
    story: violations.length > 0 ? world.story : [],
    warnings: Array.from(world.warnings),
  };
}

const pause = ({ random }: World): number => (random.chance(0.5) ? random.between(0, 400) : random.chance(0.8) ? random.between(400, 9000) : random.between(9000, 150_000));

/** What was said before anybody signed in here. */
function prepare({ random, people, scheduler }: World): void {
  const past = random.pick([0, 0, 3, 15, 40]);
  for (let i = 0; i < past; i += 1) {
    if (random.chance(0.4)) random.pick(people).say();
    else random.pick(people).write();
  }
  scheduler.now += 1000;
}

const aliveTabs = (world: World): Tab[] => world.devices.flatMap(({ tabs }) => tabs).filter((tab) => !tab.dead && !tab.frozen && tab.line !== undefined);

/** One thing that somebody does. */
function operate(world: World): void {
  const { random } = world;
  const tabs = aliveTabs(world);
  const draw = random.next();
  if (draw < 0.3) {
    if (tabs.length === 0) return;
    const tab = random.pick(tabs);
    const conversation = random.pick(world.conversations);
    for (let i = random.chance(0.2) ? random.int(2, 6) : 1; i > 0; i -= 1) void write(world, tab, conversation);
  } else if (draw < 0.52) {
    const person = random.pick(world.people);
    for (let i = random.chance(0.2) ? random.int(2, 8) : 1; i > 0; i -= 1) person.write();
  } else if (draw < 0.68) random.pick(world.people).say();
  else if (draw < 0.76) {
    if (tabs.length > 0) void openGap(world, random.pick(tabs), random.pick(world.conversations));
  } else if (draw < 0.82) {
    const device = random.pick(world.devices);
    if (device.tabs.length < 3 && !device.asleep) device.openTab();
  } else if (draw < 0.87) {
    if (tabs.length > 0) void random.pick(tabs).close();
  } else if (draw < 0.91) void restart(random.pick(world.devices));
  else if (draw < 0.94) {
    if (tabs.length > 0) random.pick(tabs).line?.tell('joinRoom', { jid: world.server.room.jid, nick: 'me' });
  } else if (tabs.length > 0) void again(world, random.pick(tabs));
}

export async function write(world: World, tab: Tab, conversation: string): Promise<void> {
  const isRoom = conversation === world.server.room.jid;
  const { name: device } = tab.device;
  const body = `${device}-${world.nextNumber()}`;
  const originId = world.random.id();
  world.originIds.set(body, originId);
  world.event({ kind: 'write', outcome: 'invoke', device, conversation, body });
  try {
    const { archive, clock, line, session } = tab;
    const row = await keepMessage(
      { archive: archive!, line: line!, clock },
      session?.status === 'online',
      { conversation, chatType: isRoom ? 'groupchat' : 'chat', sender: isRoom ? `${conversation}/me` : 'me@sim.test', archive: isRoom ? conversation : 'me@sim.test', body },
      originId,
      clock.now(),
    );
    world.event({ kind: 'write', outcome: 'ok', device, conversation, body, row: row.id });
  } catch {
    world.event({ kind: 'write', outcome: tab.dead ? 'info' : 'fail', device, conversation, body });
  }
}

const firstGap = (lines: readonly Line[]): number | undefined => {
  const line = lines.findLast((each) => 'gap' in each);
  return line && 'gap' in line ? line.gap : undefined;
};

async function read(archive: Archive, conversation: string): Promise<Line[]> {
  const items = await archive.window(conversation, {}, 100_000);
  return items.map((item) => (item.kind === 'gap' ? { gap: item.segment } : { body: item.row.state.body, mine: item.row.mine, delivery: item.row.state.delivery }));
}

/** Somebody opens a gap; false where it did not get further. */
export async function openGap(world: World, tab: Tab, conversation: string): Promise<boolean> {
  try {
    const gap = firstGap(await read(tab.archive!, conversation));
    if (gap === undefined) return false;
    await tab.call('older', conversation, gap);
    return true;
  } catch (error) {
    world.note(tab.name, 'older', String(error));
    return false;
  }
}

async function restart(device: Device): Promise<void> {
  await Promise.all(device.tabs.map((tab) => tab.close()));
  if (device.tabs.length === 0 && !device.asleep) device.openTab();
}

/** A person tries again, or gives up, what has failed. */
async function again(world: World, tab: Tab): Promise<void> {
  const { name: device } = tab.device;
  try {
    const failed = (await tab.archive!.outbox()).filter(({ state }) => state === 'failed');
    for (const { message, body } of failed) {
      const kind = world.random.chance(0.7) ? 'retry' : 'discard';
      world.event({ kind, outcome: 'invoke', device, body });
      await tab.archive![kind](message);
      world.event({ kind, outcome: 'ok', device, body });
    }
    tab.line?.tell('flush');
  } catch (error) {
    world.note(tab.name, 'again', String(error));
  }
}

/** Nothing goes wrong any more; everybody gets the time to catch up, and is asked what they have. */
async function rest(world: World): Promise<DeviceEnd[]> {
  const { scheduler } = world;
  world.faults.stop();
  for (const device of world.devices) {
    device.disk.onStep = undefined;
    if (device.asleep) device.wakeUp();
    for (const tab of device.tabs) tab.thaw();
  }
  world.note('*', 'faults have stopped');
  await scheduler.advance(30_000);
  for (const device of world.devices) if (device.tabs.length === 0) device.openTab();
  await settle(world, 100_000);
  const alone = await view(world);
  // Whoever heard nothing of what was lost on the way begins a new stream. Where nothing was, it would show what is shown.
  const begins = Array.from(world.faults.counts.keys()).some((kind) => unnoticed.has(kind)) || world.random.chance(0.25);
  if (begins) {
    world.note('*', 'the server restarts');
    world.server.restart();
    await settle(world, 150_000);
  }
  const shown = begins ? await view(world) : alone;
  await openAll(world);
  const opened = await view(world);
  return Promise.all(world.devices.map(async ({ name }, i) => ({ device: name, alone: alone[i]!.lines, shown: shown[i]!.lines, opened: opened[i]!.lines, outbox: opened[i]!.outbox })));
}

/** People see to what only they can see to. */
export async function settle(world: World, ms: number): Promise<void> {
  const { scheduler, server } = world;
  for (let left = ms; left > 0; left -= 25_000) {
    // oxlint-disable-next-line no-await-in-loop -- time passes
    await scheduler.advance(25_000);
    for (const device of world.devices) {
      const [tab] = device.tabs;
      if (tab?.session?.status === 'refused') tab.line?.tell('wake', true);
      else if (tab?.session?.status === 'online' && !Array.from(server.room.occupants.keys()).some(({ jid }) => world.deviceOf(jid) === device.name)) tab.line?.tell('joinRoom', { jid: server.room.jid, nick: 'me' });
    }
  }
}

export async function view(world: World): Promise<{ lines: Record<string, readonly Line[]>; outbox: DeviceEnd['outbox'] }[]> {
  let done = false;
  const views = Promise.all(
    world.devices.map(async ({ name, tabs }) => {
      const archive = tabs[0]?.archive;
      if (!archive) {
        world.broken(`${name} has no page that works`);
        return { lines: {}, outbox: [] };
      }
      const lines: Record<string, readonly Line[]> = {};
      for (const conversation of world.conversations) lines[conversation] = await read(archive, conversation);
      const outbox = (await archive.outbox()).map(({ conversation, body, state }) => ({ conversation, body, state }));
      return { lines, outbox };
    }),
  ).finally(() => (done = true));
  await world.scheduler.advance(10_000, () => done);
  const nothing = (): { lines: Record<string, readonly Line[]>; outbox: DeviceEnd['outbox'] }[] => world.devices.map(() => ({ lines: {}, outbox: [] }));
  if (done) {
    return views.catch((error: unknown) => {
      world.broken(`a database answers with ${String(error)}`);
      return nothing();
    });
  }
  world.broken('a database does not answer');
  return nothing();
}

/** Every gap is opened, as long as that leads further. */
export async function openAll(world: World): Promise<void> {
  let done = false;
  const all = Promise.all(
    world.devices.map(async ({ tabs: [tab] }) => {
      if (!tab?.archive) return;
      for (const conversation of world.conversations) {
        // As long as that leads further: page by page, or gap by gap.
        for (let before = '', i = 0; i < 60; i += 1) {
          if (!(await openGap(world, tab, conversation))) break;
          const now = JSON.stringify([await read(tab.archive, conversation), await tab.archive.segments(conversation)]);
          if (now === before) break;
          before = now;
        }
      }
    }),
  ).finally(() => (done = true));
  await world.scheduler.advance(900_000, () => done);
  if (!done) world.broken('gaps cannot be opened: no answer');
  else await all;
}
