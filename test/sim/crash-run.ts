/**
 * The session of `crash.ts`, cut at its operations: all of them, or every `--every K`-th of
 * `--first N` to `--last N`. `--server NAME` (Prosody-like),
 * `--workers N` (all cores), `--deep` (also all at once that was not flushed); `--faults`: in place of the cuts, each
 * operation of a writing transaction aborts, finds the disk full, hangs. `--at N --outcome lost --undo 1 --trace`, or
 * `--at N --fault hang --trace`, plays one and prints all of it. Ends with a table; with TEST_COUNTS in the environment
 * writes its counts there.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.js';
import type { Cut, CutJob, CutPlayed, Refusal } from './crash.js';
import type { Outcome } from './disk.js';
import { playAll } from './pool.js';

const { values } = parseArgs({
  options: {
    server: { type: 'string', multiple: true, default: ['Prosody-like'] },
    every: { type: 'string', default: '1' },
    first: { type: 'string', default: '1' },
    last: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: String(availableParallelism()) },
    at: { type: 'string' },
    outcome: { type: 'string', default: 'committed' },
    undo: { type: 'string', default: '1' },
    faults: { type: 'boolean', default: false },
    fault: { type: 'string' },
    deep: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const bundle = await bundleWorker(undefined, 'crash-worker.ts');
const everything = 1_000_000;
const show = ({ job: { dialect, cut, refusal }, violations, story }: CutPlayed): void => {
  if (refusal) console.log(`\n${dialect}, ${refusal.fault} at ${refusal.at}`);
  console.log(`\n${dialect}, cut at ${cut?.at}, ${cut?.outcome}${cut?.outcome === 'lost-though-reported' ? ` (${cut.undo === everything ? 'all that was not flushed' : cut.undo})` : ''}: ${violations.length} violations`);
  for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
  for (const line of story.slice(-12)) console.log(`    ${line.slice(0, 200)}`);
  if (cut) console.log(`  the whole of it: node --import tsx test/sim/crash-run.ts --server '${dialect}' --at ${cut.at} --outcome ${cut.outcome} --undo ${cut.undo} --trace`);
};

if (values.at !== undefined) {
  const at = Number(values.at);
  const what = values.fault === undefined ? { cut: { at, outcome: values.outcome as Outcome, undo: Number(values.undo) } } : { refusal: { at, fault: values.fault as Refusal['fault'] } };
  const job: CutJob = { dialect: values.server[0]!, ...what, trace: values.trace };
  await playAll<CutJob, CutPlayed>(bundle, [job], 1, show);
  process.exit(0);
}

const begun = Date.now();
const rows: string[] = [];
let histories = 0;
let broken = 0;
for (const dialect of values.server) {
  let whole: CutPlayed | undefined;
  // oxlint-disable no-await-in-loop -- one server after the other
  await playAll<CutJob, CutPlayed>(bundle, [{ dialect }], 1, (played) => (whole = played));
  const { operations, commits, writes, undoable, frames, stanzas, messages, violations } = whole!;
  if (violations.length > 0) show(whole!);
  const commit = new Set(commits);
  const written = new Set(writes);
  const points = Array.from({ length: operations }, (_, i) => i + 1).filter((at) => at >= Number(values.first) && at <= Number(values.last) && (at - Number(values.first)) % Number(values.every) === 0);
  // Where nothing is being committed, "committed" and "lost" are one and the same history, and where all is flushed
  // there is nothing reported to lose: played once.
  const outcomes = (at: number): Cut[] => {
    const may = undoable[at - 1] ?? 0;
    return [
      ...(commit.has(at) ? [{ at, outcome: 'committed', undo: 0 } as const] : []),
      { at, outcome: 'lost', undo: 0 },
      ...(may > 0 ? [{ at, outcome: 'lost-though-reported', undo: 1 } as const] : []),
      ...(may > 1 && values.deep ? [{ at, outcome: 'lost-though-reported', undo: everything } as const] : []),
    ];
  };
  const refusals = values.faults ? points.filter((at) => written.has(at)).flatMap((at) => (['abort', 'quota', 'hang'] as const).map((fault) => ({ dialect, refusal: { at, fault } }))) : [];
  const jobs: CutJob[] = values.faults ? refusals : points.flatMap((at) => outcomes(at).map((cut) => ({ dialect, cut })));
  const failed: CutPlayed[] = [];
  let undone = 0;
  let most = 0;
  let done = 0;
  await playAll<CutJob, CutPlayed>(bundle, jobs, Number(values.workers), (played) => {
    undone += Number(played.undone > 0);
    most = Math.max(most, played.undone);
    if (played.violations.length > 0) {
      failed.push(played);
      if (failed.length <= 8) show(played);
    }
    if ((done += 1) % 500 === 0) console.log(`${dialect}: ${done} of ${jobs.length}, ${failed.length} failed, ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  });
  // oxlint-enable no-await-in-loop
  histories += jobs.length + 1;
  broken += failed.length + Number(violations.length > 0);
  rows.push(`| ${dialect} | ${stanzas} | ${messages} | ${operations} (${commits.length} commits, ${frames} frames) | ${points.length} | ${jobs.length} | ${undone}, up to ${most} commits | ${failed.length} |`);
  const kinds = new Map<string, number>();
  for (const { violations: found } of failed) for (const kind of new Set(found.map((what) => what.split(':')[0]!))) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (const [kind, count] of kinds) console.log(`${dialect}: ${kind} in ${count}`);
}
console.log(`
| server | stanzas | messages | operations | cut at | histories | lost though reported | that broke a rule |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

${histories} histories in ${((Date.now() - begun) / 1000).toFixed(0)} s on ${values.workers} threads`);
if (process.env['TEST_COUNTS']) writeFileSync(process.env['TEST_COUNTS'], JSON.stringify({ passed: histories - broken, failed: broken }));
process.exit(broken > 0 ? 1 : 0);
