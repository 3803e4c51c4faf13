import { expect } from '@open-wc/testing';
import type { PageArchive, Poke } from '../../src/archive/archive-types.js';
import { openPageArchive } from '../../src/archive/page-archive.js';
import { systemClock } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import { UnsentCopy } from '../../src/client/unsent-copy.js';
import { freshName, until } from '../engine/fixtures.js';
import { settle } from '../xmpp/model-server.js';

const ME = 'me@example.org';
const BOB = 'bob@example.org';
const draft = (body: string, conversation = BOB) => ({ conversation, chatType: 'chat', sender: ME, archive: ME, body }) as const;

describe('client/unsent-copy', () => {
  const archives: PageArchive[] = [];
  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.destroy()));
  });

  async function setUp() {
    const name = freshName();
    const copy = new UnsentCopy();
    const disk = { answers: true };
    let rows = 0;
    const onPoke = (pokes: readonly Poke[]): void => {
      for (const poke of pokes) if (poke.kind === 'outbox') copy.read(counted, silentLog, poke.ids);
    };
    const { archive } = await openPageArchive({ name, onPoke, clock: systemClock, log: silentLog });
    archives.push(archive);
    const counted: PageArchive = {
      ...archive,
      outbox: async (ids) => {
        if (!disk.answers) throw new Error('no disk');
        const read = await archive.outbox(ids);
        rows += read.length;
        return read;
      },
    };
    /** It has all that an outbox read anew has, in its order. */
    const isWhole = async (): Promise<void> => {
      const expected = (await archive.outbox()).map(({ id, body, state }) => `${id} ${body} ${state === 'failed' ? 'failed' : 'unknown'}`).join();
      await until(() => copy.all.map(({ row, draft: { body } }) => `${row.id} ${body} ${row.state}`).join() === expected, () => `${expected}, and not ${JSON.stringify(copy.all.map(({ row }) => row))}`);
    };
    return { archive, copy, counted, disk, isWhole, read: () => rows };
  }

  it('is the outbox, whatever is done to it', async () => {
    const { archive, copy, counted, isWhole } = await setUp();
    await archive.enqueue(draft('from before'), 'origin-before', 1);
    copy.read(counted, silentLog);
    await isWhole();
    const one = await archive.enqueue(draft('one'), 'origin-one', 1);
    await Promise.all(['two', 'three', 'four'].map(async (body) => archive.enqueue(draft(body), `origin-${body}`, 1)));
    await archive.enqueue(draft('elsewhere', 'carol@example.org'), 'origin-elsewhere', 1);
    await isWhole();
    const [, first, second] = await archive.outbox();
    await archive.setOutboxState(first!.id, 'inflight');
    await archive.markFailed(first!.id, 'forbidden', 'No.');
    await archive.setUploaded(second!.id, [{ url: 'https://example.org/file' }]);
    await isWhole();
    expect(copy.all.find(({ row }) => row.id === first!.id)?.failure).to.deep.equal({ condition: 'forbidden', text: 'No.' });
    await archive.retry(one.id);
    await isWhole();
    expect(copy.all.at(-1)?.draft.body, 'at the end').to.equal('one');
    await archive.markSent(['origin-two']);
    await archive.discard((await archive.outbox()).find(({ body }) => body === 'three')!.message);
    await archive.removeConversation('carol@example.org');
    await isWhole();
    expect(copy.all.map((unsent) => unsent.draft.body)).to.deep.equal(['from before', 'four', 'one']);
  });

  it('reads what has changed, however much waits', async () => {
    const { archive, isWhole, read } = await setUp();
    for (let n = 1; n <= 60; n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they are written
      await archive.enqueue(draft(`${n}`), `origin-id-${n}`, n);
    }
    await isWhole();
    expect(read()).to.be.at.most(60);
  });

  it('makes up for what it could not read', async () => {
    const { archive, copy, disk, isWhole } = await setUp();
    disk.answers = false;
    await archive.enqueue(draft('one'), 'origin-one', 1);
    await settle();
    expect(copy.all).to.deep.equal([]);
    disk.answers = true;
    await archive.enqueue(draft('two'), 'origin-two', 1);
    await isWhole();
    expect(copy.all).to.have.lengthOf(2);
  });
});
