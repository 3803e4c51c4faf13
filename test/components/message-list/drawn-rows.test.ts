import { expect } from '@open-wc/testing';
import { DrawnRows } from '../../../components/message-list/drawn-rows.js';
import type { Entry } from '../../../components/message-list/entries.js';

const message = (id: number): Entry => ({
  kind: 'message',
  key: `m-${id}`,
  first: true,
  last: true,
  row: { id, place: ['c', 0, id], conversation: 'c', chatType: 'chat', sender: 'c', mine: false, at: id, archive: 'me', state: { body: '', attachments: [] } },
});
const range = (from: number, to: number): Entry[] => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const gap: Entry = { kind: 'gap', key: 'gap-1', segment: 1 };
const shown = (rows: DrawnRows): string => rows.lines.map((entry) => (entry.kind === 'message' ? entry.row.id : '|')).join(' ');

describe('message-list/drawn-rows', () => {
  it('begins with the newest, and draws more at either end when told', () => {
    const rows = new DrawnRows();
    rows.update(range(1, 20), true, 4);
    expect(shown(rows)).to.equal('17 18 19 20');
    expect(rows).to.include({ older: 16, count: 4, newer: 0 });
    expect([rows.drawOlder(3), rows.drawNewer(3)]).to.deep.equal([true, false]);
    expect(shown(rows)).to.equal('14 15 16 17 18 19 20');
    expect([rows.dropAfter(16), rows.dropBefore(15), rows.dropBefore(15), rows.dropAfter(99)]).to.deep.equal([true, true, false, false]);
    expect(shown(rows)).to.equal('15 16');
    expect([rows.drawOlder(99), rows.drawNewer(1), rows.drawOlder(1)]).to.deep.equal([true, true, false]);
    expect(shown(rows)).to.equal(Array.from({ length: 17 }, (_, i) => i + 1).join(' '));
  });

  it('follows what arrives at the end without growing; further up it stays with what was drawn', () => {
    const rows = new DrawnRows();
    rows.update(range(1, 20), true, 4);
    rows.update(range(1, 22), true, 4);
    expect(shown(rows)).to.equal('19 20 21 22');
    rows.update(range(1, 25), false, 4);
    expect(shown(rows)).to.equal('19 20 21 22');
    expect(rows.newer).to.equal(3);
    // The window has moved: rows above came in, those at its end went.
    rows.update(range(-10, 21), false, 2);
    expect(shown(rows)).to.equal('19 20 21');
  });

  it('draws many that arrive one after the other, all of them where it hurries, and the newest screen alone of more than a screen', () => {
    const rows = new DrawnRows();
    rows.update(range(1, 20), true, 4, 2);
    const many = range(1, 24);
    rows.update(many, true, 4, 2);
    expect(shown(rows)).to.equal('19 20 21 22');
    expect(rows.newer).to.equal(2);
    // The same window again is no reason for more: the frame is.
    rows.update(many, true, 4, 2);
    expect(rows.newer).to.equal(2);
    rows.drawNewer(2);
    expect(shown(rows)).to.equal('19 20 21 22 23 24');
    rows.hurry();
    rows.update(range(1, 28), true, 4, 2);
    expect(shown(rows)).to.equal('23 24 25 26 27 28');
    rows.update(range(1, 32), true, 4, 2);
    expect(rows.newer).to.equal(2);
    rows.update(range(1, 37), true, 4, 2);
    expect(shown(rows)).to.equal('34 35 36 37');
  });

  it('draws what came in between, and begins anew where nothing is left of what was drawn', () => {
    const rows = new DrawnRows();
    rows.update([message(1), gap, message(9)], true, 4);
    rows.update([message(1), message(5), message(6), message(9), message(10)], false, 2);
    expect(shown(rows)).to.equal('1 5 6 9');
    rows.update(range(50, 60), false, 2);
    expect(shown(rows)).to.equal('59 60');
    rows.reset(55);
    rows.update(range(50, 60), false, 3);
    expect(shown(rows)).to.equal('55 56 57');
    rows.reset(60);
    rows.update(range(50, 60), false, 3);
    expect(shown(rows)).to.equal('58 59 60');
  });

  it('takes a gap along with the message after it, and the last one with the end', () => {
    const rows = new DrawnRows();
    rows.update([gap, message(1), { ...gap, key: 'gap-2' }, message(2), { ...gap, key: 'gap-3' }], true, 1);
    expect(shown(rows)).to.equal('| 2 |');
    rows.drawOlder(1);
    expect(shown(rows)).to.equal('| 1 | 2 |');
    rows.dropAfter(1);
    expect(shown(rows)).to.equal('| 1');
    rows.update([gap], true, 5);
    expect(shown(rows)).to.equal('|');
  });
});
