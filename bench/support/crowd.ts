/** A room of thousands, played by a service of XEP-0114: only who enters it is real, so that the server has nothing to do but to pass stanzas on. */
import { createHash } from 'node:crypto';
import { connect as dial } from 'node:net';

export const crowdHost = { domain: 'crowd.localhost', secret: 'crowd' };

export type Crowd = {
  /** The occupants change what they are doing, so many times together; then somebody says `words`. As fast as the line takes it, or so many a second. */
  storm(changes: number, words: string, perSecond?: number): Promise<void>;
  close(): void;
};

const muc = 'http://jabber.org/protocol/muc';
const attribute = (stanza: string, name: string): string => new RegExp(`^<[^>]*?\\s${name}=['"]([^'"]*)`).exec(stanza)?.[1] ?? '';

export async function openCrowd(port: number, room: string, size: number): Promise<Crowd> {
  const socket = dial(port, '127.0.0.1');
  socket.setEncoding('utf8');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => {});
  /** Who is in it besides: the addresses of their clients. */
  const guests = new Map<string, string>();
  let ready: () => void = () => {};
  const shaken = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const write = (text: string): Promise<void> => new Promise((resolve) => (socket.write(text) ? resolve() : socket.once('drain', resolve)));
  const presence = (nick: number, to: string, show: string): string =>
    `<presence from='${room}/guest${nick}' to='${to}'>${show && `<show>${show}</show>`}<x xmlns='${muc}#user'><item affiliation='none' role='participant'/></x></presence>`;

  const enter = async (client: string, place: string): Promise<void> => {
    for (let i = 0; i < size; i += 1) await write(presence(i, client, '')); // oxlint-disable-line no-await-in-loop -- as the line takes it
    guests.set(place, client);
    await write(`<presence from='${place}' to='${client}'><x xmlns='${muc}#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence><message type='groupchat' from='${room}' to='${client}'><subject/></message>`);
  };
  const answer = (stanza: string): void => {
    const [name, from, to, id, type] = [/^<(\w+)/.exec(stanza)?.[1], ...['from', 'to', 'id', 'type'].map((wanted) => attribute(stanza, wanted))];
    if (name === 'presence' && type === 'unavailable') {
      guests.delete(to!);
      void write(`<presence type='unavailable' from='${to}' to='${from}'><x xmlns='${muc}#user'><item affiliation='none' role='none'/><status code='110'/></x></presence>`);
    } else if (name === 'presence' && type !== 'error' && !guests.has(to!)) void enter(from!, to!);
    else if (name === 'iq' && (type === 'get' || type === 'set')) {
      void write(
        stanza.includes('disco#info')
          ? `<iq type='result' id='${id}' from='${to}' to='${from}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='A crowd'/><feature var='${muc}'/></query></iq>`
          : `<iq type='error' id='${id}' from='${to}' to='${from}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
      );
    }
  };

  let text = '';
  socket.on('data', (piece: string) => {
    text += piece;
    const opened = /<stream:stream[^>]*\sid=['"]([^'"]+)/.exec(text);
    if (opened) {
      text = text.slice(opened.index + opened[0].length);
      text = text.slice(text.indexOf('>') + 1);
      void write(`<handshake>${createHash('sha1').update(opened[1]! + crowdHost.secret).digest('hex')}</handshake>`);
    }
    // What comes here is short, and never one element of a name within another of it.
    for (let stanza = /<handshake\s*\/>|<(iq|presence|message)\b(?:[^>]*\/>|[^]*?<\/\1>)/.exec(text); stanza; stanza = /<handshake\s*\/>|<(iq|presence|message)\b(?:[^>]*\/>|[^]*?<\/\1>)/.exec(text)) {
      text = text.slice(stanza.index + stanza[0].length);
      if (stanza[1]) answer(stanza[0]);
      else ready();
    }
  });
  await write(`<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='${crowdHost.domain}'>`);
  await shaken;

  return {
    async storm(changes, words, perSecond = Infinity) {
      const began = Date.now();
      for (let i = 0; i < changes; i += 1) {
        // oxlint-disable-next-line no-await-in-loop -- as the line takes it
        for (const client of guests.values()) await write(presence(i % size, client, Math.floor(i / size) % 2 ? 'away' : 'dnd'));
        // oxlint-disable-next-line no-await-in-loop -- not more of them than were asked for
        if (i % 50 === 49 && ((i + 1) * 1000) / perSecond > Date.now() - began) await new Promise((resolve) => setTimeout(resolve, ((i + 1) * 1000) / perSecond - (Date.now() - began)));
      }
      for (const client of guests.values()) await write(`<message type='groupchat' id='${words}' from='${room}/guest0' to='${client}'><body>${words}</body></message>`); // oxlint-disable-line no-await-in-loop -- one or two
    },
    close: () => socket.end('</stream:stream>'),
  };
}
