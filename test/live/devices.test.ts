// Several devices of one account: what is read on one, what each of them writes, and what the other side learns of it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { appear, heard, openDevice, type Device } from './support/device.js';
import { listSays, openEntry, reads, readsAll, say, signIn } from './support/doings.js';
import { said, signInRaw } from './support/raw.js';
import { withServers } from './support/stage.js';

const NODE = 'urn:xmpp:mds:displayed:0';
const MARKERS = 'urn:xmpp:chat-markers:0';
const numbered = /line-\d+/;
const lines = (to: number): string[] => Array.from({ length: to }, (_, index) => `line-${index + 1}`);

/** Writes what asks to be told when it was displayed. */
const write = (device: Device, to: string, body: string, id: string): void =>
  device.send(`<message xmlns="jabber:client" to="${to}" type="chat" id="${id}"><body>${body}</body><markable xmlns="${MARKERS}"/></message>`);
const items = (device: Device, of?: string) => device.iq('get', `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${NODE}"/></pubsub>`, of);

withServers((stage) => {
  it('read on one device is read on the others, at once and by those that come later; whoever asked is told once', async (test) => {
    const { server } = stage();
    for (const name of ['mia', 'leo']) await server.register(name, 'tertulia');
    const leo = await openDevice(test, stage(), 'leo@localhost');
    appear(leo);
    const desk = await signIn(await stage().launch('chromium'), stage(), 'mia@localhost');
    const second = await stage().launch('chromium');
    const phone = await signIn(second, stage(), 'mia@localhost');
    await desk.view.find('heading', 'No conversations yet');
    await phone.view.find('heading', 'No conversations yet');

    write(leo, 'mia@localhost', 'line-1', 'message-one');
    write(leo, 'mia@localhost', 'line-2', 'message-two');
    for (const device of [desk, phone]) await listSays(device, 'Conversations', /line-2.*2 unread messages/);
    await openEntry(desk, 'Conversations', 'leo');
    await readsAll(desk, numbered, lines(2));
    await listSays(phone, 'Conversations', /unread/, { not: true });

    // The account's business alone.
    const pad = await openDevice(test, stage(), 'mia@localhost');
    assert.match(String(await items(pad)), /<item [^>]*id=["']leo@localhost["'].*<stanza-id /);
    assert.equal((await items(leo, 'mia@localhost')).attrs.type, 'error');

    // Somebody who is no contact learns that one is there when one answers, not before: the first marker is of what came after.
    await say(desk, 'line-3');
    const answer = await heard(leo, 'line-3');
    write(leo, 'mia@localhost', 'line-4', 'message-four');
    const marker = await leo.next((frame) => frame.is('message') && frame.getChild('displayed', MARKERS) !== undefined);
    assert.equal(marker.getChild('displayed', MARKERS)?.attrs.id, 'message-four');

    // Read by the other side: on each device, also on what did not write it.
    await openEntry(phone, 'Conversations', 'leo');
    await reads(phone, 'line-3', /Sent|Delivered/);
    leo.send(`<message xmlns="jabber:client" to="mia@localhost" type="chat" id="marker-1"><displayed xmlns="${MARKERS}" id="${answer.attrs.id}"/><store xmlns="urn:xmpp:hints"/></message>`);
    for (const device of [desk, phone]) await reads(device, 'line-3', /Read/);

    // A device that was not there.
    await second.leave();
    write(leo, 'mia@localhost', 'line-5', 'message-five');
    await reads(desk, 'line-5');
    await leo.next((frame) => frame.is('message') && frame.getChild('displayed', MARKERS)?.attrs.id === 'message-five');
    const tablet = await signIn(await stage().launch('chromium'), stage(), 'mia@localhost');
    await listSays(tablet, 'Conversations', 'line-5');
    await listSays(tablet, 'Conversations', /unread/, { not: true });
    await openEntry(tablet, 'Conversations', 'leo');
    await reads(tablet, 'line-3', /Read/);
    // What one keeps to oneself is kept to oneself on all devices, which still know of each other.
    for (const device of [desk, tablet]) await device.view.click('button', /^Your profile/);
    await desk.view.click('checkbox', 'Let contacts see what you have read');
    await tablet.view.until(async () => !(await (await tablet.view.find('checkbox', 'Let contacts see what you have read')).evaluate((box) => (box as HTMLInputElement).checked)), 'the other device to know');
    await desk.page.keyboard.press('Escape');
    const before = String(await items(pad));
    write(leo, 'mia@localhost', 'line-6', 'message-six');
    await reads(desk, 'line-6');
    await desk.view.until(async () => String(await items(pad)).replace(/ id=["']i\d+["']/, '') !== before.replace(/ id=["']i\d+["']/, ''), 'the node to know that it was read');

    // And nobody has told anything twice.
    leo.send('<iq xmlns="jabber:client" type="get" id="the-end"><ping xmlns="urn:xmpp:ping"/></iq>');
    const next = await leo.next((frame) => frame.attrs.id === 'the-end' || (frame.is('message') && frame.getChild('displayed', MARKERS) !== undefined));
    assert.equal(next.attrs.id, 'the-end', String(next));
  });

  it('three devices write in turns, one of them away meanwhile: one history on all of them', async (test) => {
    const { server } = stage();
    for (const name of ['nora', 'otto']) await server.register(name, 'tertulia');
    const otto = await signInRaw(test, server, 'otto@localhost');
    const third = await signInRaw(test, server, 'nora@localhost');
    const profile = stage().profile();
    const desk = await signIn(await stage().launch('chromium'), stage(), 'nora@localhost');
    const away = await stage().launch('chromium', { userDataDir: profile });
    let phone = await signIn(away, stage(), 'nora@localhost');
    await otto.say('nora@localhost', 'line-1');
    for (const device of [desk, phone]) await openEntry(device, 'Conversations', 'otto');
    await say(phone, 'line-2');
    await reads(desk, 'line-2');
    await third.say('otto@localhost', 'line-3');
    for (const device of [desk, phone]) await readsAll(device, numbered, lines(3));

    await away.leave();
    await say(desk, 'line-4');
    await reads(desk, 'line-4', /Sent|Delivered/);
    await third.say('otto@localhost', 'line-5');
    await otto.say('nora@localhost', 'line-6');
    await reads(desk, 'line-6');
    await say(desk, 'line-7');
    await reads(desk, 'line-7', /Sent|Delivered/);

    const back = await stage().launch('chromium', { userDataDir: profile });
    const page = await back.open(`${stage().app}/#/chat/otto@localhost`);
    phone = { page, view: back.view(page) };
    await readsAll(phone, numbered, lines(7));
    await say(phone, 'line-8');
    await reads(desk, 'line-8');
    await third.say('otto@localhost', 'line-9');
    await reads(phone, 'line-9');
    for (const device of [desk, phone]) await readsAll(device, numbered, lines(9));
    assert.deepEqual(said(await third.archive('otto@localhost')), lines(9));
    assert.deepEqual(said(await otto.archive('nora@localhost')), lines(9));
  });
});
