/** What was shared into the installed app (Web Share Target), on its way from the service worker to the page. */
const CACHE = 'tertulia-shared';
const KEY = '/share/last';

export type Shared = { readonly text: string; readonly file?: File };

/** In the service worker: keeps the form's data and sends the browser to `page`, where a conversation is chosen. */
export async function keepShared(request: Request, page: string): Promise<Response> {
  const form = await request.formData();
  const words = ['title', 'text', 'url'].map((name) => form.get(name)).filter((value): value is string => typeof value === 'string' && value !== '');
  const kept = new FormData();
  kept.set('text', words.join('\n'));
  const file = form.get('file');
  if (file instanceof File && file.size > 0) kept.set('file', file);
  await (await caches.open(CACHE)).put(KEY, new Response(kept));
  return Response.redirect(page, 303);
}

/** In the page: takes what was shared, once. */
export async function takeShared(): Promise<Shared | undefined> {
  const cache = await caches.open(CACHE);
  const response = await cache.match(KEY);
  if (!response) return undefined;
  await cache.delete(KEY);
  const form = await response.formData();
  const text = form.get('text');
  const file = form.get('file');
  return { text: typeof text === 'string' ? text : '', ...(file instanceof File ? { file } : {}) };
}
