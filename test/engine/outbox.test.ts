import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { systemClock } from '../../src/base/clock.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { Outbox, type OutboxPorts } from '../../src/engine/outbox.js';
import { messageStanza } from '../../src/xep/rfc6121-message.js';
import type { Element } from '../../src/xmpp/element.js';
import { TestClock, TestLive } from '../support/xep-context.js';
import { freshName, timeline as shown, until } from './fixtures.js';

const ME = 'me@example.org';
const BOB = 'bob@example.org';
const ROOM = 'room@rooms.example.org';
const NOW = Date.UTC(2026, 0, 1);

class Crash extends Error {}

/** Nothing is known here of the server's archive: there is always a gap before the first message. */
const timeline = async (archive: Archive, conversation: string): Promise<string> => (await shown(archive, conversation)).replace(/^\| /, '');

/** The archive of a page that dies at its `n`th write: that one is or is not committed, nothing after it is. */
function dying(archive: Archive, state: { left: number; committed: boolean }): Archive {
  const writes = new Set<string | symbol>(['dispatch', 'setOutboxState', 'markSent', 'markFailed', 'setUploaded']);
  return new Proxy(archive, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (!writes.has(name) || typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        state.left -= 1;
        if (state.left < 0) throw new Crash();
        if (state.left === 0) {
          if (state.committed) await (value as (...args: unknown[]) => Promise<void>).apply(target, args);
          throw new Crash();
        }
        return (value as (...args: unknown[]) => Promise<void>).apply(target, args);
      };
    },
  });
}

