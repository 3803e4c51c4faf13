import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { ChatError } from '../../src/base/error.js';
import { diskDeadline, watchArchive } from '../../src/archive/watch-archive.js';
import { TestClock } from '../support/xep-context.js';

const refusal = (name = 'QuotaExceededError'): ChatError => new ChatError('storage', name, { cause: new DOMException('x', name) });
const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'done', (error: unknown) => (error as ChatError).code);

describe('watchArchive', () => {
  let clock: TestClock;
  let lost: ChatError[];
  let next: () => Promise<unknown>;
  let closed: number;
  let archive: Archive;
  beforeEach(() => {
    clock = new TestClock();
    lost = [];
    closed = 0;
    next = async () => undefined;
    const methods = Object.fromEntries(['append', 'markSent', 'note', 'conversations'].map((name) => [name, () => next()]));
    archive = watchArchive({ ...methods, close: () => (closed += 1) } as unknown as Archive, { clock, forgives: 3, onLost: (error) => lost.push(error) });
  });

  it('leaves an answer as it is, and no timer behind', async () => {
    next = async () => ['row'];
    expect(await archive.conversations()).to.deep.equal(['row']);
    next = () => Promise.reject(new ChatError('invalid', 'no'));
    expect(await codeOf(archive.append([]))).to.equal('invalid');
    archive.close();
    expect([clock.pending, closed, lost.length]).to.deep.equal([0, 1, 0]);
  });

  it('waits no longer than it says for a disk that hangs, and gives it up', async () => {
    next = () => new Promise(() => {});
    const waiting = codeOf(archive.note('sm'));
    const other = codeOf(archive.append([]));
    clock.advance(diskDeadline);
    expect([await waiting, await other]).to.deep.equal(['storage', 'storage']);
    expect(lost).to.have.length(1);
  });

  it('closed for good, tells who waits at once; closed as usual, lets them have their answer', async () => {
    let answer = (_rows: unknown): void => {};
    next = () => new Promise((resolve) => (answer = resolve));
    const waits = archive.conversations();
    archive.close();
    answer(['row']);
    expect(await waits).to.deep.equal(['row']);
    const inVain = codeOf(archive.conversations());
    archive.close(true);
    expect(await inVain).to.equal('storage');
  });

  it('gives up a disk that refuses write after write, not one that refuses once in a while', async () => {
    for (const refuses of [true, true, true, false, true, true, true]) {
      next = refuses ? () => Promise.reject(refusal()) : async () => undefined;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await codeOf(archive.append([]));
    }
    expect(lost).to.deep.equal([]);
    // That it can be read says nothing of whether it can be written.
    next = async () => [];
    await archive.conversations();
    next = () => Promise.reject(refusal());
    await codeOf(archive.markSent([]));
    expect(lost).to.have.length(1);
  });

  it('hostile: data that no disk would take is not the disk\'s fault', async () => {
    next = () => Promise.reject(refusal('DataCloneError'));
    for (let i = 0; i < 10; i += 1) await codeOf(archive.append([])); // oxlint-disable-line no-await-in-loop
    expect(lost).to.deep.equal([]);
  });

  it('where a person waits, forgives nothing; says nothing more once it is closed', async () => {
    const make = () => watchArchive({ conversations: () => next(), close() {} } as unknown as Archive, { clock, forgives: 0, onLost: (error) => lost.push(error) });
    next = () => Promise.reject(refusal('UnknownError'));
    const one = make();
    await codeOf(one.conversations());
    expect(lost).to.have.length(1);
    const other = make();
    other.close();
    await codeOf(other.conversations());
    expect(lost).to.have.length(1);
  });
});
