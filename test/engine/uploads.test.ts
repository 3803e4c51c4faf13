import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import type { Attachment } from '../../src/model/fact.js';
import { Outbox, type OutboxPorts } from '../../src/engine/outbox.js';
import { Uploads } from '../../src/engine/uploads.js';
import { messageStanza } from '../../src/xep/rfc6121-message.js';
import { settled, TestClock, TestLive } from '../support/xep-context.js';
import { freshName, until } from './fixtures.js';

const ME = 'me@example.org';
const BOB = 'bob@example.org';
const cut = (): ChatError => new ChatError('unreachable', 'the socket is gone');

/** Each upload that was begun: what came of the file, and how the test lets it end. */
type Begun = { readonly content: string; readonly done: (slot: string) => void; readonly fail: (error: ChatError) => void; readonly progress: (share: number) => void };
type World = { readonly archive: Archive; readonly clock: TestClock; readonly live: TestLive; readonly begun: Begun[]; readonly sent: string[]; online: boolean; outbox: Outbox; ports: OutboxPorts; next(): World };

describe('engine/uploads', () => {
  const archives: Archive[] = [];
  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.destroy()));
  });

  function over(archive: Archive): World {
    const it: World = {
      archive, clock: new TestClock(), live: new TestLive(), begun: [], sent: [], online: true,
      ports: {
        archive, clock: undefined as never, live: undefined as never, log: silentLog,
        online: () => it.online,
        joined: () => true, limit: () => undefined, look: () => {},
        compose: (row) => messageStanza({ to: row.conversation, chatType: row.chatType, id: row.originId, body: row.body, attachments: row.attachments }),
        send: (_row, stanza) => void it.sent.push(stanza.getChildText('body') ?? ''),
        upload: async (file, name, onProgress) => {
          const content = await file.text();
          return new Promise<Attachment>((resolve, reject) => it.begun.push({ content, done: (slot) => resolve({ url: `https://files.example.org/${slot}`, name, size: file.size }), fail: reject, progress: onProgress }));
        },
      },
      outbox: undefined as never,
      // A tab that was reloaded: nothing is left but the archive.
      next: () => over(archive),
    };
    it.ports = { ...it.ports, clock: it.clock, live: it.live };
    it.outbox = new Outbox(it.ports);
    return it;
  }
  async function world(): Promise<World> {
    const archive = await openArchive({ name: freshName(), apply: {}, onPoke() {}, log: silentLog });
    archives.push(archive);
    return over(archive);
  }
  const put = async ({ archive }: World, body: string, file?: Blob): Promise<string> =>
    String((await archive.enqueue({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body, ...(file && { file, fileName: 'f.txt' }) }, `origin-of-${body || 'file'}`, 1)).id);
  const begins = (it: World, count: number): Promise<void> => until(() => it.begun.length === count, `upload ${count}`);
  const failure = async ({ archive }: World): Promise<string | undefined> =>
    (await archive.window(BOB, {}, 10)).flatMap((entry) => (entry.kind === 'message' ? (entry.row.state.failure?.condition ?? []) : []))[0];

  it('begins anew in another slot when it was cut in the middle, tells its progress, and holds up nobody else', async () => {
    const it = await world();
    const key = await put(it, '', new Blob(['the file']));
    await put(it, 'written after it');
    await it.outbox.flush();
    await begins(it, 1);
    it.begun[0]!.progress(0.5);
    expect(it.live.get('upload', key)).to.equal(0.5);
    expect(it.sent).to.deep.equal(['written after it']);
    it.begun[0]!.fail(cut());
    await until(() => it.clock.pending > 1, 'the pause');
    expect(it.live.get('upload', key)).to.equal(undefined);
    await it.outbox.flush();
    expect(it.begun, 'not before the pause is over').to.have.lengthOf(1);
    it.clock.advance(2_000);
    await begins(it, 2);
    expect(it.live.get('upload', key), 'from the beginning').to.equal(0);
    it.begun[1]!.done('second');
    await until(() => it.sent.length === 2, 'the message');
    expect(it.sent[1]).to.equal('https://files.example.org/second');
    expect(it.begun.map(({ content }) => content)).to.deep.equal(['the file', 'the file']);
    it.clock.advance(1_000_000);
    await it.outbox.flush();
    expect([it.begun.length, it.sent.length]).to.deep.equal([2, 2]);
  });

  it('is taken up after a reload in the middle, with the file as it was', async () => {
    const first = await world();
    await put(first, '', new Blob(['kept through a reload']));
    await first.outbox.flush();
    await begins(first, 1);
    first.outbox.stop();
    const second = first.next();
    await second.outbox.recover(new Set());
    await second.outbox.flush();
    await begins(second, 1);
    expect(second.begun[0]!.content).to.equal('kept through a reload');
    second.begun[0]!.done('again');
    await until(() => second.sent.length === 1, 'the message');
    // The tab that died had come further than anybody knew: nothing is sent by it.
    first.begun[0]!.done('late');
    await settled();
    expect(first.sent).to.deep.equal([]);
  });

  it('waits for the next session without a network, however often that goes', async () => {
    const it = await world();
    await put(it, '', new Blob(['x']));
    for (let session = 1; session <= 7; session += 1) {
      it.online = true;
      await it.outbox.flush(); // oxlint-disable-line no-await-in-loop -- one session after the other
      await begins(it, session); // oxlint-disable-line no-await-in-loop
      it.online = false;
      it.begun[session - 1]!.fail(cut());
      await settled(); // oxlint-disable-line no-await-in-loop
      await it.outbox.flush(); // oxlint-disable-line no-await-in-loop
    }
    it.online = true;
    await it.outbox.flush();
    await begins(it, 8);
    it.begun[7]!.done('at last');
    await until(() => it.sent.length === 1, 'the message');
  });

  it('gives up in the end, with a reason, and begins anew when asked to', async () => {
    const it = await world();
    const key = await put(it, '', new Blob(['x']));
    await it.outbox.flush();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await begins(it, attempt); // oxlint-disable-line no-await-in-loop -- one attempt after the other
      it.begun[attempt - 1]!.fail(cut());
      await until(async () => it.clock.pending > 1 || (await failure(it)) !== undefined, 'the pause or the end'); // oxlint-disable-line no-await-in-loop
      it.clock.advance(60_000);
    }
    expect(await failure(it)).to.equal('upload');
    await it.archive.retry(Number(key));
    await it.outbox.flush();
    await begins(it, 6);
    it.begun[5]!.done('asked');
    await until(() => it.sent.length === 1, 'the message');
  });

  it('asks for another slot where one had expired, once; what is refused is refused', async () => {
    const it = await world();
    await put(it, '', new Blob(['x']));
    await it.outbox.flush();
    await begins(it, 1);
    it.begun[0]!.fail(new ChatError('refused', 'gone', { condition: 'http-403' }));
    await until(() => it.clock.pending > 1, 'the pause');
    it.clock.advance(2_000);
    await begins(it, 2);
    it.begun[1]!.fail(new ChatError('refused', 'gone', { condition: 'http-403' }));
    await until(async () => (await failure(it)) === 'upload', 'the failure');
    const large = await world();
    await put(large, '', new Blob(['x']));
    await large.outbox.flush();
    await begins(large, 1);
    large.begun[0]!.fail(new ChatError('too-large', 'over the limit'));
    await until(async () => (await failure(large)) === 'too-large', 'the failure');
  });

  it('says so where the browser has lost the file, instead of trying for ever', async () => {
    const it = await world();
    await put(it, '', new Blob(['x']));
    const [row] = await it.archive.outbox();
    const lost = new Blob(['x']);
    lost.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) as unknown as Blob;
    const uploads = new Uploads({ ...it.ports, upload: () => Promise.reject(cut()) }, () => it.outbox.flush());
    uploads.begin(row!, lost);
    await until(async () => (await failure(it)) === 'unreadable', 'the failure');
  });
});
