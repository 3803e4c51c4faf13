import type { TestContext } from 'node:test';
import type { Element } from '../../servers/element.js';
import { signIn, type Wire } from '../../servers/wire.mjs';
import type { Stage } from './stage.js';

/** Another XMPP client, of somebody's or of whoever runs a room: it sees the stanzas as they come. */
export type Device = Wire & { readonly jid: string };

const escape = (text: string): string => text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Signs in with another client; it leaves with the test. */
export async function openDevice(test: TestContext | { after(run: () => Promise<void>): void }, stage: Stage, address: string): Promise<Device> {
  const device = await signIn(stage.server.wsUrl, address, 'tertulia');
  test.after(() => device.close());
  return device;
}

/** Tells everybody who may see it of this device. */
export const appear = (device: Device, { show = '', status = '', priority = 0 } = {}): void =>
  device.send(`<presence xmlns="jabber:client">${show && `<show>${show}</show>`}${status && `<status>${escape(status)}</status>`}<priority>${priority}</priority></presence>`);

export const disappear = (device: Device): void => device.send('<presence xmlns="jabber:client" type="unavailable"/>');

export const write = (device: Device, to: string, body: string, type: 'chat' | 'groupchat' = 'chat'): void =>
  device.send(`<message xmlns="jabber:client" to="${escape(to)}" type="${type}" id="w${Math.random().toString(36).slice(2)}"><body>${escape(body)}</body></message>`);

/** The message with these words, once it has come. */
export const heard = (device: Device, body: string): Promise<Element> => device.next((frame) => frame.is('message') && frame.getChildText('body') === body);

const muc = 'http://jabber.org/protocol/muc';

/** Enters a room; resolves when the room has let it in. */
export async function enter(device: Device, room: string, nick: string): Promise<void> {
  device.send(`<presence xmlns="jabber:client" to="${escape(`${room}/${nick}`)}"><x xmlns="${muc}"/></presence>`);
  const answer = await device.next((frame) => frame.is('presence') && frame.attrs.from === `${room}/${nick}`);
  if (answer.attrs.type === 'error') throw new Error(String(answer));
}

async function set(device: Device, room: string, query: string): Promise<void> {
  const answer = await device.iq('set', query, room);
  if (answer.attrs.type !== 'result') throw new Error(String(answer));
}

/** Makes a room, with settings as of XEP-0045 §16.5.3 (`roomconfig_` left out), and stays in it as `owner`. */
export async function makeRoom(device: Device, room: string, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await enter(device, room, 'owner');
  const fields = Object.entries(settings).map(([name, value]) => `<field var="muc#roomconfig_${name}"><value>${escape(value)}</value></field>`);
  await set(device, room, `<query xmlns="${muc}#owner"><x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE" type="hidden"><value>${muc}#roomconfig</value></field>${fields.join('')}</x></query>`);
}

/** Gives somebody a role by `nick` (`none` is a kick) or an affiliation by `jid` (§9, §10). */
export const grant = (device: Device, room: string, item: { readonly nick: string; readonly role: string } | { readonly jid: string; readonly affiliation: string }, reason = ''): Promise<void> =>
  set(device, room, `<query xmlns="${muc}#admin"><item ${Object.entries(item).map(([name, value]) => `${name}="${escape(value as string)}"`).join(' ')}>${reason && `<reason>${escape(reason)}</reason>`}</item></query>`);

/** Closes a room for good (§10.9). */
export const destroy = (device: Device, room: string, { reason = '', movedTo = '' } = {}): Promise<void> =>
  set(device, room, `<query xmlns="${muc}#owner"><destroy${movedTo && ` jid="${escape(movedTo)}"`}>${reason && `<reason>${escape(reason)}</reason>`}</destroy></query>`);
