import { expect } from '@open-wc/testing';
import { backward, BOB, CAROL, destroyAll, expectTimeline, forward, history, items, latest, line, ME, message, NOW, open } from './fixtures.js';

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `s${from + i}`);

describe('reader', () => {
  afterEach(destroyAll);

  it('reads the newest window, and from there up and down', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items(...numbers(1, 30))));
    await archive.append([[message('live')]]);
    const newest = await archive.window(BOB, {}, 10);
    expect(line(newest)).to.equal([...numbers(22, 30), 'live'].join(' '));
    const first = newest.find((entry) => entry.kind === 'message')!;
    const older = await archive.window(BOB, { before: first.row.place }, 10);
    expect(line(older)).to.equal(numbers(12, 21).join(' '));
    const last = older.findLast((entry) => entry.kind === 'message')!;
    expect(line(await archive.window(BOB, { after: last.row.place }, 3))).to.equal('s22 s23 s24');
    expect(line(await archive.window(BOB, { after: last.row.place }, 100))).to.equal([...numbers(22, 30), 'live'].join(' '));
    const start = older.find((entry) => entry.kind === 'message')!;
    expect(line(await archive.window(BOB, { before: start.row.place }, 100))).to.equal(numbers(1, 11).join(' '));
    expect(await archive.window(BOB, {}, 0)).to.deep.equal([]);
  });

  it('shows each gap once, with the message after it, in whichever window that is', async () => {
    const { archive } = await open();
    await archive.appendPage(latest(items('s1', 's2')));
    await archive.appendPage(latest(items('s5', 's6')));
    await expectTimeline(archive, '| s1 s2 | s5 s6');
    expect(line(await archive.window(BOB, {}, 2))).to.equal('| s5 s6');
    expect(line(await archive.window(BOB, {}, 1))).to.equal('s6');
    const all = (await archive.window(BOB, {}, 10)).flatMap((entry) => (entry.kind === 'message' ? [entry.row] : []));
    expect(line(await archive.window(BOB, { before: all[2]!.place }, 10))).to.equal('| s1 s2');
    expect(line(await archive.window(BOB, { after: all[1]!.place }, 10))).to.equal('| s5 s6');
    expect(line(await archive.window(BOB, { after: all[0]!.place }, 1))).to.equal('s2');
  });

  it('makes one gap of several without a message between them', async () => {
    const { archive } = await open();
    await archive.appendPage(forward(items('s1')));
    await archive.appendPage(latest([{ archiveId: 'c1', facts: [message('c1', { with: CAROL })] }]));
    await archive.appendPage(latest([{ archiveId: 'c9', facts: [message('c9', { with: CAROL })] }]));
    await expectTimeline(archive, 's1 |');
    const list = await archive.window(BOB, {}, 10);
    expect(list.at(-1)).to.deep.equal({ kind: 'gap', segment: 2 });
    await archive.appendPage(history(2, items('s3')));
    await expectTimeline(archive, 's1 | s3');
    await archive.appendPage(history(2, items('s1', 's2')));
    await expectTimeline(archive, 's1 s2 s3');
    await archive.appendPage(backward(2, items('s3')));
    await expectTimeline(archive, 's1 s2 s3');
  });

  it('reads nothing of a conversation that is not there', async () => {
    const { archive } = await open();
    expect(await archive.conversations()).to.deep.equal([]);
    expect(await archive.conversation('nobody@example.org')).to.equal(undefined);
    expect(await archive.message(7)).to.equal(undefined);
    expect(await archive.window('nobody@example.org', {}, 10)).to.deep.equal([{ kind: 'gap', segment: -1 }]);
  });

  it('misses nothing of an account that is still to be made, and everything of one that had something', async () => {
    const { archive } = await open();
    await archive.beginArchive(ME);
    await archive.openConversation(BOB, 'chat');
    expect(await archive.window(BOB, {}, 10)).to.deep.equal([]);
    await archive.enqueue({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body: 'early' }, 'origin-early', NOW);
    await expectTimeline(archive, 'early');
    // The same run goes on with the archive's first page.
    await archive.appendPage(forward(items('s1', 's2')));
    expect((await archive.runs(ME)).map(({ segment, startReached }) => [segment, startReached])).to.deep.equal([[0, true]]);
    const other = (await open()).archive;
    await other.appendPage(latest(items('s3')));
    await other.beginArchive(ME);
    await expectTimeline(other, '| s3');
  });

  it('does not mix conversations whose names begin alike', async () => {
    const { archive } = await open();
    await archive.append([[message('one', { with: 'a@example.org' })], [message('two', { with: 'a@example.org/x' })], [message('three', { with: 'a@example.orga' })]]);
    expect(line(await archive.window('a@example.org', {}, 10))).to.equal('| one');
  });

  it('marks a moment by the row that will come next', async () => {
    const { archive } = await open();
    const before = await archive.nextRow();
    await archive.append([[message('one')]]);
    const entry = (await archive.window(BOB, {}, 1)).find((found) => found.kind === 'message')!;
    expect(entry.row.id).to.equal(before);
    expect(await archive.nextRow()).to.be.greaterThan(before);
  });
});
