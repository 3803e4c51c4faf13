// Unit and component tests, on source, in real browsers: `npx wtr` (Chromium), `BROWSER=firefox npx wtr`.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { freePort } from './servers/child.mjs';

// CommonJS inside these packages keeps them from being served as they are: each is bundled once.
const vendored = ['@xmpp/client', '@xmpp/client-core', '@xmpp/websocket', '@xmpp/xml', 'fast-check', 'fake-indexeddb'];
const root = fileURLToPath(new URL('.', import.meta.url));
// Named for what goes in, and put there whole: several runs may go on at once.
const vendorHash = createHash('sha256').update(readFileSync(`${root}package-lock.json`)).update(readFileSync(fileURLToPath(import.meta.url))).digest('hex').slice(0, 12);
const vendorFolder = `.wtr-vendor/${vendorHash}`;
const vendorFile = (name) => `/${vendorFolder}/${name.replace(/[@/]/g, '_')}.js`;
if (!existsSync(`${root}${vendorFolder}`)) {
  const making = `.wtr-vendor/making-${process.pid}`;
  mkdirSync(`${root}.wtr-vendor`, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(vendored.map((name) => [name.replace(/[@/]/g, '_'), name])),
    outdir: making, bundle: true, splitting: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"test"' },
    // As the build does, so that the tests run on what is shipped.
    alias: { 'node:dns': `${root}scripts/no-dns.mjs` },
  });
  try {
    renameSync(`${root}${making}`, `${root}${vendorFolder}`);
  } catch {
    // Another run was quicker.
    rmSync(`${root}${making}`, { recursive: true, force: true });
  }
}

// Whatever a page is opened for costs Firefox 0.6 s besides its tests: a folder is one page, but for what needs one that nothing has been loaded or done in.
const alone = ['messenger/messenger', 'shared/intl-at-load', 'shared/locale-panel', 'elements'].map((name) => `test/components/${name}.test.ts`);
const folders = ['base', 'model', 'xmpp', 'xep', 'archive', 'engine', 'client', 'components', 'embed'];
const groups = `.wtr-vendor/folders-${process.pid}`;
function groupOf(folder) {
  const files = readdirSync(`${root}test/${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `test/${folder}/${file}`);
  const group = `${groups}/${folder}.test.ts`;
  mkdirSync(`${root}${groups}`, { recursive: true });
  writeFileSync(`${root}${group}`, files.filter((file) => file.endsWith('.test.ts') && !alone.includes(file)).toSorted().map((file) => `import '/${file}';\n`).join(''));
  return group;
}
process.on('exit', () => rmSync(`${root}${groups}`, { recursive: true, force: true }));

const find = (...paths) => paths.find((path) => path && existsSync(path));
const chromium = () => chromeLauncher({
  launchOptions: {
    executablePath: find(process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  },
});
const firefox = () => puppeteerLauncher({
  launchOptions: { browser: 'firefox', headless: true, executablePath: find(process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox') },
});

// What scripts/test.mjs adds up: a file that could not be run counts as one failed test.
const counting = (file) => ({
  onTestRunFinished({ sessions }) {
    const counts = { passed: 0, failed: 0 };
    const count = ({ suites, tests }) => {
      for (const test of tests) if (!test.skipped) counts[test.passed ? 'passed' : 'failed'] += 1;
      suites.forEach(count);
    };
    for (const { passed, testResults } of sessions) {
      const before = counts.failed;
      if (testResults) count(testResults);
      if (!passed && counts.failed === before) counts.failed += 1;
    }
    console.log(`\n${sessions.length} files in ${process.env.BROWSER === 'firefox' ? 'Firefox' : 'Chromium'}: ${counts.passed} passed, ${counts.failed} failed`);
    if (file) writeFileSync(file, JSON.stringify(counts));
  },
});

export default {
  // The first goes back in its tab's history, which must hold no other tests: the launcher uses a tab again and again.
  files: [...alone, ...folders.map(groupOf)],
  nodeResolve: { exportConditions: ['browser', 'development'] },
  concurrency: 1,
  // Several runs may go on at once.
  port: await freePort(),
  browsers: [process.env.BROWSER === 'firefox' ? firefox() : chromium()],
  testFramework: { config: { timeout: 10000 } },
  testsFinishTimeout: 480000,
  filterBrowserLogs: ({ args }) => !args.some((arg) => typeof arg === 'string' && arg.startsWith('Lit is in dev mode')),
  reporters: [defaultReporter({ reportTestProgress: Boolean(process.stdout.isTTY) }), counting(process.env.TEST_COUNTS)],
  plugins: [
    { name: 'vendor', resolveImport: ({ source }) => (vendored.includes(source) ? vendorFile(source) : undefined) },
    esbuildPlugin({ ts: true, json: true, target: 'es2022', tsconfig: `${root}tsconfig.json` }),
  ],
};
