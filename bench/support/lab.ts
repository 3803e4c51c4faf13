import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { CDPSession, Page } from 'puppeteer-core';
import { freePort } from '../../servers/child.mjs';
import { start as startProsody } from '../../servers/prosody.mjs';
import { openLine } from '../../test/live/support/line.js';
import { launch, type Person } from '../../test/live/support/person.js';
import { Stage } from '../../test/live/support/stage.js';
import type { Drain, Drained } from '../pages/drain.js';
import type { Side, Spent, Values } from './finding.js';
import { crowdHost } from './crowd.js';
import { ProsodyStore } from './prosody-store.js';

export type Scale = {
  /** How often each side has its turn. */
  readonly runs: number;
  /** Small sizes, and no peer. */
  readonly smoke: boolean;
  /** Also what takes ten minutes to prepare. */
  readonly million: boolean;
  /** Other sizes than a measure's own. */
  readonly sizes?: readonly number[] | undefined;
};

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const probe = readFileSync(here('../pages/probe.js'), 'utf8');
const converse = here('../node_modules/converse.js/dist');

/** Where everything is measured: one server, one web server, and as many browsers as are asked for. */
export class Lab {
  readonly scale: Scale;
  readonly stage: Stage;
  /** Where a service may speak for `crowdHost`. */
  readonly componentPort: number;
  readonly store: ProsodyStore;
  readonly #folder: string;
  readonly #stop: () => Promise<void>;
  readonly #open = new Set<Person>();
  readonly #clocks = new WeakMap<Page, CDPSession>();
  readonly #prepared = new Map<string, Promise<unknown>>();
  #accounts = 0;
  /** How many times slower the main thread of pages is made; 1 is as it is. */
  throttle = 1;

  private constructor(scale: Scale, stage: Stage, componentPort: number, store: ProsodyStore, folder: string, stop: () => Promise<void>) {
    this.scale = scale;
    this.stage = stage;
    this.componentPort = componentPort;
    this.store = store;
    this.#folder = folder;
    this.#stop = stop;
  }

  static async open(scale: Scale): Promise<Lab> {
    const folder = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
    const dist = join(folder, 'dist');
    const demo = join(folder, 'demo');
    if (!existsSync(here('../../dist/index.html'))) throw new Error('There is no build to measure: npm run build');
    cpSync(here('../../dist'), dist, { recursive: true });
    cpSync(here('../../pages/demo'), demo, { recursive: true });
    // The bench's own pages, under the app's origin: its archive is there, and its policy holds for them too.
    const names = ['fill', 'drain', 'empty-lit', 'plain', 'read-page', 'search'];
    const pages = { entryPoints: names.map((name) => here(`../pages/${name}.ts`)), outdir: join(dist, 'bench'), bundle: true, format: 'esm', target: 'es2022', minify: true, tsconfig: here('../../tsconfig.json') } as const;
    await build({ ...pages, define: { 'process.env.NODE_ENV': '"production"' } });
    for (const file of [...names, 'blank'].map((name) => `${name}.html`).concat('plain.css')) cpSync(here(`../pages/${file}`), join(dist, 'bench', file));
    // And beside the shop, where no service worker answers for them.
    cpSync(join(dist, 'bench'), join(demo, 'bench'), { recursive: true });
    if (existsSync(converse) && !scale.smoke) {
      mkdirSync(join(demo, 'converse'));
      for (const file of ['converse.min.js', 'converse.min.css', 'emoji.json', 'webfonts', 'images', 'sounds', 'locales', 'libomemo.esm.min.js', 'curve25519_compiled.wasm', 'chunkjs']) {
        if (existsSync(join(converse, file))) cpSync(join(converse, file), join(demo, 'converse', file), { recursive: true });
      }
      cpSync(here('../pages/converse.html'), join(demo, 'converse.html'));
      cpSync(here('../pages/converse-start.js'), join(demo, 'converse-start.js'));
    }
    const data = join(folder, 'prosody');
    const port = await freePort();
    const line = await openLine(() => port);
    const componentPort = await freePort();
    const server = await startProsody({ port, publicPort: line.port, dataDir: data, guestRate: { max: 1000, seconds: 1 }, component: { ...crowdHost, port: componentPort } });
    if (server.storage !== 'sql') throw new Error('The measurements write into Prosody\'s SQLite store: lua-dbi-sqlite3 is needed.');
    const stage = await Stage.open('prosody', { server, dist, demoFolder: demo });
    return new Lab(scale, stage, componentPort, new ProsodyStore(data), folder, async () => {
      await stage.close();
      await server.stop();
      await line.close();
    });
  }

  /** Whether the peer is installed, and wanted. */
  get peer(): boolean {
    return existsSync(converse) && !this.scale.smoke;
  }

  /** The peer's page: what stands in `settings` is for its `initialize`. */
  peerPage(settings: Readonly<Record<string, unknown>>): string {
    const all = { websocket_url: `ws://localhost:${this.stage.xmppLine.port}/xmpp-websocket`, ...settings };
    return `${this.stage.demo}/converse.html#${encodeURIComponent(JSON.stringify(all))}`;
  }

