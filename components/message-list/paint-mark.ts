/** A User Timing mark once the frame in progress has been painted: a task after the next frame's callbacks. */
export function markAfterFrame(name: string, detail: unknown): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      performance.mark(name, { detail });
      port1.close();
    };
    port2.postMessage(undefined);
  });
}
