import { expect } from '@open-wc/testing';
import { violations } from '../support/axe.js';
import { frames, inSession, settle, still } from '../support/view.js';
import { views } from '../gallery/views.js';

// The gallery's views are the list of what there is to see: each has to hold for everybody.
describe('every view', () => {
  for (const [name, make] of Object.entries(views)) {
    for (const theme of ['light', 'dark'] as const) {
      it(`${name}, ${theme}: nothing for axe to find`, async () => {
        const { client, body } = make();
        const session = await inSession(client, body, { theme, width: '400px', height: '680px' });
        const widget = session.querySelector('tertulia-widget');
        if (widget) Object.assign(widget, { theme });
        await settle(session);
        still(session);
        await frames();
        expect(await violations(session)).to.deep.equal([]);
      });
    }
  }
});
