import { expect } from '@open-wc/testing';
import type { LiveChange } from '../../src/model/live.js';
import { LiveStore } from '../../src/engine/live-store.js';
import { TestClock } from '../support/xep-context.js';

describe('engine/live-store', () => {
  const make = () => {
    const clock = new TestClock();
    const told: LiveChange[][] = [];
    return { clock, told, live: new LiveStore(clock, (changes) => told.push([...changes])) };
  };

  it('tells at most ten times a second, each key once, as it then is', () => {
    const { clock, told, live } = make();
    for (let n = 0; n < 5000; n += 1) {
      live.set('occupant', `room@x/nick ${n % 50}`, { nick: `nick ${n % 50}`, role: 'participant', affiliation: 'none', show: n % 2 ? 'away' : 'available' });
      if (n % 5 === 4) clock.advance(1);
    }
    clock.advance(100);
    expect(told.length).to.be.within(9, 12);
    for (const changes of told) expect(new Set(changes.map(({ key }) => key)).size).to.equal(changes.length);
    expect(live.all()).to.have.lengthOf(50);
  });

  it('tells the first change at once, and nothing where nothing has changed', () => {
    const { clock, told, live } = make();
    live.set('typing', 'a@x', ['a']);
    clock.advance(0);
    expect(told).to.deep.equal([[{ topic: 'typing', key: 'a@x', value: ['a'] }]]);
    live.set('typing', 'b@x', undefined);
    clock.advance(1000);
    expect(told).to.have.lengthOf(1);
    live.clear(['typing']);
    clock.advance(1000);
    expect(told[1]).to.deep.equal([{ topic: 'typing', key: 'a@x', value: undefined }]);
    expect(live.all()).to.deep.equal([]);
  });

  it('does not keep a change to itself for hours because the clock was set back by hours', () => {
    const { clock, told, live } = make();
    live.set('typing', 'a@x', ['a']);
    clock.advance(0);
    clock.sleep(-7_200_000);
    live.set('typing', 'b@x', ['b']);
    clock.advance(100);
    expect(told).to.have.lengthOf(2);
  });

  it('finds by prefix, and lets the engine watch a topic', () => {
    const { live } = make();
    const seen: unknown[] = [];
    live.watch('upload', (key, value, before) => seen.push([key, value, before]));
    live.set('upload', '1', 0);
    live.set('upload', '1', 0.5);
    live.set('upload', '2', 0.1);
    live.set('upload', '1', undefined);
    expect(seen).to.deep.equal([['1', 0, undefined], ['1', 0.5, 0], ['2', 0.1, undefined], ['1', undefined, 0.5]]);
    expect(live.entries('upload', '2')).to.deep.equal([['2', 0.1]]);
  });
});
