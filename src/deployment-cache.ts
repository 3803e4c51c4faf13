/** The deployment's settings for the service worker: at once from the last time, and anew for the next. */
const CACHE = 'tertulia-deployment';

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
