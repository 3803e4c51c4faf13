/** The words for a code that may come from anybody, `constructor` included: what the table does not hold itself is `otherwise`. */
export function pick<T>(table: Readonly<Record<string, T>>, code: string, otherwise: NoInfer<T>): T {
  return Object.hasOwn(table, code) ? table[code]! : otherwise;
}
