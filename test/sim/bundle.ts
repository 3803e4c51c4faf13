/** The simulator's thread as one file: nothing of the engine is loaded later, in a time that no seed decides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Writes it to a folder of its own, which goes with the process. */
export async function bundleWorker(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-sim-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'worker.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false, logLevel: 'error',
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
  });
  return outfile;
}
