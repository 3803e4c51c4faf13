// `npm test`: everything; `npm test -- unit`, `-- live types`, …: parts. Ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkNode, ensurePackages, ensureTestPrograms, Trouble } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {{ passed: number, failed: number }} Counts
 * @typedef {{ name: string, parts: readonly string[], commands: () => readonly (readonly string[])[], env?: Record<string, string>, counts?: boolean }} Section
 * `counts`: the command writes its own counts to TEST_COUNTS; any other section is one check.
 */

/** @param {string} file */
const program = (file) => join(root, 'node_modules', file);

/** The node tests below some folders; those that do not exist yet are left out. @param {...string} folders */
function nodeTests(...folders) {
  const files = folders.flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)) : [],
  );
  const tests = files.filter((file) => /\.test\.(mjs|ts)$/.test(file)).toSorted();
  // One file at a time: they share two cores, and their browsers and servers want them whole.
  return tests.length === 0 ? [] : [['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${new URL('count-reporter.mjs', import.meta.url).href}`, '--test-reporter-destination=stdout', ...tests]];
}

/** @type {readonly Section[]} */
const sections = [
  ...['src', '.', 'test', 'test/live', 'test/sim', 'scripts'].map((project) => ({ name: `types of ${project === '.' ? 'components, embed, pages' : project}`, parts: ['types', 'check'], commands: () => [[program('typescript/bin/tsc'), '-p', project]] })),
  { name: 'lint', parts: ['lint', 'check'], commands: () => [[program('oxlint/bin/oxlint'), '--type-aware']] },
  { name: 'build, and its first-load weights', parts: ['build', 'live'], commands: () => [[join(root, 'scripts/build.mjs')]] },
  { name: 'unit and component tests in Chromium', parts: ['unit', 'chromium'], commands: () => [[program('@web/test-runner/dist/bin.js')]], env: { BROWSER: 'chromium' }, counts: true },
  { name: 'unit and component tests in Firefox', parts: ['unit', 'firefox'], commands: () => [[program('@web/test-runner/dist/bin.js')]], env: { BROWSER: 'firefox' }, counts: true },
  { name: 'simulated devices, disks and servers', parts: ['sim', 'unit'], commands: () => nodeTests('test/sim'), counts: true },
  { name: 'servers and scripts', parts: ['servers', 'live'], commands: () => nodeTests('test/servers', 'test/scripts'), counts: true },
  { name: 'live: real servers, real browsers', parts: ['live'], commands: () => nodeTests('test/live'), counts: true },
];

/** The process group that runs now: it goes when this goes. @type {number | undefined} */
let running;
const endRunning = () => {
  if (running === undefined) return;
  try {
    process.kill(-running, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
process.on('exit', endRunning);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

// Inherited by everything that the tests start, and found again in Linux' /proc.
const mark = `TERTULIA_TEST_RUN=${process.pid}-${Date.now()}`;

/** The processes that a section has left behind. @returns {{ pid: number, command: string }[]} */
function leftBehind() {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    try {
      if (!pid || !readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)) return [];
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(0, 120) }];
    } catch {
      // Somebody else's, or gone meanwhile.
      return [];
    }
  });
}

/** Gives them some seconds to end, then ends them. @returns {Promise<boolean>} whether there was nothing to end */
async function nothingLeft() {
  for (let i = 0; i < 50 && leftBehind().length > 0; i += 1) await sleep(100);
  const leaked = leftBehind();
  for (const { pid, command } of leaked) {
    console.error(`Left running by these tests, and ended now: ${pid} ${command}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
  return leaked.length === 0;
}

/** @param {readonly string[]} args @param {Record<string, string>} env @returns {Promise<boolean>} */
const run = (args, env) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env, TERTULIA_TEST_RUN: mark.split('=')[1] }, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    running = child.pid;
    const end = (/** @type {boolean} */ ok) => {
      // Whatever a section left behind in its group.
      endRunning();
      running = undefined;
      resolve(ok);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });

/** @param {Section} section @param {string} folder @returns {Promise<Counts>} */
async function runSection({ name, commands, env = {}, counts }, folder) {
  console.log(`\n── ${name}`);
  const total = { passed: 0, failed: 0 };
  for (const args of commands()) {
    const file = join(folder, 'counts.json');
    rmSync(file, { force: true });
    const ok = await run(args, { ...env, TEST_COUNTS: file });
    /** @type {Counts} */
    const result = counts && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0 };
    total.passed += result.passed + (counts ? 0 : Number(ok));
    // A run that failed without a failed test has not run its tests.
    total.failed += !ok && result.failed === 0 ? 1 : result.failed;
    if (!(await nothingLeft())) total.failed += 1;
  }
  return total;
}

async function main() {
  checkNode();
  const wanted = process.argv.slice(2);
  const known = new Set(sections.flatMap(({ parts }) => parts));
  const unknown = wanted.find((part) => !known.has(part));
  if (unknown) throw new Trouble(`There is no part ${unknown}. There are: ${[...known].join(', ')}.`);
  const chosen = sections.filter(({ parts }) => wanted.length === 0 || parts.some((part) => wanted.includes(part)));
  ensurePackages();
  const missing = chosen.some(({ counts }) => counts) ? ensureTestPrograms() : [];
  for (const what of missing) console.error(`Missing, and could not be installed: ${what}. What needs it will fail.`);

  const folder = mkdtempSync(join(tmpdir(), 'tertulia-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  /** @type {(Counts & { name: string, seconds: number })[]} */
  const results = [];
  for (const section of chosen) {
    const start = Date.now();
    const counts = await runSection(section, folder);
    results.push({ name: section.name, ...counts, seconds: (Date.now() - start) / 1000 });
  }
  console.log('');
  for (const { name, passed, failed, seconds } of results) console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(44)} ${`${passed} passed, ${failed} failed`.padEnd(26)} ${seconds.toFixed(1)} s`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 && sum('passed') > 0;
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error) => {
    console.error(error instanceof Trouble ? error.message : error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
);
