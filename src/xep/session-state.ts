import type { XepContext } from './module.js';

/** What a module remembers during a session, kept by context so that modules stay plain objects and accounts never mix. */
export type SessionState<S> = {
  /** The context's state, made at first use. */
  readonly of: (ctx: XepContext) => S;
  /** Forgets it. */
  readonly drop: (ctx: XepContext) => void;
};

export function perSession<S>(make: () => S): SessionState<S> {
  const states = new WeakMap<XepContext, S>();
  return {
    of(ctx) {
      let state = states.get(ctx);
      if (state === undefined) states.set(ctx, (state = make()));
      return state;
    },
    drop: (ctx) => void states.delete(ctx),
  };
}
