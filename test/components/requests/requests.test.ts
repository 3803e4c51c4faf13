import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { ChatError } from '../../../src/base/error.js';
import { FakeClient } from '../../support/fake-client.js';
import { all, button, mount, one, settle, words } from '../messenger/mount.js';

const noor = 'noor@example.org';
const open = async (client = new FakeClient()) => ({ client, requests: await mount(client, html`<tertulia-requests></tertulia-requests>`, { width: 390 }) });

describe('subscription requests', () => {
  it('says who asks, with their words', async () => {
    const { requests } = await open();
    expect(words(requests)).to.contain('Noor').and.to.contain(noor).and.to.contain('We met at the book fair.');
  });

  it('accepts and adds', async () => {
    const { client, requests } = await open();
    button(requests, 'Accept and add').click();
    await settle();
    expect(client.called('answerRequest')).to.deep.equal([[noor, true]]);
    expect(client.called('saveContact')).to.deep.equal([[{ jid: noor, name: 'Noor', groups: [] }, true]]);
    expect(all(requests, 'li')).to.have.length(0);
  });

  it('accepts without adding', async () => {
    const { client, requests } = await open();
    button(requests, 'Accept').click();
    await settle();
    expect(client.called('answerRequest')).to.deep.equal([[noor, true]]);
    expect(client.called('saveContact')).to.deep.equal([]);
  });

  it('refuses', async () => {
    const { client, requests } = await open();
    button(requests, 'Refuse').click();
    await settle();
    expect(client.called('answerRequest')).to.deep.equal([[noor, false]]);
  });

  it('offers no adding of whom one has already', async () => {
    const client = new FakeClient();
    client.contacts.set([{ jid: noor, groups: [], subscription: 'to', asked: false }]);
    const { requests } = await open(client);
    expect(all(requests, 'button').map((candidate) => candidate.textContent)).to.deep.equal(['Accept', 'Refuse']);
  });

  it('says where an answer could not be given, and lets one try again', async () => {
    const client = new FakeClient();
    client.failures.set('answerRequest', new ChatError('offline', 'x'));
    const { requests } = await open(client);
    button(requests, 'Refuse').click();
    await settle();
    expect(one(requests, '[role=alert]').textContent).to.contain('did not work');
    expect(button(requests, 'Refuse').disabled).to.equal(false);
  });

  it('draws nothing while nobody asks', async () => {
    const client = new FakeClient();
    client.requests.set([]);
    expect(words((await open(client)).requests)).to.equal('');
  });
});
