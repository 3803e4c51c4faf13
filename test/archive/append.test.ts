import { expect } from '@open-wc/testing';
import { MAX_BODY } from '../../src/model/fold-message.js';
import type { TimelineItem } from '../../src/model/conversation.js';
import type { MessageRow } from '../../src/model/message.js';
import { backward, BOB, CAROL, destroyAll, draft, edit, expectTimeline, forward, item, items, latest, ME, message, NOW, open, receipt, ROOM } from './fixtures.js';

const rows = (list: readonly TimelineItem[]): MessageRow[] => list.flatMap((entry) => (entry.kind === 'message' ? [entry.row] : []));

describe('append', () => {
  afterEach(destroyAll);

  it('commits first and pokes second, with the rows', async () => {
    const { archive, pokes } = await open();
    const pending = archive.append([[message('one')], [message('two')]]);
    expect(pokes).to.have.length(0);
    await pending;
    expect(pokes).to.have.length(2);
    const [said, listed] = pokes;
    expect(said).to.deep.include({ kind: 'messages', conversation: BOB });
    expect(said?.kind === 'messages' ? said.rows.map((row) => row.state.body) : []).to.deep.equal(['one', 'two']);
    expect(listed).to.deep.include({ kind: 'conversations' });
    // What is poked is what is read: nothing of the archive's own.
    expect(said?.kind === 'messages' ? said.rows : []).to.deep.equal(rows(await archive.window(BOB, {}, 10)));
  });

  it('takes the same message once: by archive id, by our own origin-id, by a telling id with the same text', async () => {
    const { archive, pokes } = await open();
    await archive.append([
      [message('one', { archiveId: 'a1', id: undefined })],
      [message('two', { id: 'long-enough-id' })],
      [message('own', { mine: true, originId: 'origin-of-own', id: 'id-of-own' })],
    ]);
    pokes.length = 0;
    await archive.append([
      [message('one', { archiveId: 'a1', id: undefined })],
      [message('two', { id: 'long-enough-id', archiveId: 'a2' })],
      [message('own', { mine: true, originId: 'origin-of-own', id: 'rewritten-by-the-room' })],
    ]);
    await expectTimeline(archive, '| one two own');
    // Only the second learned something.
    expect(pokes.flatMap((poke) => (poke.kind === 'messages' ? poke.rows.map((row) => row.archiveId) : []))).to.deep.equal(['a2']);
    await archive.append([[message('other text', { id: 'long-enough-id' })], [message('short', { id: 'ab' })], [message('short', { id: 'ab' })], [message('two', { id: 'long-enough-id', with: CAROL })]]);
    await expectTimeline(archive, '| one two own other text short short');
  });

  it('knows a message with a short id again by the archive id that one copy only claims, where they agree in everything else', async () => {
    const { archive } = await open();
    const said = { id: '7', claimedId: 's1' };
    await archive.append([[message('one', said)], [message('one', said)], [message('other', said)], [message('one', { ...said, claimedId: 's9' })]]);
    await expectTimeline(archive, '| one other one');
    await archive.appendPage(latest([item('s1', message('one', { id: '7' })), item('s2', message('two', { id: '8' }))]));
    await archive.append([[message('two', { id: '8', claimedId: 's2' })], [message('two', { id: '8', claimedId: 's1' })]]);
    await expectTimeline(archive, '| one two other one two');
  });

  it('never takes another’s message for ours, though it repeats our ids', async () => {
    const { archive } = await open();
    await archive.enqueue(draft('mine'), 'origin-of-mine', 1);
    await archive.append([[message('mine', { id: 'origin-of-mine', originId: 'origin-of-mine' })]]);
    await expectTimeline(archive, '| mine mine');
    expect(await archive.outbox()).to.have.length(1);
  });

  it('settles an own message by its reflection', async () => {
    const { archive, pokes } = await open();
    const row = await archive.enqueue(draft('mine', { conversation: ROOM, chatType: 'groupchat', archive: ROOM, sender: `${ROOM}/me` }), 'origin-of-mine', 1);
    await archive.append([[message('mine', { with: ROOM, from: `${ROOM}/me`, mine: true, originId: 'origin-of-mine', id: 'new', archiveId: 'r1' })]]);
    expect(await archive.outbox()).to.deep.equal([]);
    expect(await archive.message(row.id)).to.deep.include({ archiveId: 'r1', messageId: 'origin-of-mine' });
    expect((await archive.message(row.id))?.state.delivery).to.equal('sent');
    expect(pokes.some((poke) => poke.kind === 'outbox')).to.equal(true);
  });

  it('keeps the beginning of an absurd text, and says so', async () => {
    const { archive } = await open();
    const body = `${'x'.repeat(MAX_BODY - 1)}😀 and more`;
    await archive.append([[message('long', {}), { ...message('y'), body, messageId: 'id-of-long' }], [{ ...message('y'), body, messageId: 'id-of-long' }]]);
    const list = rows(await archive.window(BOB, {}, 10));
    expect(list).to.have.length(2);
    expect(list[1]!.state.body).to.equal('x'.repeat(MAX_BODY - 1));
    expect(list[1]!.state.truncated).to.equal(true);
    expect(list[0]!.state.truncated).to.equal(undefined);
  });

  it('survives stamps that are no time', async () => {
    const { archive } = await open();
    await archive.append([[message('nan', { at: Number.NaN })]]);
    expect(rows(await archive.window(BOB, {}, 1))[0]!.at).to.equal(NOW);
  });
});

