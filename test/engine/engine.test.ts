import { expect } from '@open-wc/testing';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { ChatError } from '../../src/base/error.js';
import { openChannel } from '../../src/client/channel.js';
import type { BusMessage } from '../../src/client/bus.js';
import type { EngineOptions } from '../../src/engine/engine.js';
import type { Locks } from '../../src/engine/leader.js';
import type { SmState } from '../../src/xep/0198-kept-state.js';
import { childElements } from '../../src/xmpp/element.js';
import { ModelServer, settle, turn } from '../xmpp/model-server.js';
import { endAll, freshName, openPage, runEngine, timeline, until } from './fixtures.js';
import { ModelArchive, said } from './model-archive.js';

const ME = 'romeo@example.com';
const JULIET = 'juliet@example.com';
const NURSE = 'nurse@example.com';
const draft = (body: string, conversation = JULIET) => ({ conversation, chatType: 'chat', sender: ME, archive: ME, body }) as const;

describe('engine/engine', () => {
  afterEach(endAll);

  it('commits what comes in, then tells the pages, then answers', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    await until(() => page.replica.get('session', '')?.status === 'online' && !page.replica.get('session', '')?.catchingUp, 'caught up');
    server.deliver(said(`${JULIET}/balcony`, server.jid, 'Art thou not Romeo?', { id: 'j1', stanzaId: kept.add(JULIET, 'Art thou not Romeo?', 'j1') }).replace('</message>', "<request xmlns='urn:xmpp:receipts'/></message>"));
    await until(() => page.pokes.some((poke) => poke.kind === 'messages' && poke.rows.length > 0), 'a poke');
    expect(await timeline(page.archive, JULIET)).to.equal('Art thou not Romeo?');
    expect((await page.archive.conversation(JULIET))?.unread).to.equal(1);
    await until(() => server.stanzas.some((stanza) => stanza.getChild('received', 'urn:xmpp:receipts')?.attrs['id'] === 'j1'), 'a receipt');
  });

  it('keeps apart what earlier sessions have heard and what this one has, from its first stanza on', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    await page.archive.append([[{ ...draft('of yesterday'), kind: 'message', sender: JULIET, mine: false, at: 1, messageId: 'of-yesterday' }]]);
    for (let n = 1; n <= 101; n += 1) kept.add(JULIET, `${n}`, `missed-${n}`);
    // It comes before the archive is asked for anything, and never gets into it.
    const take = server.onStanza;
    server.onStanza = (stanza, socket) => {
      if (stanza.name === 'iq') {
        server.onStanza = take;
        server.deliver(said(`${JULIET}/balcony`, server.jid, 'just now', { id: 'just-now' }));
      }
      take(stanza, socket);
    };
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'caught up');
    expect(kept.asked[0]).to.equal('<');
    const missed = Array.from({ length: 101 }, (_, i) => i + 1).join(' ');
    await until(async () => (await timeline(page.archive, JULIET)) === `of yesterday ${missed} just now`, 'all of it in order');
  });

  it('does not take the own archive, which has nothing of a room, for the history of one that nothing is known of yet', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    const room = 'verona@rooms.example.com';
    const take = server.onStanza;
    server.onStanza = (stanza, socket) => {
      if (stanza.attrs['to'] !== room) return take(stanza, socket);
      server.deliver(`<iq xmlns='jabber:client' type='result' id='${stanza.attrs['id']}' from='${room}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:mam:2'/></query></iq>`);
    };
    // More than is fetched by itself.
    for (let n = 1; n <= 601; n += 1) kept.add(JULIET, `${n}`);
    runEngine(server, name);
    await until(() => page.status() === 'online' && page.replica.get('session', '')?.catchingUp === false, 'caught up');
    await page.line.call('older', room, -1);
    const asked = server.stanzas.filter((stanza) => stanza.getChild('query', 'urn:xmpp:mam:2')?.getChild('x')).map(String);
    expect(asked.filter((stanza) => stanza.includes(room))).to.deep.equal([]);
  });

  it('finds what came between the archive being asked and the presence being there, and was handed to nobody', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    kept.add(JULIET, 'before');
    const take = server.onStanza;
    server.onStanza = (stanza, socket) => {
      if (stanza.name === 'presence' && !stanza.attrs['to']) {
        server.onStanza = take;
        kept.add(JULIET, 'meanwhile');
      }
      take(stanza, socket);
    };
    runEngine(server, name);
    await until(async () => (await timeline(page.archive, JULIET)) === 'before meanwhile', 'both');
    await until(() => page.replica.get('session', '')?.catchingUp === false, 'caught up');
  });

  it('asks a known archive before it asks anything else', async () => {
    const server = new ModelServer();
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    await page.archive.setNote('archives', [ME]);
    const asked: (string | undefined)[] = [];
    const answer = server.onStanza;
    server.onStanza = (stanza, socket) => {
      const [question] = stanza.name === 'iq' ? childElements(stanza) : [];
      if (question && question.getName() !== 'bind') asked.push(question.getNS());
      answer(stanza, socket);
    };
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'caught up');
    expect(asked[0]).to.equal('urn:xmpp:mam:2');
    expect(asked).to.include.members(['jabber:iq:roster', 'http://jabber.org/protocol/disco#info']);
  });

  it('sends what was put into the outbox, and marks it as the server says', async () => {
    const server = new ModelServer();
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    await page.archive.enqueue(draft('one'), 'origin-id-1', 1);
    runEngine(server, name);
    await until(() => server.stanzas.some((stanza) => stanza.attrs['id'] === 'origin-id-1'), 'the message');
    await until(async () => (await timeline(page.archive, JULIET)) === 'one:sent', 'the acknowledgement');
    expect(await page.archive.outbox()).to.deep.equal([]);
    const message = server.stanzas.find((stanza) => stanza.attrs['id'] === 'origin-id-1')!;
    expect(message.getChild('origin-id', 'urn:xmpp:sid:0')?.attrs['id']).to.equal('origin-id-1');
    expect(message.getChild('delay', 'urn:xmpp:delay'), 'written long ago').to.not.equal(undefined);
    await page.archive.enqueue(draft('two'), 'origin-id-2', Date.now());
    await page.line.call('flush');
    await until(async () => (await timeline(page.archive, JULIET)) === 'one:sent two:sent', 'the second');
  });

  it('hands the stream over: the next engine resumes it, and the pages notice nothing', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    const first = runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'the first leader');
    runEngine(server, name);
    await settle();
    expect(server.sockets.length, 'one stream').to.equal(1);
    await first.close();
    await until(() => server.sockets[1]?.sent('resume').length === 1, 'a resumption');
    server.deliver(said(`${JULIET}/balcony`, server.jid, 'after', { id: 'j2', stanzaId: kept.add(JULIET, 'after', 'j2') }));
    await until(async () => (await timeline(page.archive, JULIET)) === 'after', 'what the new leader got');
    expect(server.sockets[1]!.elements.some((element) => element.getChild('bind') !== undefined), 'no new session').to.equal(false);
    await page.archive.enqueue(draft('reply'), 'origin-id-3', Date.now());
    await page.line.call('flush');
    await until(async () => (await timeline(page.archive, JULIET)) === 'after reply:sent', 'the new leader sends');
    expect(server.wrong).to.equal(undefined);
  });

  it('begins a stream whole that was handed over before it had begun: without presence nothing is delivered', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    const take = server.onStanza;
    let waits = false;
    // What the session asks first is not answered before its tab is closed.
    server.onStanza = (stanza, socket) => {
      if (server.sockets.length > 1) take(stanza, socket);
      else waits = true;
    };
    const first = runEngine(server, name);
    await until(() => waits, 'a session that begins');
    runEngine(server, name);
    await settle();
    await first.close();
    await until(() => server.sockets[1]?.sent('resume').length === 1, 'a resumption');
    const isOwnPresence = (stanza: (typeof server.stanzas)[number]): boolean => stanza.name === 'presence' && !stanza.attrs['to'];
    await until(() => server.stanzas.some(isOwnPresence), 'its presence');
    await until(() => page.replica.get('session', '')?.catchingUp === false, 'caught up');
    server.deliver(said(`${JULIET}/balcony`, server.jid, 'after', { id: 'j3', stanzaId: kept.add(JULIET, 'after', 'j3') }));
    await until(async () => (await timeline(page.archive, JULIET)) === 'after', 'what came then');
    expect(server.stanzas.filter(isOwnPresence), 'once').to.have.lengthOf(1);
    expect(server.wrong).to.equal(undefined);
  });

  it('a leader that was frozen and wakes up when another has resumed its stream touches neither wire nor archive, and tells nobody anything', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    // Of what happens while it sleeps it is told nothing: not that its lock was taken, not what is on the bus.
    const asleep: EngineOptions['openChannel'] = (database) => ({ ...openChannel(database), onMessage: () => () => {} });
    const ownLock = (): Locks => {
      let given = false;
      return { request: (_name, options, run) => (given ? new Promise((_resolve, reject) => 'signal' in options && options.signal.addEventListener('abort', reject)) : ((given = true), run())) };
    };
    let slept = 0;
    const sleeper = runEngine(server, name, { locks: ownLock(), openChannel: asleep, clock: { ...systemClock, now: () => systemClock.now() + slept } });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'the first leader');
    const [old] = server.sockets;
    const heard: BusMessage[] = [];
    const before = (await page.archive.note<SmState>('sm'))!.hOut;
    runEngine(server, name, { locks: ownLock() });
    await until(() => server.sockets[1]?.sent('resume').length === 1 && page.status() === 'online' && page.replica.get('session', '')?.catchingUp === false, 'a resumption');
    page.channel.onMessage((message) => heard.push(message));
    const sent = async (): Promise<number> => (await page.archive.note<SmState>('sm'))!.hOut;
    await until(async () => (await sent()) > before, 'its successor to have sent something of its own');
    const since = await sent();
    const frames = old!.frames.length;
    // Nobody takes the lead of one that has proven it a moment ago.
    slept = 1_000;
    // What was in its socket still comes out of it, and it has an answer to it, and something to tell.
    old!.closed = false;
    old!.push(said(`${JULIET}/balcony`, server.jid, 'for nobody', { id: 'late', stanzaId: kept.add(JULIET, 'for nobody', 'late') }).replace('</message>', "<request xmlns='urn:xmpp:receipts'/></message>"));
    old!.push("<r xmlns='urn:xmpp:sm:3'/>");
    old!.cut();
    await settle(200);
    expect(old!.frames.slice(frames)).to.deep.equal([]);
    expect(await sent(), 'the stream is kept as its successor has it').to.be.at.least(since);
    expect(await timeline(page.archive, JULIET)).to.equal('');
    expect(heard.filter(({ type }) => type !== 'here')).to.deep.equal([]);
    expect(server.sockets.length, 'and it does not connect again').to.equal(2);
    expect(page.status()).to.equal('online');
    await sleeper.close();
    expect(server.wrong).to.equal(undefined);
  });

  it('takes the lead of an engine that holds the lock and gives no sign of life', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'the first leader');
    const second = runEngine(server, name);
    await settle();
    await second.claim();
    await until(() => server.sockets[1]?.sent('resume').length === 1, 'a resumption');
    await page.archive.enqueue(draft('after'), 'origin-id-4', Date.now());
    await page.line.call('flush');
    await until(async () => (await timeline(page.archive, JULIET)) === 'after:sent', 'the new leader sends');
    expect(kept.messages).to.have.lengthOf(1);
    expect(server.wrong).to.equal(undefined);
  });

  it('lets another engine try once it was refused and somebody has proven who they are', async () => {
    const server = new ModelServer();
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    let tries = 0;
    runEngine(server, name, { proof: async () => {
      tries += 1;
      return { kind: 'password', username: server.username, password: 'of yesterday' };
    } });
    await until(() => page.status() === 'refused', 'the refusal');
    await page.line.call('wake');
    await settle();
    expect(tries, 'not tried again by itself').to.equal(1);
    runEngine(server, name);
    await settle();
    expect(page.status()).to.equal('refused');
    page.channel.post({ type: 'yield' });
    await until(() => page.status() === 'online', 'the other engine');
    expect(tries).to.equal(1);
    page.channel.post({ type: 'yield' });
    await settle();
    expect(page.status(), 'who is not refused stays').to.equal('online');
  });

  it('says that it cannot begin where its archive cannot be opened', async () => {
    const server = new ModelServer();
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name, { openArchive: () => Promise.reject(new ChatError('storage', 'asked to')) });
    await until(() => page.status() === 'refused', 'the news');
    expect(page.replica.get('session', '')?.error).to.deep.equal({ code: 'storage' });
    expect(server.sockets).to.deep.equal([]);
  });

  it('settles messages of unknown fate against the archive: what arrived is not sent again, what did not is', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    // The server gets all of it, keeps the first and dies before it has acknowledged anything.
    const take = server.onStanza;
    server.onStanza = (stanza, socket) => {
      if (stanza.name === 'message' && stanza.attrs['id'] === 'origin-id-lost') return;
      take(stanza, socket);
      if (stanza.attrs['id'] === 'origin-id-kept') socket.dead = true;
    };
    server.socket.dead = false;
    await page.archive.enqueue(draft('kept'), 'origin-id-kept', Date.now());
    await page.archive.enqueue(draft('lost', NURSE), 'origin-id-lost', Date.now());
    await page.line.call('flush');
    await until(() => kept.messages.length === 1, 'the kept one');
    await until(async () => (await page.archive.outbox()).every((row) => row.state === 'inflight'), 'both on the wire');
    server.id = 'another stream';
    server.onStanza = take;
    server.socket.closed = false;
    server.socket.cut();
    await until(async () => (await page.archive.outbox()).length === 0, 'both settled');
    expect(await timeline(page.archive, JULIET)).to.equal('kept:sent');
    expect(await timeline(page.archive, NURSE)).to.equal('lost:sent');
    expect(kept.messages.map(({ message }) => /<body>(\w+)/.exec(message)![1])).to.deep.equal(['kept', 'lost']);
  });

  describe('on a server without archives, a message of unknown fate', () => {
    /** The server gets it, says nothing of it, and has forgotten the stream when we are back. */
    async function sentAndCut(chatType: 'chat' | 'groupchat', conversation: string, server: ModelServer, name: string): Promise<void> {
      const page = await openPage(name);
      if (chatType === 'groupchat') await page.archive.put('rooms', [{ jid: conversation, nick: 'romeo', autojoin: true, bookmarked: false }]);
      runEngine(server, name, { clock: { ...systemClock, after: (ms, run) => systemClock.after(ms === 3_000 ? 300 : ms, run) }, random: () => 0 });
      await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp && (chatType === 'chat' || page.replica.get('room', conversation)?.state === 'joined'), 'online');
      const take = server.onStanza;
      server.onStanza = (stanza, socket) => {
        take(stanza, socket);
        if (stanza.name === 'message' && stanza.getChild('body')) socket.dead = true;
      };
      await page.archive.enqueue({ ...draft('mine', conversation), chatType, ...(chatType === 'groupchat' && { sender: `${conversation}/romeo`, archive: conversation }) }, 'origin-id-mine', Date.now());
      await page.line.call('flush');
      await until(() => server.stanzas.some((stanza) => stanza.attrs['id'] === 'origin-id-mine'), 'the message');
      server.onStanza = take;
      server.id = 'another stream';
      server.socket.closed = false;
      server.socket.cut();
      await until(async () => (await page.archive.outbox()).length === 0, 'it to be settled');
    }
    const times = (server: ModelServer): number => server.stanzas.filter((stanza) => stanza.attrs['id'] === 'origin-id-mine').length;
    const without = (): ModelServer => {
      const server = new ModelServer();
      new ModelArchive(server).offered = false;
      return server;
    };

    it('goes out again, under the same id', async () => {
      const server = without();
      await sentAndCut('chat', JULIET, server, freshName());
      expect(times(server)).to.equal(2);
    });

    it('is not sent again where its receipt comes with our presence', async () => {
      const server = without();
      const take = server.onStanza;
      server.onStanza = (stanza, socket) => {
        take(stanza, socket);
        if (stanza.name === 'presence' && !stanza.attrs['to'] && server.sockets.length > 1) server.deliver(`<message xmlns='jabber:client' type='chat' from='${JULIET}/x' to='${server.jid}' id='r1'><received xmlns='urn:xmpp:receipts' id='origin-id-mine'/></message>`);
      };
      const name = freshName();
      await sentAndCut('chat', JULIET, server, name);
      expect(times(server)).to.equal(1);
      expect(await timeline((await openPage(name)).archive, JULIET)).to.equal('| mine:delivered');
    });

    it('is not sent again where the room\'s history has it', async () => {
      const room = 'lobby@rooms.example.com';
      const server = without();
      const take = server.onStanza;
      server.onStanza = (stanza, socket) => {
        const to = stanza.attrs['to'] ?? '';
        if (stanza.name === 'presence' && to === `${room}/romeo`) {
          server.deliver(`<presence xmlns='jabber:client' from='${to}' to='${server.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`);
          // Its history is slow.
          if (server.sockets.length > 1) setTimeout(() => server.deliver(`<message xmlns='jabber:client' type='groupchat' from='${to}' to='${server.jid}' id='origin-id-mine'><body>mine</body><delay xmlns='urn:xmpp:delay' from='${room}' stamp='2026-01-01T00:00:00Z'/></message>`), 100);
        } else if (to === room && stanza.getChild('query', 'http://jabber.org/protocol/disco#info')) {
          server.deliver(`<iq xmlns='jabber:client' type='result' id='${stanza.attrs['id']}' from='${room}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/></query></iq>`);
        } else take(stanza, socket);
      };
      const name = freshName();
      await sentAndCut('groupchat', room, server, name);
      expect(times(server)).to.equal(1);
      expect(await timeline((await openPage(name)).archive, room)).to.equal('| mine:sent');
    });
  });

  it('fails a message that comes back', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    kept.keeps = false;
    const take = server.onStanza;
    server.onStanza = (stanza, socket) => {
      take(stanza, socket);
      if (stanza.name === 'message') server.deliver(`<message xmlns='jabber:client' type='error' from='${JULIET}' to='${server.jid}' id='${stanza.attrs['id']}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`);
    };
    const name = freshName();
    const page = await openPage(name);
    await page.archive.enqueue(draft('anybody?'), 'origin-id-bounce', Date.now());
    runEngine(server, name);
    await until(async () => (await timeline(page.archive, JULIET)) === 'anybody?:failed', 'the bounce');
  });

  it('answers requests once, and strangers with what an absent client would say (RFC 6120 §8.2.3)', async () => {
    const server = new ModelServer();
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    const ask = (id: string, from: string, payload: string) => server.deliver(`<iq xmlns='jabber:client' type='get' id='${id}' from='${from}' to='${server.jid}'>${payload}</iq>`);
    const info = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    ask('q1', 'example.com', info);
    ask('q2', 'mallory@example.net/x', info);
    ask('q3', 'example.com', "<query xmlns='urn:example:unknown'/>");
    ask('q4', 'example.com', '');
    const answer = (id: string) => server.stanzas.filter((stanza) => stanza.name === 'iq' && stanza.attrs['id'] === id);
    await until(() => ['q1', 'q2', 'q3', 'q4'].every((id) => answer(id).length === 1), 'four answers');
    expect(answer('q1')[0]!.attrs['type']).to.equal('result');
    for (const id of ['q2', 'q3']) expect(answer(id)[0]!.getChild('error')?.getChild('service-unavailable'), id).to.not.equal(undefined);
    expect(answer('q2')[0]!.getChild('query'), 'nothing of the request is sent back').to.equal(undefined);
    expect(answer('q4')[0]!.getChild('error')?.getChild('bad-request')).to.not.equal(undefined);
  });

  it('carries out commands, and refuses those it does not know', async () => {
    const server = new ModelServer();
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    await page.line.call('setPresence', { show: 'away', status: 'at the tomb' });
    expect(server.stanzas.findLast((stanza) => stanza.name === 'presence')?.getChildText('status')).to.equal('at the tomb');
    await until(() => page.replica.get('session', '')?.presence.show === 'away', 'the view');
    for (const command of ['nonsense', 'constructor', '__proto__']) {
      let error: unknown;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await page.line.call(command as 'wake').catch((thrown: unknown) => (error = thrown));
      expect((error as { code?: string }).code, command).to.equal('invalid');
    }
  });

  it('asks the archive again and again while one is invisible, and shows what was set before', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    let waiting: (() => void)[] = [];
    const clock: Clock = {
      now: () => systemClock.now(),
      after(ms, run) {
        if (ms !== 10_000) return systemClock.after(ms, run);
        waiting.push(run);
        return () => void (waiting = waiting.filter((other) => other !== run));
      },
    };
    const engine = runEngine(server, name, { clock });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    await page.line.call('setPresence', { show: 'invisible' });
    kept.add(JULIET, 'a');
    for (const run of waiting.splice(0)) run();
    await until(async () => (await timeline(page.archive, JULIET)) === 'a', 'the first message');
    kept.add(JULIET, 'b');
    await until(() => waiting.length > 0, 'the next time');
    for (const run of waiting.splice(0)) run();
    await until(async () => (await timeline(page.archive, JULIET)) === 'a b', 'the second message');
    await page.line.call('setPresence', { show: 'available' });
    expect(waiting, 'whoever is there is told').to.deep.equal([]);

    await page.line.call('setPresence', { show: 'dnd' });
    await engine.close();
    runEngine(server, name, { service: () => Promise.reject(new Error('no network')) });
    await until(() => page.status() === 'offline', 'the next worker');
    expect(page.replica.get('session', '')?.presence.show).to.equal('dnd');
  });

  it('without carbons it asks the archive for what its other devices do, now and then, and when somebody looks again', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    let waiting: (() => void)[] = [];
    let ahead = 0;
    const clock: Clock = {
      now: () => systemClock.now() + ahead,
      after(ms, run) {
        if (ms !== 45_000) return systemClock.after(ms, run);
        waiting.push(run);
        return () => void (waiting = waiting.filter((other) => other !== run));
      },
    };
    runEngine(server, name, { clock });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    kept.add(JULIET, 'a');
    await until(() => waiting.length === 1, 'the time to look');
    for (const run of waiting.splice(0)) run();
    await until(async () => (await timeline(page.archive, JULIET)) === 'a', 'what another device heard');
    await until(() => waiting.length === 1, 'the next time');
    kept.add(JULIET, 'b');
    const asked = kept.asked.length;
    await page.line.call('visible', true);
    await settle();
    expect(kept.asked.length, 'not at each look').to.equal(asked);
    ahead = 10_000;
    await page.line.call('visible', true);
    await until(async () => (await timeline(page.archive, JULIET)) === 'a b', 'at once');
  });

  it('asks a room’s archive where its messages stand when the stream is back, if that was to be done while there was no connection', async () => {
    const room = 'verona@rooms.example.com';
    const server = new ModelServer();
    new ModelArchive(server);
    const take = server.onStanza;
    let asked = 0;
    server.onStanza = (stanza, socket) => {
      const { to, id, type } = stanza.attrs;
      if (stanza.name === 'presence' && to === `${room}/romeo`) server.deliver(`<presence xmlns='jabber:client' from='${to}' to='${server.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`);
      else if (to !== room || type === 'groupchat') take(stanza, socket);
      else if (stanza.getChild('query', 'urn:xmpp:mam:2')) {
        asked += 1;
        server.deliver(`<iq xmlns='jabber:client' type='result' id='${id}' from='${room}'><fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'/></fin></iq>`);
      } else server.deliver(`<iq xmlns='jabber:client' type='result' id='${id}' from='${room}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:mam:2'/></query></iq>`);
    };
    let later: (() => void)[] = [];
    const clock: Clock = {
      now: () => systemClock.now(),
      after(ms, run) {
        if (ms !== 20_000) return systemClock.after(ms, run);
        later.push(run);
        return () => void (later = later.filter((other) => other !== run));
      },
    };
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name, { clock });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    await page.line.call('joinRoom', { jid: room, nick: 'romeo' });
    await until(() => asked === 1, 'the catch-up of the room');
    const before = later.length;
    server.deliver(said(`${room}/tybalt`, server.jid, 'What, drawn?', { id: 'tybalt-1', type: 'groupchat' }));
    await until(() => later.length > before, 'the time to ask where it stands');
    const ask = later.at(-1)!;
    server.socket.cut();
    await until(() => page.status() === 'offline', 'no connection');
    ask();
    await until(() => page.status() === 'online', 'the resumed stream');
    expect(server.socket.sent('resume')).to.have.lengthOf(1);
    await until(() => asked === 2, 'it was asked');
  });

  it('knows what came live again in the archive from the very first moment, by the archive’s id alone', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    // Its sender counts.
    const stanzaId = kept.add(JULIET, 'early', '7');
    const answer = server.onStanza;
    server.onStanza = (stanza, socket) => {
      if (!stanza.getChild('query', 'jabber:iq:roster')) return answer(stanza, socket);
      // In a task of its own, as each frame is.
      void turn().then(() => {
        server.deliver(said(`${JULIET}/x`, ME, 'early', { id: '7', stanzaId }));
        answer(stanza, socket);
      });
    };
    runEngine(server, name);
    await until(async () => (await page.archive.runs(ME)).length > 0, 'the archive’s page');
    expect(await timeline(page.archive, JULIET)).to.equal('early');
  });

  it('skips a poisoned stanza and keeps the rest of its batch', async () => {
    const server = new ModelServer();
    const kept = new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    const { modules } = await import('../../src/xep/index.js');
    const poison = { xep: 'test', title: 'Poison', unwrap(stanza: { getChildText(name: string): string | null }): undefined {
      if (stanza.getChildText('body') === 'poison') throw new Error('asked to');
    } };
    runEngine(server, name, { modules: [...modules, poison] });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    server.deliver(...['a', 'poison', 'b'].map((body) => said(`${JULIET}/x`, server.jid, body, { id: body, stanzaId: kept.add(JULIET, body, body) })));
    await until(async () => (await timeline(page.archive, JULIET)) === 'a b', 'the two others');
    await until(() => server.unconfirmed.length === 0, 'all counted (XEP-0198 §4)');
    expect(server.wrong).to.equal(undefined);
  });
});
