import { expect } from '@open-wc/testing';
import { entriesOf, firstUnread } from '../../../components/message-list/entries.js';
import type { TimelineItem } from '../../../src/model/conversation.js';

const start = new Date(2026, 4, 3, 12).getTime();
const item = (id: number, sender: string, minutes: number): TimelineItem => ({
  kind: 'message',
  row: { id, place: ['c', 0, id], conversation: 'c', chatType: 'chat', sender, mine: sender === 'me', at: start + minutes * 60_000, archive: 'me', state: { body: '', attachments: [] } },
});
const shape = (items: readonly TimelineItem[], unreadFrom?: number): string =>
  entriesOf(items, unreadFrom)
    .map((entry) => (entry.kind === 'message' ? `${entry.first ? '[' : ''}${entry.row.id}${entry.last ? ']' : ''}` : entry.kind))
    .join(' ');

describe('message-list/entries', () => {
  it('joins what one person says in a go', () => {
    expect(shape([item(1, 'a', 0), item(2, 'a', 4), item(3, 'a', 10), item(4, 'me', 11), item(5, 'a', 12)])).to.equal('day [1 2] [3] [4] [5]');
  });
  it('parts the days, also for clocks that run backwards', () => {
    expect(shape([item(1, 'a', 0), item(2, 'a', 24 * 60), item(3, 'a', 0)])).to.equal('day [1] day [2] day [3]');
    expect(entriesOf([item(1, 'a', Number.NaN)], undefined)).to.have.length(2);
  });
  it('puts gaps and the unread line where they belong, and parts a go there', () => {
    expect(shape([item(1, 'a', 0), { kind: 'gap', segment: 3 }, item(2, 'a', 1), item(3, 'a', 2)], 3)).to.equal('day [1] gap [2] unread [3]');
  });
  it('gives each line a key of its own', () => {
    const keys = entriesOf([item(1, 'a', 0), { kind: 'gap', segment: 1 }, item(2, 'a', 2000), item(3, 'b', 5000)], 3).map(({ key }) => key);
    expect(new Set(keys).size).to.equal(keys.length);
  });
  it('finds the first unread message by place, else by count', () => {
    const items = [item(1, 'a', 0), item(2, 'me', 1), item(3, 'a', 2), item(4, 'a', 3)];
    expect(firstUnread(items, 0, ['c', 0, 1])).to.equal(undefined);
    expect(firstUnread(items, 2, ['c', 0, 1])).to.equal(3);
    expect(firstUnread(items, 1, undefined)).to.equal(4);
    expect(firstUnread(items, 99, undefined)).to.equal(1);
    expect(firstUnread([], 2, undefined)).to.equal(undefined);
  });
});
