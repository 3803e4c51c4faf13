import type { AlertPorts } from '../components/messenger/alerts.js';
import { formatRoute } from '../components/messenger/route.js';

/** Two short tones, made here: nothing to fetch. Browsers let a page sound once somebody has used it. */
function ring(): void {
  if (!navigator.userActivation?.hasBeenActive) return;
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { frequency: 660 });
  const now = context.currentTime;
  tone.frequency.setValueAtTime(880, now + 0.09);
  volume.gain.setTargetAtTime(0.12, now, 0.01);
  volume.gain.setTargetAtTime(0, now + 0.16, 0.04);
  tone.connect(volume).connect(context.destination);
  tone.start(now);
  tone.stop(now + 0.5);
  tone.addEventListener('ended', () => void context.close());
}

/** As the messenger's page has them. `open` shows a conversation. */
export const alertPorts = (open: (hash: string) => void): AlertPorts => ({
  locks: navigator.locks as LockManager | undefined,
  looking: () => document.visibilityState === 'visible' && document.hasFocus(),
  onLook(look) {
    document.addEventListener('visibilitychange', look);
    addEventListener('focus', look);
    addEventListener('blur', look);
  },
  notify(title, { jid, kind, preview }) {
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    const hash = formatRoute({ view: kind === 'room' ? 'room' : 'chat', jid });
    const options = { body: (preview?.body ?? '').slice(0, 200), tag: jid, icon: new URL('icons/icon.svg', document.baseURI).href, data: hash };
    try {
      new Notification(title, options).addEventListener('click', () => {
        window.focus();
        open(hash);
      });
    } catch {
      // Phones show them by the service worker only, which opens the app on a click.
      void navigator.serviceWorker.ready.then((registration) => registration.showNotification(title, options));
    }
  },
  ring,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
