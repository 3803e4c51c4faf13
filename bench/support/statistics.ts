/** Of what was measured several times. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  return below + (at % 1) * ((sorted[Math.ceil(at)] ?? NaN) - below);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Of runs that took turns: each by the one next to it, so that what the machine does besides weighs on both. */
export const ratioOf = (ours: readonly number[], other: readonly number[]): number => median(ours.slice(0, other.length).map((value, i) => value / other[i]!));
