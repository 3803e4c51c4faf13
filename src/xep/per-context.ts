import type { XepContext } from './module.js';

/**
 * What a module remembers, kept apart for each engine: modules are plain shared objects, and one page may run
 * several engines. Lives exactly as long as its context; `clear` what must not outlive a session in `onEnd`.
 */
export function perContext<T>(make: () => T): (ctx: XepContext) => T {
  const states = new WeakMap<XepContext, T>();
  return (ctx) => {
    const known = states.get(ctx);
    if (known !== undefined) return known;
    const made = make();
    states.set(ctx, made);
    return made;
  };
}
