import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Messenger } from '../../../components/messenger/messenger.js';
import { FakeClient } from '../../support/fake-client.js';
import { amelie, design, jonas, lobby } from '../../support/fake-data.js';
import { until } from '../../support/view.js';
import { all, button, focused, mount, one, seen, settle, textOf, words } from './mount.js';

const phone = { width: 390, height: 700 };
const open = (client = new FakeClient(), size: { width: number; height: number } = { width: 1200, height: 700 }): Promise<Messenger> => mount<Messenger>(client, html`<tertulia-messenger></tertulia-messenger>`, size);
/** What a button is called by what stands in it. */
const accessible = (element: Element): string => Array.from(element.querySelectorAll('.words, .visually-hidden'), textOf).join(' ');
const shown = (messenger: Messenger, tag: string): boolean => all(messenger, tag).some(seen);

describe('messenger', () => {
  // Going back must never leave the page of the tests, whatever was there before it.
  before(() => Array.from({ length: 10 }, () => history.pushState(null, '', '#/')));
  beforeEach(() => history.replaceState(null, '', '#/'));
  after(() => history.replaceState(null, '', location.pathname + location.search));

  it('shows skeletons until it knows who one is, then the sign-in or the lists', async () => {
    const client = new FakeClient({ mode: undefined, ready: false });
    const messenger = await open(client);
    expect(all(messenger, '.skeleton').length).to.be.greaterThan(3);
    expect(shown(messenger, 'tertulia-sign-in')).to.equal(false);
    client.ready.set(true);
    await settle();
    expect(shown(messenger, 'tertulia-sign-in')).to.equal(true);
    await client.signIn({ mode: 'login', credentials: { jid: 'support@localhost', password: 'x' } });
    await settle();
    expect(shown(messenger, 'tertulia-sign-in')).to.equal(false);
    expect(shown(messenger, 'tertulia-conversations')).to.equal(true);
    await client.signOut();
    await settle();
    expect(shown(messenger, 'tertulia-sign-in')).to.equal(true);
  });

  it('puts what is chosen into the address bar, and follows it', async () => {
    const messenger = await open();
    messenger.navigate({ view: 'chat', jid: jonas });
    await settle();
    expect(location.hash).to.equal(`#/chat/${jonas}`);
    expect(one<HTMLElement & { jid: string }>(messenger, 'tertulia-chat').jid).to.equal(jonas);
    location.hash = `#/room/${lobby}`;
    await until(() => messenger.route.view === 'room');
    await settle();
    expect(one<HTMLElement & { jid: string }>(messenger, 'tertulia-room').jid).to.equal(lobby);
    expect(all(messenger, 'tertulia-chat')).to.have.length(0);
  });

  it('takes a deep link at the start', async () => {
    history.replaceState(null, '', `#/chat/${amelie}`);
    const messenger = await open();
    expect(textOf(one(one(messenger, 'tertulia-chat'), 'h2'))).to.equal('Amélie Fournier');
    expect(all(messenger, '[aria-current=true]')).to.have.length(1);
  });

  it('goes back by the browser’s own back', async () => {
    const messenger = await open();
    messenger.navigate({ view: 'chat', jid: jonas });
    messenger.navigate({ view: 'chat', jid: amelie });
    history.back();
    await until(() => 'jid' in messenger.route && messenger.route.jid === jonas);
    history.back();
    await until(() => messenger.route.view === 'conversations');
  });

  it('leaves the address bar alone where it is told to', async () => {
    const messenger = await mount<Messenger>(new FakeClient(), html`<tertulia-messenger routing="none"></tertulia-messenger>`);
    const before = location.href;
    messenger.navigate({ view: 'chat', jid: jonas });
    await settle();
    expect(location.href).to.equal(before);
    expect(shown(messenger, 'tertulia-chat')).to.equal(true);
    expect(words(one(messenger, 'tertulia-chat'))).to.contain('Jonas');
  });

  it('knows a private conversation from an address with a resource', async () => {
    const client = new FakeClient();
    history.replaceState(null, '', `#/chat/${lobby}/Jonas`);
    const messenger = await open(client);
    expect(client.called('openConversation')).to.deep.equal([[`${lobby}/Jonas`, 'private']]);
    expect(textOf(one(one(messenger, 'tertulia-chat'), 'h2'))).to.equal('Jonas in Lobby');
    messenger.navigate({ view: 'chat', jid: 'dad@example.org/phone' });
    await settle();
    expect(client.called('openConversation')).to.have.length(1);
  });

  it('has sections with what is unread in them', async () => {
    const client = new FakeClient();
    const messenger = await open(client);
    const tabs = all(messenger, '.tab');
    expect(tabs.map(accessible)).to.deep.equal(['Chats 6 unread messages', 'Contacts 1 request', 'Rooms']);
    expect(tabs[0]!.getAttribute('aria-current')).to.equal('page');
    tabs[1]!.click();
    await settle();
    expect(shown(messenger, 'tertulia-roster')).to.equal(true);
    expect(shown(messenger, 'tertulia-conversations')).to.equal(false);
    expect(location.hash).to.equal('#/contacts');
    client.receive(jonas, { from: jonas, body: 'x' });
    await settle();
    expect(accessible(all(messenger, '.tab')[0]!)).to.equal('Chats 7 unread messages');
  });

  it('keeps a list as it was while another is looked at', async () => {
    const messenger = await open();
    const list = one(messenger, 'tertulia-conversations');
    all(messenger, '.tab')[2]!.click();
    await settle();
    all(messenger, '.tab')[0]!.click();
    await settle();
    expect(one(messenger, 'tertulia-conversations') === list).to.equal(true);
  });

  it('has list, conversation and details beside each other where there is room', async () => {
    const messenger = await open();
    messenger.navigate({ view: 'contact', jid: jonas });
    await settle();
    const [list, chat, contact] = ['tertulia-conversations', 'tertulia-chat', 'tertulia-contact'].map((tag) => one(messenger, tag).getBoundingClientRect());
    expect(list!.right).to.be.at.most(chat!.left + 1);
    expect(chat!.right).to.be.at.most(contact!.left + 1);
    expect(chat!.width).to.be.greaterThan(300);
    button(messenger, 'Close the details').click();
    await until(() => messenger.route.view !== 'contact');
    await settle();
    expect(all(messenger, 'tertulia-contact')).to.have.length(0);
  });

  it('folds to one pane on a phone, with a way back and the focus where one was', async () => {
    const messenger = await open(new FakeClient(), phone);
    expect(shown(messenger, 'tertulia-conversations')).to.equal(true);
    const row = all(messenger, 'tertulia-conversation-row').find((candidate) => words(candidate).includes('Jonas Lindqvist'))!;
    const press = one(row, '.row');
    press.focus();
    press.click();
    await settle();
    expect(shown(messenger, 'tertulia-conversations')).to.equal(false);
    expect(shown(messenger, 'tertulia-chat')).to.equal(true);
    expect(focused()?.classList.contains('main')).to.equal(true);
    button(messenger, 'Back').click();
    await until(() => messenger.route.view === 'conversations');
    await settle();
    expect(shown(messenger, 'tertulia-conversations')).to.equal(true);
    expect(focused() === press).to.equal(true);
  });

  it('has a way back after a deep link, too', async () => {
    history.replaceState(null, '', `#/room/${design}`);
    const messenger = await open(new FakeClient(), phone);
    button(messenger, 'Back').click();
    await settle();
    expect(messenger.route.view).to.equal('conversations');
    expect(shown(messenger, 'tertulia-conversations')).to.equal(true);
  });

  it('takes no focus by itself', async () => {
    const messenger = await open();
    const before = focused();
    messenger.navigate({ view: 'chat', jid: jonas });
    await settle();
    expect(focused() === before).to.equal(true);
  });

  it('offers a new version quietly', async () => {
    const messenger = await open();
    let wanted = 0;
    messenger.addEventListener('tertulia-reload', () => wanted++);
    expect(words(messenger)).not.to.contain('Reload for the new version');
    messenger.updateReady = true;
    await settle();
    button(messenger, 'Reload for the new version').click();
    expect(wanted).to.equal(1);
  });

  it('asks for the password again where the server does not take it any more', async () => {
    const client = new FakeClient({ session: { status: 'refused', error: { code: 'not-authorized' } } });
    const messenger = await open(client);
    expect(words(one(messenger, '[role=alert]'))).to.contain('does not accept your password');
    expect(shown(messenger, 'tertulia-conversations')).to.equal(true);
    button(messenger, 'Sign in').click();
    await settle();
    expect(one<HTMLDialogElement>(one(messenger, 'tertulia-dialog:has(tertulia-sign-in)'), 'dialog').open).to.equal(true);
    client.patchSession({ status: 'online' });
    await settle();
    expect(one<HTMLDialogElement>(all(messenger, 'tertulia-dialog').at(-1)!, 'dialog').open).to.equal(false);
  });

  it('removes the conversation that is open, and goes to the list', async () => {
    const client = new FakeClient();
    const messenger = await open(client);
    messenger.navigate({ view: 'chat', jid: jonas });
    await settle();
    const menu = all(messenger, 'tertulia-menu[slot=end]')[0]!;
    one(menu, '.trigger').click();
    await settle();
    button(menu, 'Remove the conversation').click();
    await settle();
    button(one(one(messenger, 'tertulia-conversations'), 'tertulia-confirm'), 'Remove').click();
    await settle();
    expect(client.called('removeConversation')).to.deep.equal([[jonas]]);
    expect(messenger.route.view).to.equal('conversations');
  });

  it('puts what was shared into the composer of a chosen conversation, and sends nothing', async () => {
    const client = new FakeClient();
    const messenger = await open(client);
    messenger.shared = { text: 'https://example.org/<b>', file: new File(['x'], 'x.txt', { type: 'text/plain' }) };
    await settle();
    const dialog = all(messenger, 'tertulia-new-conversation').find((candidate) => words(candidate).includes('Send to…'))!;
    all(dialog, 'li button').find((candidate) => words(candidate).includes('Tomasz'))!.click();
    await settle();
    await settle();
    expect(messenger.route).to.deep.equal({ view: 'chat', jid: 'tomasz@localhost' });
    expect(one<HTMLTextAreaElement>(one(messenger, 'tertulia-chat'), 'textarea').value).to.equal('https://example.org/<b>');
    expect(all(messenger, 'tertulia-staged-file')).to.have.length(1);
    expect(client.called('send')).to.have.length(0);
    expect(messenger.shared).to.equal(undefined);
  });
});
