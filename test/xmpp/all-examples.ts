import { examplesOf } from '../support/xep-examples.js';

// The folder cannot be listed from a browser.
const numbers = `
0004 0030 0045 0048 0049 0050 0054 0059 0060 0066 0077 0080 0084 0085 0092 0100 0115 0153 0156 0158 0163 0166 0167 0172
0176 0184 0191 0198 0199 0201 0203 0215 0223 0245 0249 0280 0292 0293 0294 0297 0300 0308 0313 0317 0319 0320 0333 0334
0338 0339 0352 0353 0357 0359 0363 0372 0377 0379 0380 0382 0384 0386 0388 0390 0393 0398 0401 0402 0410 0420 0421 0424
0425 0428 0433 0439 0444 0445 0446 0447 0448 0449 0454 0455 0461 0466 0469 0474 0481 0482 0484 0486 0488 0490 0492 0500
0502 0511 0513
`.trim().split(/\s+/);

/** All 1,403 examples. */
export async function allExamples(): Promise<readonly { readonly xep: string; readonly caption: string; readonly xml: string }[]> {
  const files = await Promise.all(numbers.map((xep) => examplesOf(xep)));
  return files.flatMap(({ xep, examples }) => examples.map((example) => ({ xep, ...example })));
}
