import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { createStreamManagement } from '../../src/xep/0198-stream-management.js';
import type { SmState, SmStore } from '../../src/xep/0198-kept-state.js';
import { toFrame } from '../../src/xmpp/serialize.js';
import { xml } from '../../src/xmpp/element.js';
import type { Element } from '../../src/xmpp/element.js';
import type { Negotiation, StreamManagement } from '../../src/xmpp/connection-types.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';
import { exampleXml } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import { bodies, ModelServer, settle, until } from '../xmpp/model-server.js';
import { client, TestStore } from '../xmpp/client.js';

const SM = "xmlns='urn:xmpp:sm:3'";
const message = (id: string): Element => xml('message', { to: 'juliet@example.com', id }, xml('body', {}, `body ${id}`));
// Requests have random ids, which may begin with anything: only messages are looked at.
const messages = (stanzas: readonly Element[]): string[] => ids(stanzas.filter((stanza) => stanza.name === 'message'));
const ids = (stanzas: readonly Element[]): string[] => stanzas.map((stanza) => stanza.attrs['id'] ?? '');

/** A stream that answers with what the test says, and keeps what it is sent. */
class Script implements Negotiation {
  readonly features = xml('stream:features');
  readonly domain = 'example.com';
  readonly sent: string[] = [];
  readonly #answers: Element[];
  constructor(...answers: string[]) {
    this.#answers = answers.map(parse);
  }
  send(element: Element): void {
    this.sent.push(toFrame(element));
  }
  #h: string | undefined;
  async next(): Promise<Element> {
    const answer = this.#answers.shift() ?? (this.sent.at(-1)?.startsWith('<r ') ? parse(`<a ${SM} h='${this.#h}'/>`) : undefined);
    if (answer?.is('resumed')) this.#h = answer.attrs['h'];
    return answer ?? Promise.reject(new Error('nothing comes'));
  }
  nextNonza(): Promise<Element> {
    return this.next();
  }
  async iq(): Promise<Element> {
    throw new Error('not here');
  }
}

type Bench = { readonly sm: StreamManagement; readonly clock: TestClock; readonly store: TestStore; readonly acked: string[]; readonly unknown: string[] };
async function bench(state?: SmState, store: TestStore = new TestStore(state)): Promise<Bench> {
  const clock = new TestClock();
  const sm = createStreamManagement({ store, clock, log: silentLog });
  const acked: string[] = [];
  const unknown: string[] = [];
  sm.on('acked', (stanzas) => acked.push(...ids(stanzas)));
  sm.on('unknown', (stanzas) => unknown.push(...ids(stanzas)));
  await sm.load();
  return { sm, clock, store, acked, unknown };
}
const kept = (more: Partial<SmState> = {}): SmState => ({ id: 'some-long-sm-id', jid: 'romeo@example.com/r', hIn: 3, hOut: 10, queue: ['a', 'b', 'c'].map((id, at) => ({ seq: 11 + at, xml: toFrame(message(id)) })), savedAt: 0, ...more });
async function enable(sm: StreamManagement, stream: Negotiation, jid: string): Promise<void> {
  stream.send(sm.enabling());
  await sm.enabled(stream, jid, await stream.next());
}
async function resume(sm: StreamManagement, stream: Negotiation): Promise<string> {
  stream.send(await sm.resumption());
  return sm.resumed(stream, await stream.next());
}
async function rejection(promise: Promise<unknown>): Promise<{ readonly code?: string; readonly condition?: string }> {
  return promise.then(() => ({}), (error: object) => error);
}

