import { expect } from '@open-wc/testing';
import { messengerViews } from '../../gallery/messenger-views.js';
import { violations } from '../../support/axe.js';
import { all, mount, seen, settle } from './mount.js';

/** Everything that sticks out of the box sideways, as far as it can be seen. */
function wide(root: Element, width: number): string[] {
  const box = root.getBoundingClientRect();
  return all(root, '*')
    .filter(seen)
    .filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 0 && (left < box.left - 1 || right > box.left + width + 1) && !clipped(element, box);
    })
    .map((element) => `${element.localName}.${element.className}`);
}

function clipped(element: Element, box: DOMRect): boolean {
  for (let up: Node | null = element; up; up = up instanceof ShadowRoot ? up.host : (up as Element).assignedSlot ?? up.parentNode) {
    if (!(up instanceof Element) || up === element) continue;
    const { left, right } = up.getBoundingClientRect();
    if (getComputedStyle(up).overflowX !== 'visible' && left >= box.left - 1 && right <= box.right + 1) return true;
  }
  return getComputedStyle(element).position === 'fixed' || element.closest('.visually-hidden') !== null;
}

describe('the messenger’s views', () => {
  for (const [name, make] of Object.entries(messengerViews)) {
    for (const [theme, locale, width] of [['light', 'en', 390], ['dark', 'ar', 1200]] as const) {
      it(`${name}, ${theme}, ${locale}, ${width} wide: axe finds nothing, nothing sticks out`, async () => {
        const { client, body } = make();
        const root = await mount(client, body, { width, height: 760, theme, locale });
        await settle();
        // What is on its way is not there yet: colours are measured where they end.
        for (const animation of all(root, '*').flatMap((element) => element.getAnimations())) if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish();
        expect(await violations(root)).to.deep.equal([]);
        expect(wide(root, width)).to.deep.equal([]);
        expect('__owned' in globalThis, 'nothing that was written ran').to.equal(false);
      });
    }
  }

  it('draws what people wrote as text, whatever it looks like', async () => {
    const { client, body } = messengerViews['messenger-hostile']!();
    const root = await mount(client, body, { width: 1200, height: 760 });
    expect(all(root, 'img[src=x], script, iframe')).to.deep.equal([]);
  });
});
