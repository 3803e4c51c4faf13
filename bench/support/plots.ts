/** Draws docs/performance.svg (ours, the peer's and the raw limit beside each other) and docs/performance-growth.svg (what a figure does as its size grows) from bench/results.json. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Side } from './finding.js';
import { loadResults, nameOf, type Result } from './report.js';
import { median, quantile } from './statistics.js';

const colours: Readonly<Record<Side, string>> = { ours: '#0f6e6a', theirs: '#c05621', raw: '#9aa5b1' };
const names: Readonly<Record<Side, string>> = { ours: 'Tertulia', theirs: 'Converse.js', raw: 'raw limit' };
const sides = Object.keys(colours) as Side[];
const [left, wide, right] = [96, 560, 92];

const escape = (words: string): string => words.replace(/[<&]/g, (sign) => (sign === '<' ? '&lt;' : '&amp;'));
const text = (x: number, y: number, words: string, more = ''): string => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(words)}</text>`;
const round = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2));

function save(name: string, height: number, label: string, body: readonly string[]): void {
  const width = left + wide + right;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${label}">\n<rect width="100%" height="100%" fill="#fff"/>\n${body.join('\n')}\n</svg>\n`;
  writeFileSync(fileURLToPath(new URL(`../../docs/${name}.svg`, import.meta.url)), svg);
}

/** A panel a figure: the medians as bars, the least and the most as whiskers. */
function drawBars(results: readonly Result[]): void {
  const body: string[] = [];
  let top = 24;
  for (const result of results) {
    const here = sides.filter((side) => (result.values[side]?.length ?? 0) > 0);
    const most = Math.max(...here.map((side) => quantile(result.values[side]!, 1)));
    if (!(most > 0)) continue;
    body.push(text(left, top, nameOf(result), 'font-weight="600"'));
    top += 8;
    for (const side of here) {
      const values = result.values[side]!;
      const [from, middle, to] = [0, 0.5, 1].map((share) => (quantile(values, share) / most) * wide);
      body.push(
        text(left - 6, top + 10, names[side], 'text-anchor="end"'),
        `<rect x="${left}" y="${top}" width="${Math.max(1, middle!).toFixed(1)}" height="12" fill="${colours[side]}"/>`,
        ...(values.length > 1 ? [`<path d="M${(left + from!).toFixed(1)} ${top + 6}H${(left + to!).toFixed(1)}" stroke="#1a202c"/>`] : []),
        text(left + to! + 6, top + 10, `${round(median(values))} ${result.unit}`),
      );
      top += 16;
    }
    top += 22;
  }
  save('performance', top, 'Medians and spreads of what was measured: Tertulia, Converse.js and the raw limit', body);
}

/** A panel a figure that was measured at several sizes: both axes by powers of ten, so that a line as steep as the frame grows in step. */
function drawGrowth(results: readonly Result[]): void {
  const groups = new Map<string, Result[]>();
  for (const result of results) if (result.size !== undefined) groups.set(result.what, [...(groups.get(result.what) ?? []), result]);
  const body: string[] = [];
  const high = 140;
  let top = 32;
  for (const [what, some] of groups) {
    const sizes = some.map(({ size = 0 }) => size);
    if (new Set(sizes).size < 2) continue;
    const points = (side: Side): [number, number][] => some.flatMap(({ size = 0, values }): [number, number][] => (values[side]?.length && median(values[side]) > 0 ? [[size, median(values[side])]] : [])).toSorted((a, b) => a[0] - b[0]);
    const all = sides.flatMap(points).map(([, value]) => value);
    const [low, up] = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(Math.max(...all)) + 0.001)];
    const [first, last] = [Math.log10(Math.min(...sizes)), Math.log10(Math.max(...sizes))];
    const x = (size: number): number => left + ((Math.log10(size) - first) / (last - first)) * wide;
    const y = (value: number): number => top + high - ((Math.log10(value) - low) / (up - low)) * high;
    body.push(text(left, top - 12, what, 'font-weight="600"'));
    for (let power = low; power <= up; power += 1) body.push(`<path d="M${left} ${y(10 ** power).toFixed(1)}h${wide}" stroke="#8888" stroke-width="0.5"/>`, text(left - 6, y(10 ** power) + 4, `${10 ** power} ${some[0]!.unit}`, 'text-anchor="end"'));
    for (const size of new Set(sizes)) body.push(text(x(size), top + high + 16, size.toLocaleString('en'), 'text-anchor="middle"'));
    for (const side of sides) {
      const line = points(side);
      if (line.length === 0) continue;
      body.push(`<path d="${line.map(([size, value], i) => `${i ? 'L' : 'M'}${x(size).toFixed(1)} ${y(value).toFixed(1)}`).join('')}" fill="none" stroke="${colours[side]}" stroke-width="2"/>`, ...line.map(([size, value]) => `<circle cx="${x(size).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="${colours[side]}"/>`), text(x(line.at(-1)![0]) + 8, y(line.at(-1)![1]) + 4, names[side], `fill="${colours[side]}"`));
    }
    top += high + 64;
  }
  if (body.length > 0) save('performance-growth', top - 20, 'How medians grow with the size', body);
}

/** Only what was measured with the processor as it is: a picture of the other column would look the same. */
export function drawPlots(): void {
  const results = loadResults()?.results.filter(({ throttle }) => throttle === 1) ?? [];
  drawBars(results.filter(({ values, unit }) => unit === 'ms' && (values.theirs || values.raw)));
  drawGrowth(results);
}
