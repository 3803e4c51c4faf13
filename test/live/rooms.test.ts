// Rooms: found, joined, refused, kept, left (XEP-0045, XEP-0313, XEP-0402). Whoever runs a room does so with another client.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { destroy, enter, grant, heard, makeRoom, openDevice, write } from './support/device.js';
import { messages, networkTroubles, openWidget, reads, say, signIn, type Desk } from './support/doings.js';
import type { BrowserName } from './support/person.js';
import { withServer } from './support/stage.js';

const rooms = ({ view }: Desk): Promise<void> => view.click('button', /^Rooms/);

/** Fills in a field anew. */
async function fill({ view }: Desk, field: string, text: string): Promise<void> {
  await (await view.find('textbox', field)).evaluate((input) => (input as HTMLInputElement).select());
  await view.type('textbox', field, text);
}

async function joinByAddress(desk: Desk, room: string, nick: string): Promise<void> {
  await rooms(desk);
  await desk.view.click('button', 'Join or create a room');
  await desk.view.click('menuitem', 'Join by address');
  await fill(desk, 'Address of the room', room);
  await fill(desk, 'Nickname', nick);
  await desk.view.click('button', 'Join', { within: await desk.view.find('dialog', 'Join by address') });
  await desk.view.gone('dialog', 'Join by address');
}

/** Opens a room out of a list of the directory. */
const openRoom = async ({ view }: Desk, list: string, name: RegExp): Promise<void> => view.click('button', name, { within: await view.find('list', list, { timeout: 20_000 }) });

/** Waits until one is inside, with so many others. */
const isInside = ({ view }: Desk, name: string, people: number): Promise<void> =>
  view.find('heading', name).then(() => view.find('button', people === 1 ? '1 participant' : `${people} participants`)).then(() => view.find('textbox', 'Message')).then(() => undefined);

/** Waits until the participants are these, by role. */
async function showsParticipants({ view }: Desk, wanted: Readonly<Record<string, readonly RegExp[]>>): Promise<void> {
  let seen: Record<string, string[]> = {};
  const same = async (): Promise<boolean> => {
    const within = await view.find('list', 'Participants');
    seen = {};
    for (const role of ['Moderators', 'Participants', 'Visitors']) {
      const [group] = await view.findAll('list', role, within);
      if (group) seen[role] = await view.names('button', group);
    }
    return Object.keys(seen).length === Object.keys(wanted).length && Object.entries(wanted).every(([role, names]) => seen[role]?.length === names.length && names.every((name, i) => name.test(seen[role]?.[i] ?? '')));
  };
  await view.until(same, 'these participants', 20_000).catch((error: Error) => {
    throw new Error(`${error.message}\nwanted ${Object.entries(wanted).join('; ')}\nthere are ${JSON.stringify(seen)}`);
  });
}

/** Chooses from the menu of the room that is open. */
async function choose({ view }: Desk, item: string, role = 'menuitem'): Promise<void> {
  await view.click('button', 'More options');
  await view.click(role, item);
}

/** Waits until one is told why one is not in the room; the buttons that are offered. */
async function isTold({ view }: Desk, title: string, words = /(?:)/): Promise<string[]> {
  const told = await view.find('group', title, { timeout: 20_000 });
  assert.match(await view.text(told), words);
  return view.names('button', told);
}

