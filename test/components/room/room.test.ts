import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Route } from '../../../components/messenger/route.js';
import type { Room } from '../../../components/room/room.js';
import { otherNick } from '../../../components/room/room-refusal.js';
import { ChatError } from '../../../src/base/error.js';
import type { RoomRefusal, RoomView } from '../../../src/model/room.js';
import { refusing } from '../../gallery/messenger-views.js';
import { FakeClient } from '../../support/fake-client.js';
import { design, lobby } from '../../support/fake-data.js';
import { all, button, focused, mount, one, settle, textOf, type, words } from '../messenger/mount.js';

const open = async (client = new FakeClient(), jid = lobby, nick = '') => {
  const room = await mount<Room>(client, html`<tertulia-room jid="${jid}" nick="${nick}"></tertulia-room>`);
  const routes: Route[] = [];
  room.addEventListener('tertulia-navigate', (event) => routes.push(event.route));
  const choose = async (item: string): Promise<void> => {
    one(one(room, 'tertulia-menu'), '.trigger').click();
    await settle();
    button(one(room, 'tertulia-menu'), item).click();
    await settle();
  };
  return { client, room, routes, choose };
};

describe('room', () => {
  it('shows name, subject and how many are there, messages and composer', async () => {
    const { client, room } = await open();
    expect(textOf(one(room, 'h2'))).to.equal('Lobby');
    expect(words(one(room, 'header'))).to.contain('Open hour on Thursday');
    expect(button(room, '6 participants').getAttribute('aria-expanded')).to.equal('false');
    expect(one(room, '[role=log]').getAttribute('aria-label')).to.equal('Messages with Lobby');
    expect(one<HTMLTextAreaElement>(one(room, 'tertulia-composer'), 'textarea').disabled).to.equal(false);
    expect(client.called('joinRoom'), 'joined already').to.deep.equal([]);
  });

  it('joins when it is opened, once, by the nickname given, kept, or one’s own', async () => {
    expect((await open(new FakeClient(), 'new@rooms.localhost', 'Ana')).client.called('joinRoom')).to.deep.equal([['new@rooms.localhost', 'Ana', {}]]);
    expect((await open(new FakeClient(), design)).client.called('joinRoom')).to.deep.equal([[design, 'Mira', {}]]);
    expect((await open(new FakeClient(), 'new@rooms.localhost')).client.called('joinRoom')).to.deep.equal([['new@rooms.localhost', 'support', {}]]);
  });

  it('waits for the connection before it joins', async () => {
    const client = new FakeClient({ session: { status: 'offline' } });
    const { room } = await open(client, 'new@rooms.localhost');
    expect(client.called('joinRoom')).to.deep.equal([]);
    expect(all(room, 'tertulia-composer'), 'what is written before it is known whether one may, is lost').to.deep.equal([]);
    client.patchSession({ status: 'online' });
    await settle();
    expect(client.called('joinRoom')).to.have.length(1);
  });

  it('lists who is there by role, with affiliation and presence, and marks oneself', async () => {
    const { room } = await open();
    button(room, '6 participants').click();
    await settle();
    const list = one(room, 'ul[aria-label=Participants]');
    expect(list.getAttribute('role')).to.equal('list');
    expect(all(room, '.group').map(textOf)).to.deep.equal(['Moderators2', 'Participants3', 'Visitors1']);
    const rows = all(room, 'tertulia-participant-row').map(words);
    expect(rows[0]).to.contain('Mira').and.to.contain('You').and.to.contain('Admin');
    expect(rows[1]).to.contain('Jonas').and.to.contain('Owner');
    expect(rows[3]).to.contain('Varnishing').and.to.contain('Busy');
    expect(button(room, '6 participants').getAttribute('aria-expanded')).to.equal('true');
    button(room, 'Close the participants').click();
    await settle();
    expect(all(room, 'tertulia-participants')).to.have.length(0);
  });

  it('follows who comes and goes', async () => {
    const { client, room } = await open();
    button(room, '6 participants').click();
    await settle();
    client.setOccupants(lobby, [{ nick: 'Zoe', role: 'visitor', affiliation: 'none', show: 'dnd' }]);
    await settle();
    expect(all(room, 'tertulia-participant-row').map((row) => textOf(one(row, '.name')))).to.deep.equal(['Zoe']);
  });

  it('opens a private conversation with another, never with oneself', async () => {
    const { client, room, routes } = await open();
    button(room, '6 participants').click();
    await settle();
    const [me, jonas] = all(room, 'tertulia-participant-row').map((row) => one(row, '.row'));
    me!.click();
    await settle();
    expect(routes).to.deep.equal([]);
    jonas!.click();
    await settle();
    expect(client.called('openConversation')).to.deep.equal([[`${lobby}/Jonas`, 'private']]);
    expect(routes).to.deep.equal([{ view: 'chat', jid: `${lobby}/Jonas` }]);
  });

  it('lets visitors of a moderated room read, and says why they cannot write', async () => {
    const client = new FakeClient();
    client.setRoom(lobby, { state: 'joined', nick: 'Mira', role: 'visitor', affiliation: 'none', occupants: 6, moderated: true });
    const { room, choose } = await open(client);
    expect(one<HTMLTextAreaElement>(one(room, 'tertulia-composer'), 'textarea').disabled).to.equal(true);
    expect(words(room)).to.contain('ask a moderator for a voice');
    let found = true;
    await choose('Change the subject').catch(() => (found = false));
    expect(found, 'a visitor is not offered to change the subject').to.equal(false);
  });

  it('changes the subject, and says where the room does not take it', async () => {
    const { client, room, choose } = await open();
    await choose('Change the subject');
    const form = one(room, 'tertulia-subject-form');
    expect(one<HTMLTextAreaElement>(form, 'textarea').value).to.contain('Open hour');
    client.failures.set('setSubject', new ChatError('refused', 'x', { condition: 'forbidden' }));
    type(one<HTMLTextAreaElement>(form, 'textarea'), 'Closed today');
    button(form, 'Save').click();
    await settle();
    expect(textOf(one(form, '[role=alert]'))).to.contain('moderators');
    client.failures.clear();
    button(form, 'Save').click();
    await settle();
    expect(client.called('setSubject').at(-1)).to.deep.equal([lobby, 'Closed today']);
    expect(words(one(room, 'header'))).to.contain('Closed today');
  });

  it('invites', async () => {
    const { client, room, choose } = await open();
    await choose('Invite somebody');
    const form = one(room, 'tertulia-invite-form');
    button(form, 'Invite somebody').click();
    await settle();
    expect(textOf(one(form, '[role=alert]'))).to.contain('not an XMPP address');
    type(one<HTMLInputElement>(form, '#jid'), 'noor@example.org');
    type(one<HTMLInputElement>(form, '#reason'), 'Come along');
    button(form, 'Invite somebody').click();
    await settle();
    expect(client.called('inviteToRoom')).to.deep.equal([[lobby, 'noor@example.org', 'Come along']]);
    expect(textOf(one(form, '[role=status]'))).to.equal('noor@example.org was invited.');
  });

  it('keeps a room, joins it at every start, and forgets it', async () => {
    const { client, choose } = await open();
    await choose('Join at every start');
    expect(client.called('bookmarkRoom')).to.deep.equal([[lobby, { name: 'Lobby', nick: 'Mira', autojoin: false }]]);
    await choose('Keep in my rooms');
    expect(client.called('bookmarkRoom').at(-1)).to.deep.equal([lobby, { remove: true }]);
  });

  it('leaves', async () => {
    const { client, routes, choose } = await open();
    await choose('Leave the room');
    expect(client.called('leaveRoom')).to.deep.equal([[lobby]]);
    expect(routes).to.deep.equal([{ view: 'rooms' }]);
  });
});

