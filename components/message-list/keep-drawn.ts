import type { DrawnRows } from './drawn-rows.js';
import { firstBelow } from './scroll-anchor.js';

/** Pixels from the end within which one still follows, and from the top at which older messages are asked for. */
export const nearEnd = 48;
export const nearTop = 900;
/** Pixels before and after what is in sight that are drawn; what is further away than `far` no longer is. */
const ahead = 1800;
const far = 4500;
/** Rows drawn in one frame on either side: what half a frame is enough for. */
export const atOnce = 8;
/** The lowest that a row can be, pixels. */
const least = 42;

/** Rows that fill a screen of this height. */
export const fills = (height: number): number => Math.ceil(height / least) + 1;

/**
 * Whether what is in memory is to be added to before it has been drawn, for somebody who goes that way. A window holds what
 * this and the rows that may be drawn come to, or it would be read to and fro.
 */
export const runsOut = (rows: number, pixels: number): boolean => rows < 25 && pixels < 1.25 * ahead;

/**
 * Draws a few rows more where somebody may soon look, and no longer those that are far away, many at once: each time moves
 * all that is left. Whether anything changed.
 */
export function keepDrawn(rows: DrawnRows, scroller: HTMLElement, { above, below }: { readonly above: number; readonly below: number }): boolean {
  let changed = false;
  if (above < ahead) changed = rows.drawOlder(atOnce);
  else if (above > far) changed = rows.dropBefore(idOf(firstBelow(scroller, -ahead)));
  if (below < ahead) return rows.drawNewer(atOnce) || changed;
  return (below > far && rows.dropAfter(idOf(firstBelow(scroller, scroller.clientHeight + ahead)))) || changed;
}

const idOf = (row: Element | undefined): number => Number((row as HTMLElement | undefined)?.dataset['id']);