const pairs: readonly (readonly ['prosody' | 'ejabberd', BrowserName])[] = [
  ['prosody', 'chromium'],
  ['ejabberd', 'firefox'],
];
for (const [server, browser] of pairs) {
  withServer(server, (stage) => {
    it(`a room is found, joined, talked in, left, and its history read (${browser})`, async (test) => {
      const [person, bob, support] = await Promise.all([stage().launch(browser), openDevice(test, stage(), 'bob@localhost'), openDevice(test, stage(), 'support@localhost')]);
      const tea = 'tea@rooms.localhost';
      await makeRoom(bob, tea, { roomname: 'Tea room', publicroom: '1', persistentroom: '1', changesubject: '1', whois: 'anyone' });
      write(bob, tea, 'The first leaves', 'groupchat');
      await heard(bob, 'The first leaves');
      await enter(support, 'lobby@rooms.localhost', 'Sue');

      const alice = await signIn(person, stage(), 'alice@localhost');
      await rooms(alice);
      await openRoom(alice, 'Open rooms', /^Lobby/);
      await isInside(alice, 'Lobby', 2);
      await say(alice, 'Hello lobby');
      await reads(alice, 'Hello lobby', /Sent|Delivered|Read/);
      await heard(support, 'Hello lobby');
      write(support, 'lobby@rooms.localhost', 'Hello alice', 'groupchat');
      await reads(alice, 'Hello alice');

      // By its name alone and with another nickname: what was said before is there.
      await joinByAddress(alice, 'tea', 'Alice W.');
      await isInside(alice, 'Tea room', 2);
      await reads(alice, 'The first leaves');
      await alice.view.click('button', '2 participants');
      await showsParticipants(alice, { Moderators: [/^owner Owner/], Participants: [/^Alice W\. You/] });
      await enter(support, tea, 'Sue');
      await showsParticipants(alice, { Moderators: [/^owner Owner/], Participants: [/^Alice W\. You/, /^Sue/] });
      support.send(`<presence xmlns="jabber:client" to="${tea}/Sue"><show>dnd</show><status>Brewing</status></presence>`);
      await grant(bob, tea, { jid: 'support@localhost', affiliation: 'member' });
      await showsParticipants(alice, { Moderators: [/^owner Owner/], Participants: [/^Alice W\. You/, /^Sue Member Brewing/] });
      await grant(bob, tea, { nick: 'Sue', role: 'moderator' });
      await showsParticipants(alice, { Moderators: [/^owner Owner/, /^Sue Member/], Participants: [/^Alice W\. You/] });
      await grant(bob, tea, { nick: 'Alice W.', role: 'visitor' });
      await showsParticipants(alice, { Moderators: [/^owner Owner/, /^Sue Member/], Visitors: [/^Alice W\. You/] });
      await grant(bob, tea, { nick: 'Alice W.', role: 'participant' });
      support.send(`<presence xmlns="jabber:client" to="${tea}/Sue" type="unavailable"/>`);
      await showsParticipants(alice, { Moderators: [/^owner Owner/], Participants: [/^Alice W\. You/] });

      bob.send(`<message xmlns="jabber:client" to="${tea}" type="groupchat"><subject>Green teas</subject></message>`);
      await alice.view.until(async () => (await alice.view.text((await alice.page.$('pierce/tertulia-participants'))!)).includes('Subject Green teas'), 'the subject of the room');
      await choose(alice, 'Change the subject');
      await fill(alice, 'Subject', 'Oolong');
      await alice.view.click('button', 'Save');
      await bob.next((frame) => frame.is('message') && frame.getChildText('subject') === 'Oolong');
      await alice.view.until(async () => (await alice.view.text((await alice.page.$('pierce/tertulia-participants'))!)).includes('Subject Oolong'), 'the new subject');
      await alice.view.gone('dialog', 'Change the subject');

      await choose(alice, 'Leave the room');
      await bob.next((frame) => frame.is('presence') && frame.attrs.from === `${tea}/Alice W.` && frame.attrs.type === 'unavailable');
      write(bob, tea, 'While she was out', 'groupchat');
      await heard(bob, 'While she was out');
      await rooms(alice);
      await openRoom(alice, 'Open rooms', /^Tea room/);
      await isInside(alice, 'Tea room', 2);
      await reads(alice, 'While she was out');
      await say(alice, 'Back again');
      await heard(bob, 'Back again');
      await reads(alice, 'Back again', /Sent|Delivered|Read/);
      const said = (await messages(alice.view)).flatMap((text) => /The first leaves|While she was out|Back again/.exec(text)?.[0] ?? []);
      assert.deepEqual(said, ['The first leaves', 'While she was out', 'Back again']);
    });

    it(`whoever is not let in, or thrown out, is told why and what to do (${browser})`, async (test) => {
      const [person, owner, other] = await Promise.all([stage().launch(browser), openDevice(test, stage(), 'bob@localhost'), openDevice(test, stage(), 'support@localhost')]);
      const at = (name: string): string => `${name}@rooms.localhost`;
      await makeRoom(owner, at('study'), { persistentroom: '1' });
      await enter(other, at('study'), 'Ada');
      await makeRoom(owner, at('vault'), { passwordprotectedroom: '1', roomsecret: 'open sesame', changesubject: '0' });
      await makeRoom(owner, at('club'), { membersonly: '1' });
      await makeRoom(owner, at('bar'));
      await grant(owner, at('bar'), { jid: 'alice@localhost', affiliation: 'outcast' });
      const alice = await signIn(person, stage(), 'alice@localhost');
      const { view } = alice;

      await joinByAddress(alice, at('study'), 'Ada');
      await isTold(alice, 'This nickname is taken', /Ada/);
      assert.equal(await (await view.find('textbox', 'Nickname')).evaluate((input) => (input as HTMLInputElement).value), 'Ada 2');
      await view.click('button', 'Join');
      await isInside(alice, 'study', 3);

      await grant(owner, at('study'), { nick: 'Ada 2', role: 'none' }, 'Too loud');
      assert.deepEqual(await isTold(alice, 'You were removed from this room', /Too loud/), ['Join again', 'Leave the room']);
      await view.click('button', 'Join again');
      await isInside(alice, 'study', 3);

      await joinByAddress(alice, at('vault'), 'Alice');
      await isTold(alice, 'This room has a password');
      await view.type('textbox', 'Password of the room', 'open barley');
      await view.click('button', 'Join');
      await view.find('alert');
      await isTold(alice, 'This room has a password', /not right/);
      await fill(alice, 'Password of the room', 'open sesame');
      await view.click('button', 'Join');
      await isInside(alice, 'vault', 2);
      await choose(alice, 'Change the subject');
      await fill(alice, 'Subject', 'Mine');
      await view.click('button', 'Save');
      assert.match(await view.text(await view.find('alert')), /did not take/);
      await view.click('button', 'Cancel');

      await joinByAddress(alice, at('club'), 'Alice');
      assert.deepEqual(await isTold(alice, 'This room is for its members'), ['Try again', 'Leave the room']);
      await grant(owner, at('club'), { jid: 'alice@localhost', affiliation: 'member' });
      await view.click('button', 'Try again');
      await isInside(alice, 'club', 2);
      await grant(owner, at('club'), { jid: 'alice@localhost', affiliation: 'none' });
      await isTold(alice, 'You are not a member any more');

      await joinByAddress(alice, at('bar'), 'Alice');
      assert.deepEqual(await isTold(alice, 'You are banned from this room'), ['Leave the room']);

      if (server === 'ejabberd') {
        // Prosody has no limit of its own.
        await makeRoom(owner, at('booth'), { maxusers: '5' });
        const guests = await Promise.all(Array.from({ length: 4 }, () => openDevice(test, stage(), 'support@localhost')));
        for (const [index, guest] of guests.entries()) await enter(guest, at('booth'), `Guest ${index}`);
        await joinByAddress(alice, at('booth'), 'Alice');
        assert.deepEqual(await isTold(alice, 'This room is full'), ['Try again', 'Leave the room']);
        guests[0]?.send(`<presence xmlns="jabber:client" to="${at('booth')}/Guest 0" type="unavailable"/>`);
        await owner.next((frame) => frame.is('presence') && frame.attrs.from === `${at('booth')}/Guest 0` && frame.attrs.type === 'unavailable');
        await view.click('button', 'Try again');
        await isInside(alice, 'booth', 5);
      }

      await joinByAddress(alice, 'nowhere', 'Alice');
      assert.deepEqual(await isTold(alice, 'There is no such room'), ['Create a room', 'Leave the room']);
      await view.click('button', 'Create a room', { within: await view.find('group', 'There is no such room') });
      await isInside(alice, 'nowhere', 1);

      await rooms(alice);
      await openRoom(alice, 'Your rooms', /^study/);
      await isInside(alice, 'study', 3);
      await destroy(owner, at('study'), { reason: 'We have moved', movedTo: at('nowhere') });
      assert.deepEqual(await isTold(alice, 'This room was closed', /We have moved/), [`Go to ${at('nowhere')}`, 'Leave the room']);
      await view.click('button', /^Go to/);
      await isInside(alice, 'nowhere', 1);
    });

    it(`a room that is kept is joined after a reload and in another browser (${browser})`, async (test) => {
      const [person, bob] = await Promise.all([stage().launch(browser), openDevice(test, stage(), 'bob@localhost')]);
      const den = 'den@rooms.localhost';
      await makeRoom(bob, den, { roomname: 'The den', publicroom: '1', persistentroom: '1' });
      const comes = (): Promise<unknown> => bob.next((frame) => frame.is('presence') && frame.attrs.from === `${den}/Al` && frame.attrs.type === undefined);
      const goes = (): Promise<unknown> => bob.next((frame) => frame.is('presence') && frame.attrs.from === `${den}/Al` && frame.attrs.type === 'unavailable');

      const alice = await signIn(person, stage(), 'alice@localhost');
      await joinByAddress(alice, den, 'Al');
      await comes();
      await isInside(alice, 'The den', 2);
      await choose(alice, 'Join at every start', 'menuitemcheckbox');
      await alice.view.click('button', 'More options');
      for (const kept of ['Keep in my rooms', 'Join at every start']) {
        await alice.view.until(async () => (await (await alice.view.find('menuitemcheckbox', kept)).evaluate((item) => item.getAttribute('aria-checked'))) === 'true', kept);
      }
      await alice.page.keyboard.press('Escape');
      await alice.page.goto(`${stage().app}/#/rooms`);
      await alice.page.reload();
      await openRoom(alice, 'Your rooms', /^The den.*Joined/);
      await isInside(alice, 'The den', 2);

      const home = await signIn(await stage().launch(browser), stage(), 'alice@localhost');
      await rooms(home);
      await openRoom(home, 'Your rooms', /^The den.*Joined/);
      await isInside(home, 'The den', 2);
      await say(home, 'From home');
      await reads(home, 'From home', /Sent|Delivered|Read/);
      await reads(alice, 'From home');
      write(bob, den, 'Both of you', 'groupchat');
      await Promise.all([reads(home, 'Both of you'), reads(alice, 'Both of you')]);

      // Left on one device, it is left on all.
      await choose(home, 'Leave the room');
      await goes();
      await alice.view.find('button', 'Join');
    });

    it(`a widget with data-room opens straight into the lobby (${browser})`, async () => {
      const [visitor, person] = await Promise.all([stage().launch(browser), stage().launch(browser)]);
      const club = await openWidget(visitor, stage(), '/club.html');
      await club.view.find('dialog', 'Tea club');
      const support = await signIn(person, stage(), 'support@localhost');
      await rooms(support);
      await openRoom(support, 'Open rooms', /^Lobby/);
      await support.view.find('textbox', 'Message');
      await say(support, 'Welcome to the club');
      await reads(support, 'Welcome to the club', /Sent|Delivered|Read/);
      await reads(club, 'Welcome to the club');
      await say(club, 'Glad to be here');
      await reads(club, 'Glad to be here', /Sent|Delivered|Read/);
      await reads(support, 'Glad to be here');
      await Promise.all([club.page.waitForNavigation(), club.page.reload()]);
      const again = { page: club.page, view: await visitor.widget(club.page) };
      await reads(again, 'Welcome to the club');
    });

    it(`who writes in a room goes on writing while its server is started anew (${browser})`, async (test) => {
      const person = await stage().launch(browser);
      person.expect(...networkTroubles);
      const { server } = stage();
      const tea = 'teatime@rooms.localhost';
      await makeRoom(await openDevice(test, stage(), 'bob@localhost'), tea, { persistentroom: '1' });
      const { page, view } = await signIn(person, stage(), 'alice@localhost');
      await page.evaluate((room) => void (location.hash = `#/room/${room}`), tea);
      await view.find('button', '2 participants');
      const field = await view.find('textbox', 'Message');
      await field.focus();
      let words = '';
      const typeDuring = async (meanwhile: Promise<unknown>): Promise<void> => {
        let over = false;
        void meanwhile.catch(() => {}).finally(() => (over = true));
        for (let last = false; !last; ) {
          last = over;
          words += 'a';
          await page.keyboard.type('a');
          assert.equal(await field.evaluate((it) => (it as HTMLTextAreaElement).value), words, 'what was typed stands in the field');
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await meanwhile;
      };
      await typeDuring(server.restart());
      await typeDuring(page.evaluate(() => void dispatchEvent(new Event('online'))));
      await typeDuring(view.find('button', '1 participant', { timeout: 90_000 }));
      await page.keyboard.press('Enter');
      await reads({ page, view }, words, /Sent|Delivered|Read/);
      const bob = await openDevice(test, stage(), 'bob@localhost');
      await enter(bob, tea, 'Bob');
      await heard(bob, words);
    });
  });
}
