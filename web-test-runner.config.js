// Unit and component tests, on source, in real browsers: `npx wtr` (Chromium), `BROWSER=firefox npx wtr`.
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { esbuildPlugin } from '@web/dev-server-esbuild';

// CommonJS inside these packages keeps them from being served as they are: each is bundled once.
const vendored = ['@xmpp/client', '@xmpp/client-core', '@xmpp/websocket', '@xmpp/xml', 'fast-check', 'fake-indexeddb/auto'];
const vendorFile = (name) => `/.wtr-vendor/${name.replace(/[@/]/g, '_')}.js`;
const root = fileURLToPath(new URL('.', import.meta.url));
mkdirSync(`${root}.wtr-vendor`, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(vendored.map((name) => [name.replace(/[@/]/g, '_'), name])),
  outdir: '.wtr-vendor', bundle: true, splitting: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"test"' },
  plugins: [{
    name: 'no-dns',
    setup(b) {
      b.onResolve({ filter: /^node:dns$/ }, (args) => ({ path: args.path, namespace: 'empty' }));
      b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default undefined' }));
    },
  }],
});

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

export default {
  files: ['test/{base,model,xmpp,xep,archive,engine,client,components,embed}/**/*.test.ts'],
  nodeResolve: { exportConditions: ['browser', 'development'] },
  concurrency: 1,
  browsers: [process.env.BROWSER === 'firefox' ? firefox() : chromium()],
  testFramework: { config: { timeout: 10000 } },
  testsFinishTimeout: 240000,
  plugins: [
    { name: 'vendor', resolveImport: ({ source }) => (vendored.includes(source) ? vendorFile(source) : undefined) },
    esbuildPlugin({ ts: true, json: true, target: 'es2022', tsconfig: `${root}tsconfig.json` }),
  ],
};
