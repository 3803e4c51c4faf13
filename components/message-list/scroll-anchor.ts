/**
 * Holds on to the first message in sight while rows come and go in one go at both ends of the window. Engines do this by
 * themselves for what grows or is added, but not for a window that moves before they have chosen an anchor.
 */
export class ScrollAnchor {
  #held: { readonly element: Element; readonly top: number } | undefined;

  /** Before the rows change. */
  hold(scroller: HTMLElement): void {
    const element = firstBelow(scroller);
    this.#held = element && { element, top: element.getBoundingClientRect().top };
  }

  /** After they have changed. */
  release(scroller: HTMLElement): void {
    const held = this.#held;
    this.#held = undefined;
    if (!held?.element.isConnected) return;
    const moved = held.element.getBoundingClientRect().top - held.top;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
  }
}

/** The first message that is not wholly above the top of what is in sight, or of what is so many pixels further down. */
export function firstBelow(scroller: HTMLElement, beyond = 0): Element | undefined {
  const edge = scroller.getBoundingClientRect().top + beyond;
  const rows = scroller.querySelectorAll('[role="article"]');
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  return rows[low];
}
