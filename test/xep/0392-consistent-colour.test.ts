import { expect } from '@open-wc/testing';
import { consistentColour, hueAngle } from '../../src/xep/0392-consistent-colour.js';

/** WCAG 2.2: relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

describe('xep/0392-consistent-colour', () => {
  it('gives the angles of the specification (§13.1)', () => {
    for (const [text, angle] of [['Romeo', 327.255249], ['juliet@capulet.lit', 209.4104], ['😺', 331.199341], ['council', 359.994507], ['Board', 171.430664]] as const)
      expect(hueAngle(text), text).to.be.closeTo(angle, 0.000001);
  });
  it('gives the same colour each time, another for another', () => {
    expect(consistentColour('Romeo')).to.deep.equal(consistentColour('Romeo'));
    expect(consistentColour('Romeo').surface).to.match(/^#[0-9a-f]{6}$/);
    expect(consistentColour('Romeo').surface).to.not.equal(consistentColour('Board').surface);
  });
  it('can be read whatever the hue', () => {
    for (let i = 0; i < 500; i += 1) {
      const { surface, onLight, onDark } = consistentColour(`guest-${i}`);
      expect(contrast(surface, '#ffffff'), surface).to.be.above(4.5);
      expect(contrast(onLight, '#f2f2f2'), onLight).to.be.above(4.5);
      expect(contrast(onDark, '#262626'), onDark).to.be.above(4.5);
    }
  });
  it('hostile: empty, endless and broken texts have a colour too', () => {
    for (const text of ['', '\u0000', '\ud800', 'x'.repeat(100_000), '__proto__', '</style>']) expect(consistentColour(text).surface, text.slice(0, 20)).to.match(/^#[0-9a-f]{6}$/);
  });
});
