import { expect } from '@open-wc/testing';
import type { Archive, Poke } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { silentLog } from '../../src/base/log.js';
import { ArchiveTimeline } from '../../src/client/timeline.js';
import type { Fact } from '../../src/model/fact.js';
import { freshName, until } from '../engine/fixtures.js';

const ME = 'me@example.org';
const BOB = 'bob@example.org';
const id = (n: number): string => `s${String(n).padStart(5, '0')}`;
const fact = (n: number, archived = true): Fact<'message'> => ({ kind: 'message', conversation: BOB, chatType: 'chat', sender: BOB, mine: false, at: n, messageId: `message-id-${n}`, archive: ME, ...(archived && { archiveId: id(n) }), body: String(n) });
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const page = (from: number, to: number) => range(from, to).map((n) => ({ archiveId: id(n), facts: [fact(n)] }));

describe('client/timeline', () => {
  const ends: (() => Promise<void>)[] = [];
  let onward = async (_segment: number, _from: boolean): Promise<{ more: boolean }> => ({ more: false });
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()));
  });

  async function setUp(from: number, to: number, complete: boolean, older: (archive: Archive, segment: number) => Promise<{ more: boolean }> = async () => ({ more: false })) {
    let timeline: ArchiveTimeline | undefined;
    const onPoke = (pokes: readonly Poke[]): void => pokes.forEach((poke) => poke.kind === 'messages' && timeline?.poke(poke));
    const archive = await openArchive({ name: freshName(), apply: {}, onPoke, log: silentLog });
    ends.push(() => archive.destroy());
    await archive.appendPage({ kind: 'latest', archive: ME, items: page(from, to), complete });
    const made = (timeline = new ArchiveTimeline(BOB, archive, { older: (segment, from) => (from ? onward(segment, from) : older(archive, segment)), closed() {} }));
    await until(() => made.items !== undefined, 'the first read');
    return { archive, timeline: made };
  }
  const shown = ({ items }: ArchiveTimeline): string[] => (items ?? []).map((item) => (item.kind === 'gap' ? '|' : item.row.state.body));
  const text = (from: number, to: number): string[] => range(from, to).map(String);

  it('a gap that is opened from its beginning: who reads there stays there, and what comes next follows', async () => {
    let asked: unknown[] = [];
    const { archive, timeline } = await setUp(1, 10, true);
    await archive.appendPage({ kind: 'latest', archive: ME, items: page(400, 470), complete: false });
    await timeline.toEnd();
    for (let n = 0; n < 2; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    expect(shown(timeline)).to.deep.equal([...text(1, 10), '|', ...text(400, 470)]);
    const gap = timeline.items!.find((item) => item.kind === 'gap')!;
    onward = async (segment, from) => {
      asked = [segment, from];
      await archive.appendPage({ kind: 'onward', archive: ME, conversation: BOB, segment, items: page(11, 110), complete: false });
      return { more: true };
    };
    const seen: string[][] = [];
    timeline.subscribe(() => seen.push(shown(timeline)));
    await timeline.openGap((gap as { segment: number }).segment, true);
    expect(asked).to.deep.equal([(gap as { segment: number }).segment, true]);
    expect(shown(timeline).slice(0, 110)).to.deep.equal(text(1, 110));
    expect(seen.every(([first]) => first === '1'), 'at no moment is the reader anywhere else').to.equal(true);
    await timeline.loadNewer();
    expect(shown(timeline).slice(-71)).to.deep.equal(text(400, 470));
    expect(timeline.atEnd).to.equal(true);
  });

  it('starts at the newest messages and goes up through the archive, a bounded window', async () => {
    const { timeline } = await setUp(1, 500, true);
    expect(shown(timeline)).to.deep.equal(text(426, 500));
    expect(timeline).to.include({ atEnd: true, atStart: false });
    for (let n = 0; n < 3; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    expect(shown(timeline)).to.deep.equal(text(201, 500));
    await timeline.loadOlder();
    expect(shown(timeline), 'the far end is dropped').to.deep.equal(text(126, 425));
    expect(timeline.atEnd).to.equal(false);
    for (let n = 0; n < 3; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    expect(shown(timeline)[0]).to.equal('1');
    expect(timeline.atStart).to.equal(true);
    await timeline.loadNewer();
    expect(shown(timeline)).to.deep.equal(text(76, 375));
    expect(timeline.atStart, 'what was dropped is there to be loaded again').to.equal(false);
    await timeline.toEnd();
    expect(shown(timeline)).to.deep.equal(text(426, 500));
  });

  it('goes to a message in the middle, with what stands on either side of it', async () => {
    const { timeline } = await setUp(1, 500, true);
    for (let n = 0; n < 4; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    const { row } = timeline.items!.flatMap((item) => (item.kind === 'message' && item.row.state.body === '200' ? [item] : []))[0]!;
    await timeline.toEnd();
    expect(await timeline.toMessage(row.id)).to.equal(true);
    expect(shown(timeline)).to.deep.equal(text(126, 275));
    expect(timeline).to.include({ atEnd: false, atStart: false });
    expect(await timeline.toMessage(1_000_000), 'one that is gone').to.equal(false);
    expect(shown(timeline)).to.deep.equal(text(126, 275));
  });

  it('shows what is committed: at the end when it is there, not in the middle of the past', async () => {
    const { archive, timeline } = await setUp(1, 500, true);
    await archive.append([[fact(501)]]);
    await until(() => shown(timeline).at(-1) === '501', 'the new one');
    for (let n = 0; n < 4; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    expect(timeline.atEnd).to.equal(false);
    const before = shown(timeline);
    await archive.append([[fact(502)]]);
    await timeline.loadNewer();
    for (let n = 0; n < 6 && !timeline.atEnd; n += 1) await timeline.loadNewer(); // oxlint-disable-line no-await-in-loop
    expect(before).to.not.include('502');
    expect(shown(timeline).at(-1)).to.equal('502');
  });

  it('asks the server when it meets a gap, as often as it takes to show something', async () => {
    let asked = 0;
    const { timeline } = await setUp(401, 500, false, async (archive, segment) => {
      asked += 1;
      // The first page of the server holds nothing of this conversation.
      const pages: readonly (readonly [number, number])[] = [[0, -1], [380, 400], [1, 379]];
      const [from, to] = pages[asked - 1]!;
      await archive.appendPage({ kind: 'history', archive: ME, conversation: BOB, segment, items: page(from, to), complete: asked >= 3 });
      return { more: asked < 3 };
    });
    expect(shown(timeline)).to.deep.equal(text(426, 500));
    await timeline.loadOlder();
    expect(shown(timeline)).to.deep.equal(['|', ...text(401, 500)]);
    expect(asked).to.equal(0);
    await timeline.loadOlder();
    expect(asked).to.equal(2);
    expect(shown(timeline)).to.deep.equal(['|', ...text(380, 500)]);
    expect(timeline.loading).to.equal(false);
    await timeline.loadOlder();
    expect(asked).to.equal(3);
    expect(shown(timeline).filter((body) => body === '|')).to.deep.equal([]);
  });

  it('shows something older each time it is asked, also when the window is full', async () => {
    let next = 501;
    const { timeline } = await setUp(501, 600, false, async (archive, segment) => {
      next -= 100;
      await archive.appendPage({ kind: 'history', archive: ME, conversation: BOB, segment, items: page(next, next + 99), complete: next === 1 });
      return { more: next > 1 };
    });
    const top = (): number => Number(shown(timeline).find((body) => body !== '|'));
    for (let before = top(); !timeline.atStart; before = top()) {
      await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
      // The last time, what is told is that there is nothing more.
      if (before > 1) expect(top(), `above ${before}`).to.be.lessThan(before);
    }
    expect(top()).to.equal(1);
  });

  it('stays as large as it may be while history is filled in above it, and where it was', async () => {
    const { archive, timeline } = await setUp(301, 700, false);
    for (let n = 0; n < 5; n += 1) await timeline.loadOlder(); // oxlint-disable-line no-await-in-loop
    expect(timeline.atEnd).to.equal(false);
    expect(shown(timeline).slice(0, 2)).to.deep.equal(['|', '301']);
    const [run] = await archive.runs(ME);
    let largest = 0;
    ends.push(async () => timeline.close());
    timeline.subscribe(() => (largest = Math.max(largest, shown(timeline).length)));
    await archive.appendPage({ kind: 'backward', archive: ME, segment: run!.segment, items: page(252, 300), complete: false });
    // What was committed before is told before.
    await timeline.loadNewer();
    expect(largest).to.be.within(1, 300);
    const bodies = shown(timeline).filter((body) => body !== '|').map(Number);
    expect(bodies).to.deep.equal(range(bodies[0]!, bodies[0]! + bodies.length - 1));
  });

  it('tells its caller when the server cannot be asked, and can be asked again', async () => {
    let fail = true;
    const { timeline } = await setUp(1, 10, false, async (archive, segment) => {
      if (fail) throw new Error('offline');
      await archive.appendPage({ kind: 'history', archive: ME, conversation: BOB, segment, items: [], complete: true });
      return { more: false };
    });
    let error: unknown;
    await timeline.loadOlder().catch((thrown: unknown) => (error = thrown));
    expect((error as Error).message).to.equal('offline');
    expect(timeline.loading).to.equal(false);
    fail = false;
    await timeline.loadOlder();
    expect(shown(timeline)).to.deep.equal(text(1, 10));
    expect(timeline.atStart).to.equal(true);
  });

  it('follows messages to their places: live ones first, the archive\'s order when it is known', async () => {
    const { archive, timeline } = await setUp(1, 3, true);
    await archive.append([[fact(6, false)], [fact(5, false)]]);
    await until(() => shown(timeline).length === 5, 'the live ones');
    expect(shown(timeline)).to.deep.equal(['1', '2', '3', '6', '5']);
    await archive.appendPage({ kind: 'forward', archive: ME, settleBefore: await archive.nextRow(), items: page(4, 6), complete: true });
    await until(() => shown(timeline).join() === '1,2,3,4,5,6', 'the archive\'s order');
  });

  it('takes away what was discarded, and says nothing after it was closed', async () => {
    const { archive, timeline } = await setUp(1, 2, true);
    const row = await archive.enqueue({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body: 'mine' }, 'origin-id-1', 1);
    await until(() => shown(timeline).at(-1) === 'mine');
    await archive.discard(row.id);
    await until(() => shown(timeline).length === 2, 'gone');
    timeline.close();
    let told = 0;
    timeline.subscribe(() => void (told += 1));
    await archive.append([[fact(9)]]);
    expect(told).to.equal(0);
    expect(shown(timeline)).to.deep.equal(['1', '2']);
  });
});
