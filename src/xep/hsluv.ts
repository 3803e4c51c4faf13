/** HSLuv (https://www.hsluv.org): CIELUV, its saturation a share of what sRGB can show at that hue and lightness. */

type Triple = readonly [number, number, number];
/** CIE XYZ to linear sRGB (IEC 61966-2-1), its white point D65 as u′ and v′. */
const channels: readonly Triple[] = [
  [3.2409699, -1.5373832, -0.4986108],
  [-0.9692436, 1.8759675, 0.0415551],
  [0.0556301, -0.203977, 1.0569715],
];
const [whiteU, whiteV] = [0.1978300066, 0.4683199949];

/** Linear sRGB of a colour of CIELUV; what is outside of 0 to 1 cannot be shown. Hue in radians. */
function linear(hue: number, chroma: number, lightness: number): number[] {
  const u = (chroma * Math.cos(hue)) / (13 * lightness) + whiteU;
  const v = (chroma * Math.sin(hue)) / (13 * lightness) + whiteV;
  const y = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / 903.2963;
  const x = (y * 9 * u) / (4 * v);
  const z = (y * (12 - 3 * u - 20 * v)) / (4 * v);
  return channels.map(([a, b, c]) => a * x + b * y + c * z);
}

const shown = (colour: readonly number[]): boolean => colour.every((channel) => channel >= 0 && channel <= 1);

/** Hue in degrees, saturation and lightness in per cent, neither 0. CSS `#rrggbb`. */
export function hsluv(hue: number, saturation: number, lightness: number): string {
  const angle = (hue / 180) * Math.PI;
  // What can be shown is one stretch from grey outwards, and sRGB ends before 256.
  let chroma = 0;
  for (let step = 128; step > 1e-9; step /= 2) if (shown(linear(angle, chroma + step, lightness))) chroma += step;
  const encoded = linear(angle, (chroma * saturation) / 100, lightness).map((channel) => (channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055));
  return `#${encoded.map((channel) => Math.round(channel * 255).toString(16).padStart(2, '0')).join('')}`;
}
