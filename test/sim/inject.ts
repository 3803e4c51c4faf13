/** How each kind of fault is brought about: at once where it can be, else at its next chance. */
import type { Device, Tab } from './browser.js';
import type { Fault as DiskFault, Step } from './disk.js';
import type { FaultKind } from './faults.js';
import type { Link } from './network.js';
import { plus } from './server/session.js';
import { stanzaIdOf } from './server/stanza.js';
import type { World } from './world.js';

type Now = (world: World) => void;

const someLink = (world: World): Link | undefined => {
  const live = world.liveLinks;
  return live.length > 0 ? world.random.pick(live) : undefined;
};
const someDevice = (world: World): Device => world.random.pick(world.devices);

/** Something done to one connection. */
const onLink = (kind: FaultKind, run: (link: Link, world: World) => void): Now => (world) => {
  const link = someLink(world);
  if (!link) return;
  world.faults.struck(kind);
  run(link, world);
};

/** Any frame, or what counts most: a message. */
const snag = (kind: FaultKind, at: Parameters<Link['arm']>[0]): Now => (world) => someLink(world)?.arm(at, () => world.faults.struck(kind), world.random.chance(0.5) ? '<message' : '');

/** Something done to one tab of those that `choose` allows. */
const onTab = (kind: FaultKind, choose: (tab: Tab) => boolean, run: (tab: Tab, world: World) => void): Now => (world) => {
  const tabs = world.devices.flatMap(({ tabs: all }) => all).filter((tab) => !tab.dead && choose(tab));
  if (tabs.length === 0) return;
  world.faults.struck(kind);
  run(world.random.pick(tabs), world);
};

/** A tab that was lost is opened again by its person, after a while. */
export const reopen = (world: World, device: Device, within = 20_000): void => {
  world.scheduler.after(world.random.between(200, within), () => {
    if (device.tabs.length === 0 && !device.asleep) device.openTab();
  });
};

const onDisk = (kind: FaultKind, fault: DiskFault, pick: (step: Step) => boolean): Now => (world) => {
  const { disk } = someDevice(world);
  let left = world.random.int(0, 12);
  disk.onStep = (step) => {
    if (!world.faults.allowed || step.database === 'tertulia' || !pick(step) || left-- > 0) return undefined;
    disk.onStep = undefined;
    world.faults.struck(kind);
    return fault;
  };
};

const stream = (kind: FaultKind, condition: string): Now => onLink(kind, (link, world) => {
  for (const each of world.server.streams) if (each.link === link) each.end(condition);
});

const toSomeSession = (kind: FaultKind, make: (world: World) => { name: string; attrs: Record<string, string>; inner: string }): Now => (world) => {
  const sessions = Array.from(world.server.sessions);
  if (sessions.length === 0) return;
  world.faults.struck(kind);
  world.random.pick(sessions).deliver(make(world));
};

const inTheRoom = (kind: FaultKind, how: 'kicked' | 'shut-down' | 'forgotten', all = false): Now => (world) => {
  const { room } = world.server;
  const inside = Array.from(room.occupants.keys());
  if (inside.length === 0) return;
  world.faults.struck(kind);
  for (const session of all ? inside : [world.random.pick(inside)]) room.lose(session, how);
};

const crashNow = onTab('tab-crash', () => true, (tab, world) => {
  tab.die();
  reopen(world, tab.device);
});

function crashAt(world: World, kind: FaultKind, fault: DiskFault, pick: (step: Step) => boolean, within: number): void {
  const { disk } = someDevice(world);
  let left = world.random.int(0, within);
  disk.onStep = (step) => {
    if (!world.faults.allowed || step.mode !== 'readwrite' || step.database === 'tertulia' || !pick(step) || left-- > 0) return undefined;
    disk.onStep = undefined;
    world.faults.struck(kind);
    const tab = world.devices.flatMap(({ tabs }) => tabs).find((each) => each.storage === step.tab);
    // Its storage is gone now; the rest of it before anything else happens.
    if (tab) world.scheduler.after(0, () => {
      tab.die();
      reopen(world, tab.device);
    });
    return fault;
  };
}
const crashAtStep = (world: World): void => crashAt(world, 'tab-crash', 'close-tab', () => true, 60);

