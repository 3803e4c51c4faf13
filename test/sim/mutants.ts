/**
 * Breaks the engine on purpose, one rule at a time, and plays histories until the checker notices: a simulator that
 * cannot fail proves nothing. `--histories N` (300) at most for each; `--only WORD` those whose rule has the word.
 */
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.js';
import type { Mutation } from './bundle.js';
import { playAll } from './pool.js';

type Mutant = Mutation & { readonly rule: string };

const mutants: readonly Mutant[] = [
  {
    rule: 'commit first, acknowledge second',
    file: 'src/xmpp/intake.ts',
    from: 'if (stanzas.length > 0) await this.#options.handle(stanzas);',
    to: 'this.#options.handled(batch.filter((entry) => entry.counted).length); batch.forEach((entry) => ((entry as { counted: boolean }).counted = false)); if (stanzas.length > 0) await this.#options.handle(stanzas);',
  },
  {
    rule: '<failed h/> is applied as it is, not as if all had come',
    file: 'src/xep/0198-stream-management.ts',
    from: 'const got = h === undefined ? 0 : distance(this.#hOut, h);',
    to: 'const got = this.#queue.length;',
  },
  {
    rule: 'an acknowledgement is for the stanzas it counts, no others',
    file: 'src/xep/0198-stream-management.ts',
    from: 'return this.#queue.splice(0, got).map(({ stanza }) => stanza);',
    to: 'return this.#queue.splice(0).map(({ stanza }) => stanza);',
  },
  {
    rule: 'a live message never moves the cursor',
    file: 'src/archive/append.ts',
    from: '  const facts = stanzas.flat();',
    to: '  const facts = stanzas.flat();\n  for (const fact of facts) if (fact.archiveId !== undefined) { const run = (await unit.loadRuns(fact.archive)).at(-1); if (run) unit.putRun({ ...run, toId: fact.archiveId }); }',
  },
  {
    rule: 'what is of unknown fate is looked for before it is sent again',
    file: 'src/engine/outbox.ts',
    from: "if (row.state === 'inflight' && !heldByStream.has(row.originId)) await archive.setOutboxState(row.id, 'unknown');",
    to: "if (row.state === 'inflight' && !heldByStream.has(row.originId)) await archive.setOutboxState(row.id, 'queued');",
  },
  {
    rule: 'a message of unknown fate holds up those behind it',
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
    file: 'src/archive/runs.ts',
    from: 'unit.putSegment(emptySegment(archive, conversation, segment, true));',
    to: 'unit.putSegment(emptySegment(archive, conversation, segment, false));',
  },
  {
    rule: 'stanzas handled are counted once',
    file: 'src/xep/0198-stream-management.ts',
    from: 'this.#hIn = add(this.#hIn, count);',
    to: 'this.#hIn = add(this.#hIn, count + (count > 2 ? 1 : 0));',
  },
  {
    rule: "a carbon comes from one's own account",
    file: 'src/xep/0280-carbons.ts',
    from: "if (outer.attrs['from'] !== me)",
    to: 'if (false)',
  },
  {
    rule: 'an archive result was asked for',
    file: 'src/xep/0313-mam.ts',
    from: "if (!query) return { reject: `an archive result from ${archive}, which was not asked` };",
    to: 'if (!query) return openForwarded(result);',
  },
  {
    rule: 'two engines never lead at once',
    file: 'src/engine/leader.ts',
    from: 'await locks.request(this.#parts.name, steal ? { steal } : { signal: waiting.signal }, run);',
    to: 'await run();',
  },
  {
    rule: 'the archive is asked to its end before what it lacks is settled',
    file: 'src/engine/catch-up.ts',
    from: "return { proven: stable && !hasHole(await store.runs(archive)) };",
    to: 'return { proven: true };',
  },
  {
    rule: 'what arrives live is kept',
    file: 'src/engine/inbox.ts',
    from: 'if (incoming) messages.push(',
    to: 'if (incoming && this.#ports.ctx().newId().charCodeAt(0) % 16 !== 0) messages.push(',
  },
];

const { values } = parseArgs({ options: { histories: { type: 'string', default: '300' }, only: { type: 'string', default: '' }, workers: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } } });
let escaped = 0;
console.log('| rule broken on purpose | noticed after | as |\n|---|---|---|');
for (const { rule, ...mutation } of mutants.filter((mutant) => mutant.rule.includes(values.only))) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  const bundle = await bundleWorker(mutation);
  let played = 0;
  let noticed: string | undefined;
  const jobs = Array.from({ length: Number(values.histories) }, (_, i) => ({ seed: Number(values.seed) + i }));
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  await playAll(bundle, jobs, Number(values.workers), ({ violations }) => {
    if (noticed === undefined) played += 1;
    noticed ??= violations[0];
  }, () => noticed !== undefined);
  if (noticed === undefined) escaped += 1;
  console.log(`| ${rule} | ${noticed === undefined ? `not within ${played}` : `${played}`} | ${(noticed ?? '').slice(0, 120)} |`);
}
process.exit(escaped > 0 ? 1 : 0);
