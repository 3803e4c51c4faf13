// `node scripts/properties.mjs RUNS [SEED] [FILE…]`: property tests that need no page, under Node on an IndexedDB in memory,
// where tens of thousands of runs are cheap. The same files run in the browsers with few.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const [runs = '1000', seed = '', ...files] = process.argv.slice(2);
const chai = import.meta.resolve('@esm-bundle/chai/esm/chai.js');
// The tests ask the page's library for nothing but `expect`.
register(`data:text/javascript,${encodeURIComponent(`export const resolve = (name, context, next) => (name === '@open-wc/testing' ? { url: ${JSON.stringify(chai)}, format: 'module', shortCircuit: true } : next(name, context));`)}`);
const { register: typescript } = await import('tsx/esm/api');
typescript();
// By a name that the compiler does not follow: the package's types do not cover its entry.
const indexedDb = 'fake-indexeddb/auto';
await import(indexedDb);

/** @type {{ name: string, run: () => unknown }[]} */
const tests = [];
/** @type {(() => unknown)[]} */
const after = [];
/** @type {string[]} */
const path = [];
Object.assign(globalThis, {
  location: new URL(`http://localhost/?runs=${runs}${seed && `&seed=${seed}`}`),
  describe(/** @type {string} */ name, /** @type {() => void} */ body) {
    path.push(name);
    body();
    path.pop();
  },
  it: (/** @type {string} */ name, /** @type {() => unknown} */ run) => tests.push({ name: [...path, name].join(': '), run }),
  afterEach: (/** @type {() => unknown} */ run) => after.push(run),
});

const chosen = files.length > 0 ? files : ['test/archive/order.test.ts', 'test/archive/segments.property.test.ts', 'test/engine/settling.property.test.ts'];
for (const file of chosen) {
  tests.length = after.length = 0;
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  await import(pathToFileURL(file).href);
  for (const { name, run } of tests) {
    const start = performance.now();
    try {
      // oxlint-disable-next-line no-await-in-loop
      await run.call({ timeout() {} });
      console.log(`✓ ${name}: ${runs} runs asked for, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      process.exitCode = 1;
      console.error(`✗ ${name}`, error);
    }
    // oxlint-disable-next-line no-await-in-loop
    for (const clean of after) await clean();
  }
}