describe('xep/0198-stream-management', () => {
  it('enables and resumes as the examples do', async () => {
    const { sm, store } = await bench();
    const enabling = new Script(await exampleXml('0198', 'Server enables stream management with session resumption'));
    await enable(sm, enabling, 'romeo@example.com/r');
    expectXml(parse(enabling.sent[0]!), await exampleXml('0198', 'Client enables stream management', 1));
    expect(sm.resumable?.jid).to.equal('romeo@example.com/r');
    sm.handled(2);
    await sm.detached();
    expect(store.state).to.deep.include({ id: 'some-long-sm-id', hIn: 2, hOut: 0, queue: [] });
    const resuming = new Script(`<resumed ${SM} h='0' previd='some-long-sm-id'/>`);
    expect(await resume(sm, resuming)).to.equal('resumed');
    expectXml(parse(resuming.sent[0]!), (await exampleXml('0198', 'Stream resumption request')).replace('some-sequence-number', '2'));
  });

  it('asks soon after a batch of messages, and takes what is confirmed off the queue', async () => {
    const { sm, clock, acked } = await bench();
    const stream = new Script(`<enabled ${SM} id='x' resume='true'/>`);
    await enable(sm, stream, 'romeo@example.com/r');
    stream.sent.length = 0;
    for (const id of ['a', 'b', 'c']) sm.sent(message(id));
    clock.advance(19);
    expect(stream.sent).to.deep.equal([]);
    clock.advance(1);
    expect(stream.sent).to.deep.equal(['<r xmlns="urn:xmpp:sm:3"/>']);
    sm.nonza(parse(`<a ${SM} h='2'/>`));
    expect(acked).to.deep.equal(['a', 'b']);
    sm.nonza(parse(`<a ${SM} h='2'/>`));
    sm.nonza(parse(`<a ${SM} h='3'/>`));
    expect(acked).to.deep.equal(['a', 'b', 'c']);
  });

  it('keeps the count before it tells it, and never more than was handled', async () => {
    const order: string[] = [];
    const store: SmStore = {
      load: async () => undefined,
      save: async (state) => {
        await settle(1);
        order.push(`kept ${state?.hIn}`);
      },
    };
    const clock = new TestClock();
    const sm = createStreamManagement({ store, clock, log: silentLog });
    const stream = new Script(`<enabled ${SM} id='x' resume='true'/>`);
    stream.send = (element) => order.push(`${element.name} ${element.attrs['h'] ?? ''}`);
    await enable(sm, stream, 'romeo@example.com/r');
    order.length = 0;
    sm.handled(5);
    sm.nonza(parse(`<r ${SM}/>`));
    sm.handled(1);
    await until(() => order.length >= 2);
    expect(order.slice(0, 2)).to.deep.equal(['kept 6', 'a 5']);
    for (let stanza = 0; stanza < 40; stanza++) sm.handled(1);
    await until(() => order.includes('a 37'), 'one without being asked');
    clock.advance(1_000);
    await until(() => order.at(-1) === 'a 46');
    let disk = 0;
    for (const entry of order) {
      const [what, count] = entry.split(' ');
      if (what === 'kept') disk = Number(count);
      else expect(Number(count)).to.be.at.most(disk);
    }
  });

  it('sends again after a resumption what was not confirmed: same bytes, same order', async () => {
    const { sm, acked, unknown } = await bench(kept());
    const stream = new Script(`<resumed ${SM} h='11' previd='some-long-sm-id'/>`);
    expect(await resume(sm, stream)).to.equal('resumed');
    expect(acked).to.deep.equal(['a']);
    expect(unknown).to.deep.equal([]);
    expect(stream.sent).to.deep.equal([`<resume xmlns="urn:xmpp:sm:3" h="3" previd="some-long-sm-id"/>`, '<r xmlns="urn:xmpp:sm:3"/>', toFrame(message('b')), toFrame(message('c')), '<r xmlns="urn:xmpp:sm:3"/>']);
    sm.nonza(parse(`<a ${SM} h='13'/>`));
    expect(acked).to.deep.equal(['a', 'b', 'c']);
  });

  it('counts modulo 2^32, both ways', async () => {
    const { sm, acked, store } = await bench(kept({ hIn: 2 ** 32 - 2, hOut: 2 ** 32 - 1 }));
    const stream = new Script(`<resumed ${SM} h='1' previd='some-long-sm-id'/>`);
    await resume(sm, stream);
    expect(stream.sent[0]).to.contain('h="4294967294"');
    expect(acked).to.deep.equal(['a', 'b']);
    sm.handled(5);
    await sm.detached();
    expect(store.state).to.deep.include({ hIn: 3, hOut: 1 });
    expect(store.state?.queue.map(({ seq }) => seq)).to.deep.equal([2]);
  });

  it("honours <failed h>, and calls the rest unknown: it does not send it again", async () => {
    const { sm, acked, unknown, store } = await bench(kept());
    const stream = new Script(`<failed ${SM} h='12'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`, `<enabled ${SM} id='new' resume='true'/>`);
    expect(await resume(sm, stream)).to.equal('failed');
    expect(acked).to.deep.equal(['a', 'b']);
    expect(unknown).to.deep.equal(['c']);
    expect(sm.resumable).to.equal(undefined);
    expect(store.state).to.equal(undefined);
    await enable(sm, stream, 'romeo@example.com/r');
    expect(stream.sent.length).to.equal(2);
    expect(store.state).to.deep.include({ id: 'new', hIn: 0, hOut: 0 });
  });

  it('is not lied to by an <h> too high, too low or absurd, and stays whole', async () => {
    for (const h of ['4', '4294967295', '4294967296', '-1', 'x', '1e3', '', undefined]) {
      const { sm, acked, unknown } = await bench();
      const stream = new Script(`<enabled ${SM} id='x' resume='true'/>`);
      await enable(sm, stream, 'romeo@example.com/r');
      for (const id of ['a', 'b', 'c']) sm.sent(message(id));
      sm.nonza(parse(`<a ${SM} h='1'/>`));
      expect(() => sm.nonza(xml('a', { xmlns: 'urn:xmpp:sm:3', h })), h).to.throw().with.property('code', 'protocol');
      expect(acked).to.deep.equal(['a']);
      await sm.detached();
      const numeric = h === '4' || h === '4294967295';
      if (numeric) expectXml(parse(stream.sent.at(-1)!), `<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><handled-count-too-high ${SM} h='${h}' send-count='3'/></stream:error>`.replace('<stream:error>', "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"));
      if (numeric) expect(unknown).to.deep.equal(['b', 'c']);
      else expect(sm.resumable).to.not.equal(undefined);
    }
    const { sm, unknown } = await bench(kept());
    expect((await rejection(resume(sm, new Script(`<resumed ${SM} h='9'/>`)))).condition).to.equal('handled-count-too-high');
    await sm.detached();
    expect(unknown).to.deep.equal(['a', 'b', 'c']);
    const other = await bench(kept());
    expect((await rejection(resume(other.sm, new Script(`<resumed ${SM} h='11' previd='another'/>`)))).code).to.equal('protocol');
    expect(other.acked).to.deep.equal([]);
  });

  it('believes a server that has more than a page that died could keep', async () => {
    const { sm, acked, unknown } = await bench(kept());
    const stream = new Script(`<resumed ${SM} h='15'/>`);
    expect(await resume(sm, stream)).to.equal('resumed');
    expect(acked).to.deep.equal(['a', 'b', 'c']);
    expect(unknown).to.deep.equal([]);
    sm.sent(message('d'));
    sm.nonza(parse(`<a ${SM} h='16'/>`));
    expect(acked.at(-1)).to.equal('d');
    expect(() => sm.nonza(parse(`<a ${SM} h='17'/>`)), 'but only then').to.throw();
  });

  it('gives back all messages where it may not send one of them again, and counts what it has sent', async () => {
    const state = kept();
    const { sm, acked, unknown, store } = await bench({ ...state, queue: [...state.queue, { seq: 14, xml: toFrame(xml('presence')) }] });
    const returned: string[] = [];
    sm.on('returned', (stanzas) => returned.push(...ids(stanzas)));
    sm.withholds = (stanza) => stanza.attrs['id'] === 'c';
    const stream = new Script(`<resumed ${SM} h='11' previd='some-long-sm-id'/>`);
    expect(await resume(sm, stream)).to.equal('resumed');
    expect([acked, returned, unknown]).to.deep.equal([['a'], ['b', 'c'], []]);
    expect(stream.sent.slice(2)).to.deep.equal([toFrame(xml('presence')), '<r xmlns="urn:xmpp:sm:3"/>']);
    sm.sent(message('b'));
    sm.nonza(parse(`<a ${SM} h='13'/>`));
    expect(acked).to.deep.equal(['a', '', 'b']);
    await until(() => store.state?.hOut === 13, 'the count');
    expect(store.state?.queue).to.deep.equal([]);
  });

  it('sends nothing that counts on a resumed stream before that has answered; one without an answer is not resumed again', async () => {
    const { sm, clock, unknown } = await bench(kept());
    const silent = new Script(`<resumed ${SM} h='10'/>`);
    const answers = silent.next.bind(silent);
    silent.next = () => (silent.sent.at(-1)?.startsWith('<r ') ? new Promise(() => {}) : answers());
    const resuming = rejection(resume(sm, silent));
    await settle();
    expect(silent.sent.slice(1)).to.deep.equal(['<r xmlns="urn:xmpp:sm:3"/>']);
    clock.advance(5_000);
    expect((await resuming).code).to.equal('timeout');
    expect(silent.sent).to.have.lengthOf(2);
    await sm.detached();
    expect(sm.resumable).to.equal(undefined);
    expect(unknown).to.deep.equal(['a', 'b', 'c']);
  });

  it('resumes again what was cut before it could answer', async () => {
    const { sm, unknown } = await bench(kept());
    const cut = new Script(`<resumed ${SM} h='10'/>`);
    const answers = cut.next.bind(cut);
    cut.next = async () => (cut.sent.at(-1)?.startsWith('<r ') ? Promise.reject(new Error('the line is cut')) : answers());
    expect(await rejection(resume(sm, cut))).to.be.an('error');
    await sm.detached();
    expect(sm.resumable?.jid).to.equal('romeo@example.com/r');
    const stream = new Script(`<resumed ${SM} h='10'/>`, `<r ${SM}/>`, `<a ${SM} h='10'/>`);
    expect(await resume(sm, stream)).to.equal('resumed');
    expect(stream.sent.filter((frame) => frame.startsWith('<message')).map((frame) => /id="(\w)"/.exec(frame)![1])).to.deep.equal(['a', 'b', 'c']);
    expect(unknown).to.deep.equal([]);
  });

  it('does not take for acknowledged what is counted before it was sent again: the archive has to find it', async () => {
    for (const h of ['12', '13', '9']) {
      const { sm, acked, unknown } = await bench(kept());
      const stream = new Script(`<resumed ${SM} h='10'/>`, `<a ${SM} h='${h}'/>`);
      expect((await rejection(resume(sm, stream))).condition, h).to.equal('handled-count-too-high');
      expect(stream.sent.filter((frame) => frame.startsWith('<message')), 'nothing is sent twice').to.deep.equal([]);
      await sm.detached();
      expect(sm.resumable).to.equal(undefined);
      expect([acked, unknown]).to.deep.equal([[], ['a', 'b', 'c']]);
    }
  });

  it('does not trust what it finds on the disk', async () => {
    for (const bad of [{ id: 5 }, { hIn: -1 }, { hOut: 0.5 }, { queue: 'x' }, { jid: undefined }, { hIn: 2 ** 32 }]) {
      const { sm } = await bench({ ...kept(), ...bad } as never);
      expect(sm.resumable, JSON.stringify(bad)).to.equal(undefined);
    }
    const sm = createStreamManagement({ store: new TestStore(kept({ queue: [{ seq: 1, xml: '<broken' }] })), clock: new TestClock(), log: silentLog });
    await rejection(sm.load());
    expect(sm.resumable).to.equal(undefined);
  });

  it('goes on when the disk does not', async () => {
    const store: SmStore = { load: async () => undefined, save: async () => Promise.reject(new Error('full')) };
    const sm = createStreamManagement({ store, clock: new TestClock(), log: silentLog });
    const stream = new Script(`<enabled ${SM} id='x' resume='true'/>`);
    await enable(sm, stream, 'romeo@example.com/r');
    sm.handled(1);
    sm.nonza(parse(`<r ${SM}/>`));
    await until(() => stream.sent.at(-1) === '<a xmlns="urn:xmpp:sm:3" h="1"/>');
  });

  it('acknowledges a flood in few words, and all of it in the end', async () => {
    const { sm, clock } = await bench();
    const stream = new Script(`<enabled ${SM} id='x' resume='true'/>`);
    await enable(sm, stream, 'romeo@example.com/r');
    stream.sent.length = 0;
    for (let at = 0; at < 100; at++) {
      sm.handled(1);
      if (at % 10 === 0) sm.nonza(parse(`<r ${SM}/>`));
    }
    await until(() => stream.sent.at(-1) === '<a xmlns="urn:xmpp:sm:3" h="100"/>');
    expect(stream.sent.length).to.be.below(4);
    sm.handled(1);
    await settle();
    clock.advance(1_000);
    await until(() => stream.sent.at(-1) === '<a xmlns="urn:xmpp:sm:3" h="101"/>');
  });

  it('gathers the saves of a burst', async () => {
    const { sm, store } = await bench();
    await enable(sm, new Script(`<enabled ${SM} id='x' resume='true'/>`), 'romeo@example.com/r');
    const before = store.saves;
    for (let at = 0; at < 500; at++) sm.sent(message(`m${at}`));
    await sm.detached();
    expect(store.saves - before).to.be.below(4);
    expect(store.state?.queue.length).to.equal(500);
  });

  it('over a connection: counts answers to requests, nothing before <enabled/>, all after it', async () => {
    const early = "<message xmlns='jabber:client' from='a@b'><body>early</body></message>";
    const server = new ModelServer({
      intercept: (element, socket) => {
        if (element.is('enable')) socket.push(early);
        return false;
      },
    });
    const test = client(server);
    await test.online();
    for (let asked = 0; asked < 5; asked++) await test.connection.iq(xml('iq', { type: 'get' }, xml('query', { xmlns: 'jabber:iq:roster' })));
    server.deliver("<message xmlns='jabber:client' from='a@b'><body>late</body></message>");
    await until(() => bodies(test.stanzas).includes('late'));
    await settle();
    test.clock.advance(2_000);
    await until(() => server.confirmed === 6);
    expect(bodies(test.stanzas)).to.deep.equal(['early', 'late']);
    expect(server.wrong).to.equal(undefined);
  });

  it('over a connection: a server without resumption, or without management, never makes a lost message look sent', async () => {
    for (const management of ['acks', 'none'] as const) {
      const server = new ModelServer({ management });
      const test = client(server);
      await test.online();
      server.socket.dead = true;
      test.connection.send(message('lost'));
      server.socket.cut();
      await test.state('waiting');
      await settle();
      expect(test.acked).to.deep.equal([]);
      expect(ids(test.unknown)).to.deep.equal(management === 'acks' ? ['lost'] : []);
      test.connection.wake();
      await test.state('online');
      test.connection.send(message('next'));
      test.clock.advance(2_000);
      await settle();
      expect(ids(test.acked)).to.deep.equal(['next']);
    }
  });

  it('over a connection: resumes in one round trip, without a word of presence; the state is there before the answer may be needed', async () => {
    const server = new ModelServer();
    const store = new TestStore();
    const test = client(server, { store });
    await test.online();
    test.connection.send(message('a'));
    server.deliver("<message xmlns='jabber:client' from='a@b'><body>1</body></message>");
    await settle();
    // The page goes; another worker takes the stream up.
    await test.connection.stop();
    const heir = client(server, { store });
    await heir.online();
    const [, , , ...after] = server.socket.elements.map(({ name }) => name);
    expect(after, 'opening and resumption in one go, and whether it is heard').to.deep.equal(['open', 'resume', 'r']);
    expect(server.socket.trips).to.equal(5);
    expect(heir.states.at(-1)).to.deep.equal({ kind: 'online', jid: 'romeo@example.com/r', resumed: true });
    expect(server.socket.sent('presence')).to.deep.equal([]);
    expect(server.confirmed).to.equal(1);
  });

  it('over a connection: without management, what a server answers after a message proves that it has it; nothing else does', async () => {
    for (const [type, proves] of [['result', true], ['error', true], ['silence', false]] as const) {
      const server = new ModelServer({ management: 'none' });
      server.onStanza = (stanza) => {
        if (stanza.name === 'iq' && type !== 'silence') server.socket.push(`<iq xmlns='jabber:client' type='${type}' id='${stanza.attrs['id']}' from='example.com'/>`);
      };
      const test = client(server);
      await test.online();
      for (const id of ['a', 'b']) test.connection.send(message(id));
      test.clock.advance(20);
      await settle();
      expect(ids(test.acked)).to.deep.equal(proves ? ['a', 'b'] : []);
      expect(messages(server.stanzas)).to.deep.equal(['a', 'b']);
      expect(server.stanzas.filter(({ name }) => name === 'iq').length, 'one question for a burst').to.equal(1);
      test.connection.send(xml('presence'));
      test.clock.advance(5_000);
      await settle();
      expect(server.stanzas.filter(({ name }) => name === 'iq').length, 'none for what nobody waits for').to.equal(1);
    }
    // The same where a server offers it and then does not do it.
    const server = new ModelServer({ intercept: (element, socket) => element.is('enable') && (socket.push(`<failed ${SM}><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`), true) });
    const test = client(server);
    await test.online();
    test.connection.send(message('a'));
    test.clock.advance(20);
    await until(() => test.acked.length === 1);
    // The line dies under the question: nothing is proven, and not by the next stream's answers either.
    server.socket.dead = true;
    test.connection.send(message('lost'));
    test.clock.advance(20);
    server.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    await test.state('online');
    test.connection.send(message('b'));
    test.clock.advance(20);
    await until(() => test.acked.length === 2);
    expect(ids(test.acked)).to.deep.equal(['a', 'b']);
  });

  it('over a connection: gives up a stream over which the server ends the new one, not one over a server that goes', async () => {
    for (const [condition, tries] of [['undefined-condition', 1], ['system-shutdown', 3]] as const) {
      const store = new TestStore(kept());
      let asked = 0;
      const server = new ModelServer({
        intercept: (element, socket) => {
          if (!element.is('resume') || asked >= 3) return false;
          asked++;
          socket.push(`<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`);
          return true;
        },
      });
      const test = client(server, { store });
      test.connection.start();
      for (let round = 0; round < 3 && test.connection.state.kind !== 'online'; round++) {
        await until(() => ['waiting', 'online'].includes(test.connection.state.kind));
        test.connection.wake();
        await until(() => test.connection.state.kind !== 'waiting');
      }
      await until(() => ['waiting', 'online'].includes(test.connection.state.kind));
      test.connection.wake();
      expect((await test.state('online')).resumed).to.equal(false);
      expect(asked, condition).to.equal(tries);
      expect(ids(test.unknown)).to.deep.equal(['a', 'b', 'c']);
    }
  });

  it('over a connection: asks for a stream at once only where it is its own, and binds where the server has no management any more', async () => {
    const server = new ModelServer({ management: 'none', intercept: (element) => element.is('resume') });
    const test = client(server, { store: new TestStore(kept()) });
    expect((await test.online(), test.connection.state)).to.deep.include({ resumed: false });
    expect(ids(test.unknown)).to.deep.equal(['a', 'b', 'c']);
    const other = new ModelServer();
    const somebody = client(other, { store: new TestStore(kept({ jid: 'juliet@example.com/r' })) });
    await somebody.online();
    expect(other.socket.sent('resume')).to.deep.equal([]);
    expect(ids(somebody.unknown)).to.deep.equal(['a', 'b', 'c']);
  });

  it('over a connection: a disk that never answers holds up nobody', async () => {
    const server = new ModelServer();
    const store = new TestStore();
    store.save = () => new Promise(() => {});
    const test = client(server, { store });
    test.connection.start();
    await until(() => server.sockets.length === 1 && server.socket.sent('enable').length === 1);
    await settle();
    test.clock.advance(5_000);
    await test.state('online');
    server.socket.cut();
    await settle();
    expect(test.connection.state.kind).to.not.equal('refused');
  });

  it('counts as the server does, whatever comes: nothing acknowledged that was not there, nothing lost, over the end of the numbers', async () => {
    type Step = { readonly kind: 'send' | 'ack' | 'lie' | 'handled' | 'die' | 'page' | 'refuse'; readonly by: number };
    const step = fc.record({ kind: fc.constantFrom<Step['kind']>('send', 'send', 'ack', 'ack', 'lie', 'handled', 'die', 'page', 'refuse'), by: fc.nat({ max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom(0, 2 ** 32 - 3), fc.constantFrom(0, 2 ** 32 - 2), async (steps, out, in_) => {
        const wrap = (count: number): number => ((count % 2 ** 32) + 2 ** 32) % 2 ** 32;
        let made = 0;
        const store = new TestStore(kept({ hOut: out, hIn: in_, queue: [] }));
        let { sm, acked, unknown } = await bench(undefined, store);
        const settled: string[] = [];
        /** What the server has of this stream, and what was handled on it. */
        let server: string[] = [];
        let [baseOut, handled, confirmed] = [out, in_, 0];
        let streams = 0;
        const begin = async (): Promise<void> => {
          expect(await resume(sm, new Script(`<resumed ${SM} h='${wrap(baseOut + server.length)}' previd='${sm.resumable ? (store.state?.id ?? '') : ''}'/>`))).to.equal('resumed');
          confirmed = server.length;
        };
        await begin();
        for (const { kind, by } of steps) {
          if (kind === 'send') {
            for (let at = 0; at < by; at++) {
              const id = `m${made++}`;
              sm.sent(message(id));
              server.push(id);
            }
          } else if (kind === 'ack') {
            confirmed = Math.min(server.length, confirmed + by);
            sm.nonza(parse(`<a ${SM} h='${wrap(baseOut + confirmed)}'/>`));
          } else if (kind === 'handled') {
            if (by > 0) sm.handled(by);
            handled = wrap(handled + by);
          } else if (kind === 'lie') {
            // More than was sent, or less than was said before: the stream is over, and nothing of it is called arrived.
            const before = acked.length;
            expect(() => sm.nonza(parse(`<a ${SM} h='${wrap(by % 2 ? baseOut + server.length + by : baseOut + confirmed - 1 - by)}'/>`))).to.throw().with.property('code', 'protocol');
            expect(acked.length).to.equal(before);
            await sm.detached();
            expect(sm.resumable).to.equal(undefined);
            await enable(sm, new Script(`<enabled ${SM} id='s${++streams}' resume='true'/>`), 'romeo@example.com/r');
            [server, baseOut, handled, confirmed] = [[], 0, 0, 0];
          } else if (kind === 'refuse') {
            // The stream is gone; the server still knows how much it got.
            await sm.detached();
            const got = Math.min(server.length, confirmed + by);
            expect(await resume(sm, new Script(`<failed ${SM} h='${wrap(baseOut + got)}'/>`))).to.equal('failed');
            await enable(sm, new Script(`<enabled ${SM} id='s${++streams}' resume='true'/>`), 'romeo@example.com/r');
            [server, baseOut, handled, confirmed] = [[], 0, 0, 0];
          } else {
            await sm.detached();
            expect(store.state).to.include({ hIn: handled, hOut: wrap(baseOut + confirmed) });
            expect(store.state!.queue.map(({ seq }) => seq)).to.deep.equal(server.slice(confirmed).map((_, at) => wrap(baseOut + confirmed + at + 1)));
            if (kind === 'page') {
              settled.push(...acked, ...unknown);
              ({ sm, acked, unknown } = await bench(undefined, store));
            }
            await begin();
          }
        }
        await sm.forget();
        settled.push(...acked, ...unknown);
        expect(settled.toSorted(), 'each is arrived or of unknown fate, once').to.deep.equal(Array.from({ length: made }, (_, at) => `m${at}`).toSorted());
        expect(acked).to.not.include.members(unknown.length > 0 ? unknown : ['none']);
      }),
      { seed: 198, numRuns: 150 },
    );
  });

  it('over a connection: ends a stream that confirms too much, and begins a clean one', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    test.connection.send(message('a'));
    server.socket.push(`<a ${SM} h='7'/>`);
    expect((await test.state('waiting')).error.condition).to.equal('handled-count-too-high');
    expect(server.socket.frames.at(-1)).to.contain('handled-count-too-high');
    test.connection.wake();
    expect((await test.state('online')).resumed).to.equal(false);
    expect(ids(test.unknown)).to.deep.equal(['a']);
    test.connection.send(message('b'));
    test.clock.advance(2_000);
    await until(() => test.acked.length === 1);
    expect(ids(test.acked)).to.deep.equal(['b']);
  });

  it('over a connection cut anywhere: nothing lost, doubled, out of order, or falsely sent', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ out: fc.nat({ max: 4 }), in: fc.nat({ max: 4 }), asks: fc.nat({ max: 2 }), dies: fc.boolean(), pause: fc.nat({ max: 6 }), page: fc.boolean() }), { minLength: 1, maxLength: 6 }), async (rounds) => {
        const server = new ModelServer();
        const store = new TestStore();
        let test = client(server, { store });
        await test.online();
        let outgoing = 0;
        let incoming = 0;
        const received: string[] = [];
        const acked: string[] = [];
        for (const round of rounds) {
          for (let count = 0; count < round.in; count++) server.deliver(`<message xmlns='jabber:client' id='in${incoming++}'/>`);
          if (round.dies) server.socket.dead = true;
          for (let count = 0; count < round.asks; count++) void test.connection.iq(xml('iq', { type: 'get' })).catch(() => {});
          for (let count = 0; count < round.out; count++) test.connection.send(message(`out${outgoing++}`));
          await settle(round.pause);
          server.socket.cut();
          await test.state('waiting');
          if (round.page) {
            // The page goes, and another takes the stream up.
            await test.connection.stop();
            received.push(...messages(test.stanzas));
            acked.push(...messages(test.acked));
            test = client(server, { store });
            test.connection.start();
          } else test.connection.wake();
          expect((await test.state('online')).resumed).to.equal(true);
        }
        test.clock.advance(2_000);
        await until(() => acked.length + messages(test.acked).length >= outgoing);
        await settle();
        received.push(...messages(test.stanzas));
        acked.push(...messages(test.acked));
        const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
        expect(messages(server.stanzas)).to.deep.equal(numbered('out', outgoing));
        expect(received).to.deep.equal(numbered('in', incoming));
        expect(acked).to.deep.equal(numbered('out', outgoing));
        expect(test.unknown).to.deep.equal([]);
        expect(server.wrong).to.equal(undefined);
        await test.connection.stop({ forget: true });
      }),
      { seed: 198, numRuns: 80 },
    );
  });
});