const now: Partial<Record<FaultKind, Now>> = {
  'cut': onLink('cut', (link) => link.cut()),
  'cut-before-frame': snag('cut-before-frame', 'cut-up'),
  'half-frame': snag('half-frame', 'half-up'),
  'cut-after-frame': snag('cut-after-frame', 'cut-after-up'),
  'cut-in-answer': snag('cut-in-answer', 'cut-down'),
  'half-open': onLink('half-open', (link) => void (link.muteUp = link.muteDown = true)),
  'mute-up': onLink('mute-up', (link) => void (link.muteUp = true)),
  'mute-down': onLink('mute-down', (link) => void (link.muteDown = true)),
  'stall': onLink('stall', (link, world) => void (link.stalledUntil = world.scheduler.now + world.random.between(1000, 40_000))),
  'delay': onLink('delay', (link, world) => void (link.latency = world.random.between(800, 4000))),
  'late-frames': onLink('late-frames', (link, world) => {
    link.stalledUntil = world.scheduler.now + world.random.between(15_000, 40_000);
    link.lateFrames = true;
    world.scheduler.after(world.random.between(500, 6000), () => link.cut());
  }),
  'server-restart': (world) => {
    world.faults.struck('server-restart');
    world.server.restart();
  },
  'policy-violation': stream('policy-violation', 'policy-violation'),
  'system-shutdown': stream('system-shutdown', 'system-shutdown'),
  'conflict': stream('conflict', 'conflict'),
  'poison': toSomeSession('poison', () => ({ name: 'message', attrs: { from: 'ann@sim.test/phone', type: 'chat' }, inner: '<evil:body>no such prefix</evil:body>' })),
  'room-service-restart': inTheRoom('room-service-restart', 'shut-down', true),
  'room-kick': inTheRoom('room-kick', 'kicked'),
  'room-forgets': inTheRoom('room-forgets', 'forgotten'),
  'mam-purged': (world) => {
    const archive = world.random.pick([world.server.archive, world.server.room.archive]);
    if (!world.dialect.archives || archive.held.length < 4) return;
    world.faults.struck('mam-purged');
    archive.purge(world.random.int(0, archive.held.length));
  },
  'mam-forged': toSomeSession('mam-forged', (world) => ({
    name: 'message',
    attrs: { from: 'evil@elsewhere.test/x' },
    inner: `<result xmlns="urn:xmpp:mam:2" queryid="guessed" id="guessed"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="ann@sim.test/phone" to="me@sim.test" type="chat" id="${world.random.id()}"><body>forged</body></message></forwarded></result>`,
  })),
  'carbon-forged': toSomeSession('carbon-forged', (world) => ({
    name: 'message',
    attrs: { from: 'evil@elsewhere.test/x' },
    inner: `<sent xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="${world.server.account}/d" to="ann@sim.test" type="chat" id="${world.random.id()}"><body>forged</body>${stanzaIdOf(world.server.account, 'forged')}</message></forwarded></sent>`,
  })),
  // Nobody is there, and somebody writes: that is when there is something to hand out late.
  'offline-late': (world) => {
    if (!world.dialect.offlineStore) return;
    world.faults.arm('offline-late');
    world.server.restart();
    for (const person of world.people) person.write();
  },
  'receipt-forged': toSomeSession('receipt-forged', (world) => {
    const waiting = world.events.findLast((event) => event.kind === 'shown');
    const id = waiting && 'body' in waiting ? world.originIds.get(waiting.body) : undefined;
    return { name: 'message', attrs: { from: 'evil@elsewhere.test/x', type: 'chat', id: 'forged-receipt' }, inner: `<received xmlns="urn:xmpp:receipts" id="${id ?? 'nothing'}"/>` };
  }),
  'storage-abort': onDisk('storage-abort', 'abort', ({ kind, mode }) => mode === 'readwrite' && (kind === 'write' || kind === 'commit')),
  'storage-fails': (world) => {
    const { disk } = someDevice(world);
    let struck = false;
    const end = world.scheduler.now + world.random.between(500, 12_000);
    const refuse = (step: Step): DiskFault | undefined => {
      if (!world.faults.allowed || world.scheduler.now > end) disk.onStep = undefined;
      else if (step.mode === 'readwrite' && step.database !== 'tertulia') {
        if (!struck) world.faults.struck('storage-fails');
        struck = true;
        return 'abort';
      }
      return undefined;
    };
    disk.onStep = refuse;
  },
  'storage-quota': onDisk('storage-quota', 'quota', ({ kind, mode }) => mode === 'readwrite' && kind === 'write'),
  // At any moment, or in the middle of writing.
  'tab-crash': (world) => (world.random.chance(0.3) ? crashNow : crashAtStep)(world),
  'tab-crash-committed': (world) => crashAt(world, 'tab-crash-committed', 'close-tab-after', ({ kind }) => kind === 'commit', 20),
  'power-loss': (world) => {
    const device = someDevice(world);
    if (device.tabs.length === 0) return;
    world.faults.struck('power-loss');
    device.powerLoss(world.random.pick([0, 1, 3, 10, 40]));
    reopen(world, device);
  },
  'leader-closed': onTab('leader-closed', (tab) => tab.leads, (tab, world) => {
    void tab.close();
    reopen(world, tab.device);
  }),
  'leader-frozen': onTab('leader-frozen', (tab) => tab.leads && !tab.frozen, (tab, world) => {
    tab.freeze();
    world.scheduler.after(world.random.between(1000, 90_000), () => tab.thaw());
  }),
  'clock-forward': (world) => {
    world.faults.struck('clock-forward');
    someDevice(world).offset += world.random.between(60_000, 7_200_000);
  },
  'clock-back': (world) => {
    world.faults.struck('clock-back');
    someDevice(world).offset -= world.random.between(60_000, 7_200_000);
  },
  'sleep': (world) => {
    const device = someDevice(world);
    if (device.asleep || device.tabs.length === 0) return;
    world.faults.struck('sleep');
    device.sleep();
    // Nothing of it runs, so nothing answers; the other side notices or does not.
    for (const link of world.liveLinks) if (device.tabs.includes(link.host as Tab) && world.random.chance(0.5)) link.muteUp = link.muteDown = true;
    world.scheduler.after(world.random.between(5000, 900_000), () => device.wakeUp());
  },
  'wake': onTab('wake', ({ line }) => line !== undefined, (tab) => tab.line?.tell('wake')),
  'flush-twice': (world) => {
    const device = world.random.pick(world.devices);
    const tabs = device.tabs.filter(({ line }) => line !== undefined);
    if (tabs.length === 0) return;
    world.faults.struck('flush-twice');
    for (const tab of tabs) {
      tab.line?.tell('flush');
      tab.line?.tell('flush');
    }
  },
  // Strikes when the device comes up next.
  'sm-h-wraps': (world) => someDevice(world).wrapsNext(),
};

export function inject(world: World, kind: FaultKind): void {
  const run = now[kind];
  if (run) run(world);
  else world.faults.arm(kind);
}

/** How far the counters of a stream are moved, so that they run over soon. */
export const wrapBy = (count: number): number => plus(2 ** 32 - 3, -count);