  /** A page of the bench's own that can look into the app's archive. */
  async within(person: Person, name: 'fill' | 'read-page' | 'search'): Promise<Page> {
    const page = await person.browser.newPage();
    await page.setBypassServiceWorker(true);
    await page.goto(`${this.stage.app}/bench/${name}.html`, { waitUntil: 'load' });
    return page;
  }

  /** How long a client takes that looks at nothing, in a page like any other. */
  async drain(person: Person, ask: Omit<Drain, 'service' | 'password'>): Promise<Spent & Drained> {
    const page = await this.page(person);
    await page.goto(`${this.stage.demo}/bench/drain.html`, { waitUntil: 'load' });
    const service = `ws://localhost:${this.stage.xmppLine.port}/xmpp-websocket`;
    let drained: Drained | undefined;
    const spent = await this.spent(page, async () => {
      drained = (await page.evaluate(`drain(${JSON.stringify({ service, password: 'tertulia', ...ask })})`)) as Drained;
      return drained.ms;
    });
    await page.close();
    return { ...drained!, ...spent };
  }

  /** An account that nothing has happened to yet. */
  async account(name: string): Promise<string> {
    const local = `${name}${(this.#accounts += 1)}`;
    await this.stage.server.register(local, 'tertulia');
    return `${local}@localhost`;
  }

  /** What takes long and is the same for every pass is made once. */
  prepared<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#prepared.get(name) as Promise<T> | undefined) ?? make();
    this.#prepared.set(name, made);
    return made;
  }

  profile(): string {
    return mkdtempSync(join(this.#folder, 'profile-'));
  }

  /** A browser that knows nothing yet, or what is in `profile`. */
  async browser(profile?: string): Promise<Person> {
    const person = await launch('chromium', profile === undefined ? {} : { userDataDir: profile });
    this.#open.add(person);
    return person;
  }

  async leave(person: Person): Promise<void> {
    this.#open.delete(person);
    await person.leave();
  }

  /** A tab with the probe in it, slowed down as the scale has it. */
  async page(person: Person): Promise<Page> {
    const page = await person.browser.newPage();
    await page.evaluateOnNewDocument(probe);
    const clock = await page.createCDPSession();
    await clock.send('Performance.enable', { timeDomain: 'threadTicks' });
    this.#clocks.set(page, clock);
    if (this.throttle > 1) await page.emulateCPUThrottling(this.throttle);
    return page;
  }

  /** What the browser counts of a page: `Nodes`, `JSHeapUsedSize` (bytes), `ProcessTime` (seconds), … */
  async metric(page: Page, wanted: string): Promise<number> {
    const { metrics } = await this.#clocks.get(page)!.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === wanted)?.value ?? NaN;
  }

  /** The heap of a page that has just been swept, MB. */
  async heap(page: Page): Promise<number> {
    await this.#clocks.get(page)!.send('HeapProfiler.collectGarbage');
    return (await this.metric(page, 'JSHeapUsedSize')) / 1e6;
  }

  /** The processor's time that the process of a page has taken, milliseconds. */
  cpu = async (page: Page): Promise<number> => (await this.metric(page, 'ProcessTime')) * 1000;

  /** What `work`, which says how long it took by the page's clock, takes of the processor. */
  async spent(page: Page, work: () => Promise<number>): Promise<Spent> {
    const before = await this.cpu(page);
    const ms = await work();
    const after = await this.cpu(page);
    return { ms, cpu: after - (after < before ? 0 : before) };
  }

  /** Each side in its turn, so many times: the first to go changes from run to run. `undefined` is left out. */
  async turns(sides: { readonly ours: () => Promise<Spent> } & Partial<Readonly<Record<Side, (() => Promise<Spent>) | undefined>>>, runs = this.scale.runs): Promise<{ readonly values: Values; readonly cpu?: Values }> {
    const names = (['ours', 'theirs', 'raw'] as const).filter((side) => sides[side]);
    const all: Partial<Record<Side, Spent[]>> = {};
    let dropped = false;
    for (let run = 0; run < runs; run += 1) {
      for (let i = 0; i < names.length; i += 1) {
        const side = names[(i + run) % names.length]!;
        if (dropped && side === 'theirs') continue;
        try {
          // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
          (all[side] ??= []).push(await sides[side]!());
        } catch (error) {
          if (side !== 'theirs') throw error;
          // Where the peer fails, ours is still measured.
          console.error('the peer:', error instanceof Error ? error.message : error);
          dropped = true;
        }
      }
    }
    const each = (of: (spent: Spent) => number | undefined): Values => Object.fromEntries(names.filter((side) => all[side]?.length).map((side) => [side, all[side]!.flatMap((spent) => of(spent) ?? [])])) as unknown as Values;
    const cpu = each((spent) => spent.cpu);
    return { values: each(({ ms }) => ms), ...(cpu.ours.length > 0 && { cpu }) };
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open, (person) => person.leave().catch(() => {})));
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Asks the probe of a page or a frame. */
export async function ask<T = number>(where: { evaluate(code: string): Promise<unknown> }, question: string): Promise<T> {
  return (await where.evaluate(`bench.${question}`)) as T;
}
