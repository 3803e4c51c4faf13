const asked = new URLSearchParams(location.search);

/**
 * How a property is run: as often as said, which is enough for every change; with `?runs=1000&seed=7` in the address of
 * the test page, or by `scripts/properties.mjs`, where the rules themselves change. What fails among the few is told as
 * it was found, with its seed: to make it small takes minutes, which end in nothing but a timeout that names no cause.
 */
export function howOften(runs: number): { readonly numRuns: number; /** Milliseconds. */ readonly patience: number; readonly endOnFailure: boolean; readonly includeErrorInReport: boolean; readonly seed?: number } {
  const many = asked.get('runs');
  const seed = asked.get('seed');
  const numRuns = Number(many ?? runs);
  return { numRuns, patience: 60_000 + numRuns * 3_000, endOnFailure: many === null, includeErrorInReport: true, ...(seed === null ? {} : { seed: Number(seed) }) };
}
