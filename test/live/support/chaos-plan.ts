// What goes wrong, when: drawn from a seed, so that a run can be had again.
import { seeded } from '../../sim/random.js';
import type { Fault, Weather } from './chaos-line.js';

/** What people do in the middle of it. `kill`: SIGKILL to the browser; `second`: another tab opens, and the first is closed. */
export type Turn = 'nothing' | 'reload' | 'reopen' | 'second' | 'kill';

/** `restart` is SIGKILL to the server, and its start; it is the same for all who are connected to it. */
export type Cut = Fault | { readonly kind: 'restart' };

export type Round = {
  readonly cut: Cut;
  readonly weather: Weather;
  readonly turn: Turn;
  /** Messages in the room instead of those to the other person. */
  readonly room: boolean;
  /** Written before the cut, while it lasts, and, by the other side, while it lasts. */
  readonly before: number;
  readonly during: number;
  readonly answers: number;
  /** Another client of the same account writes too. */
  readonly other: boolean;
  /** The cut lasts until the browser has tried again. */
  readonly persistent: boolean;
  /** The weather lasts until everything is there. */
  readonly lasting: boolean;
  /** The next cut comes only when everything is there. */
  readonly settle: boolean;
};

/** In how many rounds at most: cuts that take long to be found, and browsers that are killed. The server is killed in these rounds. */
export type Pace = {
  readonly slow: number;
  readonly kills: number;
  readonly restarts: ReadonlySet<number>;
};

const pick = <T>(random: () => number, weighted: readonly (readonly [T, number])[]): T => {
  let left = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) if ((left -= weight) < 0) return value;
  return weighted[0]![0];
};

/** The rounds of one run, each with one cut. */
export function plan(seed: number, rounds: number, { slow, restarts, kills }: Pace): Round[] {
  const random = seeded(seed);
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const direction = (): 'up' | 'down' => (random() < 0.5 ? 'up' : 'down');
  const left = { slow, kills };
  return Array.from({ length: rounds }, (_, index) => {
    const last = index === rounds - 1;
    const kind = pick(random, [['cut', 5], ['fin', 2], ['cut-after', 7], ['refuse', 2], ['hang', left.slow > 0 ? 1.5 : 0], ['half-open', left.slow > 0 ? 2 : 0]] as const);
    const size = Math.floor(10 ** (random() * 4.2));
    const to = direction();
    const end = random() < 0.5 ? 'both' : 'near';
    if (kind === 'hang' || kind === 'half-open') left.slow -= 1;
    const cut: Cut = restarts.has(index) ? { kind: 'restart' } : kind === 'cut' ? { kind, end } : kind === 'cut-after' ? { kind, direction: to, bytes: size } : kind === 'half-open' ? { kind, direction: to } : { kind };
    const sky = pick(random, [['clear', 4], ['slice', 2], ['delay', 2], ['slow', 1], ['stall', 2]] as const);
    const way = direction();
    const amount = random();
    const weather: Weather = sky === 'clear' ? { kind: sky } : sky === 'delay' ? { kind: sky, direction: way, ms: 5 + amount * 60 } : sky === 'slow' ? { kind: sky, direction: way, rate: 2_000 + amount * 20_000 } : { kind: sky, direction: way };
    const turn = pick<Turn>(random, [['nothing', 10], ['reload', 2], ['reopen', 1], ['second', 1], ['kill', left.kills > 0 ? 1.5 : 0]]);
    if (turn === 'kill') left.kills -= 1;
    return { cut, weather, turn, room: random() < 0.4, before: whole(0, 2), during: whole(1, 2), answers: whole(0, 2), other: random() < 0.3, persistent: random() < 0.3, lasting: random() < 0.5, settle: last || random() < 0.6 };
  });
}
