import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { formatRoute, parseRoute, sameRoute, type Route } from './route.js';

/** Our mark on an entry of the browser's history: how many of ours are before it. */
type Mark = { readonly tertulia: number };
const steps = (): number => (history.state as Partial<Mark> | null)?.tertulia ?? 0;

/**
 * Keeps what is shown and the address bar's fragment the same: a deep link, the browser's own back and forward, and
 * what is chosen in the page. With `hash: false` the address bar is left alone (several messengers on one page).
 */
export class Router implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #hash: () => boolean;
  readonly #changed: (route: Route, before: Route) => void;
  #past: Route[] = [];
  route: Route = { view: 'conversations' };

  constructor(host: ReactiveControllerHost, hash: () => boolean, changed: (route: Route, before: Route) => void) {
    this.#host = host;
    this.#hash = hash;
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    if (!this.#hash()) return;
    addEventListener('popstate', this.#read);
    addEventListener('hashchange', this.#read);
    this.#read();
  }

  hostDisconnected(): void {
    removeEventListener('popstate', this.#read);
    removeEventListener('hashchange', this.#read);
  }

  go(route: Route): void {
    if (sameRoute(route, this.route)) return;
    if (this.#hash()) history.pushState({ tertulia: steps() + 1 } satisfies Mark, '', formatRoute(route));
    else this.#past.push(this.route);
    this.#set(route);
  }

  replace(route: Route): void {
    if (this.#hash()) history.replaceState(history.state, '', formatRoute(route));
    this.#set(route);
  }

  /** One step back where it leads out of what is open; else to `list`, as after a deep link. */
  back(list: Route): void {
    if (this.#hash()) {
      if (steps() > 0) history.back();
      else this.replace(list);
    } else this.#set(this.#past.pop() ?? list);
  }

  readonly #read = (): void => {
    this.#set(parseRoute(location.hash));
  };

  #set(route: Route): void {
    if (sameRoute(route, this.route)) return;
    const before = this.route;
    this.route = route;
    this.#changed(route, before);
    this.#host.requestUpdate();
  }
}
