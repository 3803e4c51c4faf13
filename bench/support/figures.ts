/** Writes the figures of bench/results.json into docs/performance.md, between its two marks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge, loadResults, nameOf, short, type Result } from './report.js';
import { median, quantile, ratioOf } from './statistics.js';

const file = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const [begin, end] = ['<!-- figures: written by npm run bench -->', '<!-- end of the figures -->'];

const seconds = (value: number, unit: string): string => (unit === 'ms' && value >= 10_000 ? `${short(value / 1000)} s` : `${short(value)}${unit === '×' || unit === 'of them' ? '' : ` ${unit}`}`);

function sideOf({ values, unit }: Result, side: 'ours' | 'theirs' | 'raw'): string {
  const some = values[side] ?? [];
  if (some.length === 0) return '';
  const middle = seconds(median(some), unit);
  return some.length === 1 ? middle : `${middle} (${short(quantile(some, 0))}–${short(quantile(some, 1))})`;
}

function ratio({ values, cpu }: Result, of: 'theirs' | 'raw'): string {
  const other = values[of];
  if (!other?.length || median(other) === 0) return '';
  const byProcessor = cpu?.[of]?.length && median(cpu[of]) > 0 ? `; ${short(ratioOf(cpu.ours, cpu[of]))} ×` : '';
  return `${short(ratioOf(values.ours, other))} ×${byProcessor}`;
}

const goals = (result: Result): string =>
  (result.goals ?? [])
    .flatMap((goal) => {
      const judged = judge(result, goal);
      const against = goal.of === 'raw' ? ' × raw' : goal.of === 'theirs' ? ' × the peer' : result.unit === 'of them' ? '' : ` ${result.unit}`;
      return judged ? [`${judged.kept ? 'kept' : `**not kept, ${short(judged.figure)}**`}: ${goal.atMost}${against}${goal.cpu ? ', processor' : ''}`] : [];
    })
    .join('; ');

const cell = (words: string): string => words.replaceAll('|', '\\|');

/** @param measures their names in the order of the document. */
export function writeFigures(measures: readonly string[]): void {
  const results = loadResults()?.results ?? [];
  const lines: string[] = [];
  for (const measure of measures) {
    const some = results.filter((result) => result.measure === measure);
    if (some.length === 0) continue;
    const limits = new Set(some.flatMap(({ what, raw }) => (raw ? [`${what}: ${raw}`] : [])));
    lines.push(`### ${measure}`, '', `\`npm run bench -- --only ${measure}\``, '');
    if (limits.size > 0) lines.push('Raw limits:', '', ...Array.from(limits, (limit) => `- ${limit}`), '');
    lines.push('| what | ours | of raw; by processor | of the peer; by processor | raw | the peer | goal |', '|---|---|---|---|---|---|---|');
    for (const result of some) lines.push(`| ${[nameOf(result), sideOf(result, 'ours'), ratio(result, 'raw'), ratio(result, 'theirs'), sideOf(result, 'raw'), sideOf(result, 'theirs'), goals(result)].map(cell).join(' | ')} |`);
    const notes = new Set(some.flatMap(({ what, note }) => (note ? [`${what}: ${note}.`] : [])));
    lines.push('', ...Array.from(notes, (note) => `- ${note}`), ...(notes.size > 0 ? [''] : []));
  }
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md lacks the lines «${begin}» and «${end}»`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${lines.join('\n').trimEnd()}\n\n${text.slice(to)}`);
}
