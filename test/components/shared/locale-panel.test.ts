import { expect, fixture, waitUntil } from '@open-wc/testing';
import { html } from 'lit';
import { definePanel } from '../../../components/define-panel.js';
import type { Session } from '../../../components/session/session.js';
import { english } from '../../../components/shared/locale/locale.js';
import { FakeClient } from '../../support/fake-client.js';
import { lobby } from '../../support/fake-data.js';

// A page of its own, as the widget's frame is: elements.js, which has every word at once, is not in it.
describe('a panel that is in German before its room is fetched', () => {
  it('draws the room in German from the first', async () => {
    definePanel();
    expect(english.text.participants).to.equal(undefined);
    const session = await fixture<Session>(html`<tertulia-session locale="de"></tertulia-session>`);
    await waitUntil(() => session.lang === 'de');
    expect(customElements.get('tertulia-room')).to.equal(undefined);

    const panel = document.createElement('tertulia-panel');
    panel.room = lobby;
    session.client = new FakeClient({ mode: 'guest' });
    session.append(panel);
    await customElements.whenDefined('tertulia-room');
    const room = panel.shadowRoot!.querySelector('tertulia-room')!;
    expect(room.text.participants).to.equal('Teilnehmer');
    expect(english.text.participants).to.equal('Participants');
    await room.updateComplete;
    expect(room.shadowRoot!.textContent).not.to.include('undefined');
  });
});
