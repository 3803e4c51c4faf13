import type { Log } from '../base/log.js';

/** Not for workers, and so unknown to their types. */
type PageStorage = { persisted?(): Promise<boolean>; persist?(): Promise<boolean> };

let asked = false;

/**
 * Asks the browser not to take away what is kept here when it is short of room: once a page, when somebody has written the
 * first message worth keeping. Chromium and WebKit decide by themselves and ask nobody. Firefox would ask the person,
 * in a box over the page, about something nobody can judge in the middle of a conversation: there it is not asked for.
 */
export async function persistStorage(log: Log, { storage, userAgent }: { readonly storage?: PageStorage; readonly userAgent: string } = navigator): Promise<void> {
  if (asked || !storage?.persist || userAgent.includes('Firefox/')) return;
  asked = true;
  try {
    if (!(await storage.persisted?.()) && !(await storage.persist())) log.debug('storage may be taken away');
  } catch (error) {
    log.debug('storage may be taken away', error);
  }
}
