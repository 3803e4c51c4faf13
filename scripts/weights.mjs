// First-load weights: what a visitor downloads before the first message can be written, in brotli bytes.
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * @typedef {{ readonly imports: readonly string[]; readonly dynamicImports: readonly string[]; readonly css: readonly string[] }} Chunk
 * File names are relative to `dist/`.
 * @typedef {ReadonlyMap<string, Chunk>} Graph
 * @typedef {{ readonly name: string; readonly limit: number; readonly files: readonly string[] }} Load
 */

/**
 * kB of the limits: 1000 bytes. `widget`: all that a visitor without an account fetches before the composer takes words; `sent`: and
 * the engine, which follows; `messenger`: page, engine, and the panes it begins with.
 */
export const limits = { loader: 5_000, widget: 80_000, sent: 110_000, messenger: 130_000 };

/** @param {string | Uint8Array} content */
export const brotliBytes = (content) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length;

/**
 * Every file that `entry` loads before it runs: its static imports, theirs, and their style sheets.
 * @param {Graph} graph
 * @param {readonly string[]} entries
 * @returns {Set<string>}
 */
export function staticFiles(graph, entries) {
  /** @type {Set<string>} */
  const files = new Set();
  /** @param {string} name */
  const visit = (name) => {
    if (files.has(name)) return;
    files.add(name);
    const chunk = graph.get(name);
    if (!chunk) return;
    for (const css of chunk.css) files.add(css);
    for (const next of chunk.imports) visit(next);
  };
  for (const entry of entries) visit(entry);
  return files;
}

/**
 * Everything that may be loaded from `entries` on, sooner or later.
 * @param {Graph} graph
 * @param {readonly string[]} entries
 * @returns {Set<string>}
 */
export function reachableFiles(graph, entries) {
  /** @type {Set<string>} */
  const files = new Set();
  const waiting = [...entries];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (files.has(name)) continue;
    files.add(name);
    const chunk = graph.get(name);
    if (chunk) waiting.push(...chunk.imports, ...chunk.dynamicImports, ...chunk.css);
  }
  return files;
}

/**
 * @param {readonly Load[]} loads
 * @param {(file: string) => string | Uint8Array} read
 * @param {readonly string[]} lazy
 */
export function weigh(loads, read, lazy) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  /** @param {string} file */
  const size = (file) => {
    let bytes = sizes.get(file);
    if (bytes === undefined) sizes.set(file, (bytes = brotliBytes(read(file))));
    return bytes;
  };
  return {
    loads: loads.map(({ name, limit, files }) => {
      const parts = files.map((file) => ({ file, bytes: size(file) }));
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      return { name, limit, bytes, parts, over: bytes > limit };
    }),
    lazy: lazy.map((file) => ({ file, bytes: size(file) })),
  };
}

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);

/** @param {ReturnType<typeof weigh>} weights */
export function formatWeights({ loads, lazy }) {
  const lines = ['First load, brotli (1 kB = 1000 bytes):'];
  for (const { name, bytes, limit, parts, over } of loads) {
    lines.push(`  ${name.padEnd(44)}${kilobytes(bytes)} of ${kilobytes(limit).trim()}${over ? '  TOO HEAVY' : ''}`);
    if (parts.length > 1) for (const part of parts) lines.push(`    ${part.file.padEnd(42)}${kilobytes(part.bytes)}`);
  }
  if (lazy.length > 0) {
    lines.push('Loaded later, when asked for:');
    for (const part of lazy) lines.push(`    ${part.file.padEnd(42)}${kilobytes(part.bytes)}`);
  }
  return lines.join('\n');
}
