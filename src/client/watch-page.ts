export type PageEvents = {
  /** The network, the page or the clock may have woken up. */
  readonly wake: () => void;
  readonly visible: (visible: boolean) => void;
};

/** Tells when this page comes back: to the network, out of the back/forward cache, into view. Works without a DOM. */
export function watchPage({ wake, visible }: PageEvents, target: EventTarget = globalThis): void {
  target.addEventListener('online', () => wake());
  target.addEventListener('pageshow', (event) => {
    if ((event as { persisted?: boolean }).persisted) wake();
  });
  // Bubbles from the document to the window, and brings the document along.
  target.addEventListener('visibilitychange', (event) => {
    const seen = (event.target as { visibilityState?: string } | null)?.visibilityState !== 'hidden';
    visible(seen);
    if (seen) wake();
  });
}
