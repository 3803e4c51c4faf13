// `npm run bench`: Tertulia, a peer and the raw limits, side by side. `-- --only NAME[,NAME] --runs N --throttle 1,4 --sizes N,N --smoke --million --plots`.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Finding, Measure } from './support/finding.js';
import { Lab } from './support/lab.js';
import { formatFindings, misses, saveResults, type Result } from './support/report.js';
import { writeFigures } from './support/figures.js';
import { drawPlots } from './support/plots.js';
import { catchUp } from './measures/catch-up.js';
import { openChat } from './measures/open-chat.js';
import { crowd } from './measures/crowd.js';
import { heap } from './measures/heap.js';
import { many } from './measures/many.js';
import { roster } from './measures/roster.js';
import { openConversation } from './measures/open-conversation.js';
import { scrollBack } from './measures/scroll-back.js';
import { sending } from './measures/sending.js';
import { typing } from './measures/typing.js';
import { search } from './measures/search.js';
import { reload } from './measures/reload.js';
import { weights } from './measures/weights.js';

/** In the order of what a person meets first. */
const measures: readonly Measure[] = [weights, openChat, reload, openConversation, catchUp, scrollBack, typing, sending, roster, many, crowd, search, heap];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    throttle: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    /** Draws the plots and writes the figures of the results that are there. */
    plots: { type: 'boolean', default: false },
  },
});

function publish(): void {
  drawPlots();
  writeFigures(measures.map(({ name }) => name));
}

/** @returns whether what was to be kept was kept */
async function main(): Promise<boolean> {
  const { smoke, million } = options;
  const wanted = options.only?.split(',');
  const unknown = wanted?.find((name) => !measures.some((measure) => measure.name === name));
  if (unknown !== undefined) throw new Error(`There is no measure ${unknown}. There are: ${measures.map(({ name }) => name).join(', ')}.`);
  const chosen = measures.filter((measure) => (wanted ? wanted.includes(measure.name) : !smoke || measure.smoke));
  const throttles = (options.throttle ?? (smoke ? '1' : '1,4')).split(',').map(Number);
  const runs = Number(options.runs ?? (smoke ? 2 : 5));
  const lab = await Lab.open({ runs, smoke, million, ...(options.sizes !== undefined && { sizes: options.sizes.split(',').map(Number) }) });
  if (!smoke && !lab.peer) console.error('The peer is not installed, so there is nothing beside: npm install --prefix bench --ignore-scripts');
  const results: Result[] = [];
  let failed = false;
  try {
    for (const { name, run } of chosen) {
      for (const throttle of throttles) {
        lab.throttle = throttle;
        try {
          // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
          const found: readonly Finding[] = await run(lab);
          const some = found.map((finding): Result => ({ measure: name, throttle, ...finding }));
          results.push(...some);
          console.log(formatFindings(some));
          if (!smoke) saveResults(some);
        } catch (error) {
          failed = true;
          console.error(`${name} (processor ${throttle}× slower) could not be measured:`, error);
        }
        // Nothing in it depends on the processor.
        if (name === weights.name) break;
      }
    }
  } finally {
    await lab.close();
  }
  if (smoke) {
    const missed = results.flatMap((result) => misses(result));
    for (const miss of missed) console.error(miss);
    // For `npm test`.
    const kept = results.flatMap(({ goals = [] }) => goals).length - missed.length;
    if (process.env.TEST_COUNTS) writeFileSync(process.env.TEST_COUNTS, JSON.stringify({ passed: kept, failed: missed.length + Number(failed) }));
    return !failed && missed.length === 0;
  }
  console.log(`\nAll of it:\n${formatFindings(results)}`);
  publish();
  return !failed;
}

if (options.plots) publish();
else process.exit((await main()) ? 0 : 1);
