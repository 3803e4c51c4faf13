// `npm run soak -- chaos`: as many cuts as asked, over both servers, both browsers, the messenger and the widget.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf, tableOf, type Outcome } from './chaos-report.js';
import { runChaos } from './chaos-run.js';
import type { Surface } from './chaos-scene.js';
import type { BrowserName } from './person.js';
import type { ServerName } from './stage.js';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    server: { type: 'string' },
    surface: { type: 'string' },
    browser: { type: 'string' },
    /** Cuts of a browser in one run, which begins with new accounts. */
    rounds: { type: 'string', default: '12' },
    verbose: { type: 'boolean', default: false },
  },
});
const cuts = Number(values.cuts);
const rounds = Number(values.rounds);
const browsers: BrowserName[] = values.browser ? [values.browser as BrowserName] : ['chromium', 'firefox'];
const kinds = (['prosody', 'ejabberd'] as ServerName[])
  .filter((server) => !values.server || server === values.server)
  .flatMap((server) => (['messenger', 'widget'] as Surface[]).filter((surface) => !values.surface || surface === values.surface).map((surface) => ({ server, surface })));

const outcomes: Outcome[] = [];
const broken: string[] = [];
const stamp = (): string => new Date().toISOString().slice(11, 23);
/** Where the steps and the wire of a run that went wrong are kept. */
const kept = fileURLToPath(new URL('../../../.tertulia/chaos/', import.meta.url));
for (let seed = Number(values.seed), done = 0; done < cuts; seed += 1, done += rounds * browsers.length) {
  const { server, surface } = kinds[seed % kinds.length]!;
  const steps: string[] = [];
  const tell = (line: string): void => {
    steps.push(`${stamp()} ${line}`);
    if (values.verbose) console.log(`  ${stamp()} ${line}`);
  };
  const trace = (browser: BrowserName, text: string): void => void steps.push(`${stamp()} ${browser} ${text}`);
  const keep = (): string => {
    mkdirSync(kept, { recursive: true });
    writeFileSync(`${kept}seed-${seed}.log`, steps.join('\n'));
    return `See .tertulia/chaos/seed-${seed}.log`;
  };
  const name = `seed ${seed}: ${server}, ${surface}`;
  try {
    const found = await runChaos({ server, surface, seed, rounds, slow: 3, kills: 3, restarts: seed % 3 === 0 ? 1 : 0, browsers, fresh: true, tell, trace });
    outcomes.push(...found);
    const faults = faultsOf(found);
    console.log(`${stamp()} ${name}: ${faults.length === 0 ? 'whole' : faults.join('\n  ')}`);
    if (faults.length > 0) console.log(keep());
  } catch (error) {
    broken.push(`${name}: ${(error as Error).message}`);
    console.log(`${stamp()} ${name} DID NOT END: ${(error as Error).stack}\n${keep()}`);
  }
}
const faults = [...faultsOf(outcomes), ...broken];
console.log(`\n${tableOf(outcomes)}\n\n${faults.length === 0 ? 'Nothing lost, nothing twice, nothing out of order.' : faults.join('\n')}`);
console.log(`Again: npm run soak -- chaos --seed ${values.seed} --cuts ${cuts} --rounds ${rounds}${values.server ? ` --server ${values.server}` : ''}${values.surface ? ` --surface ${values.surface}` : ''}`);
process.exitCode = faults.length === 0 ? 0 : 1;
