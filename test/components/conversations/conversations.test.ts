import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { Conversations } from '../../../components/conversations/conversations.js';
import type { Route } from '../../../components/messenger/route.js';
import { FakeClient } from '../../support/fake-client.js';
import { amelie, answerer, jonas, lobby, newcomer } from '../../support/fake-data.js';
import { all, button, focused, mount, one, seen, settle, textOf, type, words } from '../messenger/mount.js';
import { until } from '../../support/view.js';

const open = async (client = new FakeClient()): Promise<{ client: FakeClient; list: Conversations; routes: Route[]; rows: () => HTMLElement[] }> => {
  const list = await mount<Conversations>(client, html`<tertulia-conversations></tertulia-conversations>`, { width: 390 });
  const routes: Route[] = [];
  list.addEventListener('tertulia-navigate', (event) => routes.push(event.route));
  return { client, list, routes, rows: () => all(list, 'tertulia-conversation-row') };
};
const rowOf = (rows: readonly HTMLElement[], name: string): HTMLElement => rows.find((row) => words(row).includes(name))!;

describe('conversations', () => {
  it('is a list by its name, newest first, with who, what, when and how much is unread', async () => {
    const { list, rows } = await open();
    expect(one(list, 'ul[role=list]').getAttribute('aria-label')).to.equal('Conversations');
    expect(rows()).to.have.length(6);
    const row = one(rowOf(rows(), 'Amélie Fournier'), '.row');
    expect(words(row)).to.contain('Tu me rappelles quand tu peux ?');
    expect(words(row)).to.contain('3 unread messages');
    expect(one(row, 'time').getAttribute('datetime')).to.match(/^\d{4}-/);
    expect(words(rowOf(rows(), 'Lobby'))).to.match(/Jonas: ?You are the best\./);
    expect(words(rowOf(rows(), 'Jonas Lindqvist'))).to.match(/You: ?Coffee/);
  });

  it('shows a draft, and typing before anything else', async () => {
    const { client, rows } = await open();
    expect(words(rowOf(rows(), 'ليلى'))).to.contain('Draft:');
    client.setTypists(jonas, [jonas]);
    await settle();
    expect(words(rowOf(rows(), 'Jonas Lindqvist'))).to.contain('typing…');
    client.setTypists(lobby, ['Amélie']);
    await settle();
    expect(words(rowOf(rows(), 'Lobby'))).to.contain('Amélie is typing…');
  });

  it('moves up what arrives, and the unread count with it', async () => {
    const { client, rows } = await open();
    client.receive(jonas, { from: jonas, body: 'Are you coming?' });
    await settle();
    expect(words(rows()[0]!)).to.contain('Are you coming?').and.to.contain('1 unread message');
  });

  it('marks the one that is open', async () => {
    const { list, rows } = await open();
    list.selected = amelie;
    await settle();
    expect(all(list, '.row[aria-current=true]')).to.have.length(1);
    expect(one(rowOf(rows(), 'Amélie'), '.row').getAttribute('aria-current')).to.equal('true');
  });

  it('opens what is pressed, a room as a room', async () => {
    const { rows, routes } = await open();
    one(rowOf(rows(), 'Amélie'), '.row').click();
    one(rowOf(rows(), 'Lobby'), '.row').click();
    expect(routes).to.deep.equal([{ view: 'chat', jid: amelie }, { view: 'room', jid: lobby }]);
  });

  it('is one tab stop in which the arrows move', async () => {
    const { list, rows } = await open();
    expect(all(list, '.row[tabindex="0"]')).to.have.length(1);
    rows()[0]!.focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(one(rows()[1]!, '.row') === focused()).to.equal(true);
    await sendKeys({ press: 'End' });
    expect(one(rows()[5]!, '.row') === focused()).to.equal(true);
    await sendKeys({ press: 'ArrowDown' });
    expect(one(rows()[5]!, '.row') === focused(), 'stays at the end').to.equal(true);
    await sendKeys({ press: 'Home' });
    expect(one(rows()[0]!, '.row') === focused()).to.equal(true);
    await settle();
    expect(all(list, '.row[tabindex="0"]')).to.have.length(1);
  });

  it('filters by name and by address, and says when there is nothing', async () => {
    const { list, rows } = await open();
    const field = one<HTMLInputElement>(list, 'input[type=search]');
    type(field, 'AMÉL');
    await settle();
    expect(rows()).to.have.length(1);
    type(field, 'guests.localhost');
    await settle();
    expect(rows()).to.have.length(1);
    type(field, '<b>nobody</b>');
    await settle();
    expect(rows()).to.have.length(0);
    expect(words(list)).to.contain('“<b>nobody</b>”');
    field.focus();
    await sendKeys({ press: 'Escape' });
    await settle();
    expect(rows()).to.have.length(6);
  });

  it('goes from the search field into the list by the arrow', async () => {
    const { list, rows } = await open();
    one<HTMLInputElement>(list, 'input[type=search]').focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(one(rows()[0]!, '.row') === focused()).to.equal(true);
  });

  it('removes a conversation when asked twice', async () => {
    const { client, list, rows } = await open();
    list.askToRemove(jonas);
    await settle();
    expect(client.called('removeConversation')).to.have.length(0);
    expect(words(one(list, 'tertulia-confirm'))).to.contain('Jonas Lindqvist');
    button(one(list, 'tertulia-confirm'), 'Remove').click();
    await settle();
    expect(client.called('removeConversation')).to.deep.equal([[jonas]]);
    expect(rows()).to.have.length(5);
  });

  it('says what to do when there is none yet, and what is loading while it is', async () => {
    const { list } = await open(new FakeClient({ data: newcomer }));
    expect(words(list)).to.contain('No conversations yet');
    expect(one(list, 'ul').getAttribute('aria-label'), 'the list is there, and empty').to.equal('Conversations');
    expect(seen(button(list, 'New conversation'))).to.equal(true);
    const client = new FakeClient();
    client.conversations.set(undefined);
    const loading = await open(client);
    expect(one(loading.list, 'ul').getAttribute('aria-busy')).to.equal('true');
    expect(all(loading.list, '.skeleton')).to.have.length.greaterThan(3);
  });

  it('draws what is seen of a long list', async () => {
    const scripts = Array.from({ length: 900 }, (_, i) => ({ jid: `p${i}@localhost`, kind: 'chat' as const, lines: [{ from: `p${i}@localhost`, ago: i, body: 'hi' }] }));
    const { list, rows } = await open(new FakeClient({ data: { ...answerer, scripts } }));
    expect(rows().length).to.be.within(5, 60);
    expect(words(rows()[0]!)).to.contain('p0');
    one(list, '.scroll').scrollTop = 1e6;
    await settle();
    expect(rows().length).to.be.within(5, 60);
    expect(words(rows().at(-1)!)).to.contain('p899');
  });
});

