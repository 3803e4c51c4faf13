import { Workbox } from 'workbox-window';
import { trustedScript } from '../src/base/trusted-script.js';

/**
 * Registers the service worker. `onWaiting` is called when a new build has been fetched and waits, with what takes it:
 * the running page is left alone until then.
 */
export function watchForNewVersion(onWaiting: (take: () => void) => void): void {
  if (!('serviceWorker' in navigator)) return;
  const workbox = new Workbox(trustedScript(new URL('service-worker.js', document.baseURI).href), { updateViaCache: 'none' });
  let taken = false;
  workbox.addEventListener('waiting', () =>
    onWaiting(() => {
      taken = true;
      workbox.messageSkipWaiting();
    }),
  );
  workbox.addEventListener('controlling', ({ isUpdate, isExternal }) => {
    if (taken) location.reload();
    // Another tab took it: this page goes on with its own files, which the worker keeps, until it is reloaded too.
    else if (isUpdate || isExternal) onWaiting(() => location.reload());
  });
  void workbox.register();
  // A messenger stays open for days.
  const hour = 3_600_000;
  setInterval(() => void workbox.update().catch(() => undefined), hour);
}
