import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type BrowserContext, type Page, type Viewport } from 'puppeteer-core';
import { findBrowser } from '../../../scripts/install.mjs';
import { View } from './view.js';

export type BrowserName = 'chromium' | 'firefox';

export type LaunchOptions = {
  /** A folder that outlives the browser: what comes back the next day. */
  readonly userDataDir?: string;
  /** 1280×800 where absent. */
  readonly viewport?: Viewport;
  readonly colorScheme?: 'light' | 'dark';
  /** Language of the interface, `en-US` where absent. */
  readonly locale?: string;
  /** Its processes are looked for, stopped or killed: nobody else's browser. */
  readonly alone?: boolean;
};

const screenshots = fileURLToPath(new URL('../../../.tertulia/screenshots/', import.meta.url));

// Told through the console, which both browsers report; a violation alone is reported by one of them.
const reportViolations = `addEventListener('securitypolicyviolation', (event) => {
  console.error('violates the Content-Security-Policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample + ' at ' + event.sourceFile + ':' + event.lineNumber);
});`;

/** Firefox says this of every socket that was open, or about to be, when its page went away: an error of nobody's. */
const wentAway = /The connection to wss?:\S+ was interrupted while the page was loading\./;

/** Somebody with a browser, or with a part of one that shares nothing with its other parts. */
export class Person {
  readonly browser: Browser;
  readonly name: BrowserName;
  /** What went wrong in any page: errors on the console, uncaught exceptions, violations of the policy. Tests fail by it. */
  readonly troubles: string[] = [];
  readonly #options: LaunchOptions;
  readonly #part: BrowserContext | undefined;
  #expected: RegExp[] = [wentAway];

  constructor(browser: Browser, name: BrowserName, options: LaunchOptions, part?: BrowserContext) {
    this.browser = browser;
    this.name = name;
    this.#options = options;
    this.#part = part;
  }

  /** Errors that this test brings about on purpose, such as refused connections while the line is cut. */
  expect(...troubles: readonly RegExp[]): void {
    this.#expected = [...this.#expected, ...troubles];
  }

  /** Opens a page in a new tab. */
  async open(url: string): Promise<Page> {
    const page = await (this.#part ?? this.browser).newPage();
    if (this.#part && this.#options.viewport) await page.setViewport(this.#options.viewport);
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(`${message.text()} (${message.location().url ?? page.url()})`);
    });
    page.on('pageerror', (error) => this.#note(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
    page.on('error', (error) => this.#note(`the page crashed: ${error.message}`));
    await page.evaluateOnNewDocument(reportViolations);
    if (this.#options.colorScheme) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: this.#options.colorScheme }]);
    await page.goto(url, { waitUntil: 'load' });
    return page;
  }

  /** The page itself. */
  view(page: Page): View {
    return new View(page);
  }

  /** What is inside of the widget's frame; waits for the frame. `before`: the one before the page was loaded again, which may be listed a moment longer. */
  async widget(page: Page, before?: View): Promise<View> {
    const frame = await page.waitForFrame((candidate) => candidate !== before?.frame && new URL(candidate.url() || 'about:blank').pathname === '/widget.html', { timeout: 15_000 });
    return new View(page, frame);
  }

  /** Saves what the page looks like under .tertulia/screenshots; the path. */
  async screenshot(page: Page, name: string): Promise<`${string}.png`> {
    mkdirSync(screenshots, { recursive: true });
    const path = `${join(screenshots, `${name}-${this.name}`)}.png` as const;
    await page.screenshot({ path });
    return path;
  }

  /** Closes the browser as a person does, or the part of it, with all that it has kept. */
  async leave(): Promise<void> {
    await (this.#part ?? this.browser).close();
  }

  /** As when the power fails: no page hears of it. */
  async crash(): Promise<void> {
    const browser = this.browser.process();
    const gone = new Promise((resolve) => browser?.once('exit', resolve));
    // All of its processes, which are a group: one that is left would hold on to the profile, and to our pipes.
    if (browser?.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await gone;
    for (const stream of browser?.stdio ?? []) stream?.destroy();
    const profile = this.#options.userDataDir;
    // What drives Firefox puts the profile's settings back first.
    while (profile !== undefined && readdirSync(profile).some((file) => file.endsWith('.puppeteer'))) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #note(trouble: string): void {
    if (!this.#expected.some((pattern) => pattern.test(trouble))) this.troubles.push(`${this.name}: ${trouble}`);
  }
}

/** Starts a browser. It talks to nobody but the pages it is told to open. */
async function startBrowser(name: BrowserName, options: LaunchOptions): Promise<Browser> {
  const executablePath = findBrowser(name);
  if (!executablePath) throw new Error(`There is no ${name}: install it, or name it by ${name === 'chromium' ? 'CHROME_PATH' : 'FIREFOX_PATH'}.`);
  const { userDataDir, viewport = { width: 1280, height: 800 }, locale = 'en-US' } = options;
  const common = { executablePath, headless: true, defaultViewport: viewport, ...(userDataDir === undefined ? {} : { userDataDir }) };
  return name === 'chromium'
    ? puppeteer.launch({
        ...common,
        browser: 'chrome',
        // Chromium ends with the pipe, however this process ends.
        pipe: true,
        env: { ...process.env, LANGUAGE: locale },
        args: [
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          `--lang=${locale}`,
          `--accept-lang=${locale}`,
          '--disable-dev-shm-usage',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--no-first-run',
          '--autoplay-policy=no-user-gesture-required',
        ],
      })
    : puppeteer.launch({
        ...common,
        browser: 'firefox',
        extraPrefsFirefox: {
          'intl.accept_languages': locale,
          'intl.locale.requested': locale,
          'network.captive-portal-service.enabled': false,
          'network.connectivity-service.enabled': false,
          'app.update.enabled': false,
          'browser.safebrowsing.update.enabled': false,
          'dom.push.connection.enabled': false,
          // Otherwise Firefox itself holds back a second attempt, for up to a minute.
          'network.websocket.delay-failed-reconnects': false,
        },
      });
}

/** Somebody with a browser of their own. */
export const launch = async (name: BrowserName, options: LaunchOptions = {}): Promise<Person> => new Person(await startBrowser(name, options), name, options);

/** The browsers of a test file. Firefox takes seconds of both cores to start: one that nobody uses any more is the next person's, in a part of its own. */
export class Browsers {
  readonly #idle: Browser[] = [];
  readonly #people = new Map<Person, Browser | undefined>();

  async launch(name: BrowserName, options: LaunchOptions = {}): Promise<Person> {
    const { userDataDir, locale, alone } = options;
    const shared = name === 'firefox' && userDataDir === undefined && locale === undefined && !alone ? (this.#idle.pop() ?? (await startBrowser(name, {}))) : undefined;
    const person = shared ? new Person(shared, name, options, await shared.createBrowserContext()) : await launch(name, options);
    this.#people.set(person, shared);
    return person;
  }

  /** Sends everybody home. What went wrong in their pages. */
  async clear(): Promise<string[]> {
    const people = [...this.#people];
    this.#people.clear();
    await Promise.all(
      people.map(async ([person, shared]) => {
        await person.leave().catch(() => {});
        if (shared?.connected) this.#idle.push(shared);
      }),
    );
    return people.flatMap(([{ troubles }]) => troubles);
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all(this.#idle.map((browser) => browser.close().catch(() => {})));
  }
}
