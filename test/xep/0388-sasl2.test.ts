import { expect } from '@open-wc/testing';
import { signIn } from '../../src/xep/0388-sasl2.js';
import * as sasl2 from '../../src/xep/0388-sasl2.js';
import { createStreamManagement } from '../../src/xep/0198-stream-management.js';
import { toFrame } from '../../src/xmpp/serialize.js';
import { xml } from '../../src/xmpp/element.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';
import { exampleXml } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import { bodies, ModelServer, settle, until } from '../xmpp/model-server.js';
import { client, TestFast, TestStore } from '../xmpp/client.js';
import type { ConnectionOptions, Sasl2Options, Sasl2Stream } from '../../src/xmpp/connection-types.js';
import type { Element } from '../../src/xmpp/element.js';

const load = async (): Promise<typeof sasl2> => sasl2;
const everything = { bind: true, sm: true, fast: true };
const message = (id: string): Element => xml('message', { to: 'juliet@example.com', id }, xml('body', {}, id));
const incoming = (body: string): string => `<message xmlns='jabber:client' from='juliet@example.com/b'><body>${body}</body></message>`;

/** A stream that answers with what the test says. */
class Script implements Sasl2Stream {
  features = xml('stream:features');
  readonly domain = 'example.org';
  readonly sent: string[] = [];
  counted = false;
  readonly #answers: Element[];
  constructor(features: string, ...answers: string[]) {
    this.features = parse(features);
    this.#answers = answers.map(parse);
  }
  send(element: Element): void {
    this.sent.push(toFrame(element));
  }
  async next(): Promise<Element> {
    return this.#answers.shift() ?? Promise.reject(new Error('nothing comes'));
  }
  async nextNonza(): Promise<Element> {
    return this.next();
  }
  async iq(): Promise<Element> {
    throw new Error('not here');
  }
  count(): void {
    this.counted = true;
  }
}
const options = (more: Partial<Sasl2Options> = {}): Sasl2Options => {
  const clock = new TestClock();
  return {
    proof: { kind: 'password', username: 'alice', password: '345' },
    scramSeen: false, resumable: false, tag: 'AwesomeXMPP', inactive: false, fast: undefined, clock, newId: () => '12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6',
    management: createStreamManagement({ store: new TestStore(), clock, log: silentLog }), ...more,
  };
};
const features = (mechanism: string): string => `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><authentication xmlns='urn:xmpp:sasl:2'><mechanism>${mechanism}</mechanism></authentication></stream:features>`;
const after = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
const rejection = async (promise: Promise<unknown>): Promise<{ readonly code?: string; readonly condition?: string }> => promise.then(() => ({}), (error: object) => error);
const on = (server: ModelServer, more: Partial<ConnectionOptions> & { readonly store?: TestStore } = {}): ReturnType<typeof client> => client(server, { sasl2: load, ...more });

