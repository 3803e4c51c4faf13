// `npm run soak`: simulated histories; `npm run soak -- chaos`: real browsers and servers on lines that are cut. `npm run soak -- crash`: one session cut at every operation. What follows is for that part.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const parts = /** @type {Readonly<Record<string, string>>} */ ({ histories: 'test/sim/run.ts', chaos: 'test/live/support/chaos-soak.ts', crash: 'test/sim/crash-run.ts' });
const [first = '', ...rest] = process.argv.slice(2);
const known = Object.hasOwn(parts, first);
const file = fileURLToPath(new URL(`../${parts[known ? first : 'histories']}`, import.meta.url));
const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...(known ? rest : process.argv.slice(2))], { stdio: 'inherit' });
process.exit(status ?? 1);
