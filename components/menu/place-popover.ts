/**
 * Puts a popover beside what opened it: below where there is more room, else above; its edge on the side of the frame
 * that the opener is nearer to. Called before it is shown, so that nothing jumps.
 */
export function placePopover(popover: HTMLElement, opener: Element): void {
  const box = opener.getBoundingClientRect();
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const gap = 4;
  const below = height - box.bottom > height / 2 || height - box.bottom > 320;
  const fromStart = box.left + box.right < width;
  const style = popover.style;
  style.top = below ? `${box.bottom + gap}px` : 'auto';
  style.bottom = below ? 'auto' : `${height - box.top + gap}px`;
  style.left = fromStart ? `${Math.max(gap, box.left)}px` : 'auto';
  style.right = fromStart ? 'auto' : `${Math.max(gap, width - box.right)}px`;
  style.maxHeight = `${Math.max(120, (below ? height - box.bottom : box.top) - 2 * gap)}px`;
}
