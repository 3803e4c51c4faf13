/**
 * Breaks the engine on purpose, one rule at a time, and plays histories until the checker notices: a simulator that
 * cannot fail proves nothing. `--histories N` (300) at most for each; `--only WORD` those whose rule has the word.
 */
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.js';
import type { Mutation } from './bundle.js';
import type { FaultKind } from './faults.js';
import type { Played } from './play.js';
import { playAll } from './pool.js';
import type { Job } from './worker.js';
import { dialectFor } from './server/dialects.js';

type Mutant = {
  readonly rule: string;
  readonly edits: readonly Mutation[];
  /** Where it shows soonest: faults, and a server. */
  readonly faults?: readonly FaultKind[];
  readonly server?: string;
};

const mutants: readonly Mutant[] = [
  {
    rule: 'commit first, acknowledge second',
    faults: ['tab-crash', 'tab-crash-committed', 'storage-fails', 'power-loss'],
    server: 'no archive',
    edits: [
      { file: 'src/xmpp/intake.ts', from: 'if (stanzas.length > 0) await this.#options.handle(stanzas);', to: 'this.#options.handled(batch.filter((entry) => entry.counted).length); batch.forEach((entry) => ((entry as { counted: boolean }).counted = false)); if (stanzas.length > 0) await this.#options.handle(stanzas);' },
      { file: 'src/xep/0198-stream-management.ts', from: 'distance(this.#told, this.#hIn) >= acknowledgeEvery', to: 'true' },
      { file: 'src/xep/0198-stream-management.ts', from: 'if (this.#id !== undefined && this.#state.hIn !== h) await this.#state.save();', to: '' },
    ],
  },
  {
    rule: '<failed h/> is applied as it is, not as if all had come',
    faults: ['sm-resume-failed-h', 'sm-resume-failed', 'cut-before-frame', 'half-open'],
    edits: [{ file: 'src/xep/0198-stream-management.ts', from: 'const got = h === undefined ? 0 : distance(this.#hOut, h);', to: 'const got = this.#queue.length;' }],
  },
  {
    rule: 'an acknowledgement is for the stanzas it counts, no others',
    faults: ['half-open', 'cut-before-frame', 'mute-up', 'sm-resume-failed'],
    server: 'like',
    edits: [{ file: 'src/xep/0198-stream-management.ts', from: 'return this.#queue.splice(0, got).map(({ stanza }) => stanza);', to: 'return this.#queue.splice(0).map(({ stanza }) => stanza);' }],
  },
  {
    rule: 'a live message never moves the cursor',
    faults: ['live-lost', 'carbon-missing', 'server-restart'],
    server: 'like',
    edits: [{ file: 'src/archive/append.ts', from: '  const facts = stanzas.flat();', to: '  const facts = stanzas.flat();\n  for (const fact of facts) if (fact.archiveId !== undefined) { const run = (await unit.loadRuns(fact.archive)).at(-1); if (run) unit.putRun({ ...run, toId: fact.archiveId }); }' }],
  },
  {
    rule: 'what is of unknown fate is looked for before it is sent again',
    faults: ['cut-after-frame', 'cut-in-answer', 'half-open'],
    server: 'no resumption',
    edits: [{ file: 'src/engine/outbox.ts', from: "archive.setOutboxState(row.id, 'unknown');", to: "archive.setOutboxState(row.id, 'queued');" }],
  },
  {
    rule: 'a message of unknown fate holds up those behind it',
    faults: ['server-restart', 'cut-before-frame', 'sm-resume-failed', 'mam-slow'],
    server: 'like',
    edits: [{ file: 'src/engine/outbox.ts', from: "if (row.state === 'unknown' || (row", to: "if (row.state === 'unknown') continue; if ((row" }],
  },
  {
    rule: 'the same message under another archive id is the same message',
    edits: [{ file: 'src/archive/known.ts', from: 'if (row && sameMessage(row, fact)) return { row, exact: false };', to: '' }],
  },
  {
    rule: 'only a joined run closes the gap of a latest page',
    faults: ['mam-purged', 'mam-item-not-found', 'sleep', 'server-restart'],
    server: 'short pages',
    // That the gap is not written alone shows to nobody who looks when all have caught up: holes are filled by what the runs say.
    edits: [{ file: 'src/archive/append-page.ts', from: 'if (!joined && start !== undefined)', to: 'joinRuns(unit, archive, -1, segment); if (!joined && start !== undefined)' }],
  },
  {
    rule: 'stanzas handled are counted once',
    faults: ['cut', 'cut-in-answer', 'mute-down'],
    server: 'no archive',
    edits: [{ file: 'src/xep/0198-stream-management.ts', from: 'this.#hIn = add(this.#hIn, count);', to: 'this.#hIn = add(this.#hIn, count + (count > 2 ? 1 : 0));' }],
  },
  {
    rule: "a carbon comes from one's own account",
    faults: ['carbon-forged'],
    edits: [{ file: 'src/xep/0280-carbons.ts', from: "if (outer.attrs['from'] !== me)", to: 'if (false)' }],
  },
  {
    rule: 'an archive result was asked for',
    faults: ['mam-forged'],
    edits: [{ file: 'src/xep/0313-mam.ts', from: "if (!query) return { reject: `an archive result from ${archive}, which was not asked` };", to: 'if (!query) return openForwarded(result);' }],
  },
  {
    rule: 'two engines never lead at once',
    faults: ['flush-twice', 'leader-closed'],
    edits: [{ file: 'src/engine/leader.ts', from: 'await locks.request(this.#parts.name, steal ? { steal } : { signal: waiting.signal }, run);', to: 'await run();' }],
  },
  {
    rule: 'the archive is asked to its end before what it lacks is settled',
    faults: ['mam-unstable', 'mam-item-not-found', 'server-restart', 'sleep'],
    server: 'short pages',
    edits: [{ file: 'src/engine/catch-up.ts', from: 'if (!latest) return stable;', to: 'return true;' }],
  },
  {
    rule: '<failed h/> says what need not be sent again',
    faults: ['cut', 'sm-resume-failed-h'],
    server: 'no archive',
    edits: [{ file: 'src/xep/0198-stream-management.ts', from: 'const got = h === undefined ? 0 : distance(this.#hOut, h);', to: 'const got = 0;' }],
  },
  {
    rule: 'a resumed stream is asked a question before anything that counts is sent',
    faults: ['half-frame', 'cut'],
    server: 'Prosody-0.12',
    edits: [{ file: 'src/xep/0198-stream-management.ts', from: 'await this.#isHeard(stream);', to: '' }],
  },
  {
    rule: 'who was replaced writes nothing more',
    faults: ['leader-frozen'],
    edits: [{ file: 'src/archive/lead.ts', from: 'found === this.#epoch', to: 'found !== -1' }],
  },
  {
    rule: 'the same id in the same archive is the same message',
    server: 'like',
    edits: [{ file: 'src/archive/known.ts', from: 'if (row) return { row, exact: row.archiveId === fact.archiveId };', to: '' }],
  },
  {
    rule: 'an own message is known by its origin-id',
    edits: [{ file: 'src/archive/known.ts', from: 'if (row.originId === fact.originId) return true;', to: '' }],
  },
  {
    rule: 'what arrives live is kept',
    edits: [{ file: 'src/engine/inbox.ts', from: 'if (incoming) messages.push(', to: 'if (incoming && this.#ports.ctx().newId().charCodeAt(0) % 16 !== 0) messages.push(' }],
  },
];

const { values } = parseArgs({ options: { histories: { type: 'string', default: '300' }, only: { type: 'string', default: '' }, workers: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } } });
let escaped = 0;
console.log('| rule broken on purpose | noticed after | as |\n|---|---|---|');
for (const { rule, faults, server = '', edits } of mutants.filter((mutant) => mutant.rule.includes(values.only))) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  const bundle = await bundleWorker(edits);
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
