/** Counts of stanzas, which wrap around (XEP-0198 §4). */
export const modulus = 2 ** 32;

export const add = (count: number, by: number): number => (count + by) % modulus;

/** How many stanzas lie between two counts, over the wrap too. */
export const distance = (from: number, to: number): number => (to - from + modulus) % modulus;

/** An `h` of the server's; `undefined` where it is none. */
export const readCount = (h: string | undefined): number | undefined => (h !== undefined && /^\d{1,10}$/.test(h) && Number(h) < modulus ? Number(h) : undefined);

export const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < modulus;
