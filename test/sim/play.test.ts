import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleWorker } from './bundle.js';
import type { Played } from './play.js';
import { playAll } from './pool.js';
import type { Job } from './worker.js';

describe('a history', () => {
  it('is the very same for the same seed, on another thread, after another one; another seed gives another', async () => {
    const bundle = await bundleWorker();
    const played: Played[] = [];
    const keep = (one: Played): void => void played.push(one);
    await playAll(bundle, [{ seed: 4 }, { seed: 3 }], 1, keep);
    await playAll(bundle, [{ seed: 3 }], 1, keep);
    const [other, first, again] = played as [Played, Played, Played];
    assert.deepEqual(again, first);
    assert.notEqual(other.hash, first.hash);
    assert.ok(first.messages > 0 && first.operations > 0);
  });

  it('in which the engine does wrong is not passed over', async () => {
    const bundle = await bundleWorker([{ file: 'src/engine/inbox.ts', from: 'if (incoming) messages.push(', to: 'if (incoming && incoming.base.mine) messages.push(' }]);
    const played: Played[] = [];
    const seeds = Array.from({ length: 10 }, (_, i) => ({ seed: i + 1, only: [] }));
    await playAll<Job, Played>(bundle, seeds, 1, (one) => void played.push(one), () => played.some(({ violations }) => violations.length > 0));
    assert.ok(played.some(({ violations }) => violations.length > 0));
  });
});
