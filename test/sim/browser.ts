/** A device with its tabs: each an engine and a page over the device's storage, lock and channel. */
import type { Archive, Poke } from '../../src/archive/archive-types.js';
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from 'idb';
import { openArchive } from '../../src/archive/archive.js';
import { keepIn } from '../../src/archive/open-database.js';
import type { Clock } from '../../src/base/clock.js';
import type { BusMessage, Command, Commands } from '../../src/client/bus.js';
import type { Channel } from '../../src/client/channel.js';
import { LeaderLine } from '../../src/client/leader-line.js';
import { LeaderWatch } from '../../src/client/leader-watch.js';
import { applyTable } from '../../src/engine/apply-table.js';
import { startEngine } from '../../src/engine/engine.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Locks } from '../../src/engine/leader.js';
import type { SessionView } from '../../src/model/account.js';
import type { SmState } from '../../src/xep/0198-kept-state.js';
import { modules } from '../../src/xep/index.js';
import { Disk } from './disk.js';
import type { Tab as StorageTab } from './disk.js';
import { wrapBy } from './inject.js';
import { plus } from './server/session.js';
import { copy, KeyRange } from './tables.js';
import type { World } from './world.js';

const account = 'me@sim.test';
const database = `tertulia/${account}`;

/** Whose storage is meant; names carry the tab that asks. */
const storage = new Map<string, StorageTab>();
let asking: StorageTab | undefined;
const mark = '#tab';

/** Databases are on the disk of whichever tab asks. To be called once. */
export function installStorage(): void {
  const route = (name: string): [StorageTab, string] => {
    const [plain, tab] = name.split(mark);
    const found = tab === undefined ? asking : storage.get(tab);
    if (!found) throw new Error('this code runs in no tab');
    return [found, plain!];
  };
  // The platform's own copier is slow, and what is copied here is plain.
  globalThis.structuredClone = copy as typeof structuredClone;
  globalThis.IDBKeyRange = KeyRange as unknown as typeof IDBKeyRange;
  keepIn({
    async open<S extends DBSchema>(name: string, version: number, callbacks: OpenDBCallbacks<S>) {
      const [tab, plain] = route(name);
      return (await tab.open(plain, version, callbacks as never)) as unknown as IDBPDatabase<S>;
    },
    async delete(name) {
      const [tab, plain] = route(name);
      await tab.delete(plain);
    },
  });
}

type Grant = { readonly tab: Tab; readonly run: () => Promise<unknown>; readonly settle: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }; readonly signal: AbortSignal | undefined };

/** Web Locks of one device: in order of asking, released by who dies, taken from who holds it by who steals. */
class DeviceLocks {
  #waiting: Grant[] = [];
  #held: Grant | undefined;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  get holder(): Tab | undefined {
    return this.#held?.tab;
  }

  of(tab: Tab): Locks {
    return {
      request: (_name, options, run) =>
        new Promise((resolve, reject) => {
          const signal = 'signal' in options ? options.signal : undefined;
          const grant: Grant = { tab, run, settle: { resolve: resolve as (value: unknown) => void, reject }, signal };
          if ('steal' in options) {
            const stolen = this.#held;
            stolen?.tab.hear(() => stolen.settle.reject(new DOMException('stolen', 'AbortError')));
            this.#give(grant);
            return;
          }
          if (signal?.aborted) return reject(new DOMException('given up', 'AbortError'));
          signal?.addEventListener('abort', () => {
            if (!this.#waiting.includes(grant)) return;
            this.#waiting = this.#waiting.filter((other) => other !== grant);
            reject(new DOMException('given up', 'AbortError'));
          }, { once: true });
          this.#waiting.push(grant);
          this.#next();
        }),
    };
  }

  /** A tab is gone, and with it what it held and waited for. */
  drop(tab: Tab): void {
    this.#waiting = this.#waiting.filter((grant) => grant.tab !== tab);
    if (this.#held?.tab === tab) this.#release(this.#held);
  }

  #give(grant: Grant): void {
    this.#held = grant;
    // In a task of its own, as soon as the tab runs at all.
    this.#world.scheduler.after(0, () =>
      grant.tab.run(() => {
        const work = grant.run();
        const release = (): void => this.#release(grant);
        work.then(grant.settle.resolve, grant.settle.reject);
        work.then(release, release);
      }),
    );
  }

  #release(grant: Grant): void {
    if (this.#held !== grant) return;
    this.#held = undefined;
    this.#next();
  }

  #next(): void {
    // Granting takes a moment.
    this.#world.scheduler.after(1, () => {
      if (this.#held) return;
      const next = this.#waiting.shift();
      if (next) this.#give(next);
    });
  }
}

