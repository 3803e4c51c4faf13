/** The deployment's settings for the service worker: at once from the last time, and anew for the next. */
const CACHE = 'tertulia-deployment';

/** At install: the page that is open already has asked for them without this worker, and may not ask again with a network. */
export async function keepDeployment(address: string): Promise<void> {
  const response = await fetch(address, { credentials: 'same-origin', cache: 'no-cache' });
  if (response.ok) await (await caches.open(CACHE)).put(new URL(address, self.location.href).href, response);
}

export async function keptDeployment(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  later(fresh.catch(() => undefined));
  return kept;
}
