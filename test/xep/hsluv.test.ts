import { expect } from '@open-wc/testing';
import { Hsluv } from 'hsluv';
import { hsluv } from '../../src/xep/hsluv.js';

/** What HSLuv's own library says. */
function reference(hue: number, saturation: number, lightness: number): string {
  const colour = new Hsluv();
  [colour.hsluv_h, colour.hsluv_s, colour.hsluv_l] = [hue, saturation, lightness];
  colour.hsluvToHex();
  return colour.hex;
}

describe('xep/hsluv', () => {
  it('gives the colours of the library of its authors, whatever the hue', () => {
    for (let hue = 0; hue < 360; hue += 0.7)
      for (const [saturation, lightness] of [[100, 50], [75, 45], [90, 40], [75, 72], [30, 5], [100, 97]] as const)
        expect(hsluv(hue, saturation, lightness), `${hue} ${saturation} ${lightness}`).to.equal(reference(hue, saturation, lightness));
  });
});
