import { html, type TemplateResult } from 'lit';
import type { Route } from '../../components/messenger/route.js';
import type { RoomRefusal, RoomView } from '../../src/model/room.js';
import { FakeClient } from '../support/fake-client.js';
import { amelie, answerer, design, jonas, lobby, newcomer, type FakeData } from '../support/fake-data.js';
import type { View } from './views.js';

const messenger = (route: Route): TemplateResult => html`<tertulia-messenger routing="none" .languages="${['en', 'de', 'es', 'ar']}" .route="${route}"></tertulia-messenger>`;
const at = (route: Route, client = new FakeClient()): View => ({ client, body: messenger(route) });
const inLobby: Route = { view: 'room', jid: lobby };

/** Names, texts and nicknames that want to be something else, or simply too much. */
export const bad: readonly string[] = ['<img src=x onerror="window.__owned=1">', '\u202egpj.exe\u202c \u0007evil', 'x'.repeat(10_000), `Z${'\u0301\u0302'.repeat(300)}algo`];

export const hostilePeople: FakeData = {
  ...answerer,
  contacts: bad.map((name, i) => ({ jid: `bad${i}@localhost`, name, groups: [name], subscription: 'both', asked: false })),
  presence: Object.fromEntries(bad.map((status, i) => [`bad${i}@localhost`, { show: 'available', status, resources: 1 }])),
  requests: [{ jid: 'bad9@localhost', at: 0, nickname: bad[2]!, text: bad[0]! }],
  scripts: bad.map((body, i) => ({ jid: `bad${i}@localhost`, kind: 'chat', lines: [{ from: `bad${i}@localhost`, ago: i, body }], unread: 1 + i * 50, draft: bad[i]! })),
  rooms: bad.map((name, i) => ({ jid: `bad${i}@rooms.localhost`, name, nick: 'me', autojoin: true, bookmarked: true })),
  roomViews: { 'bad0@rooms.localhost': { state: 'joined', nick: bad[2]!, role: 'participant', affiliation: 'none', subject: bad.join('\n'), occupants: 4 } },
  occupants: { 'bad0@rooms.localhost': bad.map((nick) => ({ nick, role: 'participant', affiliation: 'member', show: 'available', status: nick })) },
  listings: bad.map((name, i) => ({ jid: `found${i}@rooms.localhost`, name, occupants: 10 ** i })),
};

/** A client to whom the lobby says no. */
export function refusing(refusal: RoomRefusal, more: Partial<RoomView> = {}): FakeClient {
  const client = new FakeClient();
  client.setRoom(lobby, { state: 'refused', nick: 'Mira', role: 'none', affiliation: 'none', occupants: 0, refusal, ...more });
  return client;
}

const manyContacts = (): FakeData => ({
  ...answerer,
  contacts: Array.from({ length: 5000 }, (_, i) => ({ jid: `person${i}@localhost`, name: `Person ${i}`, groups: [`Group ${i % 7}`], subscription: 'both', asked: false })),
});

const waiting = (): FakeClient => {
  const client = new FakeClient({ mode: undefined, ready: false });
  client.session.set({ status: 'idle', catchingUp: false, presence: { show: 'available' } });
  return client;
};

export const messengerViews: Record<string, () => View> = {
  messenger: () => at({ view: 'conversations' }),
  'messenger-chat': () => at({ view: 'chat', jid: jonas }),
  'messenger-room': () => at(inLobby),
  'messenger-contact': () => at({ view: 'contact', jid: jonas }),
  'messenger-contacts': () => at({ view: 'contacts' }),
  'messenger-rooms': () => at({ view: 'rooms' }),
  'messenger-empty': () => at({ view: 'conversations' }, new FakeClient({ data: newcomer })),
  'messenger-loading': () => at({ view: 'conversations' }, waiting()),
  'messenger-sign-in': () => at({ view: 'conversations' }, new FakeClient({ mode: undefined })),
  'messenger-offline': () => at({ view: 'chat', jid: amelie }, new FakeClient({ session: { status: 'offline' } })),
  'messenger-locked': () => at({ view: 'conversations' }, new FakeClient({ session: { status: 'refused', error: { code: 'not-authorized' } } })),
  'messenger-update': () => ({ client: new FakeClient(), body: html`<tertulia-messenger routing="none" update-ready></tertulia-messenger>` }),
  'messenger-share': () => ({ client: new FakeClient(), body: html`<tertulia-messenger routing="none" .shared="${{ text: 'https://example.org/' }}"></tertulia-messenger>` }),
  'messenger-hostile': () => at({ view: 'room', jid: 'bad0@rooms.localhost' }, new FakeClient({ data: hostilePeople })),
  'contacts-hostile': () => at({ view: 'contacts' }, new FakeClient({ data: hostilePeople })),
  'contacts-many': () => at({ view: 'contacts' }, new FakeClient({ data: manyContacts() })),
  'room-participants': () => ({ client: new FakeClient(), body: html`<tertulia-room participants jid="${lobby}"></tertulia-room>` }),
  'room-visitor': () => {
    const client = new FakeClient();
    client.setRoom(lobby, { state: 'joined', nick: 'Mira', role: 'visitor', affiliation: 'none', occupants: 6, moderated: true });
    return { client, body: html`<tertulia-room jid="${lobby}"></tertulia-room>` };
  },
  'room-password': () => at(inLobby, refusing('password-required')),
  'room-nickname': () => at(inLobby, refusing('nickname-conflict')),
  'room-members': () => at(inLobby, refusing('members-only')),
  'room-not-found': () => at(inLobby, refusing('not-found')),
  'room-kicked': () => at(inLobby, refusing('kicked', { state: 'left', reason: 'Too many puns' })),
  'room-destroyed': () => at(inLobby, refusing('destroyed', { state: 'left', movedTo: design })),
};