describe('fold', () => {
  afterEach(destroyAll);
  const bodies = async (archive: Awaited<ReturnType<typeof open>>['archive']) => rows(await archive.window(BOB, {}, 10)).map((row) => row.state.body);

  it('folds a fact into its message, by messageId, originId or archiveId', async () => {
    const { archive } = await open();
    await archive.append([[message('a', { id: 'id-a' })], [message('b', { originId: 'origin-b' })], [message('c', { archiveId: 'archive-c' })]]);
    await archive.append([[edit('id-a', 'A')], [edit('origin-b', 'B')], [edit('archive-c', 'C')], [edit('id-a', 'X', { with: CAROL })]]);
    expect(await bodies(archive)).to.deep.equal(['A', 'B', 'C']);
  });

  it('keeps facts that come before their message', async () => {
    const { archive } = await open();
    await archive.append([[edit('id-a', 'A')], [edit('archive-b', 'B')]]);
    await archive.append([[message('b', { id: 'id-b' })]]);
    expect(await bodies(archive)).to.deep.equal(['b']);
    await archive.append([[message('a', { id: 'id-a' })]]);
    expect(await bodies(archive)).to.deep.equal(['b', 'A']);
    // It waits for an id that the message only gets in a page.
    await archive.appendPage(forward([item('archive-b', message('b', { id: 'message-id-b' }))]));
    await archive.appendPage(forward([item('archive-c', message('c'))]));
    expect(await bodies(archive)).to.include('B');
  });

  it('finds its facts among very many that wait', async () => {
    const { archive } = await open();
    await archive.append(Array.from({ length: 400 }, (_, i) => [edit(`nobody-${i}`, `E${i}`)]));
    await archive.append([[edit('id-a', 'A')]]);
    await archive.append([[message('a', { id: 'id-a' })]]);
    expect(await bodies(archive)).to.deep.equal(['A']);
  });

  it('folds in the archive’s order, in whichever order facts arrive', async () => {
    const { archive } = await open();
    await archive.appendPage({ kind: 'latest', archive: ME, complete: false, items: [item('s4', edit('id-a', 'third')), item('s5', message('end'))] });
    await archive.appendPage({ kind: 'backward', archive: ME, segment: 0, complete: false, items: [item('s2', edit('id-a', 'first')), item('s3', edit('id-a', 'second'))] });
    await archive.appendPage({ kind: 'backward', archive: ME, segment: 0, complete: true, items: [item('s1', message('a', { id: 'id-a' }))] });
    expect(await bodies(archive)).to.deep.equal(['third', 'end']);
    // Live first, its place found out later.
    await archive.append([[edit('id-a', 'fifth')]]);
    expect(await bodies(archive)).to.deep.equal(['fifth', 'end']);
    await archive.appendPage(forward([item('s6', edit('id-a', 'fourth')), item('s7', edit('id-a', 'fifth'))], { complete: false }));
    expect(await bodies(archive)).to.deep.equal(['fifth', 'end']);
    await archive.appendPage(forward([item('s8', edit('id-a', 'fourth', { id: 'another' }))]));
    expect(await bodies(archive)).to.deep.equal(['fourth', 'end']);
  });

  it('folds a fact that arrives twice once, and leaves one out that throws', async () => {
    const { archive, pokes } = await open();
    await archive.append([[message('a', { id: 'id-a' })], [edit('id-a', 'A')]]);
    pokes.length = 0;
    await archive.append([[edit('id-a', 'A')]]);
    expect(pokes).to.deep.equal([]);
    await archive.append([[edit('id-a', 'throw')], [edit('id-a', 'B')]]);
    expect(await bodies(archive)).to.deep.equal(['B']);
  });

  it('tells apart two facts under one id', async () => {
    const { archive } = await open();
    await archive.append([[message('a', { id: 'id-a' })], [edit('id-a', 'A', { id: 'same' })], [edit('id-a', 'B', { id: 'same' })]]);
    expect(await bodies(archive)).to.deep.equal(['B']);
  });

  it('marks an own message failed only when it is ours and nobody has it', async () => {
    const { archive } = await open();
    const own = await archive.enqueue(draft('own'), 'origin-own', 1);
    const delivered = await archive.enqueue(draft('delivered'), 'origin-delivered', 1);
    await archive.markSent(['origin-own', 'origin-delivered']);
    await archive.append([[receipt('origin-delivered')], [message('theirs', { id: 'id-theirs' })]]);
    const failure = (target: string) => ({ ...receipt(target), kind: 'failure' as const, condition: 'item-not-found', text: 'nobody', messageId: target });
    await archive.append([[failure('origin-own')], [failure('origin-delivered')], [failure('id-theirs')]]);
    expect((await archive.message(own.id))?.state).to.deep.include({ delivery: 'failed', failure: { condition: 'item-not-found', text: 'nobody' } });
    expect((await archive.message(delivered.id))?.state.delivery).to.equal('delivered');
    expect(rows(await archive.window(BOB, {}, 10)).find((row) => row.state.body === 'theirs')?.state.delivery).to.equal(undefined);
  });

  it('never lowers a delivery, and remembers what it was told in any order', async () => {
    const { archive } = await open();
    const row = await archive.enqueue(draft('own'), 'origin-own', 1);
    await archive.append([[receipt('origin-own')]]);
    expect((await archive.message(row.id))?.state.delivery).to.equal('delivered');
    await archive.markSent(['origin-own']);
    expect((await archive.message(row.id))?.state.delivery).to.equal('delivered');
    await archive.appendPage(forward([item('s1', message('own', { mine: true, id: 'origin-own', originId: 'origin-own' })), item('s2', receipt('origin-own'))]));
    expect((await archive.message(row.id))?.state.delivery).to.equal('delivered');
  });

  it('knows whether something was said about a message, and by whom', async () => {
    const { archive } = await open();
    await archive.append([[receipt('x', { mine: true })], [receipt('y')]]);
    expect(await archive.hasFact('test-receipt', BOB, 'x', true)).to.equal(true);
    expect(await archive.hasFact('test-receipt', BOB, 'x', false)).to.equal(false);
    expect(await archive.hasFact('test-receipt', BOB, 'y', true)).to.equal(false);
    expect(await archive.hasFact('test-receipt', CAROL, 'x', true)).to.equal(false);
    expect(await archive.hasFact('test-edit', BOB, 'x', true)).to.equal(false);
  });

  it('stays quick when one message is corrected thousands of times', async () => {
    const { archive } = await open();
    await archive.append([[message('a', { id: 'id-a' })]]);
    await archive.append(Array.from({ length: 3000 }, (_, i) => [edit('id-a', `E${i}`)]));
    expect(await bodies(archive)).to.deep.equal(['E2999']);
  });

  it('puts what the server had kept for us, and hands out after the newest page was here, before the gap it is a part of', async () => {
    const { archive } = await open();
    const kept = (id: string, at: number, more: { with?: string; archiveId?: string } = {}) => ({ ...message(id, { at, ...more }), late: true as const });
    await archive.appendPage(latest([item('s5', message('s5', { at: 5 })), item('s6', message('s6', { at: 6 })), item('c6', message('c6', { at: 6, with: CAROL }))]));
    await archive.append([[kept('s1', 1)], [kept('s2', 2, { archiveId: 's2' })], [kept('s6', 6)], [kept('s7', 7)], [message('now', { at: 0 })], [kept('c3', 3, { with: CAROL })]]);
    await expectTimeline(archive, '| s1 s2 | s5 s6 s7 now');
    await expectTimeline(archive, '| c3 | c6', CAROL);
    expect((await archive.conversation(BOB))?.preview?.body).to.equal('now');
    await archive.append([[kept('s3', 3)]]);
    await expectTimeline(archive, '| s1 s2 s3 | s5 s6 s7 now');
    expect(await archive.conversation(BOB)).to.have.property('unread', 7);
    // The archive has the last word.
    const [run] = (await archive.runs(ME)).slice(-1);
    await archive.appendPage(backward(run!.segment, [...items('s1', 's2'), item('c3', message('c3', { with: CAROL })), ...items('s3', 's4')], { complete: true }));
    await expectTimeline(archive, 's1 s2 s3 s4 s5 s6 s7 now');
    await expectTimeline(archive, 'c3 c6', CAROL);
  });

  it('puts what the server had kept behind an earlier absence’s end where there is one, and at the end where nothing is missing', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([item('s1', message('s1', { at: 1 }))]));
    await archive.append([[{ ...message('s0', { at: 0 }), late: true }]]);
    await expectTimeline(archive, 's1 s0');
    await archive.appendPage(latest([item('s9', message('s9', { at: 9 }))], { settleBefore: await archive.nextRow() }));
    await archive.append([[{ ...message('s4', { at: 4 }), late: true }]]);
    await expectTimeline(archive, 's1 s0 s4 | s9');
  });
});
