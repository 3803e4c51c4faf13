/** The simulator's thread as one file: nothing of the engine is loaded later, in a time that no seed decides. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** A change to a file of `src/`, to see whether the checker notices. */
export type Mutation = { readonly file: string; readonly from: string; readonly to: string };

const root = fileURLToPath(new URL('../..', import.meta.url));

const mutating = (edits: readonly Mutation[]): Plugin => ({
  name: 'mutate',
  setup({ onLoad }) {
    for (const name of new Set(edits.map(({ file }) => file)))
      onLoad({ filter: new RegExp(`${name.replaceAll('.', String.raw`\.`)}$`) }, ({ path }) => {
        let contents = readFileSync(path, 'utf8');
        for (const { file, from, to } of edits) {
          if (file !== name) continue;
          if (!contents.includes(from)) throw new Error(`${file} has no longer: ${from}`);
          contents = contents.replaceAll(from, to);
        }
        return { contents, loader: 'ts' };
      });
  },
});

/** They go with the process. */
const folders: string[] = [];

/** Writes it to a folder of its own, which goes with the process. */
export async function bundleWorker(edits: readonly Mutation[] = [], entry = 'worker.ts'): Promise<string> {
  if (folders.length === 0) process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-sim-'));
  folders.push(folder);
  const outfile = join(folder, 'worker.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false, logLevel: 'error',
    tsconfig: join(root, 'tsconfig.json'),
    plugins: [mutating(edits)],
  });
  return outfile;
}
