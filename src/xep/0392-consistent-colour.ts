/**
 * XEP-0392: Consistent Color Generation, version 1.0.1
 * https://xmpp.org/extensions/xep-0392.html
 *
 * In:  a bare JID in normal form (§6.2), or a nickname where that is all that is known.
 * Out: the same colour for it in every client. Pure and at once, so that a component can paint with it.
 */
import { hsluv } from './hsluv.js';
import { sha1 } from './sha-1.js';

const encoder = new TextEncoder();

/** §5.1: the hue of a text, in degrees, 0 to 360. */
export function hueAngle(text: string): number {
  const hash = sha1(encoder.encode(text));
  return (((hash[0] ?? 0) + (hash[1] ?? 0) * 256) / 65536) * 360;
}

/**
 * `surface` carries white letters; `onLight` and `onDark` are for letters on a light and on a dark page: each has a
 * contrast of at least 4.5 (WCAG 2.2 §1.4.3) whatever the hue, which HSLuv's lightness makes sure of. CSS `#rrggbb`.
 */
export type ConsistentColour = { readonly hue: number; readonly surface: string; readonly onLight: string; readonly onDark: string };

const kept = new Map<string, ConsistentColour>();
const MOST = 2000;

/** The colour of an identifier, see above. */
export function consistentColour(text: string): ConsistentColour {
  const known = kept.get(text);
  if (known) return known;
  const hue = hueAngle(text);
  const colour = { hue, surface: hsluv(hue, 75, 45), onLight: hsluv(hue, 90, 40), onDark: hsluv(hue, 75, 72) };
  if (kept.size >= MOST) kept.clear();
  kept.set(text, colour);
  return colour;
}
