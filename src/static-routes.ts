/**
 * What browsers may answer without asking the service worker's code (the static routing API): files whose names hold a hash.
 * They come from the caches, this build's or the one's before, else from the network; as they would from the worker,
 * but without its thread, which the page's own work has to make room for. Elsewhere the worker answers.
 */
type Route = { readonly condition: { readonly urlPattern: string; readonly requestMethod: string }; readonly source: 'cache' };
type RoutedInstall = ExtendableEvent & { addRoutes?(routes: readonly Route[]): Promise<void> };

export async function routeAssets(event: ExtendableEvent, folder: string): Promise<void> {
  await (event as RoutedInstall).addRoutes?.([{ condition: { urlPattern: `${folder}assets/*`, requestMethod: 'GET' }, source: 'cache' }]).catch(() => {});
}
