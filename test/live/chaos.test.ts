// The network as it is: cut, stalled, sliced, half open; tabs closed, browsers and servers killed. Nothing lost, nothing twice,
// nothing out of order, and "Sent" means sent. `npm run soak -- chaos` does the same for as long as one likes.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { faultsOf, tableOf, type Outcome } from './support/chaos-report.js';
import { runChaos } from './support/chaos-run.js';

const outcomes: Outcome[] = [];

describe('chaos', { timeout: 600_000 }, () => {
  after(() => console.log(tableOf(outcomes)));
  for (const [server, surface, seed] of [
    ['prosody', 'messenger', 4],
    ['ejabberd', 'widget', 7],
  ] as const) {
    it(`16 cuts of both browsers (${surface}) from ${server}`, { timeout: 600_000 }, async () => {
      const found = await runChaos({ server, surface, seed, rounds: 8, slow: 1, kills: 1, restarts: 1 });
      outcomes.push(...found);
      assert.deepEqual(faultsOf(found), []);
    });
  }
});
