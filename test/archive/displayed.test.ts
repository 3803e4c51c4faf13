import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { TAIL } from '../../src/model/message.js';
import type { Archive } from '../../src/archive/archive-types.js';
import { BOB, CAROL, destroyAll, displayed, draft, forward, history, item, items, latest, ME, message, open, receipt, ROOM } from './fixtures.js';

const unread = async (archive: Archive, jid = BOB): Promise<number | undefined> => (await archive.conversation(jid))?.unread;
const mine = (body: string, more = {}): ReturnType<typeof message> => message(body, { mine: true, id: `own-message-${body}`, ...more });
const markable = (body: string, more = {}): ReturnType<typeof message> => ({ ...message(body, more), markable: true });
const states = async (archive: Archive): Promise<string> =>
  (await archive.window(BOB, {}, 1000)).flatMap((entry) => (entry.kind === 'message' && entry.row.mine ? `${entry.row.state.body}:${entry.row.state.delivery}` : [])).join(' ');

describe('archive/displayed', () => {
  afterEach(destroyAll);

  describe('read on another device', () => {
    it('clears what stands up to there, and leaves the rest', async () => {
      const { archive } = await open();
      await archive.append([[message('one', { archiveId: 's1' })], [message('two', { archiveId: 's2' })], [message('three', { archiveId: 's3' })]]);
      await archive.append([[displayed('s2', { mine: true })]]);
      expect(await unread(archive)).to.equal(1);
      await archive.append([[displayed('message-three', { mine: true })]]);
      expect(await unread(archive)).to.equal(0);
      expect(await archive.untold([BOB]), 'who read it has told').to.deep.equal([]);
    });

    it('never goes back', async () => {
      const { archive } = await open();
      await archive.appendPage(forward(items('s1', 's2', 's3', 's4')));
      await archive.append([[displayed('s3', { mine: true, id: 'a' })]]);
      await archive.append([[displayed('s1', { mine: true, id: 'b' })], [displayed('s3', { mine: true, id: 'c' })]]);
      expect(await archive.conversation(BOB)).to.deep.include({ unread: 1, readUpTo: [BOB, 0, 3] });
      await archive.markRead(BOB);
      await archive.append([[displayed('s2', { mine: true, id: 'd' })]]);
      expect(await unread(archive)).to.equal(0);
    });

    it('waits for a message that is not here, over a restart, and counts when it comes by any way', async () => {
      const { archive, name } = await open();
      await archive.append([[displayed('s2', { mine: true }), displayed('s9', { mine: true, with: CAROL })]]);
      expect(await archive.conversation(BOB), 'no conversation is made of it').to.equal(undefined);
      archive.close();
      const { archive: again } = await open(name);
      await again.appendPage(forward(items('s1', 's2', 's3')));
      expect(await unread(again)).to.equal(1);
      await again.append([[message('nine', { with: CAROL, archiveId: 's9' })], [message('ten', { with: CAROL, archiveId: 's10' })]]);
      expect(await unread(again, CAROL)).to.equal(1);
    });

    it('takes its place with the message, when the archive has put that', async () => {
      const { archive } = await open();
      await archive.append([[message('s2', { archiveId: 's2' })], [message('s3', { archiveId: 's3' })]]);
      await archive.append([[displayed('s2', { mine: true })]]);
      expect((await archive.conversation(BOB))?.readUpTo?.[1]).to.equal(TAIL);
      await archive.appendPage(forward(items('s1', 's2', 's3')));
      expect(await archive.conversation(BOB)).to.deep.include({ readUpTo: [BOB, 0, 2] });
      expect(await unread(archive)).to.equal(1);
    });

    it('aims by the id of its own archive: a room\'s id is no id of the account\'s', async () => {
      const { archive } = await open();
      await archive.append([[message('one', { archiveId: 's1' })], [message('in the room', { with: ROOM, from: `${ROOM}/x`, archiveId: 's1', id: 'other' })]]);
      await archive.append([[{ ...displayed('s1', { mine: true, with: ROOM }), archive: ROOM }]]);
      expect(await unread(archive, ROOM)).to.equal(0);
      expect(await unread(archive)).to.equal(1);
    });
  });

  describe('read here', () => {
    it('is to be told once, by the archive\'s id and by that of whoever asked', async () => {
      const { archive, pokes } = await open();
      await archive.append([[markable('one', { archiveId: 's1' })], [markable('two', { archiveId: 's2' })], [message('three', { archiveId: 's3' })]]);
      expect(await archive.untold([BOB])).to.deep.equal([]);
      await archive.markRead(BOB);
      expect(pokes.flatMap((poke) => (poke.kind === 'conversations' ? poke.rows : [])).at(-1)).to.include({ jid: BOB, untold: true });
      const [seen, ...more] = await archive.untold([BOB, CAROL]);
      expect(more).to.deep.equal([]);
      expect(seen).to.deep.include({ conversation: BOB, chatType: 'chat', archive: ME, archiveId: 's3', markable: 'message-two', spoke: false });
      await archive.told(seen!);
      expect((await archive.conversation(BOB))?.untold).to.equal(undefined);
      expect(await archive.untold([BOB])).to.deep.equal([]);
      await archive.append([[mine('answer')]]);
      await archive.append([[message('four')]]);
      await archive.markRead(BOB);
      const [next] = await archive.untold([BOB]);
      expect(next, 'not again what was told; no id where there is none').to.deep.include({ spoke: true, conversation: BOB });
      expect(next).to.not.have.any.keys('archiveId', 'markable');
    });

    it('answering is reading; what is only our own is nobody\'s business', async () => {
      const { archive } = await open();
      await archive.append([[markable('one', { archiveId: 's1' })]]);
      await archive.enqueue(draft('answer'), 'origin-id-answer', 1);
      expect(await archive.untold([BOB])).to.have.lengthOf(1);
      await archive.told((await archive.untold([BOB]))[0]!);
      await archive.markSent(['origin-id-answer']);
      await archive.markRead(BOB);
      expect(await archive.untold([BOB])).to.deep.equal([]);
    });

    it('what was read while the last was being told is still to be told', async () => {
      const { archive } = await open();
      await archive.append([[message('one', { archiveId: 's1' })]]);
      await archive.markRead(BOB);
      const [seen] = await archive.untold([BOB]);
      await archive.append([[message('two', { archiveId: 's2' })]]);
      await archive.markRead(BOB);
      await archive.told(seen!);
      expect((await archive.untold([BOB]))[0]).to.include({ archiveId: 's2' });
    });

    it('needs no telling any more once another device has shown as much', async () => {
      const { archive } = await open();
      await archive.append([[message('one', { archiveId: 's1' })], [message('two', { archiveId: 's2' })]]);
      await archive.markRead(BOB);
      await archive.append([[displayed('s1', { mine: true })]]);
      expect((await archive.untold([BOB]))[0]).to.include({ archiveId: 's2' });
      await archive.append([[displayed('s2', { mine: true })]]);
      expect(await archive.untold([BOB])).to.deep.equal([]);
    });
  });

  describe('read by the other side', () => {
    it('makes everything read that was sent up to there, whatever came in between', async () => {
      const { archive } = await open();
      await archive.append([[mine('a')], [mine('b')], [receipt('own-message-b')], [message('hm')], [mine('c')], [mine('d')], [message('well')]]);
      await archive.append([[displayed('own-message-c')]]);
      expect(await states(archive)).to.equal('a:read b:read c:read d:sent');
      await archive.append([[receipt('own-message-a'), receipt('own-message-d')]]);
      expect(await states(archive), 'a late receipt says less').to.equal('a:read b:read c:read d:delivered');
      await archive.append([[displayed('own-message-a')]]);
      expect(await states(archive), 'never goes back').to.equal('a:read b:read c:read d:delivered');
      expect(await unread(archive), 'it is not we who read').to.equal(1);
    });

    it('says nothing of what has not been sent, until it has', async () => {
      const { archive } = await open();
      for (const body of ['a', 'b']) await archive.enqueue(draft(body), `origin-of-${body}`, 1); // oxlint-disable-line no-await-in-loop
      const [first, second] = await archive.outbox();
      await archive.setOutboxState(first!.id, 'inflight');
      await archive.setOutboxState(second!.id, 'inflight');
      await archive.append([[displayed('origin-of-b')]]);
      expect(await states(archive), 'who has read it has it; the other one is not known yet').to.equal('a:sending b:read');
      await archive.markSent(['origin-of-a']);
      expect(await states(archive)).to.equal('a:read b:read');
      await archive.markSent(['origin-of-b']);
      expect(await states(archive)).to.equal('a:read b:read');
      expect(await archive.outbox()).to.deep.equal([]);
    });

    it('leaves alone what failed; older ones that history brings are read too', async () => {
      const { archive } = await open();
      await archive.appendPage(latest([item('s4', mine('d')), item('s5', mine('e'))]));
      const failed = await archive.enqueue(draft('f'), 'origin-of-f', 1);
      await archive.markFailed((await archive.outbox())[0]!.id, 'forbidden');
      await archive.append([[displayed('own-message-e')]]);
      await archive.appendPage(history(0, [item('s2', mine('b')), item('s3', mine('c'))]));
      expect(await states(archive)).to.equal('b:read c:read d:read e:read f:failed');
      await archive.discard(failed.id);
    });

    it('waits for a message of ours that is not here yet', async () => {
      const { archive } = await open();
      await archive.appendPage(forward([item('s1', mine('a')), item('s3', displayed('own-message-b'))]));
      expect(await states(archive)).to.equal('a:sent');
      await archive.append([[mine('b', { archiveId: 's2' })]]);
      expect(await states(archive)).to.equal('a:read b:read');
    });

    it('hostile: what is theirs is not theirs to mark; an id repeated by them marks ours only; nothing in a room', async () => {
      const { archive } = await open();
      await archive.append([[mine('a')], [message('theirs', { id: 'message-theirs' })], [message('copy', { id: 'own-message-a' })], [mine('b')]]);
      await archive.append([[displayed('message-theirs')]]);
      expect(await states(archive)).to.equal('a:sent b:sent');
      expect(await unread(archive)).to.equal(0);
      await archive.append([[displayed('own-message-a')]]);
      expect(await states(archive)).to.equal('a:read b:sent');
      await archive.append([[message('mine there', { with: ROOM, mine: true, from: `${ROOM}/me`, id: 'in-the-room', archiveId: 'r1' })], [displayed('in-the-room', { with: ROOM, from: `${ROOM}/x` })]]);
      const row = (await archive.window(ROOM, {}, 10)).at(-1);
      expect(row?.kind === 'message' && row.row.state.delivery).to.equal('sent');
    });
  });

  it('property: whatever is heard, missed, read and marked in whatever order, the archive\'s pages bring it to the same end', async function () {
    this.timeout(60_000);
    const count = 10;
    const target = fc.nat(count - 1);
    const doing = fc.oneof(
      fc.record({ do: fc.constant('hear' as const) }),
      fc.record({ do: fc.constant('miss' as const) }),
      fc.record({ do: fc.constant('read' as const) }),
      fc.record({ do: fc.constant('mine' as const), target }),
      fc.record({ do: fc.constant('theirs' as const), target }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: count, maxLength: count }), fc.array(doing, { minLength: 12, maxLength: 24 }), fc.nat(count), async (owns, doings, cut) => {
        const { archive } = await open();
        const name = (n: number): string => `a-message-${n}`;
        const said = owns.map((own, n) => message(name(n), { mine: own, id: name(n), archiveId: `s${n}`, at: n, ...(own ? { originId: name(n) } : {}) }));
        let next = 0;
        let heard = -1;
        let read = -1;
        let seen = -1;
        for (const [turn, step] of doings.entries()) {
          // oxlint-disable no-await-in-loop -- one thing after the other
          if (step.do === 'hear' && next < count) {
            heard = next;
            await archive.append([[said[next++]!]]);
          } else if (step.do === 'miss') next += 1;
          else if (step.do === 'read') {
            await archive.markRead(BOB);
            read = Math.max(read, heard);
          } else if (step.do === 'mine') {
            await archive.append([[displayed(`s${step.target}`, { mine: true, id: `mine-${turn}` })]]);
            read = Math.max(read, step.target);
          } else if (step.do === 'theirs') {
            // Mostly of what was just said, as people do.
            const latest = owns.lastIndexOf(true, Math.max(0, heard));
            const about = step.target % 3 === 0 || latest < 0 ? step.target : latest;
            await archive.append([[displayed(name(about), { id: `theirs-${turn}` })]]);
            if (owns[about]) seen = Math.max(seen, about);
          }
          // oxlint-enable no-await-in-loop
        }
        // In one page or in two.
        const page = said.map((fact, n) => item(`s${n}`, fact));
        await archive.appendPage(forward(page.slice(0, cut), { complete: false }));
        await archive.appendPage(forward(page.slice(cut)));
        read = Math.max(read, owns.lastIndexOf(true));
        expect(await unread(archive), 'unread').to.equal(owns.filter((own, n) => !own && n > read).length);
        expect(await states(archive), 'read by the other side').to.equal(owns.flatMap((own, n) => (own ? `${name(n)}:${n <= seen ? 'read' : 'sent'}` : [])).join(' '));
      }),
      { numRuns: 40 },
    );
  });

  it('hostile: thousands of marks for what never comes cost a new message next to nothing, and the last one counts', async () => {
    const { archive } = await open();
    await archive.append([Array.from({ length: 1000 }, (_, n) => displayed(`none-${n}`, { mine: true, with: `guest-${n}@example.org`, id: 'node' }))]);
    await archive.append([[displayed('s2', { mine: true, id: 'node' })]]);
    await archive.append([[message('one', { archiveId: 's1' })], [message('two', { archiveId: 's2' })], [message('three', { archiveId: 's3' })]]);
    expect(await unread(archive)).to.equal(1);
    expect(await archive.conversations()).to.have.lengthOf(1);
  });
});
