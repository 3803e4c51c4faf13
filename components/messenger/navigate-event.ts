import type { Route } from './route.js';

/** Somebody chose what to look at next. The messenger goes there; a page of one's own may listen instead. */
export class NavigateEvent extends Event {
  static readonly type = 'tertulia-navigate';
  readonly route: Route;

  constructor(route: Route) {
    super(NavigateEvent.type, { bubbles: true, composed: true });
    this.route = route;
  }
}

declare global {
  interface HTMLElementEventMap {
    'tertulia-navigate': NavigateEvent;
  }
}
