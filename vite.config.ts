// What `npm run build` bundles: the two pages and the two entry points for other people's code, sharing their chunks.
// The loader and the service worker are single files, built apart by scripts/build.mjs.
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Their addresses are part of the contract: no hash in the name. */
const fixed: Readonly<Record<string, string>> = { elements: 'components/elements.ts', chat: 'src/chat.ts' };

/**
 * The fixed names are given to empty fronts. Were the pages to import a chunk without a hash, a cached page would load the next
 * version's chunk, whose minified exports have other names.
 */
function fronts(): Plugin {
  const prefix = 'virtual:front/';
  return {
    name: 'tertulia-fronts',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load: (id) => {
      const source = fixed[id.slice(prefix.length + 1)];
      return id.startsWith(`\0${prefix}`) && source !== undefined ? `export * from ${JSON.stringify(here(source))};` : undefined;
    },
  };
}

/**
 * `new URL('./x.ts', import.meta.url)` names a worker's source. Vite sees that only directly inside of `new Worker(…)`, where
 * a Trusted Types policy has to stand, and would bundle the worker apart; this way the worker shares chunks with the pages.
 */
function workerEntries(): Plugin {
  const pattern = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.ts)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
  return {
    name: 'tertulia-worker-entries',
    apply: 'build',
    enforce: 'pre',
    async transform(code, importer) {
      if (!importer.endsWith('.ts') || !code.includes('import.meta.url')) return undefined;
      let result = code;
      for (const [whole, , specifier] of code.matchAll(pattern)) {
        if (specifier === undefined) continue;
        const resolved = await this.resolve(specifier, importer);
        if (!resolved) this.error(`${importer}: no such worker: ${specifier}`);
        const reference = this.emitFile({ type: 'chunk', id: resolved.id });
        result = result.replace(whole, `new URL(import.meta.ROLLUP_FILE_URL_${reference})`);
      }
      return result === code ? undefined : { code: result, map: null };
    },
  };
}

/** Of @xmpp/xml its element and builder, without the parser (frames are read by src/xmpp/frame.ts) and what CommonJS and Node's EventEmitter need. */
function xmlBuilder(): Plugin {
  const id = '\0tertulia-xml-builder';
  return {
    name: 'tertulia-xml-builder',
    apply: 'build',
    enforce: 'pre',
    resolveId: (source) => (source === '@xmpp/xml' ? id : undefined),
    load: (wanted) => (wanted === id ? "export { default as Element } from 'ltx/src/Element.js'; export { default as xml } from 'ltx/src/createElement.js';" : undefined),
  };
}

/** Every chunk a page imports by `import()` builds on what the page has: nothing is to be preloaded with it, and Vite's helper for that is dead weight. */
function plainImports(): Plugin {
  const helper = '\0vite/preload-helper.js';
  return {
    name: 'tertulia-plain-imports',
    apply: 'build',
    enforce: 'pre',
    load: { filter: { id: /preload-helper/ }, handler: (id) => (id === helper ? 'export const __vitePreload = (load) => load();' : undefined) },
  };
}

/**
 * The page's HTML names what its script will ask for next, so that it is on its way before the script runs: its settings; in
 * the widget, after all else, its worker, without which nothing is sent. The messenger's waits for a person who signs in, or for the first paint.
 */
function earlyRequests(): Plugin {
  return {
    name: 'tertulia-early-requests',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: here('pages/early.ts') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        const worker = chunks.find(({ facadeModuleId }) => facadeModuleId === here('src/engine-worker.ts'));
        if (!worker) throw new Error('the bundle has no worker');
        const early = chunks.find(({ moduleIds }) => moduleIds.includes(here('pages/early.ts')));
        if (!early) throw new Error('the bundle has nothing that begins early');
        const isMessenger = html.includes(early.fileName);
        const files = isMessenger ? [] : [worker.fileName, ...worker.imports].filter((file) => !html.includes(file));
        return [
          // Runs as soon as it is there itself, and not after all that is drawn with.
          ...(isMessenger ? [{ tag: 'script', attrs: { type: 'module', async: true, crossorigin: true, src: `./${early.fileName}` }, injectTo: 'head-prepend' } as const] : []),
          { tag: 'link', attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: './config.json' }, injectTo: 'head' },
          ...files.map((file): HtmlTagDescriptor => ({ tag: 'link', attrs: { rel: 'prefetch', href: `./${file}` }, injectTo: 'head' })),
        ];
      },
    },
  };
}

type Node = { readonly type?: unknown; readonly start: number; readonly end: number; readonly [key: string]: unknown };

