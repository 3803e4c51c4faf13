/** What is loaded before a message can be written, brotli 11, HTML and CSS included: as the build weighed it. */
import { existsSync, readFileSync } from 'node:fs';
import { brotliBytes } from '../../scripts/weights.mjs';
import type { Finding, Measure } from '../support/finding.js';

type Weights = { readonly loads: readonly { readonly name: string; readonly limit: number; readonly bytes: number }[] };

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

/** What the peer's page asks for before one can write: its script, its style sheet, its emoji. */
const peer = ['converse.min.js', 'converse.min.css', 'emoji.json'].map((file) => at(`bench/node_modules/converse.js/dist/${file}`));

function weighed(): Finding[] {
  const { loads } = JSON.parse(readFileSync(at('dist/weights.json'), 'utf8')) as Weights;
  const theirs = peer.every((file) => existsSync(file)) ? [peer.reduce((sum, file) => sum + brotliBytes(readFileSync(file)), 0) / 1000] : undefined;
  return loads.map(({ name, limit, bytes }) => ({
    what: `weight of the ${name}`,
    unit: 'kB',
    values: { ours: [bytes / 1000], ...(theirs && name !== 'loader' && { theirs }) },
    goals: [{ atMost: limit / 1000 }],
  }));
}

export const weights: Measure = { name: 'weights', run: () => Promise.resolve(weighed()) };
