import type { Page } from 'puppeteer-core';

/** The share of frames that were left out, %, of the times between them. */
export function dropped(gaps: readonly number[]): number {
  const frame = 1000 / 60;
  const missing = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frame) - 1), 0);
  return (100 * missing) / (missing + gaps.length);
}

/** Turns the wheel over what `selector` finds, `pixels` down each 16 ms, until `done` (or 90 s); the times between frames. `back`: to and fro. */
export async function wheel(page: Page, selector: string, pixels: number, done: () => Promise<boolean>, { back = false } = {}): Promise<number[]> {
  const { x, y } = (await page.evaluate(`bench.middle('${selector}')`)) as { x: number; y: number };
  await page.mouse.move(x, y);
  await page.evaluate('bench.watchFrames()');
  const end = Date.now() + 90_000;
  for (let i = 1; Date.now() < end; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- as fingers do
    await page.mouse.wheel({ deltaY: back && i % 40 >= 20 ? -pixels : pixels });
    // oxlint-disable-next-line no-await-in-loop -- as fingers do
    await new Promise((resolve) => setTimeout(resolve, 16));
    // oxlint-disable-next-line no-await-in-loop -- as fingers do
    if (i % 25 === 0 && (await done())) break;
  }
  return (await page.evaluate('bench.stopFrames()')) as number[];
}
