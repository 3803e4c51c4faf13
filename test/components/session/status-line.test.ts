import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { FakeClient } from '../../support/fake-client.js';
import { jonas } from '../../support/fake-data.js';
import { button, find, findAll, inSession, settle, until } from '../../support/view.js';

describe('status line: what became of the storage', () => {
  for (const [locale, memory, noticed] of [['en', 'cannot store messages', 'OK'], ['de', 'keine Nachrichten speichern', 'Verstanden'], ['es', 'no puede guardar', 'Entendido'], ['ar', 'لا يستطيع هذا المتصفح', 'حسنًا']] as const)
    it(`says it once, where it is read out, and goes when it is taken note of (${locale})`, async () => {
      const client = new FakeClient();
      const session = await inSession(client, html`<tertulia-chat jid="${jonas}"></tertulia-chat>`, { locale });
      await until(() => session.lang === locale);
      await settle(session);
      const status = find(find(session, 'tertulia-status'), '[role=status]');
      expect(status.textContent.trim()).to.equal('');
      client.storage.set('memory');
      await settle(session);
      expect(status.textContent).to.include(memory);
      button(session, noticed).click();
      await settle(session);
      expect(status.textContent.trim()).to.equal('');
      expect(client.storage.value).to.equal(undefined);
    });

  it('stands beside the connection, not in its place', async () => {
    const client = new FakeClient({ session: { status: 'offline' } });
    const session = await inSession(client, html`<tertulia-chat jid="${jonas}"></tertulia-chat>`);
    for (const [notice, words] of [['mended', 'lost or damaged'], ['newer', 'newer version']] as const) {
      client.storage.set(notice);
      await settle(session); // oxlint-disable-line no-await-in-loop -- one after the other
      expect(findAll(find(session, 'tertulia-status'), '.pill').map((pill) => pill.textContent).join()).to.match(/Offline/).and.to.include(words);
    }
  });
});
