/**
 * The installed app's service worker, built by Workbox: every file of a build is there offline. A new build waits until
 * the person asks for it, and files that a page of the old build may still want are kept one build longer.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { keepDeployment, keptDeployment } from './deployment-cache.js';
import { fromPreviousBuild, keepPreviousBuild } from './previous-build.js';
import { keepShared } from './share-target.js';
import { routeAssets } from './static-routes.js';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (string | { url: string; revision: string | null })[] };

/** The folder of the web server that the build lies in. */
const folder = new URL('./', self.location.href).pathname;
const is = (path: string) => ({ url, sameOrigin }: { url: URL; sameOrigin: boolean }): boolean => sameOrigin && url.pathname === folder + path;

// At install, since Workbox empties its cache of the old build's files when the new one activates.
self.addEventListener('install', (event) => event.waitUntil(Promise.all([routeAssets(event, folder), keepPreviousBuild(), keepDeployment('config.json')])));
// The page that brought this worker is served by it from now on: its lazy chunks come from here, whatever lies on the server by then.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/^uri$/] });
cleanupOutdatedCaches();
registerRoute(is('share'), ({ request }) => keepShared(request, `${folder}#/share`), 'POST');
registerRoute(is('config.json'), ({ request, event }) => keptDeployment(request, (work) => event.waitUntil(work)));
registerRoute(({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(`${folder}assets/`), ({ request }) => fromPreviousBuild(request));
// The widget's frame is a navigation too, and a page of its own.
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/\/widget\.html$/] }));

self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if ((data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});

self.addEventListener('notificationclick', ({ notification }) => {
  notification.close();
  // A fragment of the app's own, put there by its page.
  void self.clients.openWindow(new URL(String(notification.data).replace(/^[^#]*/, ''), self.registration.scope).href);
});
