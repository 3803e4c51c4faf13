/** A page that was loaded from the old build may ask for its lazy chunks after the new build has taken over. */
const CACHE = 'tertulia-previous-build';
const isAsset = (request: Request): boolean => new URL(request.url).pathname.includes('/assets/');

/** Copies what the precache holds of the old build, before it is emptied of it. Replaces the build before that. */
export async function keepPreviousBuild(): Promise<void> {
  const old: [Request, Response][] = [];
  for (const name of (await caches.keys()).filter((key) => key.includes('precache'))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = isAsset(request) ? await cache.match(request) : undefined;
      if (response) old.push([request, response]);
    }
  }
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await Promise.all(old.map(([request, response]) => cache.put(request.url, response)));
}

/** A file that the precache does not have: the old build's, else the network's. */
export async function fromPreviousBuild(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request.url)) ?? fetch(request);
}