export class Device {
  readonly name: string;
  readonly world: World;
  readonly disk: Disk;
  readonly locks: DeviceLocks;
  tabs: Tab[] = [];
  /** Milliseconds its clock is wrong by. */
  offset = 0;
  asleep = false;
  #tabsOpened = 0;
  #wraps = false;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.disk = new Disk((run) => world.scheduler.step(run));
    this.locks = new DeviceLocks(world);
  }

  openTab(): Tab {
    this.#tabsOpened += 1;
    const tab = new Tab(this, `${this.name}.${this.#tabsOpened}`);
    this.tabs.push(tab);
    return tab;
  }

  get leader(): Tab | undefined {
    return this.locks.holder;
  }

  /** All tabs die; what the disk keeps is the outcome's to say. */
  powerLoss(undo: number): void {
    this.disk.kill();
    for (const tab of this.tabs.slice()) tab.die();
    this.disk.reopen(undo > 0 ? 'lost-though-reported' : 'committed', undo);
  }

  sleep(): void {
    this.asleep = true;
    for (const tab of this.tabs) tab.freeze();
  }

  /** Its pages tell the engine so, as `visibilitychange` does. */
  wakeUp(): void {
    this.asleep = false;
    for (const tab of this.tabs) {
      tab.thaw();
      tab.line?.tell('wake');
    }
    if (this.tabs.length === 0) this.openTab();
  }

  /** When it starts the next time, the counters of a stream it could resume are about to run over. */
  wrapsNext(): void {
    this.#wraps = true;
  }

  /** Moves them, on both sides; before an engine has read them. */
  async wrap(archive: Archive): Promise<void> {
    if (!this.#wraps) return;
    this.#wraps = false;
    const state = await archive.note<SmState>('sm');
    const session = state && this.world.server.resumable.get(state.id);
    if (!state || !session) return;
    this.world.faults.struck('sm-h-wraps');
    const out = wrapBy(state.hOut);
    const inward = wrapBy(state.hIn);
    // Where the disk does not take it, nothing is moved.
    await archive.setNote('sm', { ...state, hOut: plus(state.hOut, out), hIn: plus(state.hIn, inward), queue: state.queue.map(({ seq, xml }) => ({ seq: plus(seq, out), xml })) });
    session.handled = plus(session.handled, out);
    session.acked = plus(session.acked, inward);
  }
}

export class Tab {
  readonly name: string;
  readonly device: Device;
  readonly world: World;
  dead = false;
  /** What the page shows of the connection. */
  session: SessionView | undefined;
  archive: Archive | undefined;
  line: LeaderLine | undefined;
  watch: LeaderWatch | undefined;
  readonly ready: Promise<void>;
  #frozen = false;
  #reloads = false;
  #held: (() => void)[] = [];
  #unheard: (() => void)[] = [];
  #engine: Engine | undefined;
  readonly storage: StorageTab;
  readonly #ends = new Set<(message: BusMessage) => void>();

  constructor(device: Device, name: string) {
    this.device = device;
    this.world = device.world;
    this.name = name;
    this.storage = device.disk.tab();
    storage.set(name, this.storage);
    this.ready = this.#start().catch((error: unknown) => this.world.note(this.name, 'tab', `did not start: ${String(error)}`));
  }

