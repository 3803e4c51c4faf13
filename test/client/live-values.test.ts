import { expect } from '@open-wc/testing';
import type { LiveReplica } from '../../src/client/live-replica.js';
import { LiveValues } from '../../src/client/live-values.js';
import type { OccupantView } from '../../src/model/room.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const room = 'hall@rooms';

/** A copy of a leader's state that holds occupants alone. */
const open = () => {
  const occupants = new Map<string, OccupantView>();
  const values = new LiveValues();
  values.open({ get: (topic: string, key: string) => (topic === 'occupant' ? occupants.get(key) : undefined), values: (_: string, prefix: string) => Array.from(occupants).flatMap(([key, view]) => (key.startsWith(prefix) ? [view] : [])) } as unknown as LiveReplica);
  const set = (nick: string, show: OccupantView['show'] | undefined): void => {
    const key = `${room}/${nick}`;
    if (show) occupants.set(key, { nick, role: 'participant', affiliation: 'none', show });
    else occupants.delete(key);
    values.changed([{ topic: 'occupant', key }]);
  };
  return { values, set, names: () => values.occupants.get(room).value.map(({ nick }) => nick) };
};

describe('live values', () => {
  it('tells a storm of presence a few times a second, and its end', async () => {
    const { values, set } = open();
    set('a', 'available');
    let told = 0;
    values.occupants.get(room).subscribe(() => (told += 1));
    const began = performance.now();
    while (performance.now() - began < 600) {
      set('a', told % 2 ? 'away' : 'dnd');
      set('a', told % 2 ? 'dnd' : 'away');
      await pause(5); // oxlint-disable-line no-await-in-loop -- as they come
    }
    expect(told).to.be.within(1, 1 + Math.ceil((performance.now() - began) / 250));
    set('a', 'xa');
    await pause(400);
    expect(values.occupants.get(room).value[0]?.show).to.equal('xa');
  });

  it('knows who came before anybody looked, and who comes and goes afterwards', async () => {
    const { set, names } = open();
    set('b', 'available');
    expect(names()).to.deep.equal(['b']);
    set('a', 'available');
    set('b', undefined);
    await pause(400);
    expect(names()).to.deep.equal(['a']);
  });
});
