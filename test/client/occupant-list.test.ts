import { expect } from '@open-wc/testing';
import { OccupantList } from '../../src/client/occupant-list.js';
import type { OccupantView, Role } from '../../src/model/room.js';

const occupant = (nick: string, role: Role = 'participant', show: OccupantView['show'] = 'available'): OccupantView => ({ nick, role, affiliation: 'none', show });
const names = (list: OccupantList): string[] => list.all.map(({ nick }) => nick);
const change = (list: OccupantList, ...changes: readonly (OccupantView | string)[]): void => list.change(new Map(changes.map((one) => (typeof one === 'string' ? [one, undefined] : [one.nick, one]))));

describe('occupant list', () => {
  it('is by role, then by nickname as the language has it', () => {
    const list = new OccupantList([occupant('zoe', 'visitor'), occupant('Émile'), occupant('eva'), occupant('Zed', 'moderator')]);
    expect(names(list)).to.deep.equal(['Zed', 'Émile', 'eva', 'zoe']);
  });

  it('stays in order as people come, go, and get another role', () => {
    const list = new OccupantList([occupant('b'), occupant('d')]);
    change(list, occupant('e'), occupant('a'), occupant('c'));
    expect(names(list)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    change(list, 'c', occupant('d', 'moderator'), occupant('b', 'participant', 'away'));
    expect(names(list)).to.deep.equal(['d', 'a', 'b', 'e']);
    expect(list.all[2]?.show).to.equal('away');
    change(list, 'nobody', 'd');
    expect(names(list)).to.deep.equal(['a', 'b', 'e']);
  });

  it('leaves what was handed out as it was', () => {
    const list = new OccupantList([occupant('a'), occupant('b')]);
    const before = list.all;
    change(list, occupant('a', 'participant', 'dnd'));
    expect(before[0]?.show).to.equal('available');
    expect(list.all[0]?.show).to.equal('dnd');
  });

  it('is always what sorting all of them would give', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const roles: readonly Role[] = ['moderator', 'participant', 'visitor', 'none'];
    const all = new Map<string, OccupantView>();
    const list = new OccupantList([]);
    for (let round = 0; round < 60; round += 1) {
      const changes = new Map<string, OccupantView | undefined>();
      for (let i = 0; i < 25; i += 1) {
        const nick = `${'aÄbßç'[random(5)]}${random(80)}`;
        changes.set(nick, random(4) === 0 ? undefined : occupant(nick, roles[random(4)], random(2) ? 'away' : 'dnd'));
      }
      list.change(changes);
      for (const [nick, view] of changes) {
        if (view) all.set(nick, view);
        else all.delete(nick);
      }
      expect(list.all).to.deep.equal(new OccupantList([...all.values()]).all);
    }
  });
});
