import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Value } from '../../src/client/chat-client.js';
import type { Unsubscribe } from '../../src/base/emitter.js';

/** Joins a `Value` to an element: it renders again when the value changes. `source` is asked again at each update. */
export class Watch<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #source: () => Value<T> | undefined;
  #current: Value<T> | undefined;
  #unsubscribe: Unsubscribe | undefined;

  constructor(host: ReactiveControllerHost, source: () => Value<T> | undefined) {
    this.#host = host;
    this.#source = source;
    host.addController(this);
  }

  get value(): T | undefined {
    return (this.#current ?? this.#source())?.value;
  }

  hostConnected(): void {
    this.#follow();
  }

  hostUpdate(): void {
    this.#follow();
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#current = undefined;
  }

  #follow(): void {
    const next = this.#source();
    if (next === this.#current && this.#unsubscribe) return;
    this.#unsubscribe?.();
    this.#current = next;
    this.#unsubscribe = next?.subscribe(() => this.#host.requestUpdate());
  }
}
