import { expect } from '@open-wc/testing';
import { takenWithin } from '../../src/archive/archive-types.js';
import { MAX_BODY } from '../../src/model/fold-message.js';
import { BOB, destroyAll, draft, expectTimeline, forward, item, items, ME, message, NOW, open, receipt } from './fixtures.js';

describe('outbox', () => {
  afterEach(destroyAll);

  it('keeps what was asked to be sent, with its message, over a restart', async () => {
    const { archive, name, pokes } = await open();
    const file = new Blob(['hello'], { type: 'text/plain' });
    const row = await archive.enqueue(draft('own', { file, fileName: 'hello.txt' }), 'origin-own', NOW);
    expect(row).to.deep.include({ conversation: BOB, mine: true, messageId: 'origin-own', originId: 'origin-own', archive: ME, sender: ME });
    // Its name and size show while it waits.
    expect(row.state).to.deep.equal({ body: 'own', attachments: [{ url: '', size: 5, name: 'hello.txt', mediaType: 'text/plain' }], delivery: 'sending' });
    expect(pokes.map((poke) => poke.kind)).to.have.members(['messages', 'conversations', 'outbox']);
    archive.close();
    const { archive: again } = await open(name);
    const [outgoing] = await again.outbox();
    expect(outgoing).to.deep.include({ message: row.id, conversation: BOB, originId: 'origin-own', body: 'own', state: 'queued', fileName: 'hello.txt' });
    expect(await outgoing!.file!.text()).to.equal('hello');
    await expectTimeline(again, '| own');
  });

  it('takes no id twice, and no text that would have to be cut', async () => {
    const { archive } = await open();
    await archive.enqueue(draft('one'), 'origin', NOW);
    const twice = await archive.enqueue(draft('two'), 'origin', NOW).catch((error: unknown) => error);
    expect(twice).to.include({ name: 'ChatError', code: 'storage' });
    const long = await archive.enqueue(draft('x'.repeat(MAX_BODY + 1)), 'origin-2', NOW).catch((error: unknown) => error);
    expect(long).to.include({ name: 'ChatError', code: 'too-large' });
    await expectTimeline(archive, '| one');
  });

  it('what the leader sends at once is in flight from the beginning, but not before what waits in its conversation', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    const segment = (await archive.runs(ME))[0]!.segment;
    const dispatch = async (body: string, goes = true) => archive.dispatch(draft(body), `origin-${body}`, NOW, goes);
    const { row, outgoing } = await dispatch('one');
    expect(row).to.deep.include({ conversation: BOB, originId: 'origin-one', mine: true });
    expect(outgoing).to.deep.include({ message: row.id, state: 'inflight', since: segment });
    expect((await dispatch('two')).outgoing?.state, 'after one on the wire').to.equal('inflight');
    const waits = await dispatch('three', false);
    expect(waits.outgoing).to.deep.include({ state: 'queued' });
    expect((await dispatch('four')).outgoing?.state, 'after one that waits').to.equal('queued');
    await archive.setOutboxState(waits.outgoing!.id, 'unknown');
    expect((await dispatch('five')).outgoing?.state, 'after one of unknown fate').to.equal('queued');
    expect((await archive.outbox()).map(({ body, state }) => `${body}:${state}`)).to.deep.equal(['one:inflight', 'two:inflight', 'three:unknown', 'four:queued', 'five:queued']);
  });

  it('keeps once what leader and page both keep, and not at all what the leader comes to too late', async () => {
    const { archive } = await open();
    const { row } = await archive.dispatch(draft('one'), 'origin-one', NOW, true);
    expect((await archive.enqueue(draft('one'), 'origin-one', NOW)).id).to.equal(row.id);
    const again = await archive.dispatch(draft('one'), 'origin-one', NOW, true);
    expect([again.row.id, again.outgoing]).to.deep.equal([row.id, undefined]);
    for (const at of [NOW - takenWithin, NOW + 1]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const late = await archive.dispatch(draft('late'), 'origin-late', at, true).catch((error: unknown) => error);
      expect(late).to.include({ name: 'ChatError', code: 'timeout' });
    }
    await expectTimeline(archive, '| one');
    expect((await archive.outbox()).map(({ body, state }) => `${body}:${state}`)).to.deep.equal(['one:inflight']);
  });

  it('takes the draft that a message was written from along with it, and no other', async () => {
    const { archive } = await open();
    const left = async (): Promise<string | undefined> => (await archive.conversation(BOB))?.draft;
    await archive.setDraft(BOB, 'half a');
    await archive.enqueue(draft('half a sentence', { fromDraft: 'half a' }), 'origin-1', NOW);
    expect(await left()).to.equal(undefined);
    await archive.setDraft(BOB, 'written meanwhile');
    await archive.enqueue(draft('late', { fromDraft: 'la' }), 'origin-2', NOW);
    expect(await left()).to.equal('written meanwhile');
    await archive.enqueue(draft('by itself'), 'origin-3', NOW);
    expect(await left()).to.equal('written meanwhile');
    expect((await archive.outbox()).map(({ body }) => body)).to.deep.equal(['half a sentence', 'late', 'by itself']);
  });

  it('does not send what is with the server already: put back after the storage was lost', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own'), 'origin-own', NOW);
    await archive.markSent(['origin-own']);
    expect((await archive.enqueue(draft('own'), 'origin-own', NOW)).id).to.equal(row.id);
    expect(await archive.outbox()).to.deep.equal([]);
    await expectTimeline(archive, '| own');
  });

  it('tried again, what the archive has placed already stays there, as on every other device', async () => {
    const { archive } = await open();
    await archive.enqueue(draft('own'), 'origin-own', NOW);
    await archive.appendPage({ kind: 'latest', archive: ME, complete: true, items: [item('s1', message('own', { mine: true, id: 'origin-own', originId: 'origin-own' })), item('s2', message('s2'))] });
    await archive.append([[{ ...message('', { id: 'origin-own' }), kind: 'failure', target: 'origin-own', condition: 'service-unavailable' }]]);
    const [own] = (await archive.window(BOB, {}, 10)).flatMap((entry) => (entry.kind === 'message' ? [entry.row] : []));
    await archive.retry(own!.id);
    expect((await archive.outbox()).map(({ state }) => state)).to.deep.equal(['queued']);
    await expectTimeline(archive, 'own s2');
    await archive.setOutboxState((await archive.outbox())[0]!.id, 'inflight');
    await archive.appendPage(forward([item('s3', message('own', { mine: true, id: 'origin-own', originId: 'origin-own' }))]));
    expect(await archive.outbox()).to.deep.equal([]);
    await expectTimeline(archive, 'own s2');
  });

  it('is settled by an acknowledgement', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own'), 'origin-own', NOW);
    await archive.markSent(['nobody', 'origin-own']);
    expect(await archive.outbox()).to.deep.equal([]);
    expect((await archive.message(row.id))?.state.delivery).to.equal('sent');
  });

  it('is settled by a page that has it, in the same transaction', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own'), 'origin-own', NOW);
    const [outgoing] = await archive.outbox();
    await archive.setOutboxState(outgoing!.id, 'unknown');
    await archive.appendPage(forward([item('s1', message('own', { mine: true, id: 'origin-own' })), ...items('s2')]));
    expect(await archive.outbox()).to.deep.equal([]);
    expect(await archive.message(row.id)).to.deep.include({ archiveId: 's1', place: [BOB, 0, 1] });
    await expectTimeline(archive, 'own s2');
  });

  it('fails with a reason, is tried again under its ids, at the end, and can be discarded', async () => {
    const { archive, pokes } = await open();
    const first = await archive.enqueue(draft('first'), 'origin-first', NOW);
    await archive.enqueue(draft('second'), 'origin-second', NOW);
    const [outgoing] = await archive.outbox();
    await archive.markFailed(outgoing!.id, 'too-large', '10 MB at most');
    expect((await archive.message(first.id))?.state).to.deep.include({ delivery: 'failed', failure: { condition: 'too-large', text: '10 MB at most' } });
    await archive.retry(first.id);
    expect((await archive.message(first.id))?.state).to.deep.equal({ body: 'first', attachments: [], delivery: 'sending' });
    expect((await archive.outbox()).map(({ originId, state }) => [originId, state])).to.deep.equal([['origin-second', 'queued'], ['origin-first', 'queued']]);
    await expectTimeline(archive, '| second first');
    pokes.length = 0;
    await archive.discard(first.id);
    expect(pokes.find((poke) => poke.kind === 'messages')).to.deep.include({ removed: [first.id] });
    await expectTimeline(archive, '| second');
    expect(await archive.outbox()).to.have.length(1);
    expect((await archive.conversation(BOB))?.preview?.body).to.equal('second');
  });

  it('tries a bounced message again, which no acknowledgement had settled', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own'), 'origin-own', NOW);
    const bounce = { ...receipt('origin-own'), kind: 'failure' as const, condition: 'service-unavailable' };
    await archive.append([[bounce]]);
    expect((await archive.outbox())[0]?.state).to.equal('failed');
    await archive.markSent(['origin-own']);
    expect((await archive.message(row.id))?.state.delivery).to.equal('failed');
    await archive.retry(row.id);
    await archive.append([[receipt('origin-own')]]);
    expect((await archive.message(row.id))?.state.delivery).to.equal('delivered');
    await archive.markSent(['origin-own']);
    expect(await archive.outbox()).to.deep.equal([]);
  });

  it('makes a bounced message’s queue entry anew where it had been acknowledged', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own', { invitation: { room: 'r@x', inviter: ME } }), 'origin-own', NOW);
    await archive.markSent(['origin-own']);
    await archive.append([[{ ...receipt('origin-own'), kind: 'failure' as const, condition: 'service-unavailable' }]]);
    await archive.retry(row.id);
    expect((await archive.outbox())[0]).to.deep.include({ message: row.id, originId: 'origin-own', body: 'own', state: 'queued', invitation: { room: 'r@x', inviter: ME } });
  });

  it('refuses to discard or retry what is not unsent', async () => {
    const { archive } = await open();
    await archive.append([[message('theirs')]]);
    const theirs = (await archive.window(BOB, {}, 1)).find((entry) => entry.kind === 'message')!;
    for (const work of [archive.discard(theirs.row.id), archive.retry(theirs.row.id), archive.discard(99_999)]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await work.catch((error: unknown) => error)).to.include({ name: 'ChatError', code: 'invalid' });
    }
    await expectTimeline(archive, '| theirs');
  });

  it('keeps an upload’s result with the message', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('', { file: new Blob(['x']), fileName: 'x' }), 'origin-own', NOW);
    const [outgoing] = await archive.outbox();
    const attachments = [{ url: 'https://files.example.org/x', name: 'x', size: 1 }];
    await archive.setUploaded(outgoing!.id, attachments);
    expect((await archive.message(row.id))?.state.attachments).to.deep.equal(attachments);
    expect((await archive.outbox())[0]?.attachments).to.deep.equal(attachments);
  });

  it('stands behind what arrived before it went on the wire', async () => {
    const { archive } = await open();
    for (const name of ['p1', 'p2']) await archive.enqueue(draft(name), `origin-${name}`, NOW); // oxlint-disable-line no-await-in-loop -- in order
    await archive.append([[message('live')]]);
    await archive.enqueue(draft('p3'), 'origin-p3', NOW);
    await expectTimeline(archive, '| p1 p2 live p3');
    for (const outgoing of await archive.outbox()) await archive.setOutboxState(outgoing.id, 'inflight'); // oxlint-disable-line no-await-in-loop -- in order
    await expectTimeline(archive, '| live p1 p2 p3');
  });
});
