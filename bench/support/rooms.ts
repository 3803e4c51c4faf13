import { makeRoom, write, type Device } from '../../test/live/support/device.js';
import { signIn } from '../../test/servers/wire.mjs';
import type { Lab } from './lab.js';

/** So many rooms of the server's own, each with an archive and somebody in it, that an account enters at every start; their addresses, those spoken in last at the end. */
export async function keepRooms(lab: Lab, account: string, count: number): Promise<string[]> {
  const service = `ws://localhost:${lab.stage.server.port}/xmpp-websocket`;
  const owner: Device = await signIn(service, await lab.account('owner'), 'tertulia');
  const rooms = Array.from({ length: count }, (_, i) => `hall${i}-${account.split('@')[0]!}@rooms.localhost`);
  for (const [i, room] of rooms.entries()) {
    await makeRoom(owner, room, { roomname: `Hall ${i}`, persistentroom: '1' }); // oxlint-disable-line no-await-in-loop -- one after the other, so that their order is known
    for (let said = 0; said < 3; said += 1) write(owner, room, `Said in hall ${i}, the ${said}. of three`, 'groupchat');
  }
  const me = await signIn(service, account, 'tertulia');
  const bookmarks = rooms.map((room, i) => `<conference jid="${room}" name="Hall ${i}" autojoin="true"><nick>me</nick></conference>`);
  const answer = await me.iq('set', `<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks">${bookmarks.join('')}</storage></query>`);
  if (answer.attrs.type !== 'result') throw new Error(`No bookmarks: ${String(answer)}`);
  await me.close();
  return rooms;
}
