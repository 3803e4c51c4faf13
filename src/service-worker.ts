/**
 * The installed app's service worker, built by Workbox: every file of a build is there offline. A new build waits until
 * the person asks for it, and files that a page of the old build may still want are kept one build longer.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { keepShared } from './share-target.js';
import { fromPreviousBuild, keepPreviousBuild } from './previous-build.js';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (string | { url: string; revision: string | null })[] };

// At install, since Workbox empties its cache of the old build's files when the new one activates.
self.addEventListener('install', (event) => event.waitUntil(keepPreviousBuild()));
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/^uri$/] });
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { allowlist: [/^\/$/, /^\/index\.html$/] }));
registerRoute(({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'), ({ request }) => fromPreviousBuild(request));
registerRoute(({ url, sameOrigin }) => sameOrigin && url.pathname === '/share', ({ request }) => keepShared(request), 'POST');

self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if ((data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