describe('new conversation', () => {
  const begin = async () => {
    const it = await open();
    button(it.list, 'New conversation').click();
    await settle();
    const dialog = one(it.list, 'tertulia-new-conversation');
    return { ...it, dialog, field: one<HTMLInputElement>(dialog, 'input') };
  };
  for (const [typed, jid] of [
    ['Noor@Example.org', 'noor@example.org'],
    ['xmpp:noor@example.org', 'noor@example.org'],
    ['gateway.example.org', 'gateway.example.org'],
    ['noor@example.org/phone 2', 'noor@example.org/phone 2'],
  ] as const) {
    it(`takes ${typed} for an address`, async () => {
      const { client, dialog, field, routes } = await begin();
      type(field, typed);
      button(dialog, 'Start').click();
      await settle();
      expect(client.called('openConversation')).to.deep.equal([[jid, 'chat']]);
      expect(routes).to.deep.equal([{ view: 'chat', jid }]);
    });
  }

  it('takes a domain for an address, though one contact alone is at home there', async () => {
    const { client, dialog, field } = await begin();
    client.conversations.set([]);
    client.contacts.set(client.contacts.value!.slice(0, 1));
    type(field, 'localhost');
    await until(() => all(dialog, 'li').length === 1);
    button(dialog, 'Start').click();
    await settle();
    expect(client.called('openConversation')).to.deep.equal([['localhost', 'chat']]);
  });

  it('finds a contact by name', async () => {
    const { dialog, field, routes } = await begin();
    type(field, 'wójc');
    await until(() => all(dialog, 'li').length === 1);
    button(dialog, 'Start').click();
    await settle();
    expect(routes).to.deep.equal([{ view: 'chat', jid: 'tomasz@localhost' }]);
  });

  it('says what an address looks like to what is none', async () => {
    const { client, dialog, field } = await begin();
    for (const wrong of ['nobody here', 'zz@', '@zz', 'a b@example.org', '<b>@example.org']) {
      type(field, wrong);
      button(dialog, 'Start').click();
      await settle();
      expect(textOf(one(dialog, '[role=alert]')), wrong).to.contain('name@example.org');
      expect(field.getAttribute('aria-invalid')).to.equal('true');
    }
    expect(client.called('openConversation')).to.deep.equal([]);
  });

  it('opens a private conversation where the address is an occupant’s', async () => {
    const { client, dialog, field } = await begin();
    type(field, `${lobby}/Jonas`);
    button(dialog, 'Start').click();
    await settle();
    expect(client.called('openConversation')).to.deep.equal([[`${lobby}/Jonas`, 'private']]);
  });
});
