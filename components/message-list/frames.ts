/** Once the frame in progress has been painted: a task after the next frame's callbacks. */
export function afterFrame(then: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then();
    };
    port2.postMessage(undefined);
  });
}

/** Something that is done once in the next frame, however often it is asked for; never while the page is hidden. */
export class EachFrame {
  readonly #what: () => void;
  #asked = false;

  constructor(what: () => void) {
    this.#what = what;
  }

  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#what();
    });
  }
}
