import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { silentLog } from '../../src/base/log.js';
import { keptStream } from '../../src/engine/kept-stream.js';
import { freshName } from './fixtures.js';

const state = { id: 'sm-1', jid: 'me@example.org/r', hIn: 3, hOut: 1, queue: [{ seq: 2, xml: "<message xmlns='jabber:client' id='x'/>" }], savedAt: 0 };

describe('engine/kept-stream', () => {
  let archive: Archive;
  beforeEach(async () => {
    archive = await openArchive({ name: freshName(), apply: {}, onPoke() {}, log: silentLog });
  });
  afterEach(() => archive.destroy());
  const write = (body: string) => archive.enqueue({ conversation: 'b@x', chatType: 'chat', sender: 'me@x', archive: 'me@x', body }, `o-${body}`, 0);

  it('keeps a stream beside what came over it', async () => {
    await write('one');
    const store = keptStream(archive);
    await store.save(state);
    await write('two');
    expect(await store.load()).to.deep.include(state);
    await store.save(undefined);
    expect(await store.load()).to.equal(undefined);
  });

  it('does not take up a stream whose messages are gone: the server would not send them again', async () => {
    await archive.setNote('sm', { ...state, row: 7 });
    expect(await keptStream(archive).load()).to.equal(undefined);
  });

  it('hostile: takes no note of another shape', async () => {
    for (const bad of ['x', 7, null, [], {}, { ...state }, { ...state, row: 1, queue: 'no' }, { ...state, row: 1, queue: [null] }, { ...state, row: 1, queue: [{ seq: 1, xml: '<broken' }] }, { ...state, row: 1, id: 5 }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await archive.setNote('sm', bad);
      // oxlint-disable-next-line no-await-in-loop
      expect(await keptStream(archive).load(), JSON.stringify(bad)).to.equal(undefined);
    }
  });
});
