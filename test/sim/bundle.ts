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

const mutating = ({ file, from, to }: Mutation): Plugin => ({
  name: 'mutate',
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`${file.replaceAll('.', String.raw`\.`)}$`) }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no longer: ${from}`);
      return { contents: text.replaceAll(from, to), loader: 'ts' };
    });
  },
});

/** Writes it to a folder of its own, which goes with the process. */
export async function bundleWorker(mutation?: Mutation, entry = 'worker.ts'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-sim-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'worker.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false, logLevel: 'error',
    tsconfig: join(root, 'tsconfig.json'),
    plugins: mutation ? [mutating(mutation)] : [],
  });
  return outfile;
}
