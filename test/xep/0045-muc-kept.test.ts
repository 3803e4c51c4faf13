import { expect } from '@open-wc/testing';
import { muc } from '../../src/xep/0045-muc.js';
import { joinRoom, leaveRoom } from '../../src/xep/0045-muc-join.js';
import { joinKept, joinKeptRow } from '../../src/xep/0045-muc-kept.js';
import { ChatError } from '../../src/base/error.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { parse } from '../support/xml.js';

const roomOf = (i: number): string => `room${i}@rooms.example`;
const INFO = 'http://jabber.org/protocol/disco#info';

/** An account that keeps so many rooms; the higher their number, the later they were used. */
async function keeping(count: number): Promise<FakeContext> {
  const ctx = fakeContext({ jid: 'me@example/desk' });
  const rows = Array.from({ length: count }, (_, i) => ({ jid: roomOf(i), nick: 'me', autojoin: true, bookmarked: true }));
  await ctx.shelf.put('rooms', rows);
  for (const [i, { jid }] of rows.entries()) ctx.uses.set(jid, i);
  ctx.onIq((iq) => (iq.getChild('query', INFO) ? `<iq type='result'><query xmlns='${INFO}'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/></query></iq>` : undefined));
  return ctx;
}
const askedFor = (ctx: FakeContext): number[] => ctx.sent.flatMap(({ name, attrs }) => (name === 'presence' && !attrs['type'] ? [Number(/room(\d+)@/.exec(attrs['to'] ?? '')?.[1])] : []));
const letIn = (ctx: FakeContext, i: number): unknown =>
  muc.onPresence!(parse(`<presence from='${roomOf(i)}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`), ctx);

describe('xep/0045-muc-kept', () => {
  it('enters a few at a time, those used last first, and all of them', async () => {
    const ctx = await keeping(30);
    let ended = false;
    const all = joinKept(ctx).then(() => (ended = true));
    const asked: number[] = [];
    while (!ended) {
      await settled(); // oxlint-disable-line no-await-in-loop -- as the rooms answer
      const open = askedFor(ctx).filter((i) => !asked.includes(i));
      expect(open.length).to.be.within(0, 8);
      for (const i of open) letIn(ctx, i);
      asked.push(...open);
    }
    await all;
    expect(asked).to.deep.equal(Array.from({ length: 30 }, (_, i) => 29 - i));
  });

  it('is not held up by rooms that do not answer', async () => {
    const ctx = await keeping(10);
    void joinKept(ctx);
    await settled();
    expect(askedFor(ctx)).to.have.length(8);
    ctx.clock.advance(2_000);
    await settled();
    expect(askedFor(ctx)).to.have.length(10);
  });

  it('enters each once, asked for by bookmarks too, and none that was opened or taken off the list meanwhile', async () => {
    const ctx = await keeping(12);
    void joinKept(ctx);
    for (let i = 0; i < 12; i += 1) void joinKeptRow(ctx, { jid: roomOf(i) });
    await settled();
    await ctx.shelf.put('rooms', [{ jid: roomOf(9), nick: 'me', autojoin: false, bookmarked: true }], [roomOf(8)]);
    for (const i of askedFor(ctx)) letIn(ctx, i);
    await settled();
    await settled();
    expect(askedFor(ctx).toSorted((a, b) => a - b)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 10, 11]);
  });

  it('waits no longer when the session has ended, and begins anew with the next', async () => {
    const ctx = await keeping(10);
    const first = joinKept(ctx);
    await settled();
    muc.onEnd!(ctx);
    await first;
    expect(askedFor(ctx)).to.have.length(8);
    ctx.sent.length = 0;
    void joinKept(ctx);
    await settled();
    expect(askedFor(ctx)).to.have.length(8);
  });

  it('makes up for a room that could not be asked, when it is asked for again', async () => {
    const ctx = await keeping(1);
    let offline = true;
    ctx.onIq(() => (offline ? new ChatError('offline', '') : undefined));
    await joinKept(ctx);
    expect(askedFor(ctx)).to.deep.equal([]);
    // Nobody has left it, and nobody needs to do anything about it.
    expect(ctx.live.get('room', roomOf(0))).to.deep.include({ state: 'joining', occupants: 0 });
    offline = false;
    void joinKept(ctx);
    await settled();
    expect(askedFor(ctx)).to.deep.equal([0]);
    letIn(ctx, 0);
    expect(ctx.live.get('room', roomOf(0))?.state).to.equal('joined');
  });

  it('waits for the next connection also where somebody asked for it on one that was lost, and says so to them', async () => {
    const ctx = await keeping(1);
    ctx.onIq(() => new ChatError('offline', ''));
    expect(await joinRoom(ctx, { jid: roomOf(0), nick: 'me' }).catch((error: unknown) => error)).to.have.property('code', 'offline');
    expect(ctx.live.get('room', roomOf(0))?.state).to.equal('joining');
    // Between the question and the entering.
    const lost = (): never => {
      throw new ChatError('offline', '');
    };
    const answered = await keeping(1);
    Object.assign(answered, { send: lost });
    expect(await joinRoom(answered, { jid: roomOf(0), nick: 'me' }).catch((error: unknown) => error)).to.have.property('code', 'offline');
    expect(answered.live.get('room', roomOf(0))?.state).to.equal('joining');
  });

  it('does not wait for one that is kept for later only, or that was left meanwhile', async () => {
    const ctx = await keeping(1);
    let answer: (error: ChatError) => void = () => {};
    ctx.onIq(() => new Promise<ChatError>((resolve) => (answer = resolve)));
    const asked = joinRoom(ctx, { jid: roomOf(0), nick: 'me' }).catch(() => {});
    await settled();
    await leaveRoom(ctx, roomOf(0));
    answer(new ChatError('offline', ''));
    await asked;
    expect(ctx.live.get('room', roomOf(0))?.state).to.equal('left');
    expect(await joinKept(ctx)).to.equal(undefined);
    expect(askedFor(ctx)).to.deep.equal([]);
  });

  it('one that nobody keeps is not entered, where its session has ended before it answered', async () => {
    const ctx = fakeContext({ jid: 'me@example/desk' });
    let answer: (error: ChatError) => void = () => {};
    ctx.onIq(() => new Promise<ChatError>((resolve) => (answer = resolve)));
    const asked = joinRoom(ctx, { jid: roomOf(0), nick: 'me' }).catch(() => {});
    await settled();
    muc.onEnd!(ctx);
    answer(new ChatError('offline', ''));
    await asked;
    expect(ctx.live.get('room', roomOf(0))?.state).to.equal('left');
  });
});
