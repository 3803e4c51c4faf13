// What counts as first load: all that is imported at once, once, with its styles; nothing that is asked for later.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliBytes, formatWeights, reachableFiles, staticFiles, weigh } from '../../scripts/weights.mjs';

/** @type {import('../../scripts/weights.mjs').Graph} */
const graph = new Map([
  ['page.js', { imports: ['shared.js'], dynamicImports: ['later.js'], css: ['page.css'] }],
  ['worker.js', { imports: ['shared.js'], dynamicImports: [], css: [] }],
  // Two that import each other.
  ['shared.js', { imports: ['base.js'], dynamicImports: [], css: ['shared.css'] }],
  ['base.js', { imports: ['shared.js'], dynamicImports: [], css: [] }],
  ['later.js', { imports: ['base.js'], dynamicImports: [], css: ['later.css'] }],
]);

describe('first-load weights', () => {
  it('counts what is imported at once, over all entries, once', () => {
    assert.deepEqual([...staticFiles(graph, ['page.js', 'worker.js'])].toSorted(), ['base.js', 'page.css', 'page.js', 'shared.css', 'shared.js', 'worker.js']);
    assert.deepEqual([...reachableFiles(graph, ['page.js'])].toSorted(), ['base.js', 'later.css', 'later.js', 'page.css', 'page.js', 'shared.css', 'shared.js']);
  });

  it('says what is too heavy', () => {
    const content = Buffer.from(Array.from({ length: 4000 }, (_value, i) => (i * 7919) % 251));
    const bytes = brotliBytes(content);
    const read = () => content;
    const weights = weigh([{ name: 'just right', limit: 2 * bytes, files: ['a', 'b'] }, { name: 'too much', limit: 2 * bytes - 1, files: ['a', 'b'] }], read, ['c']);
    assert.deepEqual(weights.loads.map(({ over }) => over), [false, true]);
    assert.equal(weights.loads[0]?.bytes, 2 * bytes);
    assert.match(formatWeights(weights), /too much.*TOO HEAVY/);
    assert.equal(formatWeights(weights).match(/TOO HEAVY/g)?.length, 1);
  });
});
