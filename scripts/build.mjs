// `npm run build`: dist/, static files for any web server, and what they weigh.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
// Made apart and put in its place whole: nobody is served half a build, and two builds do not get into each other's way.
const making = join(root, '.tertulia', `build-${process.pid}`);

/** @typedef {import('./weights.mjs').Graph} Graph */

/**
 * `npm run build -- --modules`: what a chunk consists of, largest first, in bytes before compression.
 * @param {{ fileName: string, modules: Record<string, { renderedLength: number }> }} chunk
 */
function showModules({ fileName, modules }) {
  console.log(fileName);
  const parts = Object.entries(modules).map(([id, { renderedLength }]) => ({ id: id.replace(root, ''), renderedLength }));
  for (const { id, renderedLength } of parts.toSorted((a, b) => b.renderedLength - a.renderedLength).slice(0, 25)) console.log(`${String(renderedLength).padStart(9)}  ${id}`);
}

/**
 * The two pages, elements.js and chat.js.
 * @returns {Promise<{ graph: Graph, drawn: ReadonlySet<string>, entry: (source: string) => string }>}
 */
async function buildPages() {
  const { build } = await import('vite');
  const result = await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: making } });
  if (!('output' in result)) throw new Error('vite gave no single output');
  /** @type {Map<string, import('./weights.mjs').Chunk>} */
  const graph = new Map();
  /** @type {Map<string, string>} */
  const entries = new Map();
  /** @type {Set<string>} chunks with a part of the view in them */
  const drawn = new Set();
  for (const chunk of result.output) {
    if (chunk.type !== 'chunk') continue;
    if (process.argv.includes('--modules')) showModules(chunk);
    graph.set(chunk.fileName, { imports: chunk.imports, dynamicImports: chunk.dynamicImports, css: [...(chunk.viteMetadata?.importedCss ?? [])] });
    if (Object.keys(chunk.modules).some((id) => /[\\/]components[\\/]|[\\/]node_modules[\\/](lit|@lit)/.test(id))) drawn.add(chunk.fileName);
    if (chunk.facadeModuleId) entries.set(chunk.facadeModuleId.replaceAll('\\', '/'), chunk.fileName);
  }
  const base = root.replaceAll('\\', '/');
  return {
    graph,
    drawn,
    entry: (source) => {
      const file = entries.get(base + source);
      if (!file) throw new Error(`The build holds no chunk for ${source}: nothing imports it as an entry, or as new URL('…', import.meta.url).`);
      return file;
    },
  };
}

/**
 * One file of its own, without imports.
 * @param {string} source
 * @param {string} name
 */
async function buildSingle(source, name) {
  const { build } = await import('vite');
  const front = `virtual:front/${name}`;
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    // A front without exports: those of the source, which its tests need, would become a global variable.
    plugins: [{ name: 'tertulia-front', resolveId: (id) => (id.endsWith(front) ? front : undefined), load: (id) => (id === front ? `import ${JSON.stringify(join(root, source))};` : undefined) }],
    build: {
      outDir: making,
      emptyOutDir: false,
      target: 'es2022',
      sourcemap: true,
      minify: true,
      lib: { entry: front, formats: ['iife'], name: 'tertulia', fileName: () => name },
    },
  });
}

/**
 * Writes the list of files kept for offline use into the service worker.
 * @param {ReadonlySet<string>} wanted chunks that the pages may load; other JavaScript is for other people's pages
 */
async function precache(wanted) {
  const { injectManifest } = await import('workbox-build');
  const file = join(making, 'service-worker.js');
  const { count, size, warnings } = await injectManifest({
    swSrc: file,
    swDest: file,
    globDirectory: making,
    globPatterns: ['**/*.{html,js,css,svg,png,webp,woff2,ico,mp3,ogg,wav,webmanifest}'],
    globIgnores: ['embed.js', 'config.json', 'service-worker.js', '**/*.map'],
    // Their names hold a hash of what is in them.
    dontCacheBustURLsMatching: /^assets\/.+-[\w-]{8}\./,
    manifestTransforms: [
      (manifest) => ({ manifest: manifest.filter(({ url }) => !url.endsWith('.js') || wanted.has(url)), warnings: [] }),
    ],
  });
  for (const warning of warnings) console.warn(warning);
  return { count, size };
}

/** Builds everything. Throws where it cannot; the result says whether the weights are kept. */
export async function buildAll() {
  const { limits, formatWeights, reachableFiles, staticFiles, weigh } = await import('./weights.mjs');
  const { graph, drawn, entry } = await buildPages();
  await buildSingle('embed/embed.ts', 'embed.js');
  await buildSingle('src/service-worker.ts', 'service-worker.js');

  const [index, widget, worker, engine] = [entry('pages/index.html'), entry('pages/widget.html'), entry('src/engine-worker.ts'), entry('src/engine/account-host.ts')];
  const drawing = [...reachableFiles(graph, [worker])].filter((file) => drawn.has(file));
  if (drawing.length > 0) throw new Error(`The engine's worker has no document, but would load what draws: ${drawing.join(', ')}. Mend the groups of chunks in vite.config.ts.`);
  const inPages = reachableFiles(graph, [index, widget, worker]);
  const offline = await precache(inPages);

  const loads = [
    { name: 'loader', limit: limits.loader, files: ['embed.js'] },
    // The worker makes the visitor's account, while the engine is fetched, which sends what was written.
    { name: 'widget, until a message can be written', limit: limits.widget, files: ['widget.html', ...staticFiles(graph, [widget, worker])] },
    { name: 'widget, until it is sent', limit: limits.sent, files: ['widget.html', ...staticFiles(graph, [widget, worker, engine])] },
    { name: 'messenger', limit: limits.messenger, files: ['index.html', ...staticFiles(graph, [index, worker, engine])] },
  ];
  const first = new Set(loads.flatMap(({ files }) => files));
  const lazy = [...inPages].filter((file) => !first.has(file)).toSorted();
  const weights = weigh(loads, (file) => readFileSync(join(making, file)), lazy);
  writeFileSync(join(making, 'weights.json'), `${JSON.stringify(weights, null, 1)}\n`);
  rmSync(dist, { recursive: true, force: true });
  renameSync(making, dist);
  console.log(formatWeights(weights));
  console.log(`Kept for offline use: ${offline.count} files, ${(offline.size / 1000).toFixed(0)} kB.`);
  return { kept: weights.loads.every(({ over }) => !over) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { kept } = await buildAll().finally(() => rmSync(making, { recursive: true, force: true }));
  if (!kept) {
    console.error('The first load is heavier than allowed: load what is not needed at once by import(), or drop it.');
    process.exitCode = 1;
  }
}
