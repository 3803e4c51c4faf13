import { expect } from '@open-wc/testing';
import { takenWithin, type Draft } from '../../src/archive/archive-types.js';
import { ChatError } from '../../src/base/error.js';
import { keepMessage } from '../../src/client/keep-message.js';
import type { LeaderLine } from '../../src/client/leader-line.js';
import type { MessageRow } from '../../src/model/message.js';
import { TestClock } from '../support/xep-context.js';
import { settle } from '../xmpp/model-server.js';

const draft: Draft = { conversation: 'bob@example.org', chatType: 'chat', sender: 'me@example.org', archive: 'me@example.org', body: 'hello' };
const row = (id: number) => ({ id }) as MessageRow;

describe('client/keep-message', () => {
  const setUp = (leader: () => Promise<MessageRow>) => {
    const clock = new TestClock();
    const done: string[] = [];
    const line = {
      call: async (command: string) => {
        done.push(command);
        return leader();
      },
      tell: (command: string) => void done.push(`tell ${command}`),
    } as unknown as LeaderLine;
    const archive = { enqueue: async () => {
      done.push('enqueue');
      return row(2);
    } };
    return { clock, done, keep: async (online = true, what = draft) => keepMessage({ archive, line, clock }, online, what, 'origin', clock.now()) };
  };

  it('has the leader keep it, and writes nothing itself', async () => {
    const { done, keep } = setUp(async () => row(1));
    expect((await keep()).id).to.equal(1);
    expect(done).to.deep.equal(['send']);
  });

  it('keeps it itself where nobody is online, and where there is a file', async () => {
    const { done, keep } = setUp(async () => row(1));
    expect((await keep(false)).id).to.equal(2);
    expect((await keep(true, { ...draft, file: new Blob(['x']) })).id).to.equal(2);
    expect(done).to.deep.equal(['enqueue', 'tell flush', 'tell flush', 'enqueue', 'tell flush', 'tell flush']);
  });

  it('keeps it itself, and at once, where the leader could not', async () => {
    const { done, keep } = setUp(async () => Promise.reject(new ChatError('storage', 'full')));
    expect((await keep()).id).to.equal(2);
    expect(done).to.deep.equal(['send', 'enqueue', 'tell flush', 'tell flush']);
  });

  it('keeps it itself where the leader says nothing, and not before the leader may begin with it no more', async () => {
    const { clock, done, keep } = setUp(() => new Promise(() => {}));
    const kept = keep();
    clock.advance(takenWithin);
    await settle();
    expect(done).to.deep.equal(['send']);
    clock.advance(takenWithin);
    expect((await kept).id).to.equal(2);
  });

  it('hears what the leader has said meanwhile before it keeps it itself, where it was frozen in between: who saw it elsewhere may have discarded it', async () => {
    let answer: (kept: MessageRow) => void = () => {};
    const { clock, done, keep } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const kept = keep();
    await settle();
    clock.jump(60_000);
    await settle();
    answer(row(1));
    expect((await kept).id).to.equal(1);
    expect(done).to.deep.equal(['send']);
    // Where nothing has been said it is kept all the same.
    const other = setUp(() => new Promise(() => {}));
    const unheard = other.keep();
    await settle();
    other.clock.jump(60_000);
    await settle();
    other.clock.advance(takenWithin);
    expect((await unheard).id).to.equal(2);
  });
});