  /** Runs what comes from outside: not any more when dead, later when frozen. */
  run(task: () => void): void {
    if (this.dead) return;
    if (this.#frozen) this.#held.push(task);
    else task();
  }

  /** The same for what other tabs tell it: when it was frozen, some time after everything else, for browsers keep no order between sources of tasks. */
  hear(task: () => void): void {
    if (this.dead) return;
    if (this.#frozen) this.#unheard.push(task);
    else task();
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    const held = this.#held;
    this.#held = [];
    for (const task of held) this.world.scheduler.after(0, () => this.run(task));
    const unheard = this.#unheard;
    this.#unheard = [];
    const late = this.world.waking.between(0, 100);
    for (const task of unheard) this.world.scheduler.after(late, () => this.hear(task));
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get leads(): boolean {
    return this.device.leader === this;
  }

  /** From one moment to the next: nothing it does reaches anything any more. */
  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.storage.close();
    this.#gone();
  }

  /** Closed in good order, as far as a page can. */
  async close(): Promise<void> {
    if (this.dead) return;
    this.watch?.close();
    this.line?.close();
    this.archive?.close();
    await this.#engine?.close();
    if (this.dead) return;
    this.dead = true;
    this.storage.close();
    this.#gone();
  }

  /** The engine has given the disk up; so has the page, which looks at it again. */
  #reload(): void {
    if (this.#reloads) return;
    this.#reloads = true;
    this.world.scheduler.after(2000, () => {
      if (this.dead) return;
      this.world.note(this.name, 'tab', 'is reloaded');
      this.die();
      if (this.device.tabs.length === 0 && !this.device.asleep) this.device.openTab();
    });
  }

  #gone(): void {
    this.#ends.clear();
    storage.delete(this.name);
    this.device.tabs = this.device.tabs.filter((tab) => tab !== this);
    this.world.dropLinks(this);
    this.device.locks.drop(this);
  }

  call<C extends Command>(command: C, ...args: Parameters<Commands[C]>): Promise<unknown> {
    return this.line ? this.line.call(command, ...args) : Promise.reject(new Error('not ready'));
  }

  readonly clock: Clock = {
    now: () => Math.floor(this.world.scheduler.now + this.device.offset),
    after: (ms, run) => this.world.scheduler.after(ms, () => this.run(run)),
  };

  /** Both ends of a page, engine and view, hear each other as other tabs do. */
  readonly #openChannel = (): Channel => {
    const listeners = new Set<(message: BusMessage) => void>();
    const receive = (message: BusMessage): void => {
      for (const listener of Array.from(listeners)) listener(message);
    };
    this.#ends.add(receive);
    const { world, device } = this;
    return {
      post: (message) => {
        if (!this.#ends.has(receive)) return;
        for (const tab of device.tabs)
          for (const end of tab.#ends) {
            if (end === receive) continue;
            if (tab !== this && world.faults.strikes('channel-lost')) continue;
            world.scheduler.after(0.1, () => tab.hear(() => tab.#ends.has(end) && end(copy(message))));
          }
      },
      onMessage(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: () => void this.#ends.delete(receive),
    };
  };

  async #open(apply: ReturnType<typeof applyTable>, onPoke: (pokes: readonly Poke[]) => void): Promise<Archive> {
    const { clock, name, world } = this;
    asking = this.storage;
    const opening = openArchive({ name: `${database}${mark}${name}`, apply, onPoke, clock, log: world.log(name) });
    asking = undefined;
    return opening;
  }

  async #start(): Promise<void> {
    const { clock, device, name, world } = this;
    const ids = world.random.fork();
    const newId = (): string => ids.id();
    const channel = this.#openChannel();
    channel.onMessage((message) => {
      if (message.type === 'live' || message.type === 'live-all')
        for (const change of message.changes) {
        if (change.topic !== 'session') continue;
        this.session = change.value;
        if (change.value?.status === 'refused' && change.value.error?.code === 'storage') this.#reload();
      }
      if (message.type === 'poke') world.seen(this, message.pokes);
    });
    // Whoever comes later looks after who is there already, as if nobody looked at it: five times a second were the same, and slow.
    if (device.tabs.some((other) => other !== this)) {
      this.watch = new LeaderWatch({ channel, clock, random: () => ids.next(), tab: name, claim: () => void this.#engine?.claim().catch(() => undefined) });
      this.watch.visible(false);
    }
    this.#engine = startEngine({
      tab: name,
      account,
      deployment: { domain: 'sim.test', roomsDomain: 'rooms.sim.test', allowedOrigins: [] },
      archiveName: database,
      modules,
      openArchive: async (_name, onPoke) => {
        const archive = await this.#open(applyTable(modules), (pokes) => {
          world.seen(this, pokes);
          onPoke(pokes);
        });
        await device.wrap(archive);
        return archive;
      },
      service: async () => 'wss://sim.test/ws',
      proof: async () => ({ kind: 'token', username: 'me', token: 'a token' }),
      scramSeen: false,
      openSocket: () => world.connect(this),
      locks: device.locks.of(this),
      openChannel: this.#openChannel,
      clock,
      newId,
      random: () => ids.next(),
      log: world.log(name),
    });
    this.archive = await this.#open({}, (pokes) => {
      channel.post({ type: 'poke', pokes });
      world.seen(this, pokes);
    });
    this.line = new LeaderLine(channel, clock, newId);
    channel.post({ type: 'live-please' });
  }
}
