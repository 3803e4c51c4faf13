// A reporter for `node --test` that writes how many tests passed and failed into the file TEST_COUNTS.
import { writeFileSync } from 'node:fs';

/**
 * @param {AsyncIterable<{ type: string, data: { skip?: unknown, todo?: unknown, name?: string, file?: string, details?: { type?: string, error?: { failureType?: string } } } }>} source
 * @returns {AsyncGenerator<string>}
 */
// oxlint-disable-next-line import/no-default-export -- Node asks for it
export default async function* count(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { skip, details } = data;
    if (skip !== undefined && skip !== false) continue;
    // A suite counts only where it failed by itself, not by a test in it; a file that could not be run is such a test.
    const ofParts = details?.error?.failureType === 'subtestsFailed';
    if (details?.type === 'suite' ? type === 'test:fail' && !ofParts : !ofParts) {
      if (type === 'test:pass') passed += 1;
      else failed += 1;
    }
  }
  writeFileSync(process.env.TEST_COUNTS ?? '/dev/stderr', JSON.stringify({ passed, failed }));
  yield '';
}
