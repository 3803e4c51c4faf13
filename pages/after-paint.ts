import type { Value } from '../src/client/chat-client.js';

/** Long enough for a frame of a slow machine; hidden pages have none, milliseconds. */
const frameWithin = 1_000;

/** An engine is not kept waiting longer, milliseconds, whatever holds up the first paint. */
export const paintedWithin = 2_000;

/** Resolves once a value is there. */
export const there = (value: Value<unknown>): Promise<void> =>
  new Promise((resolve) => {
    if (value.value !== undefined) return resolve();
    const stop = value.subscribe(() => {
      if (value.value === undefined) return;
      stop();
      resolve();
    });
  });

/** Resolves after the next frame has been painted, or where none is painted. */
export const nextPaint = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.hidden) return resolve();
    const late = setTimeout(resolve, frameWithin);
    requestAnimationFrame(() => {
      clearTimeout(late);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
  });
