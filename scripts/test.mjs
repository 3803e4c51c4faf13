// `npm test`: everything; `npm test -- unit`, `-- live types`, …: parts. Ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkNode, ensurePackages, ensureTestPrograms, Trouble } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {{ passed: number, failed: number }} Counts
 * @typedef {{ name: string, parts: readonly string[], commands: () => readonly (readonly string[])[], env?: Record<string, string>, counts?: boolean, table?: boolean }} Section
 * Its commands may run beside each other. `counts`: each writes its own counts to TEST_COUNTS; any other section's command is one check. `table`: what it prints as one is printed again at the end.
 */

/** @param {string} file */
const program = (file) => join(root, 'node_modules', file);

/** The node tests below some folders; those that do not exist yet are left out. @param {...string} folders */
function testFiles(...folders) {
  const files = folders.flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)) : [],
  );
  return files.filter((file) => /\.test\.(mjs|ts)$/.test(file)).toSorted();
}

/** One file at a time: their browsers and servers want a core whole. @param {readonly string[]} files */
const nodeTest = (files) => ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${new URL('count-reporter.mjs', import.meta.url).href}`, '--test-reporter-destination=stdout', ...files];

/** What takes longest begins first, so that no core waits for it at the end. */
const longest = ['tabs', 'embed', 'offline', 'rooms', 'roster'];
/** @param {string} file */
const rank = (file) => (longest.indexOf(basename(file, '.test.ts')) + longest.length + 1) % (longest.length + 1);

/** A part of its own, with a table. */
const chaos = 'test/live/chaos.test.ts';

/** @type {readonly Section[]} */
const sections = [
  ...['src', '.', 'test', 'test/live', 'test/sim', 'bench', 'scripts'].map((project) => ({ name: `types of ${project === '.' ? 'components, embed, pages' : project}`, parts: ['types', 'check'], commands: () => [[program('typescript/bin/tsc'), '-p', project]] })),
  { name: 'lint', parts: ['lint', 'check'], commands: () => [[program('oxlint/bin/oxlint'), '--type-aware']] },
  { name: 'build, and its first-load weights', parts: ['build', 'live', 'chaos', 'bench'], commands: () => [[join(root, 'scripts/build.mjs')]] },
  { name: 'simulated histories', parts: ['sim'], table: true, commands: () => [['--import', 'tsx', join(root, 'test/sim/run.ts'), '--histories', '2000', '--workers', '1']], counts: true },
  { name: 'unit and component tests in Firefox', parts: ['unit', 'firefox'], commands: () => [[program('@web/test-runner/dist/bin.js')]], env: { BROWSER: 'firefox' }, counts: true },
  { name: 'unit and component tests in Chromium', parts: ['unit', 'chromium'], commands: () => [[program('@web/test-runner/dist/bin.js')]], env: { BROWSER: 'chromium' }, counts: true },
  { name: 'chaos: a network that fails, real servers, real browsers', parts: ['chaos'], table: true, commands: () => [nodeTest([chaos])], counts: true },
  { name: 'live: real servers, real browsers', parts: ['live'], commands: () => testFiles('test/live').filter((file) => file !== chaos).toSorted((a, b) => rank(a) - rank(b)).map((file) => nodeTest([file])), counts: true },
  { name: 'a session cut at every 61st of its operations', parts: ['crash'], table: true, commands: () => [['--import', 'tsx', join(root, 'test/sim/crash-run.ts'), '--every', '61', '--workers', '1']], counts: true },
  { name: 'simulated devices, disks and servers', parts: ['sim', 'unit'], commands: () => [nodeTest(testFiles('test/sim'))], counts: true },
  { name: 'bench: a smoke, ours against the raw limits', parts: ['bench'], commands: () => [['--import', 'tsx', join(root, 'bench/run.ts'), '--smoke']], counts: true },
  { name: 'servers and scripts', parts: ['servers', 'live'], commands: () => [nodeTest(testFiles('test/servers', 'test/scripts'))], counts: true },
];

/** The process groups that run now: they go when this goes. @type {Set<number>} */
const running = new Set();
/** @param {number} group */
const endGroup = (group) => {
  running.delete(group);
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
process.on('exit', () => running.forEach(endGroup));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** The processes that a command has left behind: the mark is inherited by everything it starts, and found again in Linux' /proc. @param {string} mark @returns {{ pid: number, command: string }[]} */
function leftBehind(mark) {
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

/** Gives them some seconds to end, then ends them. @param {string} mark @returns {Promise<boolean>} whether there was nothing to end */
async function nothingLeft(mark) {
  for (let i = 0; i < 50 && leftBehind(mark).length > 0; i += 1) await sleep(100);
  const leaked = leftBehind(mark);
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

let runs = 0;

/** What was printed about failed tests: the end of a long run is what one reads first, and may be all that is kept. @param {string} said @returns {string[]} */
function failures(said) {
  const lines = said.split('\n');
  const starts = lines.flatMap((line, i) => (/^\s*(❌|✖|✗|not ok)/.test(line) ? [i] : []));
  // A command that failed before it had a test to name: its last words.
  const shown = new Set(starts.length > 0 ? starts.flatMap((start) => Array.from({ length: 12 }, (_, i) => start + i)) : lines.map((_, i) => i).slice(-12));
  return lines.filter((line, i) => shown.has(i) && line.trim()).slice(0, 60);
}

/** Runs a command, then prints all that it said: several run at once. @param {Section} section @param {readonly string[]} args @param {string} folder @returns {Promise<Counts & { table: readonly string[], failures: readonly string[] }>} */
async function run({ name, env = {}, counts, table }, args, folder) {
  runs += 1;
  const file = join(folder, `counts-${runs}.json`);
  const output = join(folder, `output-${runs}.txt`);
  const mark = `${process.pid}-${Date.now()}-${runs}`;
  const log = openSync(output, 'w');
  const ok = await new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env, TEST_COUNTS: file, TERTULIA_TEST_RUN: mark }, stdio: ['ignore', log, log], detached: true });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    const end = (/** @type {boolean} */ well) => {
      // Whatever it has left behind in its group.
      if (pid !== undefined) endGroup(pid);
      resolve(well);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });
  closeSync(log);
  console.log(`\n── ${name}`);
  const said = readFileSync(output, 'utf8');
  process.stdout.write(said);
  /** @type {Counts} */
  const result = counts && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: counts ? 0 : Number(ok), failed: 0 };
  // A run that failed without a failed test has not run its tests.
  if (!ok && result.failed === 0) result.failed = 1;
  if (!(await nothingLeft(`TERTULIA_TEST_RUN=${mark}`))) result.failed += 1;
  return { ...result, failures: result.failed > 0 ? failures(said) : [], table: table ? said.split('\n').filter((line) => line.startsWith('|')) : [] };
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
  const results = chosen.map((section) => ({ section, passed: 0, failed: 0, seconds: 0, table: /** @type {string[]} */ ([]), failures: /** @type {string[]} */ ([]) }));
  /** @param {typeof results} some */
  const runAll = async (some) => {
    const jobs = some.flatMap((result) => result.section.commands().map((args) => ({ result, args })));
    // One for each core and one more, for tests that watch browsers wait most of the time.
    await Promise.all(
      Array.from({ length: Math.min(3, availableParallelism() + 1) }, async () => {
        for (let job = jobs.shift(); job; job = jobs.shift()) {
          const start = Date.now();
          const { passed, failed, table, failures: told } = await run(job.result.section, job.args, folder);
          job.result.passed += passed;
          job.result.failed += failed;
          job.result.table.push(...table);
          job.result.failures.push(...told);
          job.result.seconds += (Date.now() - start) / 1000;
        }
      }),
    );
  };
  const start = Date.now();
  // Live tests run on what was built.
  await runAll(results.filter(({ section }) => !section.counts));
  await runAll(results.filter(({ section }) => section.counts));
  for (const { section, table } of results) if (table.length > 0) console.log(`\n${[section.name, '', ...table].join('\n')}`);
  for (const { section, failures: told } of results) if (told.length > 0) console.log(`\n${[`failed in ${section.name}:`, ...told].join('\n')}`);
  console.log('');
  for (const { section: { name }, passed, failed, seconds } of results) console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(44)} ${`${passed} passed, ${failed} failed`.padEnd(26)} ${seconds.toFixed(1)} s`);
  console.log(`in ${((Date.now() - start) / 1000).toFixed(0)} s, three at a time`);
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