function* nodes(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (typeof (value as Node).type === 'string') yield value as Node;
  for (const child of Object.values(value)) if (typeof child === 'object') yield* nodes(child);
}

/** Minifies what stands in html`…` and css`…`, which is text to the minifier of JavaScript. */
function templates(): Plugin {
  return {
    name: 'tertulia-templates',
    apply: 'build',
    enforce: 'post',
    async transform(code, id) {
      if (!id.includes('/components/') || !/\b(html|svg|css)`/.test(code)) return undefined;
      const edits: { start: number; end: number; text: string }[] = [];
      for (const node of nodes(this.parse(code))) {
        if (node.type !== 'TaggedTemplateExpression') continue;
        const tag = (node.tag as { name?: string }).name ?? '';
        const { quasis } = node.quasi as { quasis: readonly Node[] };
        if (tag === 'css' && quasis.length === 1 && quasis[0]) {
          const { start, end, value } = quasis[0] as Node & { value: { cooked: string } };
          const minified = await transform(value.cooked, { loader: 'css', minify: true, target: 'es2022', charset: 'utf8' });
          // It stands in a template again, where a backslash is one of the script's own.
          edits.push({ start, end, text: minified.code.trim().replace(/[\\`]|\$\{/g, '\\$&') });
        } else if (tag === 'html' || tag === 'svg') {
          // A line break and its indentation are one space to a browser, within a tag and between two.
          for (const { start, end } of quasis) edits.push({ start, end, text: code.slice(start, end).replace(/\s*\n\s*/g, ' ') });
        } else if (tag === 'css') {
          for (const { start, end } of quasis) edits.push({ start, end, text: code.slice(start, end).replace(/\/\*[^]*?\*\//g, '').replace(/\s*\n\s*/g, ' ') });
        }
      }
      let result = code;
      for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) result = result.slice(0, start) + text + result.slice(end);
      return { code: result, map: null };
    },
  };
}

export default defineConfig({
  root: here('pages'),
  publicDir: here('public'),
  // Relative, so that `dist/` can lie in any folder of a web server.
  base: './',
  worker: { format: 'es' },
  plugins: [fronts(), workerEntries(), xmlBuilder(), plainImports(), earlyRequests(), templates()],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // Preloads belong into the pages only: in a worker there is no document to put them into.
    modulePreload: { polyfill: false, resolveDependencies: (_file, dependencies, { hostType }) => (hostType === 'html' ? dependencies : []) },
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: {
        index: here('pages/index.html'),
        widget: here('pages/widget.html'),
        elements: 'virtual:front/elements',
        chat: 'virtual:front/chat',
      },
      // Vite drops the exports of an app's entries; those of elements.js and chat.js are what they are for.
      preserveEntrySignatures: 'allow-extension',
      output: {
        // What every page draws with stays one file: in pieces it would weigh more.
        codeSplitting: {
          groups: [
            // The engine's worker has no document: what it shares with the page stands apart from everything that draws.
            { name: 'base', priority: 1, test: /\/src\/(base\/|archive\/(sound|trouble|watch-archive)|client\/(bus|channel)\.|engine\/host-rpc|xep\/sha-1)|rolldown\/runtime|vite\/preload-helper/ },
            // What a page that comes back begins with, before it has anything to draw with.
            { name: 'page-archive', priority: 1, test: /node_modules\/idb\/|\/src\/(archive\/(accounts|change-state|conversations|open-database|outbox|page-archive|reader|schema|seams|segments|shelf|transact|unit)|client\/config|model\/(fold-message|message))\.|pages\/after-paint/ },
            // What the worker begins with: one file, whatever of it the engine's later parts use as well.
            { name: 'wire', test: /node_modules\/ltx\/|\/src\/(xmpp\/(element|frame|iq|negotiate|serialize|service-url|stream)\.|xep\/(0077|0156)|engine\/platform)/ },
            { name: 'conversation', test: /node_modules\/(@?lit|lit-[a-z]+)\/|components\/(define-conversation|(avatar|chat|icon|message-list|session)\/|shared\/(?!locale\/(?!(?:en|locale|counting|pick)\.))|message\/(?!attachment|define-files|own-hosts)|composer\/(?!staged-file))|xep\/(0392|hsluv)/ },
            // What the messenger draws at first beside a conversation: every file is a request, and an answer of the service worker.
            { name: 'messenger', test: /components\/(messenger\/(define-start|fetch-panes|messenger|route|router|navigate-event)|own-presence\/|conversations\/|list\/|menu\/|dialog\/|sign-in\/(?!define)|shared\/locale\/(en-messenger|messenger-words))/ },
          ],
        },
        entryFileNames: (chunk) => (chunk.name in fixed ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
