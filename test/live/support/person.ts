import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type Page, type Viewport } from 'puppeteer-core';
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
};

const screenshots = fileURLToPath(new URL('../../../.tertulia/screenshots/', import.meta.url));

// Told through the console, which both browsers report; a violation alone is reported by one of them.
const reportViolations = `addEventListener('securitypolicyviolation', (event) => {
  console.error('violates the Content-Security-Policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample + ' at ' + event.sourceFile + ':' + event.lineNumber);
});`;

/** Somebody with a browser of their own. */
export class Person {
  readonly browser: Browser;
  readonly name: BrowserName;
  /** What went wrong in any page: errors on the console, uncaught exceptions, violations of the policy. Tests fail by it. */
  readonly troubles: string[] = [];
  readonly #options: LaunchOptions;
  #expected: RegExp[] = [];

  constructor(browser: Browser, name: BrowserName, options: LaunchOptions) {
    this.browser = browser;
    this.name = name;
    this.#options = options;
  }

  /** Errors that this test brings about on purpose, such as refused connections while the line is cut. */
  expect(...troubles: readonly RegExp[]): void {
    this.#expected = [...this.#expected, ...troubles];
  }

  /** Opens a page in a new tab. */
  async open(url: string): Promise<Page> {
    const page = await this.browser.newPage();
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

  /** Closes the browser as a person does. */
  async leave(): Promise<void> {
    await this.browser.close();
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
export async function launch(name: BrowserName, options: LaunchOptions = {}): Promise<Person> {
  const executablePath = findBrowser(name);
  if (!executablePath) throw new Error(`There is no ${name}: install it, or name it by ${name === 'chromium' ? 'CHROME_PATH' : 'FIREFOX_PATH'}.`);
  const { userDataDir, viewport = { width: 1280, height: 800 }, locale = 'en-US' } = options;
  const common = { executablePath, headless: true, defaultViewport: viewport, ...(userDataDir === undefined ? {} : { userDataDir }) };
  const browser =
    name === 'chromium'
      ? await puppeteer.launch({
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
      : await puppeteer.launch({
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
  return new Person(browser, name, options);
}
