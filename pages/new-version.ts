import { Workbox } from 'workbox-window';
import { trustedScript } from '../src/base/trusted-script.js';

/**
 * Registers the service worker. `onWaiting` is called when a new build has been fetched and waits, with what takes it:
 * the running page is left alone until then.
 */
export function watchForNewVersion(onWaiting: (take: () => void) => void): void {
  if (!('serviceWorker' in navigator)) return;
  const workbox = new Workbox(trustedScript(new URL('service-worker.js', document.baseURI).href), { updateViaCache: 'none' });
  // What takes over a page that nothing had taken is the first worker, whoever asked for it, and no new version.
  let controlled = navigator.serviceWorker.controller !== null;
  let taken = false;
  workbox.addEventListener('waiting', () =>
    onWaiting(() => {
      taken = true;
      workbox.messageSkipWaiting();
    }),
  );
  workbox.addEventListener('controlling', () => {
    if (taken) location.reload();
    // Another tab took it: this page goes on with its own files, which the worker keeps, until it is reloaded too.
    else if (controlled) onWaiting(() => location.reload());
    controlled = true;
  });
  void workbox.register();
  // A messenger stays open for days.
  const hour = 3_600_000;
  setInterval(() => void workbox.update().catch(() => undefined), hour);
}
