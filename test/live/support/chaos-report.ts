// What became of it: what was written held against what is there, and the table.
import type { Surface, Talk } from './chaos-scene.js';
import type { BrowserName } from './person.js';
import type { ServerName } from './stage.js';

/** What became of one browser's messages. The lists name what is wrong; all of them have to be empty. */
export type Outcome = {
  readonly server: ServerName;
  readonly browser: BrowserName;
  readonly surface: Surface;
  readonly seed: number;
  readonly cuts: Readonly<Record<string, number>>;
  readonly turns: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly misordered: readonly string[];
  readonly falselySent: readonly string[];
  /** What others said and the server has neither kept nor passed on: no fault of ours, and told apart. */
  readonly forgotten: readonly string[];
  /** Milliseconds from the end of a cut until everything was there. */
  readonly recoveries: readonly number[];
};

export const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** How `seen` differs from the order that is right: names of what is twice, and of what does not come after what it should come after. */
export function compare(where: string, seen: readonly string[], right: readonly string[]): { duplicated: string[]; misordered: string[] } {
  const shared = [...new Set(seen)].filter((body) => right.includes(body));
  const wanted = [...new Set(right)];
  const place = (body: string): number => wanted.indexOf(body);
  return {
    duplicated: seen.filter((body, index) => seen.indexOf(body) !== index).map((body) => `${body} in ${where}`),
    misordered: shared.filter((body, index) => index > 0 && place(body) < place(shared[index - 1]!)).map((body) => `${body} in ${where}`),
  };
}

/** Holds a record of a conversation against what was written: nothing promised is missing, nobody's messages have changed places. */
export function hold(where: string, seen: readonly string[], { mine, theirs, forgotten }: Talk, sign: string, promise = ({ sure, forgettable }: Talk['mine'][number]): boolean => sure && !forgettable): { lost: string[]; duplicated: string[]; misordered: string[] } {
  const promised = [...mine.filter(promise).map(({ body }) => body), ...Array.from(theirs.values()).flat().filter((body) => !forgotten.has(body))];
  const by = (author: string): string[] => seen.filter((body) => body.startsWith(`${author}-`));
  const results = [compare(where, by(sign), mine.map(({ body }) => body)), ...Array.from(theirs, ([author, bodies]) => compare(where, by(author), bodies))];
  return { lost: promised.filter((body) => !seen.includes(body)).map((body) => `${body} in ${where}`), duplicated: results.flatMap(({ duplicated }) => duplicated), misordered: results.flatMap(({ misordered }) => misordered) };
}

const nameOf = ({ server, browser, surface }: Outcome): string => `${server}, ${browser}, ${surface}`;
const counts = (numbers: Readonly<Record<string, number>>): string => Object.entries(numbers).toSorted(([one], [other]) => one.localeCompare(other)).map(([name, count]) => `${name} ${count}`).join(', ');
const total = (numbers: Readonly<Record<string, number>>): number => Object.values(numbers).reduce((sum, count) => sum + count, 0);
const merge = (all: readonly Readonly<Record<string, number>>[]): Record<string, number> => tally(all.flatMap((one) => Object.entries(one).flatMap(([name, count]) => Array.from({ length: count }, () => name))));
const share = (numbers: readonly number[], part: number): string => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return value === undefined ? '-' : (value / 1000).toFixed(1);
};

/** The table: a row for each server, browser and surface. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const groups = [...new Set(outcomes.map(nameOf))].map((name) => outcomes.filter((one) => nameOf(one) === name));
  const row = (name: string, group: readonly Outcome[]): string => {
    const sum = (of: (one: Outcome) => number): number => group.reduce((all, one) => all + of(one), 0);
    const recoveries = group.flatMap((one) => one.recoveries);
    return `| ${name} | ${sum(({ cuts }) => total(cuts))} | ${sum(({ messages }) => messages)} | ${sum(({ lost }) => lost.length)} | ${sum(({ duplicated }) => duplicated.length)} | ${sum(({ misordered }) => misordered.length)} | ${sum(({ falselySent }) => falselySent.length)} | ${share(recoveries, 0.5)} | ${share(recoveries, 0.99)} |`;
  };
  return [
    '| server, browser, surface | cuts | messages | lost | duplicated | misordered | falsely "Sent" | recovery p50, s | p99, s |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...groups.map((group) => row(nameOf(group[0]!), group)),
    row('**all**', outcomes),
    '',
    `Cuts: ${counts(merge(outcomes.map(({ cuts }) => cuts)))}. Meanwhile: ${counts(merge(outcomes.map(({ turns }) => turns)))}.`,
    ...outcomes.filter(({ forgotten }) => forgotten.length > 0).map((one) => `Neither kept nor passed on by the server: ${nameOf(one)}, seed ${one.seed}: ${one.forgotten.join(' ')}.`),
  ].join('\n');
}

/** What went wrong, one line each; empty where nothing did. */
export const faultsOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ server, browser, surface, seed, lost, duplicated, misordered, falselySent }) =>
    (['lost', 'duplicated', 'misordered', 'falselySent'] as const).flatMap((what) => ({ lost, duplicated, misordered, falselySent })[what].map((detail) => `${server} ${browser} ${surface}, seed ${seed}: ${what}: ${detail}`)),
  );
