import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { Roster } from '../../../components/roster/roster.js';
import type { Route } from '../../../components/messenger/route.js';
import { ChatError } from '../../../src/base/error.js';
import { FakeClient } from '../../support/fake-client.js';
import { amelie, answerer, jonas, newcomer } from '../../support/fake-data.js';
import { all, button, focused, mount, one, seen, settle, textOf, type, words } from '../messenger/mount.js';

const open = async (client = new FakeClient()) => {
  const roster = await mount<Roster>(client, html`<tertulia-roster></tertulia-roster>`, { width: 390 });
  const routes: Route[] = [];
  roster.addEventListener('tertulia-navigate', (event) => routes.push(event.route));
  const rows = (): HTMLElement[] => all(roster, 'tertulia-contact-row');
  const row = (name: string): HTMLElement => rows().find((candidate) => words(candidate).includes(name))!;
  const choose = async (name: string, item: string): Promise<void> => {
    one(row(name), 'tertulia-menu').shadowRoot!.querySelector<HTMLElement>('.trigger')!.click();
    await settle();
    button(row(name), item).click();
    await settle();
  };
  return { client, roster, routes, rows, row, choose };
};

describe('roster', () => {
  it('is a list by its name, by group with counts, with presence and status text', async () => {
    const { roster, rows, row } = await open();
    expect(one(roster, 'ul[part=list]').getAttribute('role')).to.equal('list');
    expect(one(roster, 'ul[part=list]').getAttribute('aria-label')).to.equal('Contacts');
    expect(all(roster, '.group').map(textOf)).to.deep.equal(['Studio3', 'Suppliers3', 'Texts1', 'No group1']);
    expect(rows()).to.have.length(8); // one of them in two groups
    expect(words(row('Jonas'))).to.contain('Available').and.to.contain('In the studio until four');
    expect(words(row('Amélie'))).to.contain('Away');
    expect(words(row('Tomasz'))).to.contain('Busy');
    expect(words(row('Dad'))).to.contain('Not online');
  });

  it('says in plain words where one does not see the other', async () => {
    const client = new FakeClient();
    client.contacts.set([
      { jid: 'a@x.org', name: 'Asked', groups: [], subscription: 'none', asked: true },
      { jid: 'b@x.org', name: 'OneWay', groups: [], subscription: 'from', asked: false },
      { jid: 'c@x.org', name: 'Neither', groups: [], subscription: 'none', asked: false },
    ]);
    const { row, choose } = await open(client);
    expect(words(row('Asked'))).to.contain('Has not answered your request yet');
    expect(words(row('OneWay'))).to.contain('Does not show their presence');
    await choose('OneWay', 'Ask to see when they are available');
    expect(client.called('saveContact')).to.deep.equal([[{ jid: 'b@x.org', name: 'OneWay', groups: [] }, true]]);
  });

  it('follows presence as it changes', async () => {
    const { client, row } = await open();
    client.setPresenceOf('dad@example.org', { show: 'chat', status: 'Back from the garden', resources: 1 });
    await settle();
    expect(words(row('Dad'))).to.contain('Happy to chat').and.to.contain('Back from the garden');
  });

  it('folds a group, and opens it while somebody searches', async () => {
    const { roster, rows } = await open();
    const studio = all<HTMLButtonElement>(roster, '.group')[0]!;
    studio.click();
    await settle();
    expect(studio.getAttribute('aria-expanded')).to.equal('false');
    expect(rows()).to.have.length(5);
    type(one<HTMLInputElement>(roster, 'input[type=search]'), 'jonas');
    await settle();
    expect(rows()).to.have.length(1);
  });

  it('moves by arrows over the groups, one tab stop', async () => {
    const { roster, rows } = await open();
    expect(all(roster, '.row[tabindex="0"]')).to.have.length(1);
    rows()[2]!.focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(one(rows()[3]!, '.row') === focused()).to.equal(true);
  });

  it('opens conversation and details', async () => {
    const { routes, row, choose } = await open();
    one(row('Jonas'), '.row').click();
    await choose('Jonas', 'Details');
    expect(routes).to.deep.equal([{ view: 'chat', jid: jonas }, { view: 'contact', jid: jonas }]);
  });

  it('stays usable with five thousand', async () => {
    const contacts = Array.from({ length: 5000 }, (_, i) => ({ jid: `p${i}@localhost`, name: `Person ${i}`, groups: [`Group ${i % 7}`], subscription: 'both' as const, asked: false }));
    const client = new FakeClient({ data: { ...answerer, contacts } });
    let pictures = 0;
    const avatar = client.avatar.bind(client);
    client.avatar = (jid) => (pictures++, avatar(jid));
    const { roster, rows } = await open(client);
    expect(rows().length).to.be.within(10, 60);
    expect(pictures).to.be.lessThan(500); // nobody asks five thousand people for their picture
    one(roster, '.scroll').scrollTop = 1e7;
    await settle();
    expect(rows().length).to.be.within(10, 60);
    type(one<HTMLInputElement>(roster, 'input[type=search]'), 'person 4999');
    await settle();
    expect(rows()).to.have.length(1);
  });

  it('says what to do while there is nobody, and is busy until it knows', async () => {
    const { roster } = await open(new FakeClient({ data: newcomer }));
    expect(words(roster)).to.contain('No contacts yet');
    expect(one(roster, 'ul[aria-label=Contacts]').childElementCount, 'the list is there, and empty').to.equal(0);
    expect(seen(button(roster, 'Add a contact'))).to.equal(true);
    const client = new FakeClient();
    client.contacts.set(undefined);
    expect(all((await open(client)).roster, 'ul[aria-label=Contacts][aria-busy=true]')).to.have.length(1);
  });

  it('removes a contact when asked twice', async () => {
    const { client, roster, choose } = await open();
    await choose('Dad', 'Remove the contact');
    expect(client.called('removeContact')).to.have.length(0);
    button(one(roster, 'tertulia-confirm'), 'Remove').click();
    await settle();
    expect(client.called('removeContact')).to.deep.equal([['dad@example.org']]);
  });
});

