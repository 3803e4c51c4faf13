// Contacts: who is there, who sees whom, and where a message goes (RFC 6121).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { appear, disappear, heard, openDevice, write } from './support/device.js';
import { openEntry, reads, say, signIn, type Desk } from './support/doings.js';
import type { BrowserName } from './support/person.js';
import { withServer } from './support/stage.js';

/** The words of every contact's line, and of every group's. */
const lines = async ({ view }: Desk, list = 'Contacts'): Promise<string[]> => {
  const [within] = await view.findAll('list', list);
  return within ? view.names('button', within) : [];
};

/** Waits until a line of the contacts, or of one of their groups, is like this. */
async function sees(desk: Desk, line: RegExp, list?: string): Promise<void> {
  await desk.view
    .until(async () => (await lines(desk, list)).some((name) => line.test(name)), `a contact like ${String(line)} in ${list ?? 'Contacts'}`, 20_000)
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\nThe contacts: ${JSON.stringify(await lines(desk, list))}`);
    });
}

const contacts = ({ view }: Desk): Promise<void> => view.click('button', /^Contacts/);

/** Chooses from the menu of a contact, by the keyboard: without a mouse that hovers, the menu is there for nobody else. */
async function choose({ page, view }: Desk, contact: string, item: string): Promise<void> {
  await (await view.find('button', `Options for ${contact}`)).focus();
  await page.keyboard.press('Enter');
  await view.click('menuitem', item);
}

/** Fills in a field of a dialog anew. */
async function fill({ page, view }: Desk, dialog: string, field: RegExp, text: string): Promise<void> {
  const within = await view.find('dialog', dialog);
  const [role = 'textbox'] = (await view.findAll('combobox', field, within)).length > 0 ? ['combobox'] : [];
  await (await view.find(role, field, { within })).evaluate((input) => (input as HTMLInputElement).select());
  if (text) await view.type(role, field, text, { within });
  else await page.keyboard.press('Backspace');
}

async function press({ view }: Desk, dialog: string, button: string): Promise<void> {
  await view.click('button', button, { within: await view.find('dialog', dialog) });
  await view.gone('dialog', dialog);
}

async function addContact(desk: Desk, address: string, name: string, groups = ''): Promise<void> {
  await desk.view.click('button', 'Add a contact');
  await fill(desk, 'Add a contact', /address/, address);
  await fill(desk, 'Add a contact', /^Name/, name);
  if (groups) await fill(desk, 'Add a contact', /^Groups/, groups);
  await press(desk, 'Add a contact', 'Add a contact');
}

/** Sets what others see of one. */
async function show(desk: Desk, presence: string, status?: string): Promise<void> {
  await desk.view.click('button', /^Your profile/);
  const within = await desk.view.find('dialog', 'Your profile');
  await desk.view.click('radio', presence, { within });
  if (status !== undefined) {
    await fill(desk, 'Your profile', /^Status/, status);
    await desk.page.keyboard.press('Enter');
  }
  await desk.page.keyboard.press('Escape');
  await desk.view.gone('dialog', 'Your profile');
}

/** Begins a conversation with any address. */
async function writeTo({ view, page }: Desk, address: string): Promise<void> {
  await view.click('button', 'Chats');
  await view.click('button', 'New conversation');
  await view.type('textbox', /^Name or/, address, { within: await view.find('dialog', 'New conversation') });
  await page.keyboard.press('Enter');
  await view.gone('dialog', 'New conversation');
}

const pairs: readonly (readonly ['prosody' | 'ejabberd', BrowserName])[] = [
  ['prosody', 'firefox'],
  ['ejabberd', 'chromium'],
];
for (const [server, browser] of pairs) {
  withServer(server, (stage) => {
    it(`contacts ask, refuse, accept, see each other, and part (${browser})`, async () => {
      const [alice, bob] = await Promise.all(['alice', 'bob'].map(async (name) => signIn(await stage().launch(browser), stage(), `${name}@localhost`))) as [Desk, Desk];
      await Promise.all([contacts(alice), contacts(bob)]);

      await addContact(alice, 'bob@localhost', 'Robert', 'Family, Chess');
      await sees(alice, /^Robert.*Has not answered/, 'Family');
      await sees(alice, /^Robert/, 'Chess');

      await bob.view.find('button', /^Contacts.*1 request/);
      await bob.view.click('button', 'Refuse');
      await bob.view.gone('button', 'Refuse');
      await sees(alice, /^Robert.*Does not show their presence/);

      await choose(alice, 'Robert', 'Ask to see when they are available');
      await bob.view.click('button', 'Accept and add');
      await sees(alice, /^Robert Available/);
      await sees(bob, /^alice Available/i);

      await choose(bob, 'alice', 'Name and groups');
      await fill(bob, 'Name and groups', /^Name/, 'Alice from work');
      await fill(bob, 'Name and groups', /^Groups/, 'Work');
      await press(bob, 'Name and groups', 'Save');
      await sees(bob, /^Alice from work Available/, 'Work');
      await choose(alice, 'Robert', 'Name and groups');
      await fill(alice, 'Name and groups', /^Groups/, 'Chess');
      await press(alice, 'Name and groups', 'Save');
      await alice.view.gone('list', 'Family');

      await show(bob, 'Away', 'Gone fishing');
      await sees(alice, /^Robert Away.*Gone fishing/);
      await show(bob, 'Busy');
      await sees(alice, /^Robert Busy.*Gone fishing/);
      await show(bob, 'Invisible');
      await sees(alice, /^Robert Not online$/);
      // Not seen, but reached.
      await alice.view.click('button', /^Robert/);
      await say(alice, 'Are you there?');
      await bob.view.click('button', /^Chats/);
      await openEntry(bob, 'Conversations', 'Are you there?');
      await reads(bob, 'Are you there?');
      await contacts(bob);
      await show(bob, 'Available', '');
      await sees(alice, /^Robert Available$/);

      // What was set stands after a reload, before and after the server has answered.
      await Promise.all([alice.page.reload(), bob.page.reload()]);
      await Promise.all([contacts(alice), contacts(bob)]);
      await sees(alice, /^Robert Available$/, 'Chess');
      await sees(bob, /^Alice from work Available$/, 'Work');

      await choose(alice, 'Robert', 'Remove the contact');
      await press(alice, 'Remove the contact', 'Remove');
      await alice.view.until(async () => (await lines(alice)).every((line) => !line.startsWith('Robert')), 'no Robert');
      await sees(bob, /^Alice from work Does not show their presence/);
      await choose(bob, 'Alice from work', 'Remove the contact');
      await press(bob, 'Remove the contact', 'Remove');
      await bob.view.find('heading', 'No contacts yet');
    });

    it(`several devices are one contact, and a message goes where it should (${browser})`, async (test) => {
      // Nobody else has signed in by this account: browsers that were closed stay for a while, as the server waits for them.
      await stage().server.register('carol', 'tertulia');
      const [person, phone, laptop] = await Promise.all([stage().launch(browser), openDevice(test, stage(), 'carol@localhost'), openDevice(test, stage(), 'carol@localhost')]);
      const desk = await signIn(person, stage(), 'support@localhost');
      appear(phone, { show: 'away', status: 'On the bus', priority: 5 });
      appear(laptop, { status: 'At the desk' });
      await contacts(desk);
      await addContact(desk, 'carol@localhost', 'Carol');
      await phone.next((frame) => frame.is('presence') && frame.attrs.type === 'subscribe');
      phone.send('<presence xmlns="jabber:client" to="support@localhost" type="subscribed"/>');

      // Highest priority first; then whoever is left.
      await sees(desk, /^Carol Away.*On the bus/);
      await choose(desk, 'Carol', 'Details');
      let details = '';
      await desk.view
        .until(async () => /Away · 2 devices/.test((details = await desk.view.text((await desk.page.$('pierce/tertulia-contact'))!))), 'two devices')
        .catch((error: Error) => assert.fail(`${error.message}: ${details} ${String(error.cause)}`));
      disappear(phone);
      await sees(desk, /^Carol Available.*At the desk/);
      appear(laptop, { show: 'dnd' });
      await sees(desk, /^Carol Busy$/);
      appear(phone, { priority: 5, status: 'Back on the phone' });
      await sees(desk, /^Carol Available.*Back on the phone/);

      // §5.1: to the bare address; onto the device that answers; off it when its presence changes or another one writes.
      await desk.view.click('button', /^Carol/);
      await say(desk, 'Good morning, Carol.');
      assert.equal((await heard(phone, 'Good morning, Carol.')).attrs.to, 'carol@localhost');
      write(phone, 'support@localhost', 'Morning!');
      await reads(desk, 'Morning!');
      await say(desk, 'Shall we begin?');
      assert.equal((await heard(phone, 'Shall we begin?')).attrs.to, phone.jid);
      appear(phone, { priority: 5, status: 'In the lift' });
      await sees(desk, /^Carol Available.*In the lift/);
      await say(desk, 'Or later?');
      assert.equal((await heard(phone, 'Or later?')).attrs.to, 'carol@localhost');
      write(phone, 'support@localhost', 'Now.');
      await reads(desk, 'Now.');
      await say(desk, 'Good.');
      assert.equal((await heard(phone, 'Good.')).attrs.to, phone.jid);
      write(laptop, 'support@localhost', 'I am at the laptop now.');
      await reads(desk, 'I am at the laptop now.');
      await say(desk, 'Fine with me.');
      assert.equal((await heard(phone, 'Fine with me.')).attrs.to, 'carol@localhost');

      // One device is an address like any other, and so is a server.
      await writeTo(desk, laptop.jid);
      await say(desk, 'To the laptop alone.');
      assert.equal((await heard(laptop, 'To the laptop alone.')).attrs.to, laptop.jid);
      await reads(desk, 'To the laptop alone.', /Sent|Delivered|Read/);
      await writeTo(desk, 'localhost');
      await desk.view.find('heading', 'localhost');
      await say(desk, 'Dear server');
      await reads(desk, 'Dear server', /Sent|Failed/);
      await contacts(desk);
      await addContact(desk, 'localhost', 'The server');
      await sees(desk, /^The server/);
    });
  });
}
