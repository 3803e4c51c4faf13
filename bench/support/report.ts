import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findBrowser } from '../../scripts/install.mjs';
import type { Finding, Side, Values } from './finding.js';
import { median, quantile, ratioOf } from './statistics.js';

/** `measure` and `throttle` say which pass it is of; `date` and `load` are of when it was measured. */
export type Result = Finding & { readonly measure: string; readonly throttle: number; readonly date?: string; readonly load?: number };
type Results = { readonly machine: Readonly<Record<string, string | number>>; readonly versions: Readonly<Record<string, string>>; readonly results: readonly Result[] };

const file = fileURLToPath(new URL('../results.json', import.meta.url));
const sides: readonly Side[] = ['ours', 'theirs', 'raw'];

export const short = (value: number): string => (value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2));
const spread = (values: readonly number[], unit: string): string =>
  values.length === 0 ? '' : values.length === 1 ? `${short(values[0]!)} ${unit}` : `${short(median(values))} ${unit} (${short(quantile(values, 0))}–${short(quantile(values, 1))})`;

/** What a goal compares, and whether it is kept; undefined where the other side was not measured. */
export function judge(finding: Pick<Finding, 'values' | 'cpu'>, { of, atMost, cpu }: NonNullable<Finding['goals']>[number]): { readonly figure: number; readonly kept: boolean } | undefined {
  const values = cpu ? finding.cpu : finding.values;
  const other = of && values?.[of];
  if (!values || (of && !other?.length)) return undefined;
  const figure = other ? ratioOf(values.ours, other) : median(values.ours);
  return { figure, kept: figure <= atMost };
}

/** The goals that are not kept, in words. */
export const misses = (result: Result): string[] =>
  (result.goals ?? []).flatMap((goal) => {
    const judged = judge(result, goal);
    return judged && !judged.kept ? [`${result.measure}: ${nameOf(result)}: ${short(judged.figure)}${goal.of ? ` × ${goal.of}` : ` ${result.unit}`}, at most ${goal.atMost}`] : [];
  });

export const nameOf = ({ what, size, throttle }: Result): string => `${what}${size === undefined ? '' : `, ${size.toLocaleString('en')}`}${throttle === 1 ? '' : ` [${throttle}× slower]`}`;

/** A table, ratios first. */
export function formatFindings(results: readonly Result[]): string {
  const ratio = (values: Values | undefined, of: 'theirs' | 'raw'): string => (values?.[of]?.length && median(values[of]) > 0 ? `${ratioOf(values.ours, values[of]).toFixed(2)} ×` : '–');
  const rows = results.map((result) => {
    const { values, cpu, unit } = result;
    const goals = (result.goals ?? []).map((goal) => {
      const judged = judge(result, goal);
      return judged ? `${judged.kept ? '✓' : '✗'} ${goal.cpu ? 'cpu ' : ''}≤ ${goal.atMost}${goal.of ? ` × ${goal.of}` : ` ${unit}`}` : '';
    });
    const processor = sides.map((side) => (cpu?.[side]?.length ? short(median(cpu[side])) : '–')).join(' / ');
    return [nameOf(result), ratio(values, 'raw'), ratio(values, 'theirs'), ratio(cpu, 'raw'), ratio(cpu, 'theirs'), ...sides.map((side) => spread(values[side] ?? [], unit)), cpu ? `${processor} ms` : '', goals.filter(Boolean).join(', ')];
  });
  const head = ['what', 'of raw', 'of theirs', 'cpu of raw', 'cpu of theirs', 'ours', 'theirs', 'raw', 'cpu ours / theirs / raw', 'goal'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}

const version = (program: string | undefined): string => {
  if (program === undefined) return 'not there';
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return said.split('\n', 1)[0]!.replace(/\s+built on .*/, '').trim();
  } catch {
    return 'unknown';
  }
};

const rounded = (values: Result['values']): Result['values'] => JSON.parse(JSON.stringify(values, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value))) as Result['values'];

export const loadResults = (): Results | undefined => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined);

/** Adds to what is there: a figure measured again replaces the former one. No path and no name of this machine. */
export function saveResults(results: readonly Result[]): void {
  const key = ({ measure, what, size, throttle }: Result): string => [measure, what, size, throttle].join('|');
  const date = new Date().toISOString().slice(0, 10);
  const fresh = results.map((result) => ({ ...result, date, load: Number(loadavg()[0]!.toFixed(1)), values: rounded(result.values), ...(result.cpu && { cpu: rounded(result.cpu) }) }));
  const replaced = new Set(fresh.map(key));
  const kept = loadResults()?.results.filter((result) => !replaced.has(key(result))) ?? [];
  const peer = new URL('../node_modules/converse.js/package.json', import.meta.url);
  const all: Results = {
    machine: { system: `${platform()} ${arch()}`, processor: cpus()[0]?.model ?? '', cores: cpus().length, memoryGB: Math.round(totalmem() / 1e9) },
    versions: { node: process.version, chromium: version(findBrowser('chromium')), prosody: 'Debian 0.12', converse: existsSync(peer) ? (JSON.parse(readFileSync(peer, 'utf8')) as { version: string }).version : 'not there' },
    results: [...kept, ...fresh],
  };
  writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`);
}
