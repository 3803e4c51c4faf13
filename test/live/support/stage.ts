import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serveApp, serveDemo, type Deployment, type Site } from '../../../scripts/serve.mjs';
import { freePort } from '../../../servers/child.mjs';
import { start as startEjabberd } from '../../../servers/ejabberd.mjs';
import type { XmppServer } from '../../../servers/hosts.mjs';
import { start as startProsody } from '../../../servers/prosody.mjs';
import { openLine, type Line } from './line.js';
import { Browsers, type BrowserName, type LaunchOptions, type Person } from './person.js';

export type ServerName = 'prosody' | 'ejabberd';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export type StageOptions = {
  /** Changes what /config.json says. */
  readonly deployment?: Partial<Deployment>;
  /** Other pages than the shop's. */
  readonly demoFolder?: string;
  /** What the demo site sends, such as a policy of its own. */
  readonly demoHeaders?: (app: string) => Record<string, string>;
  /** Prosody with its community modules for SASL2. */
  readonly sasl2?: boolean;
  /** Bytes a stanza may have, on Prosody; ejabberd 23.01 looks at no stanza's size that comes over a WebSocket. */
  readonly stanzaLimit?: number;
  /** Other files than those of the build. */
  readonly dist?: string;
  /** A server that runs already, and goes on when this stage is closed. */
  readonly server?: XmppServer;
  /** Another line between browsers and the XMPP server. */
  readonly openXmppLine?: (target: () => number) => Promise<Line>;
};

/** A server, the built app, the demo site, and whoever comes to them. */
export class Stage {
  readonly server: XmppServer;
  /** Origins, as browsers see them. */
  readonly app: string;
  readonly demo: string;
  /** Between browsers and the XMPP server; between browsers and the app's web server. */
  readonly xmppLine: Line;
  readonly webLine: Line;
  readonly #ownsServer: boolean;
  readonly #sites: readonly Site[];
  readonly #folder: string;
  readonly #browsers = new Browsers();

  private constructor(parts: { server: XmppServer; ownsServer: boolean; app: string; demo: string; xmppLine: Line; webLine: Line; sites: readonly Site[]; folder: string }) {
    this.server = parts.server;
    this.#ownsServer = parts.ownsServer;
    this.app = parts.app;
    this.demo = parts.demo;
    this.xmppLine = parts.xmppLine;
    this.webLine = parts.webLine;
    this.#sites = parts.sites;
    this.#folder = parts.folder;
  }

  static async open(name: ServerName, options: StageOptions = {}): Promise<Stage> {
    const { dist = join(root, 'dist') } = options;
    if (!existsSync(join(dist, 'index.html'))) throw new Error('There is no build to test: npm run build');
    const folder = mkdtempSync(join(tmpdir(), 'tertulia-live-'));
    chmodSync(folder, 0o755); // ejabberd runs as a user of its own where the tests run as root
    const port = options.server?.port ?? (await freePort());
    const xmppLine = await (options.openXmppLine ?? openLine)(() => port);
    const start = name === 'prosody' ? startProsody : startEjabberd;
    const server = options.server ?? (await start({ port, publicPort: xmppLine.port, dataDir: join(folder, name), guestRate: { max: 1000, seconds: 1 }, ...(options.sasl2 && { sasl2: true }), ...(options.stanzaLimit && { stanzaLimit: options.stanzaLimit }) }));
    let appPort = 0;
    const webLine = await openLine(() => appPort);
    const app = `http://localhost:${webLine.port}`;
    const demo = await serveDemo({ folder: options.demoFolder ?? join(root, 'pages/demo'), port: 0, appOrigin: app, ...(options.demoHeaders ? { headers: options.demoHeaders(app) } : {}) });
    const { domain, guestDomain, anonymousDomain, roomsDomain } = server;
    const site = await serveApp({
      dist,
      port: 0,
      config: { domain, service: `ws://localhost:${xmppLine.port}/xmpp-websocket`, guestDomain, anonymousDomain, roomsDomain, allowedOrigins: [demo.origin], contact: `support@${domain}`, ...options.deployment },
    });
    appPort = site.port;
    return new Stage({ server, ownsServer: !options.server, app, demo: demo.origin, xmppLine, webLine, sites: [site, demo], folder });
  }

  /** A folder for a browser's profile, gone when the stage is closed. */
  profile(): string {
    return mkdtempSync(join(this.#folder, 'profile-'));
  }

  /** Somebody new with a browser; gone after the test. */
  launch(browser: BrowserName, options?: LaunchOptions): Promise<Person> {
    return this.#browsers.launch(browser, options);
  }

  /** The network fails for everybody. */
  cut(): void {
    this.xmppLine.cut();
    this.webLine.cut();
  }

  mend(): void {
    this.xmppLine.mend();
    this.webLine.mend();
  }

  /** Sends everybody home and fails if anything was wrong in a page. */
  async clear(): Promise<void> {
    this.mend();
    assert.deepEqual(await this.#browsers.clear(), [], 'something went wrong in a page');
  }

  async close(): Promise<void> {
    await this.#browsers.close();
    await Promise.all([...this.#sites.map((site) => site.close()), this.xmppLine.close(), this.webLine.close(), ...(this.#ownsServer ? [this.server.stop()] : [])]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Declares tests that run on one server: `withServer('prosody', (stage) => { it('…', async () => { const visitor = await stage().launch('chromium'); … }); })`.
 * Browsers are closed after each test, which fails if a page reported an error.
 */
export function withServer(name: ServerName, tests: (stage: () => Stage) => void, options?: StageOptions): void {
  // Also for each test of it: nothing hangs for ever.
  describe(`on ${name}`, { timeout: 600_000 }, () => {
    let stage: Stage | undefined;
    before(async () => {
      stage = await Stage.open(name, options);
    });
    afterEach(() => stage?.clear());
    after(() => stage?.close());
    tests(() => {
      if (!stage) throw new Error('The stage opens with the first test, not before.');
      return stage;
    });
  });
}

/** Declares the same tests for both servers. */
export function withServers(tests: (stage: () => Stage) => void, options?: StageOptions): void {
  for (const name of ['prosody', 'ejabberd'] as const) withServer(name, tests, options);
}
