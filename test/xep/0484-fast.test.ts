import { expect } from '@open-wc/testing';
import { countUse, keepToken, offersFast, tokenMechanism, tokenRequest, usable } from '../../src/xep/0484-fast.js';
import * as sasl2 from '../../src/xep/0388-sasl2.js';
import { TestClock } from '../support/xep-context.js';
import { exampleXml } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import { ModelServer, until } from '../xmpp/model-server.js';
import { client, TestFast } from '../xmpp/client.js';
import type { Log } from '../../src/base/log.js';

const everything = { bind: true, sm: true, fast: true };
type Test = ReturnType<typeof client> & { readonly fast: TestFast; again(): Promise<void> };
const on = (server: ModelServer, more: Parameters<typeof client>[1] = {}): Test => {
  const fast = new TestFast();
  const test = client(server, { sasl2: async () => sasl2, fast, ...more });
  return {
    ...test,
    fast,
    async again() {
      server.socket.cut();
      await test.state('waiting');
      test.connection.wake();
      await test.state('online');
    },
  };
};
const mechanisms = (server: ModelServer): (string | undefined)[] => server.sockets.flatMap((socket) => socket.sent('authenticate')).map(({ attrs }) => attrs['mechanism']);

describe('xep/0484-fast', () => {
  it('reads and writes as the examples do', async () => {
    const features = parse((await exampleXml('0484', 'Server advertises support for FAST')).replace('<stream:features>', "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>"));
    expect(offersFast(features.getChild('authentication')?.getChild('inline')?.getChild('fast'))).to.equal(true);
    expect(offersFast(parse("<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism></fast>")), 'only what a browser can').to.equal(false);
    expect(offersFast(undefined)).to.equal(false);
    expectXml(tokenRequest(), "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>");
    const fast = new TestFast();
    await keepToken(parse(await exampleXml('0484', 'Server provides a new token to the client')), fast, 'device');
    const first = fast.state!.token!;
    expect(first).to.include({ expires: Date.UTC(2020, 2, 12, 14, 36, 15), count: 0 });
    expectXml(await countUse(fast, fast.state!, { ...first, count: 122 }), "<fast xmlns='urn:xmpp:fast:0' count='123'/>");
    expect(fast.state!.token!.count).to.equal(123);
    expectXml(await countUse(fast, fast.state!, { ...first, count: 122 }, { invalidate: 'true' }), "<fast xmlns='urn:xmpp:fast:0' count='123' invalidate='true'/>");
    await keepToken(parse(await exampleXml('0484', 'Server provides an updated token to the client')), fast, 'device');
    expect(fast.state!.token).to.include({ expires: Date.UTC(2020, 2, 31, 14, 36, 15), count: 0 });
    expect((await tokenMechanism('user', first)).first).to.not.equal((await tokenMechanism('user', fast.state!.token!)).first);
  });

  it('signs in with the token from then on, counted, kept as a key that nobody can read, one device one name', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server);
    await test.online();
    expect(test.fast.state?.userAgent).to.match(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(test.fast.state?.token?.key.extractable).to.equal(false);
    expect(JSON.stringify(test.fast.state)).to.not.contain('secret-token');
    await test.again();
    await test.again();
    expect(mechanisms(server)).to.deep.equal(['SCRAM-SHA-1', 'HT-SHA-256-NONE', 'HT-SHA-256-NONE']);
    expect(server.counts).to.deep.equal([1, 2]);
    expect(new Set(server.sockets.map((socket) => socket.sent('authenticate')[0]!.getChild('user-agent')?.attrs['id'])).size).to.equal(1);
    server.rotates = true;
    await test.again();
    server.rotates = false;
    await test.again();
    expect(server.counts, 'a new token counts anew').to.deep.equal([1, 2, 3, 1]);
  });

  it('falls back to the password without a word, on a new stream, and asks for a new token', async () => {
    for (const spoil of [
      (server: ModelServer) => (server.token = 'another'),
      (server: ModelServer) => (server.token = undefined),
      (server: ModelServer) => ((server.options as { forge?: string }).forge = 'signature'),
    ]) {
      const server = new ModelServer({ sasl2: everything });
      const test = on(server);
      await test.online();
      spoil(server);
      server.onStanza = () => {};
      server.socket.cut();
      await test.state('waiting');
      (test.states as unknown[]).length = 0;
      test.connection.wake();
      await until(() => mechanisms(server).length >= 3);
      (server.options as { forge?: string | undefined }).forge = undefined;
      await test.state('online');
      expect(mechanisms(server).slice(0, 3)).to.deep.equal(['SCRAM-SHA-1', 'HT-SHA-256-NONE', 'SCRAM-SHA-1']);
      expect(test.states.map(({ kind }) => kind)).to.deep.equal(['connecting', 'online']);
      await test.again();
      expect(mechanisms(server).at(-1)).to.equal('HT-SHA-256-NONE');
    }
  });

  it('does not try a token that has expired, and keeps one that a server cannot check just now', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server);
    server.expiry = new Date(test.clock.now() + 3_600_000).toISOString();
    await test.online();
    await test.again();
    test.clock.advance(3_600_000 - 59_000);
    await test.again();
    expect(mechanisms(server)).to.deep.equal(['SCRAM-SHA-1', 'HT-SHA-256-NONE', 'SCRAM-SHA-1']);
    let busy = true;
    const ailing = new ModelServer({ sasl2: everything, intercept: (element, socket) => element.is('authenticate') && ailing.tokens > 0 && busy && (socket.push("<failure xmlns='urn:xmpp:sasl:2'><temporary-auth-failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>"), true) });
    const other = on(ailing);
    await other.online();
    ailing.socket.cut();
    await other.state('waiting');
    other.connection.wake();
    await until(() => other.states.filter(({ kind }) => kind === 'waiting').length === 2);
    busy = false;
    other.connection.wake();
    await other.state('online');
    expect(mechanisms(ailing)).to.deep.equal(['SCRAM-SHA-1', 'HT-SHA-256-NONE', 'HT-SHA-256-NONE']);
  });

  it('makes the token worthless when signing out, with a new stream that does nothing else', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server);
    await test.online();
    await test.connection.stop();
    expect(server.token, 'a page that goes signs nobody out').to.not.equal(undefined);
    await test.online();
    await test.connection.stop({ forget: true });
    expect(server.token).to.equal(undefined);
    expect(test.fast.state).to.equal(undefined);
    const last = server.socket.sent('authenticate')[0]!;
    expect(last.getChild('fast')?.attrs).to.include({ invalidate: 'true' });
    expect(last.getChild('bind')).to.equal(undefined);
    expect(server.sockets.every(({ closed }) => closed)).to.equal(true);
  });

  it('forgets the token though the server is gone, and is not held up', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server);
    await test.online();
    const { socket } = server;
    server.silent = true;
    const stopping = test.connection.stop({ forget: true });
    await until(() => server.socket !== socket);
    test.clock.advance(1_000);
    await stopping;
    expect(test.fast.state).to.equal(undefined);
  });

  it('takes no token without an end, or of nothing; never writes one into a log', async () => {
    for (const token of ["<token xmlns='urn:xmpp:fast:0' token='x'/>", "<token xmlns='urn:xmpp:fast:0' token='' expiry='2030-01-01T00:00:00Z'/>", "<token xmlns='urn:xmpp:fast:0' token='x' expiry='soon'/>", "<token xmlns='other' token='x' expiry='2030-01-01T00:00:00Z'/>"]) {
      const fast = new TestFast();
      await keepToken(parse(`<success xmlns='urn:xmpp:sasl:2'>${token}</success>`), fast, 'device');
      expect(fast.state, token).to.equal(undefined);
    }
    expect(usable({ userAgent: 'x' }, new TestClock())).to.equal(undefined);
    const lines: string[] = [];
    const write = (...what: unknown[]): void => void lines.push(JSON.stringify(what.map((one) => (one instanceof Error ? [one.message, one.stack, one.cause] : one))));
    const log: Log = { debug: write, info: write, warn: write, error: write } as Log;
    const server = new ModelServer({ sasl2: everything });
    const test = on(server, { log });
    await test.online();
    server.token = 'another';
    await test.again();
    await test.connection.stop({ forget: true });
    expect(lines.join('\n')).to.not.match(/secret/);
  });
});
