import { expect } from '@open-wc/testing';
import { backward, BOB, CAROL, destroyAll, draft, expectTimeline, forward, history, item, items, latest, ME, message, open, receipt, ROOM } from './fixtures.js';

describe('appendPage', () => {
  afterEach(destroyAll);

  it('puts a first forward page in its order, from the archive’s beginning on', async () => {
    const { archive, pokes } = await open();
    const outcome = await archive.appendPage(forward(items('s1', 's2', 's3')));
    expect(outcome).to.deep.equal({ joined: false, added: 3, segment: 0 });
    await expectTimeline(archive, 's1 s2 s3');
    expect(await archive.runs(ME)).to.deep.equal([{ archive: ME, segment: 0, startReached: true, joined: false, fromId: 's1', toId: 's3' }]);
    expect(pokes.map((poke) => poke.kind)).to.deep.equal(['messages', 'conversations']);
  });

  it('moves the cursor over items that hold nothing', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([item('e1'), ...items('s2'), item('e3')]));
    expect((await archive.runs(ME))[0]).to.include({ fromId: 'e1', toId: 'e3' });
  });

  it('keeps the order of the archive, whatever the stamps and the order of arrival', async () => {
    const { archive } = await open();
    await archive.append([[message('s3', { archiveId: 's3', at: 3 })], [message('s1', { archiveId: 's1', at: 9 })], [message('s2', { at: 1 })]]);
    await expectTimeline(archive, '| s3 s1 s2');
    await archive.appendPage(forward(items('s1', 's2', 's3')));
    await expectTimeline(archive, 's1 s2 s3');
  });

  it('never moves the cursor for a live message', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    await archive.append([[message('s5', { archiveId: 's5' })]]);
    expect((await archive.runs(ME))[0]).to.include({ toId: 's1' });
    await archive.appendPage(forward(items('s2', 's3', 's4'), { complete: false }));
    await archive.appendPage(forward(items('s5')));
    await expectTimeline(archive, 's1 s2 s3 s4 s5');
  });

  it('settles what the archive does not have after the page, in the order of the tail', async () => {
    const { archive } = await open();
    await archive.append([[message('u1')], [message('s2', { archiveId: 's2' })], [message('u3')]]);
    const mark = await archive.nextRow();
    await archive.append([[message('after')]]);
    await archive.appendPage(forward(items('s1', 's2'), { settleBefore: mark }));
    await expectTimeline(archive, 's1 s2 u1 u3 after');
    await archive.appendPage(forward(items('s3', 's4'), { complete: false }));
    await expectTimeline(archive, 's1 s2 u1 u3 s3 s4 after');
  });

  it('leaves what is on its way out in the tail', async () => {
    const { archive } = await open();
    await archive.enqueue(draft('mine'), 'origin-of-mine', 1);
    await archive.append([[message('u1')]]);
    await archive.appendPage(forward(items('s1'), { settleBefore: await archive.nextRow() }));
    await expectTimeline(archive, 's1 u1 mine');
    const [row] = await archive.outbox();
    await archive.markFailed(row!.id, 'expired');
    await archive.appendPage(forward(items('s2'), { settleBefore: await archive.nextRow() }));
    await expectTimeline(archive, 's1 u1 s2 mine');
  });

  it('moves a settled message when the archive has it after all', async () => {
    const { archive } = await open();
    await archive.append([[message('late')], [message('s3')]]);
    await archive.appendPage(forward(items('s1'), { settleBefore: await archive.nextRow() }));
    await expectTimeline(archive, 's1 late s3');
    await archive.appendPage(forward([...items('s2', 's3'), item('s4', message('late'))]));
    await expectTimeline(archive, 's1 s2 s3 late');
  });

  it('starts a run of its own for the newest page, and closes the gap backwards', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    expect(await archive.appendPage(latest(items('s7', 's8')))).to.deep.equal({ joined: false, added: 2, segment: 1 });
    await expectTimeline(archive, 's1 s2 | s7 s8');
    expect(await archive.appendPage(backward(1, items('s5', 's6')))).to.deep.equal({ joined: false, added: 2, segment: 1 });
    await expectTimeline(archive, 's1 s2 | s5 s6 s7 s8');
    expect(await archive.appendPage(backward(1, items('s1', 's2', 's3', 's4')))).to.deep.equal({ joined: true, added: 2, segment: 1 });
    await expectTimeline(archive, 's1 s2 s3 s4 s5 s6 s7 s8');
    expect((await archive.runs(ME)).map(({ segment, joined, fromId, toId }) => ({ segment, joined, fromId, toId }))).to.deep.equal([
      { segment: 0, joined: true, fromId: 's1', toId: 's2' },
      { segment: 1, joined: false, fromId: 's3', toId: 's8' },
    ]);
  });

  it('goes on with the newest run where the newest page meets it', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    expect(await archive.appendPage(latest(items('s2', 's3')))).to.deep.equal({ joined: true, added: 1, segment: 0 });
    await expectTimeline(archive, 's1 s2 s3');
    expect(await archive.runs(ME)).to.have.length(1);
  });

  it('shows the gap in conversations that the newest page does not touch', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([item('s1', message('hello', { with: CAROL }))]));
    await archive.appendPage(latest(items('s9')));
    await expectTimeline(archive, 'hello |', CAROL);
    await archive.append([[message('live', { with: CAROL })]]);
    await expectTimeline(archive, 'hello | live', CAROL);
    await expectTimeline(archive, '| s9', BOB);
    await archive.appendPage(backward(1, [item('s1', message('hello', { with: CAROL })), ...items('s2')]));
    await expectTimeline(archive, 'hello live', CAROL);
    await expectTimeline(archive, 's2 s9', BOB);
  });

  it('puts what an earlier session received live before the gap', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    await archive.append([[message('s2', { archiveId: 's2' })]]);
    const mark = await archive.nextRow();
    await archive.append([[message('s9', { archiveId: 's9' })], [message('s10', { archiveId: 's10' })]]);
    await archive.appendPage(latest(items('s8', 's9'), { settleBefore: mark }));
    await expectTimeline(archive, 's1 s2 | s8 s9 s10');
    // What was received live proves nothing about what lies before it.
    await archive.appendPage(backward(1, items('s2', 's3', 's4', 's5', 's6', 's7')));
    await expectTimeline(archive, 's1 | s2 s3 s4 s5 s6 s7 s8 s9 s10');
    expect((await archive.appendPage(backward(1, items('s1')))).joined).to.equal(true);
    await expectTimeline(archive, 's1 s2 s3 s4 s5 s6 s7 s8 s9 s10');
  });

  it('puts what this session heard before a newest page that is shorter right below it', async () => {
    const { archive } = await open();
    await archive.append([[message('s1', { archiveId: 's1' })]]);
    const mark = await archive.nextRow();
    await archive.append([[message('s6', { archiveId: 's6' })], [message('c7', { archiveId: 'c7', with: CAROL })], [message('s8', { archiveId: 's8' })], [message('u', { with: CAROL })]]);
    await archive.appendPage(latest(items('s8'), { settleBefore: mark }));
    await expectTimeline(archive, '| s1 | s6 s8');
    await expectTimeline(archive, '| c7 u', CAROL);
    // Later ones go behind it.
    await archive.appendPage(forward([...items('s9'), item('c10', message('c10', { with: CAROL }))], { settleBefore: await archive.nextRow() }));
    await expectTimeline(archive, '| s1 | s6 s8 s9');
    await expectTimeline(archive, '| c7 c10 u', CAROL);
    await archive.appendPage(backward(1, [...items('s1', 's5', 's6'), item('c7', message('c7', { with: CAROL }))], { complete: true }));
    await expectTimeline(archive, 's1 s5 s6 s8 s9');
    await expectTimeline(archive, 'c7 c10 u', CAROL);
  });

  it('keeps what was put below a newest page below the pages before it, as long as they do not have it', async () => {
    const { archive } = await open();
    const mark = await archive.nextRow();
    await archive.append([[message('s1', { archiveId: 's1' })], [message('s2', { archiveId: 's2' })], [message('s5', { archiveId: 's5' })], [message('s9', { archiveId: 's9' })]]);
    await archive.appendPage(latest(items('s9'), { settleBefore: mark }));
    await expectTimeline(archive, '| s1 s2 s5 s9');
    await archive.append([[message('u10')]]);
    await archive.appendPage(forward([], { settleBefore: await archive.nextRow() }));
    // A receipt, and what nobody heard live: what is not in the page is older.
    await archive.appendPage(backward(0, [item('r6', receipt('s1')), ...items('s7')]));
    await expectTimeline(archive, '| s1 s2 s5 s7 s9 u10');
    await archive.appendPage(backward(0, [...items('s5'), item('r6', receipt('s2'))]));
    await expectTimeline(archive, '| s1 s2 s5 s7 s9 u10');
    await archive.appendPage(history(0, items('s2', 's4')));
    await expectTimeline(archive, '| s1 s2 s4 s5 s7 s9 u10');
    await archive.appendPage(history(0, items('s0', 's1'), { complete: true }));
    await expectTimeline(archive, 's0 s1 s2 s4 s5 s7 s9 u10');
  });

  it('puts what was settled without an id before what history from the end brings', async () => {
    const { archive } = await open();
    await archive.append([[message('s1')], [message('c2', { archiveId: 'c2', with: CAROL })]]);
    await archive.appendPage(latest([item('c2', message('c2', { with: CAROL }))], { settleBefore: 0 }));
    await archive.append([[message('s3')], [message('s4')]]);
    await expectTimeline(archive, '| s1 s3 s4');
    await archive.appendPage(history(0, items('s4')));
    await expectTimeline(archive, '| s1 s3 s4');
    await archive.appendPage(history(0, items('s1', 's3')));
    await expectTimeline(archive, '| s1 s3 s4');
    await archive.appendPage(history(0, items('s0'), { complete: true }));
    await expectTimeline(archive, 's0 s1 s3 s4');
  });

  it('leaves in the tail what a newest page that reaches back before the session does not have', async () => {
    const { archive } = await open();
    const mark = await archive.nextRow();
    await archive.append([[message('u', { with: CAROL })], [message('s3', { archiveId: 's3' })]]);
    await archive.appendPage(latest([item('c2', message('c2', { with: CAROL })), ...items('s3')], { settleBefore: mark }));
    await expectTimeline(archive, '| c2 u', CAROL);
    await expectTimeline(archive, '| s3');
  });

  it('closes every gap when the archive’s beginning is reached', async () => {
    const { archive } = await open();
    await archive.appendPage(latest(items('s3', 's4')));
    await expectTimeline(archive, '| s3 s4');
    await archive.appendPage(backward(0, items('s1', 's2'), { complete: true }));
    await expectTimeline(archive, 's1 s2 s3 s4');
    expect((await archive.runs(ME))[0]).to.include({ startReached: true, fromId: 's1' });
  });

  it('joins runs over an end that holds no message', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([...items('s1'), item('e2')]));
    await archive.appendPage(latest(items('s5')));
    const outcome = await archive.appendPage(backward(1, [item('e2'), ...items('s3', 's4')]));
    expect(outcome.joined).to.equal(true);
    await expectTimeline(archive, 's1 s3 s4 s5');
  });

  it('closes nothing for an empty page that is not complete', async () => {
    const { archive } = await open();
    await archive.appendPage(latest(items('s5')));
    await archive.appendPage(backward(0, []));
    await archive.appendPage(history(0, []));
    await expectTimeline(archive, '| s5');
  });

  it('fills a conversation’s history down to an earlier segment', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.appendPage(latest(items('s7')));
    await archive.appendPage(history(1, items('s5', 's6')));
    await expectTimeline(archive, 's1 s2 | s5 s6 s7');
    expect((await archive.segments(BOB))[1]).to.include({ firstId: 's5', gapBefore: true });
    expect(await archive.appendPage(history(1, items('s2', 's3', 's4')))).to.include({ joined: true, added: 2 });
    await expectTimeline(archive, 's1 s2 s3 s4 s5 s6 s7');
    // The run of the whole archive goes through it without disturbing it.
    await archive.appendPage(backward(1, [item('c1', message('c1', { with: CAROL })), ...items('s5', 's6')]));
    await archive.appendPage(backward(1, items('s2', 's3', 's4')));
    await expectTimeline(archive, 's1 s2 s3 s4 s5 s6 s7');
    await expectTimeline(archive, 'c1', CAROL);
  });

  it('takes history of a conversation that nothing is known of', async () => {
    const { archive } = await open();
    await archive.openConversation(BOB, 'chat');
    await expectTimeline(archive, '|');
    const [gap] = await archive.window(BOB, {}, 10);
    expect(gap).to.deep.equal({ kind: 'gap', segment: -1 });
    await archive.appendPage(history(-1, items('s8', 's9')));
    await expectTimeline(archive, '| s8 s9');
    // The newest page of everything says nothing about where that history ends.
    await archive.appendPage(latest([item('c1', message('c1', { with: CAROL })), ...items('s12')]));
    await expectTimeline(archive, '| s8 s9 | s12');
    await archive.appendPage(backward(1, items('s9', 's10', 's11')));
    await archive.appendPage(backward(1, items('s7', 's8'), { complete: true }));
    await expectTimeline(archive, 's7 s8 s9 s10 s11 s12');
  });

  it('takes no fact for the end of a hole where the messages about it have moved on', async () => {
    const { archive } = await open();
    const told = item('f1', receipt('before', { archiveId: 'f1' }));
    await archive.appendPage(latest([item('c1', message('c1', { with: CAROL })), told]));
    await archive.append([[message('m')]]);
    await archive.appendPage(latest([item('c9', message('c9', { with: CAROL }))], { settleBefore: await archive.nextRow() }));
    await expectTimeline(archive, '| m |');
    // The two meet, and what was heard stands in the newer one.
    await archive.appendPage(backward(1, [told, item('m1', message('m'))]));
    await expectTimeline(archive, '| m');
    await archive.appendPage(history(1, [...items('s1', 's2'), told]));
    await expectTimeline(archive, '| s1 s2 m');
  });

  it('knows an empty history', async () => {
    const { archive } = await open();
    await archive.openConversation(BOB, 'chat');
    await archive.appendPage(history(-1, [], { complete: true }));
    await expectTimeline(archive, '');
  });

  it('needs no history of an unknown conversation when the whole archive is here', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    await archive.openConversation(CAROL, 'chat');
    await expectTimeline(archive, '', CAROL);
    await archive.openConversation(ROOM, 'room');
    await expectTimeline(archive, '|', ROOM);
  });

  it('takes what arrived live before a page of history along with it', async () => {
    const { archive } = await open();
    await archive.append([[message('s1')], [message('s2')], [message('s3')], [message('s4')]]);
    await archive.appendPage(history(-1, items('s3', 's4')));
    await expectTimeline(archive, '| s1 s2 s3 s4');
    await archive.appendPage(history(0, items('s0', 's1', 's2'), { complete: true }));
    await expectTimeline(archive, 's0 s1 s2 s3 s4');
  });

  it('keeps a gap after an abandoned cursor, and the run’s rows', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.abandonCursor(ME);
    await expectTimeline(archive, 's1 s2 |');
    expect((await archive.runs(ME)).at(-1)).to.deep.equal({ archive: ME, segment: 1, startReached: false, joined: false });
    await archive.abandonCursor(ME);
    expect(await archive.appendPage(latest(items('s8')))).to.include({ segment: 1, joined: false });
    await expectTimeline(archive, 's1 s2 | s8');
  });

  it('does not close the next hole by the run of an abandoned cursor that was there after all', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.abandonCursor(ME);
    await archive.appendPage(latest(items('s1', 's2')));
    await expectTimeline(archive, 's1 s2');
    await archive.appendPage(latest(items('s8', 's9')));
    await expectTimeline(archive, 's1 s2 | s8 s9');
    const [, , newest] = await archive.runs(ME);
    expect(await archive.appendPage(backward(newest!.segment, items('s2', 's3')))).to.include({ joined: true });
    await expectTimeline(archive, 's1 s2 s3 s8 s9');
  });

  it('keeps rooms and the account’s own archive apart', async () => {
    const { archive } = await open();
    const inRoom = (id: string) => item(id, message(id, { with: ROOM, from: `${ROOM}/bob` }));
    await archive.appendPage(forward(items('s1')));
    await archive.appendPage(latest([inRoom('s1'), inRoom('s2')], { archive: ROOM }));
    await expectTimeline(archive, 's1', BOB);
    await expectTimeline(archive, '| s1 s2', ROOM);
    expect(await archive.runs(ROOM)).to.have.length(1);
  });

  it('leaves what the archive has twice where it was first', async () => {
    const first = item('a1', message('twice', { mine: true, originId: 'origin-of-twice' }));
    const second = item('a3', message('twice', { mine: true, originId: 'origin-of-twice' }));
    const between = items('s2');
    const { archive } = await open();
    // Both heard live, and then read downwards in one page: the second copy is met first.
    await archive.append([[{ ...first.facts[0]!, archiveId: 'a1' }], [message('s2', { archiveId: 's2' })], [{ ...second.facts[0]!, archiveId: 'a3' }]]);
    await archive.appendPage(latest([first, ...between, second], { complete: true }));
    await expectTimeline(archive, 'twice s2');
    // In two pages, of which the newer one has the second copy only.
    const { archive: other } = await open();
    await other.appendPage(latest([...between, second]));
    await expectTimeline(other, '| s2 twice');
    await other.appendPage(backward(0, [first], { complete: true }));
    await expectTimeline(other, 'twice s2');
    // Down to an earlier run.
    const { archive: third } = await open();
    await third.appendPage(forward(items('s0'), { complete: false }));
    await third.appendPage(latest([...items('s5'), second, ...items('s6')]));
    await expectTimeline(third, 's0 | s5 twice s6');
    await third.appendPage(backward(1, [...items('s0'), first, ...between]));
    await expectTimeline(third, 's0 twice s2 s5 s6');
  });

  it('is not led astray by ids: hostile or careless senders repeat them', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([
      item('a1', message('one', { id: 'the-same-id' })),
      item('a2', message('two', { id: 'the-same-id' })),
      item('a3', message('one', { id: 'the-same-id', with: CAROL })),
      item('a4', message('hi', { id: '1' })),
      item('a5', message('hi', { id: '1' })),
      // The same stanza, archived again under another id.
      item('a6', message('one', { id: 'the-same-id' })),
      item('a7', receipt('unheard-of')),
    ]));
    await expectTimeline(archive, 'one two hi hi');
    await expectTimeline(archive, 'one', CAROL);
  });

  it('believes the page’s id and not what a stanza inside it says', async () => {
    const { archive } = await open();
    await archive.appendPage(forward([item('a1', message('true', { archiveId: 'forged' }))]));
    await archive.appendPage(forward([item('forged', message('other'))]));
    await expectTimeline(archive, 'true other');
  });
});