describe('engine/outbox', () => {
  const archives: Archive[] = [];
  const open = async (): Promise<Archive> => {
    const archive = await openArchive({ name: freshName(), apply: {}, onPoke() {}, clock: { ...systemClock, now: () => NOW }, log: silentLog });
    archives.push(archive);
    return archive;
  };
  const said = (body: string, conversation = BOB) => [{ conversation, chatType: conversation === ROOM ? 'groupchat' : 'chat', sender: ME, archive: ME, body }, `origin-of-${body}`, NOW] as const;
  const put = (archive: Archive, body: string, conversation = BOB, file?: Blob) =>
    archive.enqueue({ conversation, chatType: conversation === ROOM ? 'groupchat' : 'chat', sender: ME, archive: ME, body, ...(file && { file, fileName: 'f.txt' }) }, `origin-of-${body}`, Date.UTC(2026, 0, 1));
  type World = { wire: Element[]; looked: string[]; online: boolean; joined: boolean; ports: OutboxPorts; clock: TestClock; outbox: Outbox };
  const world = (archive: Archive, more: Partial<OutboxPorts> = {}): World => {
    const clock = new TestClock();
    const it: World = {
      wire: [], looked: [], online: true, joined: false, clock,
      ports: {
        archive, clock, live: new TestLive(), log: silentLog,
        online: () => it.online,
        joined: () => it.joined,
        limit: () => undefined,
        look: (room) => it.looked.push(room),
        compose: (row, late) => {
          const stanza = messageStanza({ to: row.conversation, chatType: row.chatType, id: row.originId, body: row.body, attachments: row.attachments });
          if (late) stanza.attrs['late'] = 'yes';
          return stanza;
        },
        send: (_row, stanza) => {
          if (!it.online) throw new ChatError('offline', 'no stream');
          it.wire.push(stanza);
        },
        upload: () => Promise.reject(new ChatError('refused', 'no service')),
        ...more,
      },
      outbox: undefined as never,
    };
    it.outbox = new Outbox(it.ports);
    return it;
  };
  const sent = ({ wire }: World): string[] => wire.map((stanza) => stanza.getChildText('body') ?? '');
  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.destroy()));
  });

  it('sends in order, once, and keeps each until it is acknowledged', async () => {
    const archive = await open();
    for (const body of ['a', 'b', 'c']) await put(archive, body); // oxlint-disable-line no-await-in-loop
    const it = world(archive);
    await Promise.all([it.outbox.flush(), it.outbox.flush(), it.outbox.flush()]);
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['a', 'b', 'c']);
    expect(await timeline(archive, BOB)).to.equal('a:sending b:sending c:sending');
    await it.outbox.acked(it.wire.slice(0, 2));
    expect(await timeline(archive, BOB)).to.equal('a:sent b:sent c:sending');
    expect((await archive.outbox()).map((row) => row.state)).to.deep.equal(['inflight']);
  });

  it('keeps and sends in one write what was just written, where nothing has to go before it', async () => {
    const archive = await open();
    const written: string[] = [];
    const it = world(new Proxy(archive, { get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === 'function' && ['dispatch', 'setOutboxState', 'enqueue'].includes(String(name)) ? (...args: unknown[]) => {
        written.push(String(name));
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      } : value;
    } }));
    const row = await it.outbox.send(...said('a'));
    expect([sent(it), written, row.state.body]).to.deep.equal([['a'], ['dispatch'], 'a']);
    await put(archive, 'b');
    await it.outbox.send(...said('c'));
    await it.outbox.flush();
    expect(sent(it), 'in order').to.deep.equal(['a', 'b', 'c']);
    await Promise.all(['d', 'e', 'f'].map(async (body) => it.outbox.send(...said(body))));
    expect(sent(it).slice(3), 'in the order of asking').to.deep.equal(['d', 'e', 'f']);
    await it.outbox.send(...said('to a room', ROOM));
    await it.outbox.flush();
    expect(sent(it), 'not before one is in it').to.have.lengthOf(6);
    it.joined = true;
    await it.outbox.flush();
    expect(sent(it).at(-1)).to.equal('to a room');
  });

  it('keeps what was just written also where the stream goes meanwhile, and takes nothing once it has stopped', async () => {
    const archive = await open();
    let asked = 0;
    const unlucky = world(archive, { online: () => (asked += 1) < 2 });
    await unlucky.outbox.send(...said('a'));
    expect([sent(unlucky), (await archive.outbox()).map(({ state }) => state)]).to.deep.equal([[], ['queued']]);
    const unwritable = world(archive, { compose: () => { throw new ChatError('invalid', 'cannot be written'); } });
    await unwritable.outbox.send(...said('b', 'carol@example.org'));
    expect(await timeline(archive, 'carol@example.org')).to.equal('b:failed');
    const it = world(archive);
    it.outbox.stop();
    expect(await it.outbox.send(...said('c')).catch((error: unknown) => error)).to.include({ code: 'offline' });
    expect((await archive.outbox()).map(({ body }) => body)).to.deep.equal(['a', 'b']);
  });

  it('finds what a page has written that died before it could say so', async () => {
    const archive = await open();
    const it = world(archive);
    await it.outbox.flush();
    await put(archive, 'a');
    it.clock.advance(30_000);
    await until(() => it.wire.length > 0, 'it to be sent');
    expect(sent(it)).to.deep.equal(['a']);
    it.outbox.stop();
    await put(archive, 'b');
    it.clock.advance(60_000);
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['a']);
  });

  it('waits while there is no stream, and puts back what the stream did not take', async () => {
    const archive = await open();
    await put(archive, 'a');
    const it = world(archive);
    it.online = false;
    await it.outbox.flush();
    expect((await archive.outbox())[0]!.state).to.equal('queued');
    // Gone between the commit and the wire.
    let asked = 0;
    const unlucky = world(archive, { online: () => (asked += 1) < 3 });
    await unlucky.outbox.flush();
    expect(sent(unlucky)).to.deep.equal([]);
    expect((await archive.outbox())[0]!.state).to.equal('queued');
    it.online = true;
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['a']);
  });

  it('waits for the room, says nothing sent before the room has echoed it, and looks for it when no echo comes', async () => {
    const archive = await open();
    await put(archive, 'hello', ROOM);
    await put(archive, 'aside');
    const it = world(archive);
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['aside']);
    it.joined = true;
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['aside', 'hello']);
    await it.outbox.acked(it.wire);
    expect(await timeline(archive, ROOM)).to.equal('hello:sending');
    it.clock.advance(30_000);
    await until(async () => (await archive.outbox())[0]?.state === 'unknown' && it.looked.length > 0, 'the missing echo');
    expect(it.looked).to.deep.equal([ROOM]);
    await it.outbox.settle(await it.outbox.doubtful((row) => row.conversation === ROOM), () => 'absent');
    expect(sent(it)).to.deep.equal(['aside', 'hello', 'hello']);
    expect(new Set(it.wire.slice(1).map((stanza) => stanza.attrs['id'])).size, 'under the same id').to.equal(1);
  });

  it('keeps the order of a conversation while a message of it is of unknown fate, and no other conversation\'s', async () => {
    const archive = await open();
    await put(archive, 'first');
    const it = world(archive);
    await it.outbox.flush();
    await it.outbox.unknown(it.wire);
    await put(archive, 'second');
    await put(archive, 'elsewhere', 'carol@example.org');
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['first', 'elsewhere']);
    await it.outbox.settle(await it.outbox.doubtful(() => true), () => 'absent');
    expect(sent(it)).to.deep.equal(['first', 'elsewhere', 'first', 'second']);
    expect(it.wire[2]!.attrs['late'], 'a delay says when it was written (XEP-0203)').to.equal(undefined);
    it.clock.advance(3_600_000);
    await put(archive, 'third');
    await it.outbox.flush();
    expect(it.wire.at(-1)!.attrs['late']).to.equal('yes');
  });

  it('uploads first, holding up its own message only; a failed upload is told', async () => {
    const archive = await open();
    let finish: (() => void) | undefined;
    const shares: (number | undefined)[] = [];
    const it = world(archive, {
      upload: (file, name, onProgress) =>
        new Promise((resolve) => {
          onProgress(0.5);
          finish = () => resolve({ url: 'https://files.example.org/f.txt', name, size: file.size });
        }),
    });
    const { message } = await put(archive, 'with a file', BOB, new Blob(['x'])).then((row) => ({ message: row.id }));
    await put(archive, 'after it');
    await it.outbox.flush();
    expect(sent(it)).to.deep.equal(['after it']);
    shares.push((it.ports.live as TestLive).get('upload', String(message)));
    finish?.();
    await until(() => it.wire.length === 2, 'the message with the file');
    shares.push((it.ports.live as TestLive).get('upload', String(message)));
    expect(shares).to.deep.equal([0.5, undefined]);
    expect(sent(it)[1]).to.equal('with a file\nhttps://files.example.org/f.txt');
    const refused = world(archive);
    await put(archive, 'no', BOB, new Blob(['x']));
    await refused.outbox.flush();
    await until(async () => (await timeline(archive, BOB)).endsWith('no:failed'), 'the failure');
    expect((await archive.outbox()).at(-1)!.state).to.equal('failed');
  });

  it('fails what bounces, and only in the conversation it was sent to', async () => {
    const archive = await open();
    await put(archive, 'a');
    const it = world(archive);
    await it.outbox.flush();
    await it.outbox.bounced('mallory@example.org', 'origin-of-a', 'forbidden', undefined);
    expect(await timeline(archive, BOB)).to.equal('a:sending');
    await it.outbox.bounced(BOB, 'origin-of-a', 'service-unavailable', 'away');
    expect(await timeline(archive, BOB)).to.equal('a:failed');
    await it.outbox.flush();
    expect(sent(it), 'not again by itself').to.deep.equal(['a']);
  });

  it('loses and doubles nothing when the page dies at any write, before or after its commit', async () => {
    let crashes = 0;
    for (const committed of [true, false]) {
      for (let at = 1; at <= 12; at += 1) {
        // oxlint-disable no-await-in-loop -- one life after the other
        const archive = await open();
        const bodies = ['a', 'b', 'c'];
        for (const body of bodies) await put(archive, body);
        /** What the server has kept, in its order. */
        const server: string[] = [];
        const arrived = new Set<string>();
        const state = { left: at, committed };
        let alive = true;
        const first = world(dying(archive, state), {
          online: () => alive,
          send: (_row, stanza) => {
            if (state.left <= 0) alive = false;
            if (!alive) throw new ChatError('offline', 'dead');
            server.push(stanza.getChildText('body') ?? '');
            arrived.add(stanza.attrs['id'] ?? '');
            first.wire.push(stanza);
          },
        });
        await first.outbox.flush();
        await first.outbox.acked(first.wire.slice(0, 2)).catch((error: unknown) => expect(error).to.be.instanceOf(Crash));
        if (state.left <= 0) crashes += 1;
        // The next life, on a stream of its own: catch-up first, as the session does.
        const second = world(archive, {
          send: (_row, stanza) => {
            server.push(stanza.getChildText('body') ?? '');
            second.wire.push(stanza);
          },
        });
        await second.outbox.recover(new Set());
        await archive.markSent(Array.from(arrived));
        await second.outbox.settle(await second.outbox.doubtful(() => true), () => 'absent');
        await second.outbox.acked(second.wire);
        expect(server, `crash at write ${at}, ${committed ? 'after' : 'before'} its commit`).to.deep.equal(bodies);
        expect(await timeline(archive, BOB)).to.equal('a:sent b:sent c:sent');
        expect(await archive.outbox()).to.deep.equal([]);
        // oxlint-enable no-await-in-loop
      }
    }
    expect(crashes).to.be.greaterThan(6);
  });

  it('leaves to stream management what it will bring itself when it resumes', async () => {
    const archive = await open();
    for (const body of ['a', 'b']) await put(archive, body); // oxlint-disable-line no-await-in-loop
    const it = world(archive);
    await it.outbox.flush();
    const next = world(archive);
    await next.outbox.recover(new Set(['origin-of-b']));
    expect((await archive.outbox()).map((row) => [row.body, row.state])).to.deep.equal([['a', 'unknown'], ['b', 'inflight']]);
  });

  it('an acknowledgement that could not be written is written later, and nothing is sent again for it', async () => {
    const archive = await open();
    await put(archive, 'a');
    let refuses = 1;
    const it = world({ ...archive, markSent: async (ids) => {
      if ((refuses -= 1) >= 0) throw new ChatError('storage', 'full', { cause: new DOMException('full', 'QuotaExceededError') });
      return archive.markSent(ids);
    } });
    await it.outbox.flush();
    await it.outbox.acked(it.wire);
    expect(await timeline(archive, BOB)).to.equal('a:sending');
    // The stream is lost before the disk has recovered.
    await it.outbox.streamLost();
    expect(await timeline(archive, BOB)).to.equal('a:sent');
    await it.outbox.settle(await it.outbox.doubtful(() => true), () => 'absent');
    expect(sent(it)).to.deep.equal(['a']);
  });

  it('tries again by itself once the disk takes writes again', async () => {
    const archive = await open();
    await put(archive, 'a');
    let refuses = 1;
    const it = world({ ...archive, setOutboxState: async (id, state) => {
      if ((refuses -= 1) >= 0) throw new ChatError('storage', 'full', { cause: new DOMException('full', 'QuotaExceededError') });
      return archive.setOutboxState(id, state);
    } });
    await it.outbox.flush();
    expect(sent(it), 'nothing goes out that is not noted as going out').to.deep.equal([]);
    it.clock.advance(5_000);
    await until(() => it.wire.length === 1, 'the second attempt');
    expect(sent(it)).to.deep.equal(['a']);
  });
});
