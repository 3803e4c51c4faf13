import { expect } from '@open-wc/testing';
import { drawnOf, heightOf, type Drawn, type Stretch } from '../../../components/list/row-window.js';

const heights = { row: 10, head: 30 };
const stretch = (name: string, count: number, headed = true): Stretch<number> => ({ name, headed, rows: Array.from({ length: count }, (_, i) => i) });

/** How tall all of it is: what is drawn, and what is left out. */
const height = ({ stretches, rest }: Drawn<number>): number =>
  rest + stretches.reduce((sum, drawn) => sum + drawn.skip + drawn.rest + (drawn.stretch.headed ? heights.head : 0) + drawn.rows.reduce((rows, { skip }) => rows + skip + heights.row, 0), 0);
const total = (stretches: readonly Stretch<number>[]): number => stretches.reduce((sum, one) => sum + heightOf(one, heights), 0);

describe('row window', () => {
  it('draws the rows of a range and leaves the rest as a distance', () => {
    const [drawn] = drawnOf([stretch('', 100, false)], heights, { from: 200, to: 230 }).stretches;
    expect(drawn?.rows).to.deep.equal([{ index: 20, skip: 200 }, { index: 21, skip: 0 }, { index: 22, skip: 0 }]);
    expect(drawn?.rest).to.equal(770);
  });

  it('draws the heading of what is in the range, and no stretch that is not', () => {
    const groups = [stretch('a', 5), stretch('b', 5), stretch('c', 5)];
    const { stretches, rest } = drawnOf(groups, heights, { from: 80, to: 115 });
    expect(stretches.map(({ stretch: { name }, skip, rows }) => [name, skip, rows.map(({ index }) => index)])).to.deep.equal([['b', 80, [0]]]);
    expect(rest).to.equal(80);
  });

  it('keeps a row that has the focus, before the range, within it, and after it', () => {
    for (const row of [3, 52, 90]) {
      const drawn = drawnOf([stretch('', 100, false)], heights, { from: 500, to: 560 }, { stretch: 0, row });
      expect(drawn.stretches[0]!.rows.map(({ index }) => index)).to.deep.equal([...new Set([row, 50, 51, 52, 53, 54, 55])].sort((a, b) => a - b));
      expect(height(drawn)).to.equal(1000);
    }
    const far = drawnOf([stretch('a', 50), stretch('b', 50)], heights, { from: 0, to: 50 }, { stretch: 1, row: 49 });
    expect(far.stretches.map(({ stretch: { name }, rows }) => [name, rows.map(({ index }) => index)])).to.deep.equal([['a', [0, 1]], ['b', [49]]]);
    expect(height(far)).to.equal(1060);
  });

  it('is as tall as all of it, wherever it is drawn', () => {
    const groups = [stretch('a', 7), stretch('folded', 0), stretch('b', 31), stretch('', 4)];
    for (let from = -100; from < 700; from += 7) {
      const drawn = drawnOf(groups, heights, { from, to: from + 90 }, from % 2 ? { stretch: 2, row: 17 } : undefined);
      expect(height(drawn), `from ${from}`).to.equal(total(groups));
    }
  });
});
