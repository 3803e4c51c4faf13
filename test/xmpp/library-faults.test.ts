// For each fault of the wire library that cost us a part of it: the fault, in the library as it is, and its absence here.
// Both speak with the same model server.
import { expect } from '@open-wc/testing';
import { client as createLibraryClient } from '@xmpp/client';
import type { LibraryClient } from '@xmpp/client';
import { ModelServer, settle, until } from './model-server.js';
import type { ModelOptions, ModelSocket } from './model-server.js';
import { client } from './client.js';
import { xml } from '../../src/xmpp/element.js';
import type { Element } from '../../src/xmpp/element.js';

/** The library takes the platform's WebSocket; this one leads to the model server, and survives listeners that throw as the platform's does. */
function socketClass(server: ModelServer): typeof WebSocket {
  type Listener = (event: object) => void;
  class FakeWebSocket {
    readonly #listeners = new Map<string, Set<Listener>>();
    readonly #socket: ModelSocket;
    constructor(url: string) {
      this.#socket = server.openSocket(url) as ModelSocket;
      this.#socket.onopen = () => this.#emit('open', {});
      this.#socket.onmessage = ({ data }) => this.#emit('message', { data });
      this.#socket.onclose = ({ code }) => this.#emit('close', { code, wasClean: code === 1000 });
    }
    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
    }
    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener);
    }
    send(data: string): void {
      this.#socket.send(data);
    }
    close(): void {
      this.#socket.close();
    }
    #emit(type: string, event: object): void {
      for (const listener of Array.from(this.#listeners.get(type) ?? [])) {
        try {
          listener(event);
        } catch {
          // The platform would report it and go on.
        }
      }
    }
  }
  return FakeWebSocket as unknown as typeof WebSocket;
}

const platform = globalThis.WebSocket;
const libraries: LibraryClient[] = [];
type Library = { readonly it: LibraryClient; readonly server: ModelServer; readonly stanzas: Element[]; readonly acked: string[]; readonly failed: string[] };

