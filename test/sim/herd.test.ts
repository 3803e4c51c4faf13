// Whoever loses a server together with a thousand others does not come back together with them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { perSecond, quantile, runHerd } from './herd.js';

const clients = 1_000;
const seed = 7;
const mean = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0) / counts.length;

it('a server that dies and is there again at once: nobody comes in the same moment, all within three seconds', async () => {
  const { attempts, back } = await runHerd({ clients, ending: 'killed', away: 1, seed });
  const bins = perSecond(attempts.map(({ at }) => at));
  assert.equal(back.length, clients);
  assert.equal(bins.length, 3);
  assert.ok(Math.max(...bins) <= 1.2 * mean(bins), `${bins.join(' ')}`);
});

it('a server that is away for ten seconds: whoever called in vain spreads wider, so that it is not run over when it comes', async () => {
  const { attempts, back } = await runHerd({ clients, ending: 'killed', away: 10_000, seed });
  const reached = attempts.filter((attempt) => attempt.reached).map(({ at }) => at);
  const bins = perSecond(reached).slice(10);
  assert.equal(back.length, clients);
  assert.ok(Math.max(...bins) <= clients / 8, `${bins.join(' ')}`);
  // Called in vain: refused in the first moment, it has cost the server nothing, but it stays bounded.
  assert.ok(attempts.length <= 5 * clients);
});

it('a server that says goodbye: everybody knows, and spreads over a quarter of a minute', async () => {
  const { attempts, back } = await runHerd({ clients, ending: 'goodbye', away: 3_000, seed });
  const first = perSecond(attempts.slice(0, clients).map(({ at }) => at)).slice(1, 16);
  assert.equal(back.length, clients);
  assert.ok(Math.max(...first) <= 1.6 * mean(first), `${first.join(' ')}`);
  assert.ok(mean(first) < 80);
});

it('one line that breaks while the server stays: back in the same stream within two seconds, most often', async () => {
  const { back, resumed } = await runHerd({ clients: 400, ending: 'blink', away: 0, seed });
  assert.equal(back.length, 400);
  assert.equal(resumed, 400);
  assert.ok(quantile(back, 0.5) <= 2_000, `${quantile(back, 0.5)}`);
  assert.ok(quantile(back, 1) <= 3_500, `${quantile(back, 1)}`);
});