describe('contact form', () => {
  const add = async () => {
    const it = await open();
    button(it.roster, 'Add a contact').click();
    await settle();
    const form = one(it.roster, 'tertulia-contact-form');
    const field = (name: string): HTMLInputElement => one<HTMLInputElement>(form, `[name=${name}]`);
    const submit = async (): Promise<void> => {
      all<HTMLButtonElement>(form, 'button.primary')[0]!.click();
      await settle();
    };
    return { ...it, form, field, submit };
  };

  it('adds with name and groups, and asks for presence', async () => {
    const { client, field, submit } = await add();
    type(field('jid'), ' XMPP:Noor@Example.org ');
    type(field('name'), 'Noor');
    type(field('groups'), 'Friends, Book fair,, Friends');
    await submit();
    expect(client.called('saveContact')).to.deep.equal([[{ jid: 'noor@example.org', name: 'Noor', groups: ['Friends', 'Book fair'] }, true]]);
  });

  it('adds without asking where one does not want to', async () => {
    const { client, field, submit } = await add();
    type(field('jid'), 'gateway.example.org');
    field('ask').click();
    await submit();
    expect(client.called('saveContact')).to.deep.equal([[{ jid: 'gateway.example.org', groups: [] }, false]]);
  });

  it('says what is wrong with an address, and whom one has already', async () => {
    const { client, form, field, submit } = await add();
    type(field('jid'), 'no address');
    await submit();
    expect(textOf(one(form, '[role=alert]'))).to.contain('name@example.org');
    expect(focused() === field('jid')).to.equal(true);
    type(field('jid'), jonas);
    await submit();
    expect(textOf(one(form, '[role=alert]'))).to.contain('already');
    expect(client.called('saveContact')).to.deep.equal([]);
  });

  it('keeps what was written where saving fails', async () => {
    const { client, form, field, submit } = await add();
    client.failures.set('saveContact', new ChatError('offline', 'x'));
    type(field('jid'), 'noor@example.org');
    await submit();
    expect(textOf(one(form, '[role=alert]'))).to.contain('did not work');
    expect(field('jid').value).to.equal('noor@example.org');
  });

  it('renames and regroups', async () => {
    const { client, roster, choose } = await open();
    await choose('Amélie', 'Name and groups');
    const form = one(roster, 'tertulia-contact-form');
    expect(one<HTMLInputElement>(form, '[name=groups]').value).to.equal('Studio, Texts');
    type(one<HTMLInputElement>(form, '[name=name]'), 'Amélie F.');
    button(form, 'Save').click();
    await settle();
    expect(client.called('saveContact')).to.deep.equal([[{ jid: amelie, name: 'Amélie F.', groups: ['Studio', 'Texts'] }, false]]);
    expect(words(roster)).to.contain('Amélie F.');
  });
});