async function library(options: ModelOptions = {}, online = true): Promise<Library> {
  const server = new ModelServer({ mechanisms: ['PLAIN', 'SCRAM-SHA-1'], ...options });
  globalThis.WebSocket = socketClass(server);
  const it = createLibraryClient({ service: 'wss://example.com/ws', domain: server.domain, username: server.username, password: server.password });
  libraries.push(it);
  it.timeout = 50;
  it.reconnect.delay = 5;
  it.streamManagement.requestAckDebounce = 5;
  const stanzas: Element[] = [];
  const acked: string[] = [];
  const failed: string[] = [];
  it.on('error', () => {});
  it.on('stanza', (stanza: Element) => stanzas.push(stanza));
  it.streamManagement.on('ack', (stanza) => acked.push(stanza.attrs['id'] ?? ''));
  it.streamManagement.on('fail', (stanza) => failed.push(stanza.attrs['id'] ?? ''));
  const started = it.start().catch(() => {});
  if (online) {
    await started;
    await until(() => it.status === 'online');
    await settle();
  }
  return { it, server, stanzas, acked, failed };
}
const message = (id: string): Element => xml('message', { to: 'juliet@example.com', id });
const incoming = (id: string): string => `<message xmlns='jabber:client' from='juliet@example.com/b' id='${id}'/>`;
const ids = (stanzas: readonly Element[]): string[] => stanzas.map((stanza) => stanza.attrs['id'] ?? '');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('faults of the wire library, and their absence here', () => {
  afterEach(() => {
    for (const it of libraries.splice(0)) it.reconnect.stop();
    globalThis.WebSocket = platform;
  });

  it('SASL: the password goes over the wire although the server offers SCRAM', async () => {
    const { server } = await library();
    expect(server.socket.sent('auth')[0]!.attrs['mechanism']).to.equal('PLAIN');
    expect(atob(server.socket.sent('auth')[0]!.text())).to.equal('\0romeo\0secret');

    const own = new ModelServer({ mechanisms: ['PLAIN', 'SCRAM-SHA-1'] });
    await client(own).online();
    expect(own.socket.sent('auth')[0]!.attrs['mechanism']).to.equal('SCRAM-SHA-1');
    expect(own.socket.frames.some((frame) => frame.includes(btoa('\0romeo\0secret')))).to.equal(false);
  });

  it('IQ: anyone may answer', async () => {
    const forge = (server: ModelServer): void => {
      server.onStanza = (stanza) => server.deliver(`<iq xmlns='jabber:client' type='result' id='${stanza.attrs['id']}' from='mallory@evil.com'><forged/></iq>`);
    };
    const { it: theirs, server } = await library();
    forge(server);
    expect((await theirs.iqCaller.request(xml('iq', { type: 'get', to: 'example.com' }))).getChild('forged')).to.not.equal(undefined);

    const own = new ModelServer();
    const test = client(own);
    await test.online();
    forge(own);
    let settled = false;
    test.connection.iq(xml('iq', { type: 'get', to: 'example.com' })).finally(() => (settled = true)).catch(() => {});
    await until(() => test.stanzas.length === 1);
    await settle();
    expect(settled).to.equal(false);
  });

  it('stream management: answers to requests are not counted', async () => {
    const { it: theirs, server } = await library();
    for (let asked = 0; asked < 5; asked++) await theirs.iqCaller.request(xml('iq', { type: 'get' }));
    server.socket.push("<r xmlns='urn:xmpp:sm:3'/>");
    await until(() => server.socket.sent('a').length > 0);
    expect(server.confirmed).to.equal(0);

    const own = new ModelServer();
    const test = client(own);
    await test.online();
    for (let asked = 0; asked < 5; asked++) await test.connection.iq(xml('iq', { type: 'get' }));
    await settle();
    own.socket.push("<r xmlns='urn:xmpp:sm:3'/>");
    await until(() => own.socket.sent('a').length > 0);
    expect(own.confirmed).to.equal(5);
  });

  it('stream management: an <a> beyond what was sent corrupts the count, and later ones are lost', async () => {
    const { it: theirs, server, acked } = await library();
    await theirs.send(message('a'));
    await until(() => acked.includes('a'));
    server.socket.push("<a xmlns='urn:xmpp:sm:3' h='9'/>");
    await settle();
    expect(server.socket.frames.some((frame) => frame.includes('handled-count-too-high'))).to.equal(false);
    await theirs.send(message('b'));
    await until(() => server.received === 2);
    await pause(100);
    expect(acked).to.deep.equal(['a']);

    const own = new ModelServer();
    const test = client(own);
    await test.online();
    test.connection.send(message('a'));
    own.socket.push("<a xmlns='urn:xmpp:sm:3' h='9'/>");
    await test.state('waiting');
    expect(own.socket.frames.at(-1)).to.contain('handled-count-too-high');
    test.connection.wake();
    await test.state('online');
    test.connection.send(message('b'));
    test.clock.advance(1_000);
    await until(() => test.acked.length > 0);
    expect([ids(test.acked), ids(test.unknown)]).to.deep.equal([['b'], ['a']]);
  });

  it('stream management: what <failed h> says the server has is reported lost', async () => {
    const failing: ModelOptions = {
      intercept: (element, socket) => {
        if (element.is('r')) return true;
        if (!element.is('resume')) return false;
        socket.push("<failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
        return true;
      },
    };
    const { it: theirs, server, failed, acked } = await library(failing);
    await theirs.send(message('a'));
    await theirs.send(message('b'));
    await until(() => server.received === 2);
    server.socket.cut();
    await until(() => failed.length > 0);
    expect([acked, failed]).to.deep.equal([[], ['a', 'b']]);

    const own = new ModelServer(failing);
    const test = client(own);
    await test.online();
    test.connection.send(message('a'));
    test.connection.send(message('b'));
    await until(() => own.received === 2);
    own.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    await test.state('online');
    expect([ids(test.acked), ids(test.unknown)]).to.deep.equal([['a'], ['b']]);
  });

  it('stream management: a lost message is reported acknowledged where streams cannot be resumed', async () => {
    const stream = "xmlns:stream='http://etherx.jabber.org/streams'";
    const { it: theirs, server, acked } = await library({
      intercept: (element, socket) => {
        if (element.is('open')) socket.push("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' version='1.0'/>", `<stream:features ${stream}><authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism><inline><bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:sm:3'/></inline></bind></inline></authentication></stream:features>`);
        else if (element.is('authenticate')) {
          socket.server.begin();
          socket.push("<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>romeo@example.com/r</authorization-identifier><bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3'/></bound></success>", `<stream:features ${stream}/>`);
        } else return false;
        return true;
      },
    }, false).then(async (found) => {
      await until(() => found.it.status === 'online');
      return found;
    });
    await theirs.send(message('first'));
    await until(() => acked.includes('first'));
    server.socket.dead = true;
    await theirs.send(message('lost'));
    server.socket.cut();
    await until(() => server.sockets.length === 2 && theirs.status === 'online');
    await theirs.send(message('second'));
    await theirs.send(message('third'));
    await until(() => acked.length > 1);
    expect(ids(server.stanzas)).to.not.include('lost');
    expect(acked).to.include('lost');

    const own = new ModelServer({ management: 'acks' });
    const test = client(own);
    await test.online();
    test.connection.send(message('first'));
    test.clock.advance(1_000);
    await until(() => test.acked.length === 1);
    own.socket.dead = true;
    test.connection.send(message('lost'));
    own.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    await test.state('online');
    test.connection.send(message('second'));
    test.connection.send(message('third'));
    test.clock.advance(1_000);
    await until(() => test.acked.length === 3);
    expect([ids(test.acked), ids(test.unknown)]).to.deep.equal([['first', 'second', 'third'], ['lost']]);
  });

  it('a listener that throws swallows everything after it', async () => {
    const { it: theirs, server, stanzas } = await library();
    theirs.on('stanza', () => {
      throw new Error('a fault in the page');
    });
    server.deliver(incoming('1'), incoming('2'), incoming('3'));
    await settle();
    expect(ids(stanzas).filter((id) => /^\d$/.test(id))).to.deep.equal(['1']);
    expect(theirs.status).to.equal('online');

    const own = new ModelServer();
    const seen: string[] = [];
    const test = client(own, {
      onStanzas: (batch) => {
        seen.push(...ids(batch));
        throw new Error('a fault in the page');
      },
    });
    await test.online();
    for (const id of ['1', '2', '3']) {
      own.deliver(incoming(id));
      await settle();
    }
    expect(seen).to.deep.equal(['1', '2', '3']);
  });

  it('the parser: a broken frame takes the next one with it, and nobody is told', async () => {
    const { it: theirs, server, stanzas } = await library();
    const errors: unknown[] = [];
    theirs.on('error', (error: unknown) => errors.push(error));
    server.socket.push("<message xmlns='jabber:client' id='broken'><!-- ");
    server.socket.push(incoming('1'));
    await settle();
    expect([ids(stanzas).filter((id) => id === '1'), errors, theirs.status]).to.deep.equal([[], [], 'online']);

    const own = new ModelServer();
    const test = client(own);
    await test.online();
    own.socket.push("<message xmlns='jabber:client' id='broken'><!-- ");
    own.deliver(incoming('1'));
    expect((await test.state('waiting')).error.code).to.equal('protocol');
    test.connection.wake();
    await test.state('online');
    await until(() => test.stanzas.length === 1);
    expect(ids(test.stanzas)).to.deep.equal(['1']);
  });

  it('reconnection hangs for ever on an <open> that is not answered', async () => {
    let silent = false;
    const options: ModelOptions = { intercept: (element) => silent && element.is('open') };
    const { it: theirs, server } = await library(options);
    silent = true;
    server.socket.cut();
    await until(() => server.sockets.length === 2);
    silent = false;
    // Ten times its own time-out and more: it never tries again.
    await pause(700);
    expect([server.sockets.length, theirs.status]).to.deep.equal([2, 'opening']);

    const own = new ModelServer(options);
    const test = client(own);
    await test.online();
    silent = true;
    own.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    await until(() => own.sockets.length === 2 && own.socket.sent('open').length === 1);
    test.clock.advance(20_000);
    await test.state('waiting');
    silent = false;
    test.clock.advance(60_000);
    await test.state('online');
  });

  it('refused credentials are tried again and again', async () => {
    const options: ModelOptions = { hangsUp: true, password: 'right' };
    const server = new ModelServer({ mechanisms: ['PLAIN'], ...options });
    globalThis.WebSocket = socketClass(server);
    const theirs = createLibraryClient({ service: 'wss://example.com/ws', domain: 'example.com', username: 'romeo', password: 'wrong' });
    libraries.push(theirs);
    theirs.reconnect.delay = 5;
    theirs.on('error', () => {});
    theirs.start().catch(() => {});
    await until(() => server.sockets.length > 5);
    theirs.reconnect.stop();

    const own = new ModelServer(options);
    const test = client(own, { useProof: { kind: 'password', username: 'romeo', password: 'wrong' } });
    test.connection.start();
    expect((await test.state('refused')).error.code).to.equal('not-authorized');
    test.clock.advance(3_600_000);
    test.connection.wake();
    await settle();
    expect(own.sockets.length).to.equal(1);
  });

  it('a server may send it to any other host', async () => {
    const options: ModelOptions = {
      intercept: (element, socket) => {
        if (!element.is('open') || socket.url.includes('evil')) return false;
        socket.push("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' version='1.0'/>", "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>evil.com:443</see-other-host></stream:error>");
        return true;
      },
    };
    const { server } = await library(options, false);
    await until(() => server.sockets.some((socket) => socket.url === 'wss://evil.com:443'));

    const own = new ModelServer(options);
    const test = client(own);
    test.connection.start();
    await test.state('waiting');
    expect(own.sockets.map((socket) => socket.url)).to.deep.equal(['wss://example.com/ws']);
  });
});
