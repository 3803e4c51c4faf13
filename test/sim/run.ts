/**
 * Plays histories: `--histories N` (2,000), `--seed S` (1) the first one, `--workers K` (all cores); `--seed S --trace`
 * plays that one and prints all of it. `--faults a,b` allows these alone, `--server WORD` plays against such a server only. Ends with a table; with TEST_COUNTS in the environment writes its counts there.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.js';
import { faultKinds } from './faults.js';
import type { FaultKind } from './faults.js';
import type { Played } from './play.js';
import { playAll } from './pool.js';
import { seeds } from './seeds.js';
import { dialectFor } from './server/dialects.js';
import type { Job } from './worker.js';

const { values } = parseArgs({
  options: { histories: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' }, workers: { type: 'string', default: String(availableParallelism()) }, trace: { type: 'boolean', default: false }, faults: { type: 'string' }, server: { type: 'string', default: '' } },
});
const first = Number(values.seed);
const only = values.faults?.split(',') as FaultKind[] | undefined;
const begun = Date.now();
const bundle = await bundleWorker();

const percentile = (numbers: readonly number[], share: number): number => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * share)] ?? 0;

function tell({ seed, dialect, violations, faults, story }: Played): void {
  console.log(`\nseed ${seed} (${dialect}) failed: ${violations.length} violations; faults: ${faults.map(([kind, count]) => `${kind} ×${count}`).join(', ') || 'none'}`);
  for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
  for (const line of story.slice(-25)) console.log(`    ${line.slice(0, 200)}`);
  console.log(`  the whole of it: node --import tsx test/sim/run.ts --seed ${seed} --trace`);
}

if (values.trace) {
  await playAll<Job, Played>(bundle, [{ seed: first, trace: true, only }], 1, (played) => tell(played));
  process.exit(0);
}

const kept = only || values.server ? [] : seeds.map(([seed]) => ({ seed }));
const histories = Number(values.histories);
const jobs: Job[] = [...kept, ...Array.from({ length: histories }, (_, i) => ({ seed: first + i, only })).filter(({ seed }) => dialectFor(seed).name.includes(values.server))];
const played: Played[] = [];
const failed: Played[] = [];
const counts = new Map<FaultKind, number>();
await playAll<Job, Played>(bundle, jobs, Number(values.workers), (one) => {
  played.push(one);
  for (const [kind, count] of one.faults) counts.set(kind, (counts.get(kind) ?? 0) + count);
  if (one.violations.length > 0) {
    failed.push(one);
    if (failed.length <= 10) tell(one);
  }
  if (played.length % (histories > 4000 ? 1000 : 200) === 0) console.log(`${played.length} of ${jobs.length} histories, ${failed.length} failed, ${((Date.now() - begun) / 1000).toFixed(0)} s`);
});

// Each that failed, and a few that did not, once more: the same seed gives the very same history.
const again = [...failed.slice(0, 5), ...played.slice(0, 5)];
const unlike: number[] = [];
await playAll<Job, Played>(bundle, again.map(({ seed }) => ({ seed, only })), Number(values.workers), (one) => {
  if (one.hash !== again.find(({ seed }) => seed === one.seed)!.hash) unlike.push(one.seed);
});
for (const seed of unlike) console.log(`seed ${seed} does not give the same history twice`);

const kinds = Object.keys(faultKinds) as FaultKind[];
// A handful of histories cannot meet every kind.
const never = jobs.length >= 1000 && !only ? kinds.filter((kind) => !counts.has(kind)) : [];
for (const kind of never) console.log(`the fault ${kind} never struck`);

const sum = (of: (one: Played) => number): number => played.reduce((total, one) => total + of(one), 0);
const dialects = new Map<string, number>();
for (const { dialect } of played) dialects.set(dialect, (dialects.get(dialect) ?? 0) + 1);
console.log(`
| simulated | |
|---|---|
| histories (${kept.length} kept seeds, then ${first} to ${first + histories - 1}) | ${played.length} |
| … that broke a rule | ${failed.length} |
| … played twice, not the same | ${unlike.length} of ${again.length} |
| kinds of fault that struck | ${counts.size} of ${kinds.length} |
| faults | ${Array.from(counts.values()).reduce((a, b) => a + b, 0)} |
| least struck | ${Array.from(counts).toSorted((a, b) => a[1] - b[1]).slice(0, 5).map(([kind, count]) => `${kind} ${count}`).join(', ')} |
| messages on the servers | ${sum(({ messages }) => messages)} |
| things done by people | ${sum(({ operations }) => operations)} |
| virtual time | ${(sum(({ lasted }) => lasted) / 3_600_000).toFixed(1)} h |
| tasks in a history, median and 99th percentile | ${percentile(played.map(({ tasks }) => tasks), 0.5)}, ${percentile(played.map(({ tasks }) => tasks), 0.99)} |
| servers | ${Array.from(dialects, ([name, count]) => `${name} ${count}`).join(', ')} |
| real time | ${((Date.now() - begun) / 1000).toFixed(0)} s on ${values.workers} threads |`);
const wrong = failed.length + unlike.length + never.length;
if (process.env['TEST_COUNTS']) writeFileSync(process.env['TEST_COUNTS'], JSON.stringify({ passed: played.length - failed.length, failed: wrong }));
process.exit(wrong > 0 ? 1 : 0);
