export type PageEvents = {
  /** The network, the page or the clock may have woken up. */
  readonly wake: () => void;
  readonly visible: (visible: boolean) => void;
  /** The browser freezes the page, or goes on with it (Page Lifecycle): whatever is begun in between does not end. */
  readonly frozen: (frozen: boolean) => void;
};

/** Tells when this page comes back: to the network, out of the back/forward cache, into view. Works without a DOM. */
export function watchPage({ wake, visible, frozen }: PageEvents, target: EventTarget = globalThis): void {
  target.addEventListener('online', () => wake());
  // These do not bubble up from the document.
  target.addEventListener('freeze', () => frozen(true), true);
  target.addEventListener('resume', () => frozen(false), true);
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