describe('a room that says no', () => {
  const titles: Record<RoomRefusal, string> = {
    'nickname-conflict': 'This nickname is taken',
    'password-required': 'This room has a password',
    'members-only': 'This room is for its members',
    banned: 'You are banned from this room',
    full: 'This room is full',
    'not-found': 'There is no such room',
    'creation-refused': 'This room cannot be created',
    'nickname-locked': 'Your nickname is fixed here',
    kicked: 'You were removed from this room',
    'affiliation-lost': 'You are not a member any more',
    destroyed: 'This room was closed',
    shutdown: 'The room’s server was stopped',
    unreachable: 'The room cannot be reached',
    refused: 'The room did not let you in',
  };
  for (const [refusal, title] of Object.entries(titles) as [RoomRefusal, string][]) {
    it(`has words and a way on for ${refusal}`, async () => {
      const { client, room } = await open(refusing(refusal));
      const panel = one(room, 'tertulia-room-refusal');
      expect(textOf(one(panel, '[role=status]'))).to.equal(title);
      expect(textOf(one(panel, 'p')).length).to.be.greaterThan(20);
      expect(all(panel, 'button').length).to.be.greaterThan(0);
      expect(all(room, 'tertulia-composer'), 'what is written waits where it is soon over').to.have.length(refusal === 'shutdown' || refusal === 'unreachable' ? 1 : 0);
      expect(client.called('joinRoom'), 'it does not try by itself').to.deep.equal([]);
    });
  }

  it('offers another form of a nickname that is taken', async () => {
    expect(otherNick('Ana')).to.equal('Ana 2');
    expect(otherNick('Ana 2')).to.equal('Ana 3');
    expect(otherNick('2026')).to.equal('2026 2');
    const { client, room } = await open(refusing('nickname-conflict'));
    expect(one<HTMLInputElement>(room, '#nick').value).to.equal('Mira 2');
    button(room, 'Join').click();
    await settle();
    expect(client.called('joinRoom')).to.deep.equal([[lobby, 'Mira 2', {}]]);
    expect(all(room, 'tertulia-composer')).to.have.length(1);
  });

  it('asks for the password, and says when it was not right', async () => {
    const client = refusing('password-required');
    const { room } = await open(client);
    client.failures.set('joinRoom', new ChatError('refused', 'x', { condition: 'not-authorized' }));
    expect(all(room, '[role=alert]')).to.have.length(0);
    type(one<HTMLInputElement>(room, '#password'), 'guess');
    button(room, 'Join').click();
    await settle();
    expect(client.called('joinRoom')).to.deep.equal([[lobby, 'Mira', { password: 'guess' }]]);
    expect(textOf(one(room, '[role=alert]'))).to.contain('not right');
    expect(one<HTMLInputElement>(room, '#password').getAttribute('aria-invalid')).to.equal('true');
    client.failures.clear();
    type(one<HTMLInputElement>(room, '#password'), 'cauldron');
    button(room, 'Join').click();
    await settle();
    expect(all(room, 'tertulia-composer')).to.have.length(1);
  });

  it('offers to create a room that does not exist', async () => {
    const { client, room } = await open(refusing('not-found'));
    button(room, 'Create a room').click();
    await settle();
    expect(client.called('joinRoom')).to.deep.equal([[lobby, 'Mira', { create: true }]]);
  });

  it('lets who was kicked read on, with the reason, and come back', async () => {
    const { client, room } = await open(refusing('kicked', { state: 'left', reason: '<b>Too many puns</b>' }));
    expect(words(one(room, '[role=log]'))).to.contain('You are the best.');
    expect(words(one(room, 'blockquote'))).to.equal('<b>Too many puns</b>');
    button(room, 'Join again').click();
    await settle();
    expect(client.called('joinRoom')).to.deep.equal([[lobby, 'Mira', {}]]);
  });

  it('leads to where a destroyed room has moved, and nowhere for an address that is none', async () => {
    const { room, routes } = await open(refusing('destroyed', { state: 'left', movedTo: design }));
    button(room, `Go to ${design}`).click();
    expect(routes).to.deep.equal([{ view: 'room', jid: design }]);
    const forged = await open(refusing('destroyed', { state: 'left', movedTo: 'javascript:alert(1)//@@' }));
    expect(all(one(forged.room, 'tertulia-room-refusal'), 'button').map(textOf)).to.deep.equal(['Leave the room']);
  });

  it('leaves a room that one gives up', async () => {
    const { client, room, routes } = await open(refusing('banned'));
    button(room, 'Leave the room').click();
    await settle();
    expect(client.called('leaveRoom')).to.deep.equal([[lobby]]);
    expect(routes).to.deep.equal([{ view: 'rooms' }]);
  });

  it('whoever writes goes on writing while the room is out of reach or entered again, and in a new one too', async () => {
    for (const jid of [lobby, 'quiet@rooms.localhost']) {
      const client = new FakeClient();
      const there: RoomView = { state: 'joined', nick: 'Mira', role: 'participant', affiliation: 'none', occupants: 1 };
      client.setRoom(jid, there);
      client.rooms.set([{ jid, nick: 'Mira', autojoin: true, bookmarked: false }]);
      const { room } = await open(client, jid);
      const field = one<HTMLTextAreaElement>(one(room, 'tertulia-composer'), 'textarea');
      field.focus();
      const outside = { ...there, role: 'none', occupants: 0 } as const;
      for (const view of [{ ...outside, state: 'joining' }, { ...outside, state: 'refused', refusal: 'unreachable' }, { ...outside, state: 'refused', refusal: 'shutdown' }, undefined, there] as const) {
        client.setRoom(jid, view);
        await settle();
        const what = `${jid} ${view?.refusal ?? view?.state}`;
        expect(focused() === field, what).to.equal(true);
        expect(field.disabled, what).to.equal(false);
        if (view?.refusal) expect(button(room, 'Try again').checkVisibility(), what).to.equal(true);
      }
    }
  });

  it('offers to join again a room that was left', async () => {
    const client = new FakeClient({ session: { status: 'offline' } });
    const view: RoomView = { state: 'left', nick: 'Mira', role: 'none', affiliation: 'none', occupants: 0 };
    client.setRoom(lobby, view);
    const { room } = await open(client);
    expect(words(room)).to.contain('You are not in this room now.');
    button(room, 'Join').click();
    await settle();
    expect(client.called('joinRoom')).to.have.length(1);
  });
});
