/** Rows under a name of their own; with a heading above them, or the only ones there are. */
export type Stretch<Row> = { readonly name: string; readonly headed: boolean; readonly rows: readonly Row[] };
/** Pixels: one height for all rows, one for all headings. */
export type Heights = { readonly row: number; readonly head: number };
/** What is to be drawn, in pixels from where the list begins. */
export type Range = { readonly from: number; readonly to: number };

/** A row that is drawn, by its number in the stretch, and how much is left out right before it. */
export type DrawnRow = { readonly index: number; readonly skip: number };
/** A stretch that is drawn; `skip` and `rest`: what is left out before it and at its own end. */
export type DrawnStretch<Row> = { readonly stretch: Stretch<Row>; readonly number: number; readonly skip: number; readonly rows: readonly DrawnRow[]; readonly rest: number };
/** `rest`: what is left out at the end of the list. */
export type Drawn<Row> = { readonly stretches: readonly DrawnStretch<Row>[]; readonly rest: number };

export const heightOf = (stretch: Stretch<unknown>, { row, head }: Heights): number => (stretch.headed ? head : 0) + stretch.rows.length * row;

/**
 * Which rows of a long list exist: those in the range, and beside them those that must not go (`kept`, by stretch and number),
 * for they have the focus. What is left out is only a distance.
 */
export function drawnOf<Row>(stretches: readonly Stretch<Row>[], heights: Heights, range: Range, kept?: { readonly stretch: number; readonly row: number }): Drawn<Row> {
  const drawn: DrawnStretch<Row>[] = [];
  let top = 0;
  let skip = 0;
  for (const [number, stretch] of stretches.entries()) {
    const height = heightOf(stretch, heights);
    const isKept = kept?.stretch === number && kept.row < stretch.rows.length;
    if (isKept || (top < range.to && top + height > range.from)) {
      const rowsTop = top + (stretch.headed ? heights.head : 0);
      const rows = drawnRows(stretch.rows.length, heights.row, { from: range.from - rowsTop, to: range.to - rowsTop }, isKept ? kept.row : undefined);
      const end = (rows.at(-1)?.index ?? -1) + 1;
      drawn.push({ stretch, number, skip, rows, rest: (stretch.rows.length - end) * heights.row });
      skip = 0;
    } else skip += height;
    top += height;
  }
  return { stretches: drawn, rest: skip };
}

function drawnRows(count: number, height: number, { from, to }: Range, kept: number | undefined): DrawnRow[] {
  const within = (index: number): number => Math.min(count, Math.max(0, index));
  const [first, end] = [within(Math.floor(from / height)), within(Math.ceil(to / height))];
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  if (kept !== undefined && kept < first) rows.unshift(kept);
  else if (kept !== undefined && kept >= end) rows.push(kept);
  return rows.map((index, i) => ({ index, skip: (index - (i === 0 ? 0 : rows[i - 1]! + 1)) * height }));
}
