import { expect } from '@open-wc/testing';
import { TAIL } from '../../src/model/message.js';
import { backward, BOB, CAROL, destroyAll, draft, expectTimeline, forward, history, item, items, latest, ME, message, NOW, open, ROOM } from './fixtures.js';

describe('conversations', () => {
  afterEach(destroyAll);

  it('lists conversations by when something was last said', async () => {
    const { archive } = await open();
    await archive.append([[message('old', { at: 1000 })], [message('new', { with: CAROL, at: 2000 })], [message('hi', { with: ROOM, from: `${ROOM}/x`, at: 500 })], [message('psst', { with: `${ROOM}/x`, at: 1 })]]);
    expect((await archive.conversations()).map(({ jid, kind }) => [jid, kind])).to.deep.equal([[CAROL, 'chat'], [BOB, 'chat'], [ROOM, 'room'], [`${ROOM}/x`, 'private']]);
    const id = (await archive.window(BOB, {}, 2)).flatMap((entry) => (entry.kind === 'message' ? entry.row.id : []))[0]!;
    expect(await archive.conversation(BOB)).to.deep.equal({ jid: BOB, kind: 'chat', lastAt: 1000, unread: 1, preview: { id, body: 'old', mine: false, sender: BOB } });
  });

  it('shows the newest message by place, whatever stamps say', async () => {
    const { archive } = await open();
    await archive.appendPage(latest([item('s5', message('newest', { at: 100 }))]));
    await archive.appendPage(backward(0, [item('s4', message('older', { at: 900 }))]));
    await archive.appendPage(history(0, [item('s3', message('oldest', { at: 950 }))]));
    expect(await archive.conversation(BOB)).to.deep.include({ lastAt: 100, unread: 1 });
    const before = (await archive.conversation(BOB))!.preview!;
    expect(before).to.deep.include({ body: 'newest', mine: false, sender: BOB });
    await archive.append([[message('delayed', { at: 50 })]]);
    expect(await archive.conversation(BOB)).to.deep.include({ lastAt: 100, unread: 2 });
    expect((await archive.conversation(BOB))?.preview?.body).to.equal('delayed');
    expect((await archive.conversation(BOB))?.preview?.id, 'what is new has the greater id, though its stamp is older').to.be.greaterThan(before.id);
    // A clock far ahead does not lead the list for ever.
    await archive.append([[message('from the future', { at: NOW * 5 })]]);
    expect((await archive.conversation(BOB))?.lastAt).to.equal(NOW);
  });

  it('follows the newest message when the archive puts another one last', async () => {
    const { archive } = await open();
    await archive.append([[message('s1')], [message('s3')], [message('s2')]]);
    expect((await archive.conversation(BOB))?.preview?.body).to.equal('s2');
    await archive.appendPage(forward(items('s1', 's2', 's3')));
    expect((await archive.conversation(BOB))?.preview?.body).to.equal('s3');
    expect((await archive.conversation(BOB))?.unread).to.equal(3);
  });

  it('counts what others say, live and by catch-up, and not by history', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1', 's2')));
    await archive.append([[message('s3')]]);
    expect((await archive.conversation(BOB))?.unread).to.equal(3);
    await archive.markRead(BOB);
    expect((await archive.conversation(BOB))?.unread).to.equal(0);
    expect((await archive.conversation(BOB))?.readUpTo?.[1]).to.equal(TAIL);
    // Known ones do not count again; the pointer goes with its message.
    await archive.appendPage(forward(items('s3', 's4')));
    expect(await archive.conversation(BOB)).to.deep.include({ unread: 1, readUpTo: [BOB, 0, 3] });
    await archive.appendPage(latest(items('s8')));
    await archive.appendPage(backward(1, items('s6', 's7')));
    await archive.appendPage(history(1, items('s5')));
    expect((await archive.conversation(BOB))?.unread).to.equal(2);
  });

  it('knows what somebody calls himself, as he last said', async () => {
    const { archive } = await open();
    await archive.append([[{ ...message('one'), nick: 'Robert' }], [message('two')], [{ ...message('three', { mine: true }), nick: 'not his' }]]);
    expect(await archive.conversation(BOB)).to.include({ nickname: 'Robert', unread: 0 });
    await archive.append([[{ ...message('four'), nick: 'Bob' }]]);
    expect(await archive.conversation(BOB)).to.include({ nickname: 'Bob', unread: 1 });
    const last = (await archive.window(BOB, {}, 1)).at(-1);
    expect(last?.kind === 'message' && last.row).to.not.have.any.keys('nick', 'kept');
  });

  it('takes an own message, from any device, for having read', async () => {
    const { archive } = await open();
    await archive.append([[message('one')], [message('two')]]);
    await archive.append([[message('own', { mine: true })]]);
    expect((await archive.conversation(BOB))?.unread).to.equal(0);
    await archive.append([[message('three')]]);
    expect((await archive.conversation(BOB))?.unread).to.equal(1);
    await archive.enqueue(draft('answer'), 'origin', NOW);
    expect((await archive.conversation(BOB))?.unread).to.equal(0);
  });

  it('leaves unread what came after an own message that is only learned of later', async () => {
    const { archive } = await open();
    await archive.append([[message('s3')]]);
    await archive.appendPage(forward([...items('s1'), item('s2', message('own', { mine: true })), ...items('s3', 's4')]));
    expect((await archive.conversation(BOB))?.unread).to.equal(2);
  });

  it('counts what was missed though something was written meanwhile', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    await archive.markRead(BOB);
    await archive.enqueue(draft('written offline'), 'origin', NOW);
    await archive.markRead(BOB);
    await archive.appendPage(forward(items('s2', 's3')));
    expect((await archive.conversation(BOB))?.unread).to.equal(2);
  });

  it('keeps drafts, and a conversation opened with nothing said', async () => {
    const { archive, pokes } = await open();
    await archive.openConversation(ROOM, 'room');
    await archive.setDraft(ROOM, 'hel');
    await archive.setDraft(BOB, 'x');
    expect((await archive.conversation(ROOM))).to.deep.equal({ jid: ROOM, kind: 'room', lastAt: 0, unread: 0, draft: 'hel' });
    await archive.setDraft(ROOM, '');
    expect((await archive.conversation(ROOM))).to.not.have.property('draft');
    pokes.length = 0;
    await archive.openConversation(ROOM, 'room');
    await archive.setDraft(CAROL, '');
    await archive.markRead(CAROL);
    expect(pokes).to.deep.equal([]);
    expect(await archive.conversation(CAROL)).to.equal(undefined);
  });

  it('removes a conversation with all of it, and does not take what comes later for the beginning', async () => {
    const { archive, pokes } = await open();
    await archive.appendPage(forward([...items('s1', 's2'), item('c1', message('other', { with: CAROL }))]));
    await archive.enqueue(draft('unsent'), 'origin', NOW);
    pokes.length = 0;
    await archive.removeConversation(BOB);
    expect(pokes).to.deep.include({ kind: 'conversations', rows: [], removed: [BOB] });
    expect(await archive.outbox()).to.deep.equal([]);
    expect((await archive.conversations()).map((row) => row.jid)).to.deep.equal([CAROL]);
    await archive.append([[message('back')]]);
    await expectTimeline(archive, '| back');
    await archive.appendPage(history(0, items('s1', 's2'), { complete: true }));
    await expectTimeline(archive, 's1 s2 back');
    await expectTimeline(archive, 'other', CAROL);
  });

  it('holds very many conversations', async () => {
    const { archive } = await open();
    const jids = Array.from({ length: 1000 }, (_, i) => `person-${i}@example.org`);
    for (let i = 0; i < jids.length; i += 100) {
      // oxlint-disable-next-line no-await-in-loop -- page after page
      await archive.appendPage(forward(jids.slice(i, i + 100).map((jid, j) => item(`s${i + j}`, message(`to ${jid}`, { with: jid, at: i + j }))), { complete: false }));
    }
    const list = await archive.conversations();
    expect(list).to.have.length(1000);
    expect(list.slice(0, 2).map((row) => row.jid)).to.deep.equal(['person-999@example.org', 'person-998@example.org']);
    await archive.appendPage(latest([item('z', message('new', { with: BOB }))]));
    await expectTimeline(archive, 'to person-500@example.org |', 'person-500@example.org');
    expect((await archive.runs(ME)).length).to.equal(2);
  });
});
