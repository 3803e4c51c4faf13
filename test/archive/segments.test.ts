import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { anchor, closeGaps, comparePlaces, emptySegment, mayMiss, meet, place } from '../../src/archive/segments.js';
import type { RunRow } from '../../src/archive/archive-types.js';
import { TAIL } from '../../src/model/message.js';

const run = (segment: number, more: Partial<RunRow> = {}): RunRow => ({ archive: 'a', segment, startReached: false, joined: false, ...more });

describe('segments', () => {
  it('grow both ways, each end with its id', () => {
    let segment = emptySegment('a', 'c', 0, true);
    const positions: number[] = [];
    for (const [growth, id] of [['up', 's5'], ['up', 's6'], ['down', 's4'], ['history', 's3'], ['up', 's7']] as const) {
      const grown = place(segment, growth, id);
      segment = grown.segment;
      positions.push(grown.position);
    }
    expect(positions).to.deep.equal([1, 2, 0, -1, 3]);
    expect(segment).to.include({ low: -1, high: 3, firstId: 's3', lastId: 's7', runLow: 0, runHigh: 3, knownLow: -1 });
  });

  it('keep a row where it is when nothing confirmed lies beyond it', () => {
    const { segment } = place(emptySegment('a', 'c', 0, true), 'up', 's1');
    const settled = { ...segment, high: 5 };
    expect(place(settled, 'up', 's2', 4).position).to.equal(4);
    expect(place(place(settled, 'up', 's2').segment, 'up', 's3', 4).position).to.equal(7);
  });

  it('a run going down through history leaves its end alone', () => {
    const fetched = place(place(emptySegment('a', 'c', 0, true), 'up', 's5').segment, 'history', 's4').segment;
    const through = place(place(fetched, 'history', 's1').segment, 'down', 's4', 0);
    expect(through.position).to.equal(0);
    expect(through.segment.firstId).to.equal('s1');
  });

  it('order by conversation, segment, position', () => {
    const places = [['a', TAIL, 3], ['a', 0, 1], ['b', 0, -5], ['a', 0, -2], ['a', 1, -9]] as const;
    expect(places.toSorted(comparePlaces)).to.deep.equal([['a', 0, -2], ['a', 0, 1], ['a', 1, -9], ['a', TAIL, 3], ['b', 0, -5]]);
  });

  it('compare as IndexedDB compares keys', () => {
    const part = fc.tuple(fc.string({ unit: 'binary', maxLength: 4 }), fc.integer({ min: -3, max: TAIL }), fc.float({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(fc.property(part, part, (a, b) => Math.sign(comparePlaces(a, b)) === indexedDB.cmp(a, b)));
  });

  it('may miss something before a segment unless its runs are joined to the one before, or to the beginning', () => {
    expect(mayMiss([run(0)], 0, undefined)).to.equal(true);
    expect(mayMiss([run(0, { startReached: true })], 0, undefined)).to.equal(false);
    expect(mayMiss([run(0), run(1)], 1, 0)).to.equal(true);
    expect(mayMiss([run(0, { joined: true }), run(1)], 1, 0)).to.equal(false);
    expect(mayMiss([run(0, { joined: true }), run(1)], 1, undefined)).to.equal(true);
    expect(mayMiss([run(0, { joined: true, startReached: true }), run(1)], 1, undefined)).to.equal(false);
    expect(mayMiss([run(0), run(1, { joined: true }), run(2)], 2, 0)).to.equal(true);
    expect(mayMiss([run(0), run(1, { startReached: true })], 0, undefined)).to.equal(false);
  });

  it('close only gaps that are none', () => {
    const segments = [emptySegment('a', 'c', 0, true), emptySegment('a', 'c', 1, true), emptySegment('a', 'c', 2, false)];
    expect(closeGaps([run(0, { joined: true }), run(1), run(2)], segments).map((row) => row.segment)).to.deep.equal([1]);
  });

  it('are asked for history from the next end there is', () => {
    const segments: { segment: number; firstId?: string }[] = [{ segment: 0 }, { segment: 1, firstId: 'x' }, { segment: 2 }];
    expect([-1, 0, 1, 2, 9].map((number) => anchor(segments, number)?.segment)).to.deep.equal([1, 1, 1, 2, 2]);
    expect(anchor([], -1)).to.equal(undefined);
  });

  it('meet what is there: the run’s word joins runs, a conversation’s only itself, live ones prove nothing', () => {
    expect(meet('down', 1, 0, 'run')).to.equal('junction');
    expect(meet('down', 1, 0, 'history')).to.equal('move');
    expect(meet('history', 1, 0, 'history')).to.equal('junction');
    expect(meet('onward', 0, 1, 'run')).to.equal('junction');
    expect(meet('up', 1, 0, 'run')).to.equal('skip');
    for (const growth of ['up', 'down', 'history'] as const) {
      expect(meet(growth, 1, TAIL, undefined)).to.equal('move');
      expect(meet(growth, 1, 0, 'settled')).to.equal('move');
      expect(meet(growth, 1, 1, 'run')).to.equal('skip');
    }
  });
});
