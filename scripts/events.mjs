// Stands in for the package `events`, 3 kB of Node's EventEmitter of which the wire library uses this much.

/** @typedef {(...args: any[]) => void} Listener */

export class EventEmitter {
  /** @type {Map<string, readonly Listener[]> | undefined} made late: subclasses call nothing of ours before they use it */
  #listeners;

  /** @param {string} type @param {Listener} listener */
  on(type, listener) {
    this.#listeners ??= new Map();
    this.#listeners.set(type, [...this.listeners(type), listener]);
    return this;
  }

  /** @param {string} type @param {Listener} listener */
  once(type, listener) {
    /** @type {Listener & { listener?: Listener }} */
    const once = (...args) => {
      this.off(type, once);
      listener.apply(this, args);
    };
    once.listener = listener;
    return this.on(type, once);
  }

  /** @param {string} type @param {Listener} listener */
  off(type, listener) {
    const list = this.listeners(type);
    // The latest of several, as Node does.
    const at = list.findLastIndex((known) => known === listener || /** @type {{ listener?: Listener }} */ (known).listener === listener);
    if (at >= 0) this.#listeners?.set(type, list.toSpliced(at, 1));
    return this;
  }

  /** @param {string} [type] */
  removeAllListeners(type) {
    if (type === undefined) this.#listeners?.clear();
    else this.#listeners?.delete(type);
    return this;
  }

  /** @param {string} type @param {...unknown} args @returns {boolean} whether anybody listened */
  emit(type, ...args) {
    const list = this.listeners(type);
    // An error that nobody hears is thrown.
    if (type === 'error' && list.length === 0) throw args[0] instanceof Error ? args[0] : new Error(`Unhandled error: ${String(args[0])}`);
    for (const listener of list) listener.apply(this, args);
    return list.length > 0;
  }

  /** @param {string} type @returns {readonly Listener[]} never changed in place: one that is being called through stays as it is */
  listeners(type) {
    return this.#listeners?.get(type) ?? [];
  }

  /** @param {string} type */
  listenerCount(type) {
    return this.listeners(type).length;
  }

  /** @param {string} type @param {Listener} listener */
  addListener(type, listener) {
    return this.on(type, listener);
  }

  /** @param {string} type @param {Listener} listener */
  removeListener(type, listener) {
    return this.off(type, listener);
  }
}

// oxlint-disable-next-line import/no-default-export -- ltx takes the default export
export default EventEmitter;
