/** Seeds that once failed, and why; they run first, always. */
export const seeds: readonly (readonly [seed: number, why: string])[] = [];