describe('xep/0388-sasl2', () => {
  it('speaks as the examples do', async () => {
    const stream = new Script(features('PLAIN'), "<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>alice@example.org</authorization-identifier></success>", after);
    expect(await signIn(stream, options())).to.deep.equal({ resumed: false, managed: false, saltedKey: undefined });
    // The example's own initial response has a line feed where PLAIN has a zero.
    expectXml(parse(stream.sent[0]!), `<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>${btoa('\0alice\u0000345')}</initial-response></authenticate>`);
    expect(stream.features.getChild('bind')).to.not.equal(undefined);

    // The examples are of channel binding, which browsers have not: without it the words are those of RFC 5802.
    const challenge = parse((await exampleXml('0388', 'A challenge and response exchange (SCRAM-SHA-1-PLUS)')).replace(/<!--[^]*?-->/g, '').split('<response')[0]!);
    const scram = new Script(features('SCRAM-SHA-1'), toFrame(challenge), await exampleXml('0388', 'Failure'));
    const refused = await rejection(signIn(scram, options({ proof: { kind: 'password', username: 'user', password: 'pencil' } })));
    expect(refused, 'aborted is no refusal').to.include({ code: 'stream-error', condition: 'aborted' });
    expect(atob(parse(scram.sent[0]!).getChildText('initial-response')!)).to.equal('n,,n=user,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6');
    expect(atob(parse(scram.sent[1]!).text())).to.match(/^c=biws,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6,p=/);
    const more = new Script(features('PLAIN'), await exampleXml('0388', 'Continue Required'));
    expect(await rejection(signIn(more, options())), 'tasks we do not know').to.include({ code: 'not-authorized', condition: 'continue' });
  });

  it('is in a session after two round trips less, and resumes one with the proof', async () => {
    const trips = async (server: ModelServer): Promise<number[]> => {
      const test = on(server, { fast: new TestFast() });
      await test.online();
      const all = [server.socket.trips];
      for (let time = 0; time < 2; time++) {
        server.socket.cut();
        await test.state('waiting');
        test.connection.wake();
        expect((await test.state('online')).resumed).to.equal(true);
        all.push(server.socket.trips);
      }
      return all;
    };
    // Opening, SCRAM (2); classic: opening again with the resumption, or opening, binding and managing. On a resumed stream, whether it is heard.
    expect(await trips(new ModelServer())).to.deep.equal([6, 5, 5]);
    expect(await trips(new ModelServer({ sasl2: { bind: true, sm: true } }))).to.deep.equal([3, 4, 4]);
    // A token is one trip instead of SCRAM's two, and brings the stream back in it.
    expect(await trips(new ModelServer({ sasl2: everything }))).to.deep.equal([3, 3, 3]);
  });

  it('binds with what goes with it, and counts from there', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server, { fast: new TestFast(), inactive: () => true });
    await test.online();
    expect(test.connection.jid).to.equal('romeo@example.com/r');
    expect(server.socket.elements.map(({ name }) => name)).to.deep.equal(['open', 'authenticate', 'response']);
    expect(server.socket.elements[0]!.attrs['from']).to.equal('romeo@example.com');
    expectXml(server.socket.sent('authenticate')[0]!.getChild('bind')!, "<bind xmlns='urn:xmpp:bind:0'><tag>tertulia</tag><enable xmlns='urn:xmpp:carbons:2'/><enable xmlns='urn:xmpp:sm:3' resume='true'/><inactive xmlns='urn:xmpp:csi:0'/></bind>");
    expect(test.connection.features?.getChild('bound')?.getChild('enabled', 'urn:xmpp:carbons:2')).to.not.equal(undefined);
    expect(test.keys.length).to.equal(1);
    server.deliver(incoming('1'), incoming('2'));
    test.connection.send(message('out'));
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 2 && test.acked.length === 1);
    expect(server.wrong).to.equal(undefined);
  });

  it('takes up the stream, in order and with nothing twice, before and without features', async () => {
    for (const features of [true, false]) {
      const server = new ModelServer({ sasl2: { ...everything, features } });
      const test = on(server, { fast: new TestFast() });
      await test.online();
      for (let round = 0; round < 3; round++) {
        server.deliver(incoming(`a${round}`));
        await settle();
        server.socket.dead = true;
        test.connection.send(message(`o${round}`));
        server.unconfirmed.push(incoming(`b${round}`), `<message xmlns='jabber:client' from='m@evil.com'><evil:x/></message>`);
        server.socket.cut();
        await test.state('waiting');
        test.connection.wake();
        expect((await test.state('online')).resumed).to.equal(true);
        await settle();
      }
      expect(bodies(test.stanzas)).to.deep.equal(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
      expect(server.stanzas.map(({ attrs }) => attrs['id'])).to.deep.equal(['o0', 'o1', 'o2']);
      test.clock.advance(2_000);
      await until(() => server.confirmed === 9 && test.acked.length === 3);
      expect(server.wrong).to.equal(undefined);
      expect(test.connection.features?.getChild('csi', 'urn:xmpp:csi:0')).to.not.equal(undefined);
    }
  });

  it('is bound anew in the same answer where the old stream is gone', async () => {
    const server = new ModelServer({ sasl2: everything });
    const test = on(server, { fast: new TestFast() });
    await test.online();
    server.socket.dead = true;
    test.connection.send(message('lost'));
    server.socket.cut();
    await test.state('waiting');
    server.id = 'another';
    test.connection.wake();
    expect((await test.state('online')).resumed).to.equal(false);
    expect(server.socket.trips).to.equal(2);
    expect(bodies(test.unknown)).to.deep.equal(['lost']);
    server.deliver(incoming('1'));
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 1);
    expect(server.wrong).to.equal(undefined);
  });

  it('does the rest the classic way where it is not offered here: binding, management, resumption', async () => {
    for (const part of [{}, { bind: true }, { bind: true, sm: false, fast: true }, { sm: true }]) {
      const server = new ModelServer({ sasl2: part });
      // A server without any of it shows the classic features afterwards.
      const test = on(server, { fast: new TestFast() });
      await test.online();
      expect(server.socket.sent('authenticate').length).to.equal(1);
      test.connection.send(message('a'));
      test.clock.advance(2_000);
      await until(() => test.acked.length === 1);
      await test.connection.stop({ forget: true });
    }
  });

  it('goes the classic way where its code cannot be had, or it is the weaker one', async () => {
    for (const [server, sasl2] of [[new ModelServer({ sasl2: everything }), async () => Promise.reject(new Error('gone'))], [new ModelServer({ sasl2: { ...everything, mechanisms: ['PLAIN'] } }), load]] as const) {
      const test = client(server, { sasl2 });
      await test.online();
      expect(server.socket.sent('auth')[0]!.attrs['mechanism']).to.equal('SCRAM-SHA-1');
    }
  });

  it('never sends the password where a SCRAM was seen, nor believes a server that does not prove itself', async () => {
    const weak = on(new ModelServer({ mechanisms: ['PLAIN'], sasl2: everything }), { scramSeen: true });
    weak.connection.start();
    expect((await weak.state('refused')).error.code).to.equal('insecure');
    for (const forge of ['signature', 'no-signature', 'nonce'] as const) {
      const server = new ModelServer({ forge, sasl2: { bind: true, sm: true } });
      const test = on(server);
      test.connection.start();
      expect((await test.state('refused')).error.code, forge).to.equal('forged-server');
      expect(test.keys).to.deep.equal([]);
    }
    const wrong = on(new ModelServer({ sasl2: everything }), { proof: async () => ({ kind: 'password', username: 'romeo', password: 'wrong' }), fast: new TestFast() });
    wrong.connection.start();
    expect((await wrong.state('refused')).error.code).to.equal('not-authorized');
  });

  it('lets in who has no password, and who has a token of the site', async () => {
    const anonymous = new ModelServer({ mechanisms: ['ANONYMOUS'], sasl2: everything });
    const nobody = on(anonymous, { proof: async () => ({ kind: 'anonymous' }), fast: new TestFast() });
    await nobody.online();
    expect(anonymous.socket.elements[0]!.attrs['from']).to.equal(undefined);
    const server = new ModelServer({ mechanisms: ['OAUTHBEARER'], sasl2: everything });
    const test = on(server, { proof: async () => ({ kind: 'token', username: 'romeo', token: 'secret' }), fast: new TestFast() });
    await test.online();
    expect(server.socket.sent('authenticate')[0]!.getChild('request-token'), 'the site decides each time').to.equal(undefined);
  });

  it('is not held up by a server that talks and talks, and takes no address that is none', async () => {
    const server = new ModelServer({ sasl2: everything, intercept: (element, socket) => (element.is('response') ? (socket.push("<success xmlns='urn:xmpp:sasl:2'/>", ...Array.from({ length: 1_100 }, () => incoming('x'))), true) : false) });
    const test = on(server);
    test.connection.start();
    expect((await test.state('refused')).error.code, 'no proof came').to.equal('forged-server');
    const bound = (jid: string): Script => new Script(features('PLAIN'), `<success xmlns='urn:xmpp:sasl:2'><bound xmlns='urn:xmpp:bind:0'/><authorization-identifier>${jid}</authorization-identifier></success>`, after);
    for (const jid of ['', 'alice@example.org', '@/x', 'example.org/x']) expect((await rejection(signIn(bound(jid), options()))).code, jid).to.equal('protocol');
    for (const odd of ["<success xmlns='urn:xmpp:other'/>", '<message/>', "<challenge xmlns='urn:xmpp:sasl:2'>AAAA</challenge>"]) expect((await rejection(signIn(new Script(features('PLAIN'), odd, odd), options()))).code, odd).to.equal('protocol');
  });
});
