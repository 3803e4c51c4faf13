import { expect } from '@open-wc/testing';
import { bodies, ModelServer, settle, until } from './model-server.js';
import { client } from './client.js';
import { withStream } from '../../src/xmpp/negotiate.js';
import { xml } from '../../src/xmpp/element.js';
import { newId } from '../../src/base/id.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';
import type { Element } from '../../src/xmpp/element.js';

const message = (body: string, more = ''): string => `<message xmlns='jabber:client' from='juliet@example.com/b' ${more}><body>${body}</body></message>`;
const streamError = (condition: string, text = ''): string => `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${text}</${condition}></stream:error>`;

describe('xmpp/connection', () => {
  it('opens, signs in, binds, enables, one element a frame and each with its namespace', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    expect(test.connection.jid).to.equal('romeo@example.com/r');
    expect(test.states.map((state) => state.kind)).to.deep.equal(['connecting', 'online']);
    expect(server.socket.elements.map((element) => `${element.name} ${element.attrs['xmlns']}`)).to.deep.equal([
      'open urn:ietf:params:xml:ns:xmpp-framing', 'auth urn:ietf:params:xml:ns:xmpp-sasl', 'response urn:ietf:params:xml:ns:xmpp-sasl', 'open urn:ietf:params:xml:ns:xmpp-framing', 'iq jabber:client', 'enable urn:xmpp:sm:3',
    ]);
    const [resource] = server.socket.sent('iq').map((iq) => iq.getChild('bind')!.getChildText('resource'));
    expect(resource).to.match(/^tertulia\.[\w-]{8}$/);
    expect(test.connection.features?.getChild('sm')).to.not.equal(undefined);
  });

  it('hands stanzas over in order, in batches, and counts them after they are committed', async () => {
    const server = new ModelServer();
    const batches: string[][] = [];
    let commit: (() => void) | undefined;
    const test = client(server, {
      onStanzas: (batch) => {
        batches.push(bodies(batch));
        return new Promise((resolve) => (commit = resolve));
      },
    });
    await test.online();
    server.deliver(message('1'));
    await until(() => batches.length === 1);
    server.deliver(message('2'), message('3'), "<presence xmlns='jabber:client' from='a@b'/>");
    server.socket.push("<r xmlns='urn:xmpp:sm:3'/>");
    await until(() => server.socket.sent('a').length === 1);
    expect(server.confirmed, 'nothing is committed yet').to.equal(0);
    commit!();
    await until(() => batches.length === 2);
    test.clock.advance(2_000);
    await until(() => server.confirmed === 1);
    commit!();
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 4);
    expect(batches).to.deep.equal([['1'], ['2', '3', 'presence']]);
    expect(server.wrong).to.equal(undefined);
  });

  it('lives on when a handler throws or rejects, and counts', async () => {
    const server = new ModelServer();
    const seen: string[] = [];
    const test = client(server, {
      onStanzas: (batch) => {
        seen.push(...bodies(batch));
        if (seen.length === 1) throw new Error('thrown');
        return seen.length === 2 ? Promise.reject(new Error('rejected')) : Promise.resolve();
      },
    });
    await test.online();
    for (const body of ['1', '2', '3']) {
      server.deliver(message(body));
      await until(() => seen.includes(body));
    }
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 3);
    expect((await test.connection.iq(xml('iq', { type: 'get' }))).attrs['type']).to.equal('result');
  });

  it('leaves a stream whose stanzas could not be kept, uncounted: the next one brings them again', async () => {
    const server = new ModelServer();
    const kept: string[] = [];
    let full = false;
    const test = client(server, {
      onStanzas: (batch) => {
        if (full) return Promise.reject(new ChatError('storage', 'full'));
        kept.push(...bodies(batch));
        return Promise.resolve();
      },
    });
    await test.online();
    server.deliver(message('1'));
    await until(() => kept.length === 1);
    full = true;
    server.deliver(message('2'));
    server.deliver(message('3'));
    expect((await test.state('waiting')).error.code).to.equal('storage');
    full = false;
    test.connection.wake();
    await test.state('online');
    await until(() => kept.length === 3);
    expect(kept).to.deep.equal(['1', '2', '3']);
    test.clock.advance(2_000);
    await until(() => server.confirmed === 3);
    expect(server.wrong).to.equal(undefined);
  });

  it('drops and counts what another person made unreadable; ends the stream over what is no XML', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    const deep = `<message xmlns='jabber:client' from='mallory@evil.com'>${'<x>'.repeat(100)}${'</x>'.repeat(100)}</message>`;
    server.deliver(message('1'), deep, "<message xmlns='jabber:client' from='mallory@evil.com'><evil:x/></message>", `<message xmlns='jabber:client'><body>${'x'.repeat(1_100_000)}</body></message>`, "<message xmlns='jabber:client' from='@'/>", "<presence xmlns='jabber:client' from='/x'/>", message('2'));
    await until(() => bodies(test.stanzas).includes('2'));
    expect(bodies(test.stanzas)).to.deep.equal(['1', 'message', 'presence', '2']);
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 7);
    const broken: [string | ArrayBuffer, string][] = [['<message', 'not-well-formed'], ['<message/><message/>', 'not-well-formed'], ['<!DOCTYPE x><x/>', 'restricted-xml'], ["<message xmlns='jabber:client'><!-- c --></message>", 'restricted-xml'], ['', 'not-well-formed'], [new ArrayBuffer(4), 'bad-format']];
    for (const [frame, condition] of broken) {
      const { socket } = server;
      socket.onmessage?.({ data: frame });
      await test.state('waiting');
      expect(socket.frames.at(-2)).to.contain(condition);
      expect(socket.closed).to.equal(true);
      test.connection.wake();
      await test.state('online');
    }
    server.deliver(message('3'));
    await until(() => bodies(test.stanzas).includes('3'));
    expect(bodies(test.stanzas)).to.deep.equal(['1', 'message', 'presence', '2', '3']);
  });

  it('takes a stanza for one only in its namespace, and gives it the one servers leave out', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.socket.push("<message xmlns='jabber:server'><body>no</body></message>", "<x:message xmlns:x='jabber:client'><x:body>no</x:body></x:message>", '<message><body>yes</body></message>');
    await until(() => test.stanzas.length === 1);
    expect(test.stanzas[0]!.getNS()).to.equal('jabber:client');
    expect(test.stanzas[0]!.getChildText('body', 'jabber:client')).to.equal('yes');
  });

  it('has a deadline on every stage', async () => {
    const stages: [string, (element: Element) => boolean][] = [
      ['open', (element) => element.is('open')], ['auth', (element) => element.is('auth')], ['response', (element) => element.is('response')], ['bind', (element) => element.is('iq')], ['enable', (element) => element.is('enable')],
    ];
    for (const [name, hold] of stages) {
      let holding = true;
      const server = new ModelServer({ intercept: (element) => holding && hold(element) });
      const test = client(server);
      test.connection.start();
      await until(() => server.sockets.length === 1 && server.socket.elements.some(hold), name);
      test.clock.advance(19_999);
      await settle(3);
      expect(test.connection.state.kind, name).to.equal('connecting');
      test.clock.advance(1);
      expect((await test.state('waiting')).error.code, name).to.equal('timeout');
      expect(server.socket.closed).to.equal(true);
      holding = false;
      test.clock.advance(4_000);
      await test.state('online');
    }
    const server = new ModelServer();
    server.silent = true;
    const test = client(server);
    test.connection.start();
    await until(() => server.sockets.length === 1);
    test.clock.advance(20_000);
    expect((await test.state('waiting')).error.code).to.equal('unreachable');
    const asked = client(new ModelServer(), { proof: () => new Promise(() => {}) });
    asked.connection.start();
    await settle();
    asked.clock.advance(30_000);
    await asked.state('waiting');
  });

  it('comes back by itself, again and again, and at once when woken', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.silent = true;
    server.socket.cut();
    for (let failure = 0; failure < 5; failure++) {
      const { retryAt } = await test.state('waiting');
      test.clock.advance(retryAt - test.clock.now());
      await until(() => server.sockets.length === failure + 2);
      server.socket.cut();
      await until(() => test.connection.state.kind === 'waiting' && test.connection.state.retryAt > retryAt);
    }
    server.silent = false;
    test.connection.wake();
    expect((await test.state('online')).resumed).to.equal(true);
  });

  it('proves a socket that slept, within 5 s', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    test.connection.wake();
    await until(() => server.socket.sent('iq').some((iq) => iq.getChild('ping', 'urn:xmpp:ping')));
    await settle();
    test.clock.advance(5_000);
    await settle();
    expect(test.connection.state.kind).to.equal('online');
    server.socket.dead = true;
    test.connection.wake();
    test.clock.advance(4_999);
    test.connection.wake();
    await settle(3);
    expect(test.connection.state.kind).to.equal('online');
    test.clock.advance(1);
    expect((await test.state('waiting')).error.code).to.equal('timeout');
  });

  it('finds a dead line within 45 s by itself, and takes an error for a sign of life', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.onStanza = (stanza) => server.socket.push(`<iq xmlns='jabber:client' type='error' id='${stanza.attrs['id']}' from='example.com'/>`);
    for (let turn = 0; turn < 4; turn++) {
      test.clock.advance(30_000);
      await settle();
    }
    test.clock.advance(14_000);
    expect(test.connection.state.kind).to.equal('online');
    server.socket.dead = true;
    test.clock.advance(45_000);
    await test.state('waiting');
  });

  it('leaves a server that speaks and does not hear, and begins anew where it is deaf on the resumed stream as well', async () => {
    let deaf = false;
    const enabled: string[] = [];
    const server = new ModelServer({
      intercept(element) {
        if (element.is('message')) deaf = true;
        if (element.is('enable')) {
          deaf = false;
          enabled.push(element.name);
        }
        return deaf && ['message', 'presence', 'iq', 'r', 'a'].includes(element.name) && !element.getChild('bind');
      },
    });
    const test = client(server);
    await test.online();
    test.connection.send(xml('message', { id: 'unheard', to: 'juliet@example.com' }));
    for (let second = 0; second < 400 && enabled.length < 2; second += 10) {
      server.socket.push("<presence xmlns='jabber:client' from='room@example.com/a'/>");
      test.clock.advance(10_000);
      // A busy machine has few turns in one.
      for (let turn = 0; turn < 10; turn += 1) await settle();
    }
    expect(enabled.length).to.equal(2);
    expect(test.unknown.map(({ attrs }) => attrs['id'])).to.include('unheard');
  });

  it('finds a dead line within 45 s also where the clock was set back by hours', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.socket.dead = true;
    test.clock.sleep(-7_200_000);
    test.clock.advance(45_000);
    await test.state('waiting');
  });

  it('finds out by the clock that the machine slept: proves the line within 9 s of waking, calls at once where it was waiting or calling', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    test.clock.advance(12_000);
    await settle();
    server.socket.dead = true;
    test.clock.sleep(3_600_000);
    // A timer that was due in 4 s when the lid was closed is still due in as much, and late.
    test.clock.advance(4_000);
    test.clock.advance(5_000);
    await test.state('waiting');
    const count = server.sockets.length;
    server.silent = true;
    test.clock.sleep(3_600_000);
    test.clock.advance(4_000);
    await until(() => server.sockets.length > count, 'a call');
    expect(test.connection.state.kind).to.equal('connecting');
    await settle();
    server.silent = false;
    test.clock.sleep(3_600_000);
    test.clock.advance(4_000);
    await until(() => test.connection.state.kind === 'waiting', 'the call of before to be given up');
    test.connection.wake();
    await test.state('online');
    await test.connection.stop();
    expect(test.clock.pending, 'no timer is left').to.be.below(3);
  });

  it('finds out within 5 s of waking that a call under way goes nowhere', async () => {
    const server = new ModelServer({ intercept: (element, socket) => element.is('auth') && ((socket.dead = true), true) });
    const test = client(server);
    test.connection.start();
    await until(() => server.sockets.length === 1 && server.socket.dead);
    test.connection.wake();
    test.clock.advance(4_999);
    await settle(3);
    expect(test.connection.state.kind).to.equal('connecting');
    test.clock.advance(1);
    expect((await test.state('waiting')).error.code).to.equal('timeout');
  });

  it('is not kept from its end by a server that talks', async () => {
    const server = new ModelServer({ intercept: (element) => element.is('iq') });
    const test = client(server);
    test.connection.start();
    await until(() => server.sockets.length === 1 && server.socket.sent('iq').length === 1);
    for (let at = 0; at < 6 && test.connection.state.kind === 'connecting'; at++) {
      test.clock.advance(10_000);
      server.socket.push(message('wait'));
      await settle(3);
    }
    expect((await test.state('waiting')).error.code).to.equal('timeout');
    const flood = new ModelServer({ intercept: (element, socket) => element.is('iq') && (socket.push(...Array.from({ length: 1_100 }, () => message('x'))), true) });
    const drowned = client(flood);
    drowned.connection.start();
    expect((await drowned.state('waiting')).error.code).to.equal('protocol');
  });

  it('tries again, later, where a server cannot check credentials or has enough; never where they are wrong', async () => {
    const failing = (condition: string): ModelServer => new ModelServer({ intercept: (element, socket) => element.is('auth') && (socket.push(`<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/></failure>`), true) });
    const later = client(failing('temporary-auth-failure'));
    later.connection.start();
    const state = await later.state('waiting');
    expect(state.retryAt - later.clock.now()).to.equal(30_500);
    for (const condition of ['not-authorized', 'credentials-expired', 'account-disabled', 'malformed-request', 'unknown']) {
      const server = failing(condition);
      const test = client(server);
      test.connection.start();
      expect((await test.state('refused')).error.condition).to.equal(condition);
      test.connection.wake();
      test.clock.advance(3_600_000);
      await settle();
      expect(server.sockets.length, condition).to.equal(1);
    }
    for (const condition of ['resource-constraint', 'policy-violation']) {
      const server = new ModelServer();
      const test = client(server);
      await test.online();
      server.socket.push(streamError(condition));
      const { retryAt } = await test.state('waiting');
      expect(retryAt - test.clock.now()).to.equal(30_500);
    }
  });

  it('does not fight for a stream, knows final errors from passing ones', async () => {
    for (const [condition, kind] of [['conflict', 'refused'], ['host-unknown', 'refused'], ['system-shutdown', 'waiting'], ['connection-timeout', 'waiting']] as const) {
      const server = new ModelServer();
      const test = client(server);
      await test.online();
      server.socket.push(streamError(condition));
      expect((await test.state(kind)).error.condition).to.equal(condition);
      expect(server.socket.sent('close').length).to.be.lessThan(2);
      if (kind === 'refused') {
        test.connection.wake();
        test.clock.advance(3_600_000);
        await settle();
        expect(server.sockets.length).to.equal(1);
        await test.online();
      }
    }
  });

  it('follows a redirect once and to the same host only', async () => {
    const elsewhere = async (frame: string): Promise<string[]> => {
      const server = new ModelServer({
        intercept: (element, socket) => {
          if (!element.is('open') || socket.url.includes('5443')) return false;
          socket.push(frame);
          return true;
        },
      });
      const test = client(server);
      test.connection.start();
      await until(() => test.connection.state.kind !== 'connecting' && test.connection.state.kind !== 'idle');
      return server.sockets.map((socket) => socket.url).concat(test.connection.state.kind);
    };
    const close = (uri: string): string => `<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='${uri}'/>`;
    expect(await elsewhere(close('wss://example.com:5443/ws'))).to.deep.equal(['wss://example.com/ws', 'wss://example.com:5443/ws', 'online']);
    expect(await elsewhere(streamError('see-other-host', 'example.com:5443'))).to.deep.equal(['wss://example.com/ws', 'wss://example.com:5443/ws', 'online']);
    expect(await elsewhere(close('wss://example.com:1/ws'))).to.deep.equal(['wss://example.com/ws', 'wss://example.com:1/ws', 'waiting']);
    for (const uri of ['wss://evil.com:5443/ws', 'ws://example.com:5443/ws']) expect(await elsewhere(close(uri))).to.deep.equal(['wss://example.com/ws', 'waiting']);
    expect(await elsewhere(streamError('see-other-host', 'evil.com:5443'))).to.deep.equal(['wss://example.com/ws', 'waiting']);
  });

  it('goes to other hosts where the deployment lists them: sent there, or to its stream, and back where nobody is there', async () => {
    const redirectHosts = ['node2.example.com'];
    const server = new ModelServer({
      location: 'wss://node2.example.com/ws',
      intercept: (element, socket) => element.is('open') && !socket.url.includes('node2') && server.sockets.length < 2 && (socket.push(streamError('see-other-host', 'node2.example.com')), true),
    });
    const test = client(server, { redirectHosts });
    await test.online();
    expect(server.sockets.map(({ url }) => url)).to.deep.equal(['wss://example.com/ws', 'wss://node2.example.com/ws']);
    server.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    expect((await test.state('online')).resumed).to.equal(true);
    expect(server.socket.url, 'where the stream is kept').to.equal('wss://node2.example.com/ws');
    server.silent = true;
    server.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    await until(() => server.sockets.length === 4);
    server.socket.cut();
    await test.state('waiting');
    server.silent = false;
    test.connection.wake();
    expect((await test.state('online')).resumed).to.equal(true);
    expect(server.socket.url).to.equal('wss://example.com/ws');
    for (const location of ['wss://evil.com/ws', 'ws://node2.example.com/ws', '[2001:41D0:1:A49b::1]:9222', 'javascript:alert(1)']) {
      const other = new ModelServer({ location });
      const stays = client(other, { redirectHosts });
      await stays.online();
      other.socket.cut();
      await stays.state('waiting');
      stays.connection.wake();
      await stays.state('online');
      expect(other.socket.url, location).to.equal('wss://example.com/ws');
    }
  });

  it('refuses an address in the clear, and a host that is another', async () => {
    const test = client(new ModelServer(), { service: async () => 'ws://example.com/ws' });
    test.connection.start();
    expect((await test.state('refused')).error.code).to.equal('insecure');
    const server = new ModelServer({
      intercept: (element, socket) => {
        if (!element.is('open')) return false;
        socket.push("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='evil.com'/>", "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>");
        return true;
      },
    });
    const other = client(server);
    other.connection.start();
    expect((await other.state('waiting')).error.code).to.equal('protocol');
    expect(server.socket.sent('auth')).to.deep.equal([]);
  });

  it('sends nothing without a stream, and nothing that would end it', async () => {
    const server = new ModelServer();
    const test = client(server);
    expect(() => test.connection.send(xml('presence'))).to.throw().with.property('code', 'offline');
    await test.online();
    expect(() => test.connection.send(xml('message', {}, xml('undeclared:x')))).to.throw().with.property('code', 'invalid');
    test.connection.send(xml('message', { to: 'juliet@example.com' }, xml('body', {}, 'a\u0000\uD800b')));
    test.connection.sendNonza?.(xml('active', { xmlns: 'urn:xmpp:csi:0' }));
    await until(() => server.socket.sent('active').length === 1);
    expect(bodies(server.stanzas)).to.deep.equal(['a\uFFFD\uFFFDb']);
    expect(test.store.state?.queue.length ?? 0).to.be.lessThan(2);
  });

  it('stops: politely and for good, or leaving the stream to be taken up', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.deliver(message('1'));
    await test.connection.stop({ forget: true });
    expect(test.store.state).to.equal(undefined);
    expect(server.socket.elements.slice(-2).map((element) => element.name), 'a last word first').to.deep.equal(['a', 'close']);
    expect(server.confirmed).to.equal(1);
    await test.online();
    server.deliver(message('2'));
    await test.connection.stop();
    expect(server.socket.sent('close')).to.deep.equal([]);
    expect(test.store.state?.hIn).to.equal(1);
    expect(test.connection.state.kind).to.equal('idle');
    const heir = client(server, { store: test.store });
    await heir.online();
    expect(heir.states.at(-1)).to.deep.equal({ kind: 'online', jid: 'romeo@example.com/r', resumed: true });
    // A server that does not answer a farewell holds nobody up for longer than 2 s.
    server.socket.dead = true;
    const stopping = heir.connection.stop({ forget: true });
    await settle();
    heir.clock.advance(2_000);
    await stopping;
    expect(server.sockets.every((socket) => socket.closed)).to.equal(true);
  });

  it('can be stopped in the middle of connecting, and started again at once', async () => {
    const server = new ModelServer();
    const test = client(server);
    test.connection.start();
    await until(() => server.sockets.length === 1);
    const stopped = test.connection.stop();
    test.connection.start();
    await stopped;
    await test.state('online');
    expect(server.sockets.map((socket) => socket.closed)).to.deep.equal([true, false]);
  });

  it('lends a stream before authentication', async () => {
    const server = new ModelServer({
      intercept: (element, socket) => {
        if (!element.is('iq')) return false;
        const id = element.attrs['id'];
        socket.push(`<iq xmlns='jabber:client' type='result' id='other'/>`, `<iq xmlns='jabber:client' type='result' id='${id}' from='evil.com'/>`, element.attrs['type'] === 'set' ? `<iq xmlns='jabber:client' type='error' id='${id}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>` : `<iq xmlns='jabber:client' type='result' id='${id}' from='example.com'><query xmlns='jabber:iq:register'/></iq>`);
        return true;
      },
    });
    const options = { domain: 'example.com', service: 'wss://example.com/ws', openSocket: server.openSocket, clock: new TestClock(), newId, log: silentLog };
    const found = await withStream(options, async (stream) => {
      expect(stream.features.getChild('mechanisms')).to.not.equal(undefined);
      const form = await stream.iq(xml('iq', { type: 'get', to: 'example.com' }, xml('query', { xmlns: 'jabber:iq:register' })));
      const refused = await stream.iq(xml('iq', { type: 'set' })).then(() => undefined, (error: { condition: string }) => error.condition);
      return [form.getChild('query')?.getNS(), refused];
    });
    expect(found).to.deep.equal(['jabber:iq:register', 'conflict']);
    expect(server.socket.elements.at(-1)?.name).to.equal('close');
    expect(server.socket.closed).to.equal(true);
  });
});
