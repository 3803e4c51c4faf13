/**
 * Breaks the engine on purpose, one rule at a time, and plays histories until the checker notices: a simulator that
 * cannot fail proves nothing. `--histories N` (100) at most for each; `--only WORD` those whose rule has the word.
 */
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.js';
import type { Mutation } from './bundle.js';
import type { FaultKind } from './faults.js';
import type { Played } from './play.js';
import { playAll } from './pool.js';
import type { Job } from './worker.js';
import { dialectFor } from './server/dialects.js';

type Mutant = Mutation & {
  readonly rule: string;
  /** Where it shows soonest: faults, and a server. */
  readonly faults?: readonly FaultKind[];
  readonly server?: string;
};

const mutants: readonly Mutant[] = [
  {
    rule: 'commit first, acknowledge second',
    faults: ['tab-crash', 'tab-crash-committed', 'storage-abort'],
    server: 'no archive',
    file: 'src/xmpp/intake.ts',
    from: 'if (stanzas.length > 0) await this.#options.handle(stanzas);',
    to: 'this.#options.handled(batch.filter((entry) => entry.counted).length); batch.forEach((entry) => ((entry as { counted: boolean }).counted = false)); if (stanzas.length > 0) await this.#options.handle(stanzas);',
  },
  {
    rule: '<failed h/> is applied as it is, not as if all had come',
    faults: ['sm-resume-failed-h', 'sm-resume-failed', 'cut-before-frame', 'half-open'],
    file: 'src/xep/0198-stream-management.ts',
    from: 'const got = h === undefined ? 0 : distance(this.#hOut, h);',
    to: 'const got = this.#queue.length;',
  },
  {
    rule: 'an acknowledgement is for the stanzas it counts, no others',
    faults: ['half-open', 'cut-before-frame', 'mute-up', 'sm-resume-failed'],
    server: 'like',
    file: 'src/xep/0198-stream-management.ts',
    from: 'return this.#queue.splice(0, got).map(({ stanza }) => stanza);',
    to: 'return this.#queue.splice(0).map(({ stanza }) => stanza);',
  },
  {
    rule: 'a live message never moves the cursor',
    faults: ['live-lost', 'carbon-missing', 'server-restart'],
    server: 'like',
    file: 'src/archive/append.ts',
    from: '  const facts = stanzas.flat();',
    to: '  const facts = stanzas.flat();\n  for (const fact of facts) if (fact.archiveId !== undefined) { const run = (await unit.loadRuns(fact.archive)).at(-1); if (run) unit.putRun({ ...run, toId: fact.archiveId }); }',
  },
  {
    rule: 'what is of unknown fate is looked for before it is sent again',
    faults: ['server-restart', 'cut-after-frame', 'sm-resume-failed', 'cut-in-answer'],
    server: 'like',
    file: 'src/engine/outbox.ts',
    from: "archive.setOutboxState(row.id, 'unknown');",
    to: "archive.setOutboxState(row.id, 'queued');",
  },
  {
    rule: 'a message of unknown fate holds up those behind it',
    faults: ['server-restart', 'cut-before-frame', 'sm-resume-failed', 'mam-slow'],
    server: 'like',
    file: 'src/engine/outbox.ts',
    from: "if (row.state === 'unknown' || (row",
    to: "if (row.state === 'unknown') continue; if ((row",
  },
  {
    rule: 'the same message under another archive id is the same message',
    file: 'src/archive/known.ts',
    from: 'if (row && sameMessage(row, fact)) return { row, exact: false };',
    to: '',
  },
  {
    rule: 'only a joined run closes the gap of a latest page',
    faults: ['mam-purged', 'mam-item-not-found', 'sleep', 'server-restart'],
    server: 'short pages',
    file: 'src/archive/runs.ts',
    from: 'unit.putSegment(emptySegment(archive, conversation, segment, true));',
    to: 'unit.putSegment(emptySegment(archive, conversation, segment, false));',
  },
  {
    rule: 'stanzas handled are counted once',
    faults: ['cut', 'cut-in-answer', 'mute-down'],
    server: 'no archive',
    file: 'src/xep/0198-stream-management.ts',
    from: 'this.#hIn = add(this.#hIn, count);',
    to: 'this.#hIn = add(this.#hIn, count + (count > 2 ? 1 : 0));',
  },
  {
    rule: "a carbon comes from one's own account",
    faults: ['carbon-forged'],
    file: 'src/xep/0280-carbons.ts',
    from: "if (outer.attrs['from'] !== me)",
    to: 'if (false)',
  },
  {
    rule: 'an archive result was asked for',
    faults: ['mam-forged'],
    file: 'src/xep/0313-mam.ts',
    from: "if (!query) return { reject: `an archive result from ${archive}, which was not asked` };",
    to: 'if (!query) return openForwarded(result);',
  },
  {
    rule: 'two engines never lead at once',
    faults: ['flush-twice', 'leader-closed'],
    file: 'src/engine/leader.ts',
    from: 'await locks.request(this.#parts.name, steal ? { steal } : { signal: waiting.signal }, run);',
    to: 'await run();',
  },
  {
    rule: 'the archive is asked to its end before what it lacks is settled',
    faults: ['mam-unstable', 'mam-item-not-found', 'server-restart', 'sleep'],
    server: 'short pages',
    file: 'src/engine/catch-up.ts',
    from: 'if (complete) return stable;',
    to: 'return true;',
  },
  {
    rule: 'what arrives live is kept',
    file: 'src/engine/inbox.ts',
    from: 'if (incoming) messages.push(',
    to: 'if (incoming && this.#ports.ctx().newId().charCodeAt(0) % 16 !== 0) messages.push(',
  },
];

const { values } = parseArgs({ options: { histories: { type: 'string', default: '100' }, only: { type: 'string', default: '' }, workers: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } } });
let escaped = 0;
console.log('| rule broken on purpose | noticed after | as |\n|---|---|---|');
for (const { rule, faults, server = '', ...mutation } of mutants.filter((mutant) => mutant.rule.includes(values.only))) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  const bundle = await bundleWorker(mutation);
  let played = 0;
  let noticed: string | undefined;
  const jobs = Array.from({ length: 20 * Number(values.histories) }, (_, i) => ({ seed: Number(values.seed) + i, only: faults }))
    .filter(({ seed }) => dialectFor(seed).name.includes(server))
    .slice(0, Number(values.histories));
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  await playAll<Job, Played>(bundle, jobs, Number(values.workers), ({ violations }) => {
    if (noticed === undefined) played += 1;
    noticed ??= violations[0];
  }, () => noticed !== undefined);
  if (noticed === undefined) escaped += 1;
  console.log(`| ${rule} | ${noticed === undefined ? `not within ${played}` : `${played}`} | ${(noticed ?? '').slice(0, 120)} |`);
}
process.exit(escaped > 0 ? 1 : 0);
