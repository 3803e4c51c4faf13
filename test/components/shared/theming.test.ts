import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { FakeClient } from '../../support/fake-client.js';
import { guest, jonas, lobby, support } from '../../support/fake-data.js';
import { find, inSession, settle } from '../../support/view.js';

/** A page's own stylesheet, for one test. */
function pageStyle(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

// What docs/theming.md promises.
describe('theming', () => {
  afterEach(() => {
    document.adoptedStyleSheets = [];
  });

  it('custom properties reach what is drawn', async () => {
    pageStyle('tertulia-session { --tertulia-surface: rgb(1, 2, 3); --tertulia-text: rgb(4, 5, 6); --tertulia-accent: rgb(7, 8, 9); --tertulia-font: monospace }');
    const session = await inSession(new FakeClient(), html`<tertulia-chat jid="${jonas}"></tertulia-chat>`);
    const chat = find(session, 'tertulia-chat');
    expect(getComputedStyle(chat).color).to.equal('rgb(4, 5, 6)');
    expect(getComputedStyle(chat).fontFamily).to.equal('monospace');
    expect(getComputedStyle(chat).backgroundColor).to.equal('rgb(1, 2, 3)');
    expect(getComputedStyle(find(session, '.mine .bubble')).backgroundColor).to.equal('rgb(7, 8, 9)');
  });

  it('the accent attribute is the custom property; what is no colour is left out', async () => {
    const session = await inSession(new FakeClient(), html`<tertulia-chat jid="${jonas}"></tertulia-chat>`);
    session.accent = 'rgb(7, 8, 9)';
    await settle(session);
    expect(getComputedStyle(find(session, '.mine .bubble')).backgroundColor).to.equal('rgb(7, 8, 9)');
    session.accent = 'red; display: none';
    await settle(session);
    expect(session.style.getPropertyValue('--tertulia-accent')).to.equal('');
  });

  for (const view of ['chat', 'room', 'panel of a contact', 'panel of a room']) {
    it(`the parts of a ${view} can be styled by the page`, async () => {
      pageStyle(['header', 'log', 'message', 'bubble-mine', 'bubble-theirs', 'box'].map((part, index) => `:is(tertulia-chat, tertulia-room, tertulia-panel)::part(${part}) { outline: ${index + 1}px solid rgb(1, 2, 3) }`).join('\n'));
      const client = view.endsWith('contact') ? new FakeClient({ data: guest, mode: 'guest' }) : new FakeClient();
      const drawn = {
        chat: html`<tertulia-chat jid="${jonas}"></tertulia-chat>`,
        room: html`<tertulia-room jid="${lobby}"></tertulia-room>`,
        'panel of a contact': html`<tertulia-panel contact="${support}"></tertulia-panel>`,
        'panel of a room': html`<tertulia-panel room="${lobby}"></tertulia-panel>`,
      }[view]!;
      const session = await inSession(client, drawn);
      await settle(session);
      for (const [index, part] of ['header', 'log', 'message', 'bubble-mine', 'bubble-theirs', 'box'].entries()) {
        expect(getComputedStyle(find(session, `[part~="${part}"]`)).outlineWidth, part).to.equal(`${index + 1}px`);
      }
    });
  }
});
