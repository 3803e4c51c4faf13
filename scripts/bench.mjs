// `npm run bench`: installs what is missing, the peer included, builds, and measures. What follows is for bench/run.ts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, ensurePackages, ensureTestPrograms, Trouble } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @param {readonly string[]} args */
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

try {
  checkNode();
  ensurePackages();
  const args = process.argv.slice(2);
  const [drawOnly, smoke] = ['--plots', '--smoke'].map((name) => args.includes(name));
  if (!drawOnly) {
    ensureTestPrograms();
    // Beside the project's own packages: its installation stays light.
    if (!smoke) ensurePackages(join(root, 'bench'));
    if (node(join(root, 'scripts/build.mjs')) !== 0) throw new Trouble('There is nothing to measure without a build.');
  }
  process.exit(node('--import', 'tsx', join(root, 'bench/run.ts'), ...args));
} catch (error) {
  console.error(error instanceof Trouble ? error.message : error);
  process.exit(1);
}
