import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Contact } from '../../../components/contact/contact.js';
import { FakeClient } from '../../support/fake-client.js';
import { jonas, visitor } from '../../support/fake-data.js';
import { all, button, mount, one, settle, words } from '../messenger/mount.js';

const open = async (jid: string, client = new FakeClient()) => ({ client, contact: await mount<Contact>(client, html`<tertulia-contact jid="${jid}"></tertulia-contact>`, { width: 320 }) });

describe('contact details', () => {
  it('shows who it is, whether they are there and on how many devices, and their groups', async () => {
    const { contact } = await open(jonas);
    expect(words(contact)).to.contain('Jonas Lindqvist').and.to.contain(jonas).and.to.contain('Available').and.to.contain('2 devices').and.to.contain('In the studio until four').and.to.contain('Studio');
  });

  it('says how far one sees each other, and asks again', async () => {
    const { client, contact } = await open('printer.example');
    expect(words(contact)).to.contain('They have not answered yet.');
    button(contact, 'Ask again').click();
    expect(client.called('saveContact')).to.deep.equal([[{ jid: 'printer.example', name: 'Print shop', groups: ['Suppliers'] }, true]]);
    expect(words((await open('misaki@example.net')).contact)).to.contain('they do not see when you are');
    expect(all((await open(jonas)).contact, '.notice')).to.have.length(0);
  });

  it('adds who is no contact yet', async () => {
    const { client, contact } = await open(visitor);
    button(contact, 'Add a contact').click();
    await settle();
    const form = one(contact, 'tertulia-contact-form');
    expect(one<HTMLInputElement>(form, '[name=jid]').value).to.equal(visitor);
    button(form, 'Add a contact').click();
    await settle();
    expect(client.called('saveContact')).to.deep.equal([[{ jid: visitor, groups: [] }, true]]);
    expect(words(contact)).to.contain('Remove the contact');
  });

  it('closes after the contact was removed', async () => {
    const { client, contact } = await open(jonas);
    let closed = 0;
    contact.addEventListener('close', () => closed++);
    button(contact, 'Remove the contact').click();
    await settle();
    button(one(contact, 'tertulia-confirm'), 'Remove').click();
    await settle();
    expect(client.called('removeContact')).to.deep.equal([[jonas]]);
    expect(closed).to.equal(1);
  });
});
