import WebSocket from 'ws';
import { systemClock } from '../../../src/base/clock.js';
import { newId } from '../../../src/base/id.js';
import { bareJid } from '../../../src/base/jid.js';
import { silentLog } from '../../../src/base/log.js';
import { createConnection } from '../../../src/xmpp/connection.js';
import type { SocketLike, StreamManagement } from '../../../src/xmpp/connection-types.js';
import { xml, type Element } from '../../../src/xmpp/element.js';
import type { XmppServer } from '../../../servers/hosts.mjs';

const NS_MAM = 'urn:xmpp:mam:2';
const NS_RSM = 'http://jabber.org/protocol/rsm';

/** One message with words in it, as it came over the wire. */
export type Heard = { readonly id: string; readonly from: string; readonly to: string; readonly body: string };

/** Somebody else's client: stanzas in, stanzas out, no archive of its own and no cleverness. */
export type Raw = {
  readonly jid: string;
  /** Whether the stream it signed in on is still there. */
  readonly online: boolean;
  /** Messages with a body, in the order they came. */
  readonly heard: readonly Heard[];
  /** Sends chat messages, one after the other; back when the server has dealt with all of them. */
  say(to: string, ...bodies: readonly string[]): Promise<void>;
  /** Sends any stanza. */
  send(stanza: Element): void;
  /** What the account's archive on the server holds of the conversation with somebody, oldest first. */
  archive(other: string): Promise<Heard[]>;
  /** What a room's archive holds. */
  roomArchive(room: string): Promise<Heard[]>;
  close(): Promise<void>;
};

// Without it the server keeps nothing back and a lost socket is a lost client: as plain as can be.
const unmanaged: StreamManagement = {
  load: () => Promise.resolve(),
  resumable: undefined,
  resumption: () => Promise.reject(new Error('nothing to resume')),
  resumed: () => Promise.resolve('failed'),
  enabling: () => xml('enable', { xmlns: 'urn:xmpp:sm:3' }),
  enabled: () => Promise.resolve(),
  unmanaged() {},
  nonza() {},
  sent() {},
  handled() {},
  request() {},
  detached() {},
  forget: () => Promise.resolve(),
  on: () => () => {},
};

const heardOf = (message: Element): Heard | undefined => {
  const body = message.getChildText('body');
  return message.name === 'message' && message.attrs.type !== 'error' && body ? { id: message.attrs.id ?? '', from: message.attrs.from ?? '', to: message.attrs.to ?? '', body } : undefined;
};

/** Signs in past the line that a test may cut, until the test ends. `available`: it is there, and messages to the account come to it too. */
export async function signInRaw(test: { after(run: () => Promise<void>): void }, server: XmppServer, account: string, { password = 'tertulia', available = true } = {}): Promise<Raw> {
  const [username = '', domain = ''] = account.split('@');
  const heard: Heard[] = [];
  const results: Element[] = [];
  const connection = createConnection({
    domain,
    service: () => Promise.resolve(`ws://localhost:${server.port}${new URL(server.wsUrl).pathname}`),
    proof: () => Promise.resolve({ kind: 'password', username, password }),
    resourcePrefix: 'raw',
    management: unmanaged,
    onStanzas: (stanzas) => {
      for (const stanza of stanzas) {
        if (stanza.getChild('result', NS_MAM)) results.push(stanza);
        const message = heardOf(stanza);
        if (message) heard.push(message);
      }
      return Promise.resolve();
    },
    openSocket(url) {
      const socket = new WebSocket(url, 'xmpp');
      // Also when nobody listens any more: a server that was killed.
      socket.on('error', () => {});
      return socket as unknown as SocketLike;
    },
    clock: systemClock,
    newId,
    random: Math.random,
    log: silentLog,
  });
  const jid = await new Promise<string>((resolve, reject) => {
    connection.onState((state) => {
      if (state.kind === 'online') resolve(state.jid);
      if (state.kind === 'refused' || state.kind === 'waiting') reject(state.error);
    });
    test.after(() => connection.stop({ forget: true }));
    connection.start();
  });
  if (available) connection.send(xml('presence', {}));
  const ask = (to: string | undefined, ...content: Element[]): Promise<Element> => connection.iq(xml('iq', { type: 'set', ...(to !== undefined && { to }) }, ...content), { timeout: 60_000 });

  const read = async (room: string | undefined, other?: string): Promise<Heard[]> => {
    const found: Heard[] = [];
    for (let after: string | undefined; ; ) {
      results.length = 0;
      const queryid = newId();
      const filter = other === undefined ? [] : [xml('field', { var: 'with' }, xml('value', {}, other))];
      const form = xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, NS_MAM)), ...filter);
      const page = xml('set', { xmlns: NS_RSM }, xml('max', {}, '200'), ...(after === undefined ? [] : [xml('after', {}, after)]));
      const fin = (await ask(room, xml('query', { xmlns: NS_MAM, queryid }, form, page))).getChild('fin', NS_MAM);
      const last = fin?.getChild('set', NS_RSM)?.getChildText('last') ?? undefined;
      // The results come before the answer, but may be handled after it.
      while (last !== undefined && results.at(-1)?.getChild('result', NS_MAM)?.attrs.id !== last) {
        if (connection.state.kind !== 'online') throw new Error('The connection was lost while the archive was read.');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      for (const result of results) {
        // What an earlier stream had asked for and did not live to hear comes again.
        if (result.getChild('result', NS_MAM)?.attrs.queryid !== queryid) continue;
        const message = result.getChild('result', NS_MAM)?.getChild('forwarded', 'urn:xmpp:forward:0')?.getChild('message');
        const said = message && heardOf(message);
        if (said) found.push(said);
      }
      if (last === undefined || fin?.attrs.complete === 'true') return found;
      after = last;
    }
  };
  // One after the other: two who read at once would take each other's results for theirs.
  let turn: Promise<unknown> = Promise.resolve();
  const history = (room: string | undefined, other?: string): Promise<Heard[]> => {
    const mine = turn.then(() => read(room, other));
    turn = mine.catch(() => {});
    return mine;
  };

  return {
    jid,
    get online() {
      return connection.state.kind === 'online' && connection.jid === jid;
    },
    heard,
    async say(to, ...bodies) {
      for (const body of bodies) connection.send(xml('message', { type: 'chat', to, id: newId() }, xml('body', {}, body)));
      await connection.iq(xml('iq', { type: 'get', to: domain }, xml('ping', { xmlns: 'urn:xmpp:ping' })), { timeout: 60_000 });
    },
    send: (stanza) => connection.send(stanza),
    archive: (other) => history(undefined, other),
    roomArchive: (room) => history(room),
    close: () => connection.stop({ forget: true }),
  };
}

/** Who said it and what, for comparing orders. */
export const said = (messages: readonly Heard[], by?: string): string[] => messages.filter(({ from }) => by === undefined || bareJid(from) === by).map(({ body }) => body);
