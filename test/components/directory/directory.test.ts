import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Directory } from '../../../components/directory/directory.js';
import type { Route } from '../../../components/messenger/route.js';
import { ChatError } from '../../../src/base/error.js';
import type { RoomListing } from '../../../src/model/room.js';
import { refusing } from '../../gallery/messenger-views.js';
import { FakeClient } from '../../support/fake-client.js';
import { answerer, lobby, newcomer } from '../../support/fake-data.js';
import { all, button, mount, one, seen, settle, textOf, type, words } from '../messenger/mount.js';

const open = async (client = new FakeClient()) => {
  const directory = await mount<Directory>(client, html`<tertulia-directory></tertulia-directory>`, { width: 390 });
  const routes: Route[] = [];
  directory.addEventListener('tertulia-navigate', (event) => routes.push(event.route));
  const rows = (): HTMLElement[] => all(directory, 'tertulia-room-row');
  const form = async (which: 'Join by address' | 'Create a room') => {
    one(one(directory, 'tertulia-menu'), '.trigger').click();
    await settle();
    button(one(directory, 'tertulia-menu'), which).click();
    await settle();
    return one(directory, 'tertulia-join-form');
  };
  return { client, directory, routes, rows, form };
};

describe('room directory', () => {
  it('lists one’s own rooms, then the open ones, with names, people and what is joined', async () => {
    const { directory, rows } = await open();
    expect(all(directory, 'ul').map((list) => list.getAttribute('aria-label'))).to.deep.equal(['Your rooms', 'Open rooms']);
    const lines = rows().map(words);
    expect(lines).to.have.length(5);
    expect(lines[0]).to.contain('Lobby').and.to.contain('6 participants').and.to.contain('Joined');
    expect(lines[2]).to.contain('Bookbinders').and.to.contain('41 participants');
    expect(lines[4], 'a room without a name has its address’s').to.contain('a-room-nobody-named');
  });

  it('opens what is pressed', async () => {
    const { rows, routes } = await open();
    one(rows()[0]!, '.row').click();
    expect(routes).to.deep.equal([{ view: 'room', jid: lobby }]);
  });

  it('searches both lists', async () => {
    const { directory, rows } = await open();
    type(one<HTMLInputElement>(directory, 'input[type=search]'), 'BOOK');
    await settle();
    expect(rows()).to.have.length(1);
    type(one<HTMLInputElement>(directory, 'input[type=search]'), 'lobby@');
    await settle();
    expect(rows()).to.have.length(1);
  });

  it('is busy while it asks, says when that failed, and asks again', async () => {
    const client = new FakeClient();
    let answer: ((rooms: readonly RoomListing[]) => void) | undefined;
    client.findRooms = () => new Promise((resolve) => (answer = resolve));
    const { directory } = await open(client);
    expect(all(directory, '[aria-busy=true] .skeleton')).to.have.length.greaterThan(1);
    answer?.([]);
    await settle();
    client.findRooms = () => Promise.reject(new ChatError('timeout', 'x'));
    button(directory, 'Look for rooms again').click();
    await settle();
    expect(textOf(one(directory, '[role=alert]'))).to.contain('could not be fetched');
    client.findRooms = () => Promise.resolve(answerer.listings);
    button(directory, 'Try again').click();
    await settle();
    expect(words(directory)).to.contain('Bookbinders');
  });

  it('asks when it is connected', async () => {
    const client = new FakeClient({ session: { status: 'offline' } });
    const { directory } = await open(client);
    expect(client.called('findRooms')).to.have.length(0);
    expect(words(directory)).to.contain('when you are connected');
    client.patchSession({ status: 'online' });
    await settle();
    expect(client.called('findRooms')).to.have.length(1);
  });

  it('says what to do where there are none', async () => {
    const { directory } = await open(new FakeClient({ data: { ...newcomer, listings: [] } }));
    expect(words(directory)).to.contain('No open rooms');
    expect(seen(button(directory, 'Create a room'))).to.equal(true);
  });

  it('survives a directory of thousands', async () => {
    const listings = Array.from({ length: 4000 }, (_, i) => ({ jid: `r${i}@rooms.localhost`, name: `Room ${i}`, occupants: i }));
    const { rows } = await open(new FakeClient({ data: { ...answerer, listings } }));
    expect(rows().length).to.be.lessThan(400);
  });
});

describe('join form', () => {
  it('joins by address with a nickname, a name alone being a room of this server', async () => {
    for (const [typed, jid] of [['Book Club', 'book-club@rooms.localhost'], ['Other@rooms.example.org', 'other@rooms.example.org'], ['xmpp:x@rooms.example.org?join', 'x@rooms.example.org']] as const) {
      const { client, routes, form } = await open();
      const it = await form('Join by address');
      expect(one<HTMLInputElement>(it, '#nick').value).to.equal('support');
      type(one<HTMLInputElement>(it, '#room'), typed);
      type(one<HTMLInputElement>(it, '#nick'), ' Ana ');
      button(it, 'Join').click();
      await settle();
      expect(client.called('joinRoom'), typed).to.deep.equal([[jid, 'Ana', {}]]);
      expect(routes).to.deep.equal([{ view: 'room', jid }]);
    }
  });

  it('creates', async () => {
    const { client, form } = await open();
    const it = await form('Create a room');
    type(one<HTMLInputElement>(it, '#room'), 'Atelier');
    button(it, 'Create a room').click();
    await settle();
    expect(client.called('joinRoom')).to.deep.equal([['atelier@rooms.localhost', 'support', { create: true }]]);
  });

  it('says what a room’s address looks like to what is none', async () => {
    const { client, form } = await open();
    const it = await form('Join by address');
    for (const wrong of ['', '@', 'a@b/c', '<x>@rooms.localhost']) {
      type(one<HTMLInputElement>(it, '#room'), wrong);
      button(it, 'Join').click();
      await settle();
      expect(textOf(one(it, '[role=alert]')), wrong).to.contain('room@rooms.example.org');
    }
    expect(client.called('joinRoom')).to.deep.equal([]);
  });

  it('goes to a room that refused, where the words and the way on are; stays where nobody could be asked', async () => {
    const refused = refusing('full');
    refused.failures.set('joinRoom', new ChatError('refused', 'x'));
    const a = await open(refused);
    const first = await a.form('Join by address');
    type(one<HTMLInputElement>(first, '#room'), 'lobby');
    button(first, 'Join').click();
    await settle();
    expect(a.routes).to.deep.equal([{ view: 'room', jid: lobby }]);

    const offline = new FakeClient();
    offline.failures.set('joinRoom', new ChatError('offline', 'x'));
    const b = await open(offline);
    const second = await b.form('Join by address');
    type(one<HTMLInputElement>(second, '#room'), 'elsewhere');
    button(second, 'Join').click();
    await settle();
    expect(b.routes).to.deep.equal([]);
    expect(textOf(one(second, '[role=alert]'))).to.contain('did not work');
  });
});
