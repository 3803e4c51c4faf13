/** Archives made for one page only: a bare address, then a random id. */
const ephemeral = /^tertulia\/[^/]+\/[\w-]{22}$/;

/** Deletes what pages that are gone have left of visitors who were not to be kept. A living page holds its archive's lock. */
export async function sweepArchives(): Promise<void> {
  const left = (await indexedDB.databases()).flatMap(({ name }) => (name !== undefined && ephemeral.test(name) ? [name] : []));
  if (left.length === 0) return;
  const { held = [] } = await navigator.locks.query();
  const alive = new Set(held.map(({ name }) => name));
  for (const name of left) if (!alive.has(name)) indexedDB.deleteDatabase(name);
}
