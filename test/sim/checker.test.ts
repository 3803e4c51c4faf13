import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { check } from './checker.js';
import type { DeviceEnd, Event, HistoryRecord, Line } from './record.js';

const ann = 'ann@sim.test';
const said = (body: string, delivery?: string): Line => ({ body, mine: delivery !== undefined, delivery });
const gap: Line = { gap: 1 };

/** Ann writes a-1 to a-3, the first device d1-1 between them. Everything is as it should be. */
const good = (): { record: HistoryRecord; events: Event[]; devices: { -readonly [K in keyof DeviceEnd]: DeviceEnd[K] }[]; server: { body: string; held: boolean }[] } => {
  const server = ['a-1', 'd1-1', 'a-2', 'd1-2', 'a-3'].map((body) => ({ body, held: true }));
  const lines = [said('a-1'), said('d1-1', 'sent'), said('a-2'), said('d1-2', 'delivered'), said('a-3')];
  const devices = ['d1', 'd2', 'd3'].map((device) => ({ device, alone: { [ann]: [...lines] }, shown: { [ann]: [...lines] }, opened: { [ann]: [...lines] }, outbox: [] as DeviceEnd['outbox'] }));
  const write = (body: string, row: number): Event[] => [
    { kind: 'write', outcome: 'invoke', device: 'd1', conversation: ann, body },
    { kind: 'write', outcome: 'ok', device: 'd1', conversation: ann, body, row },
  ];
  const accepted = (body: string): Event => ({ kind: 'accepted', conversation: ann, body, archiveId: `id of ${body}` });
  const shown = (body: string, delivery: string): Event => ({ kind: 'shown', device: 'd1', conversation: ann, body, delivery });
  const events: Event[] = [accepted('a-1'), ...write('d1-1', 4), accepted('d1-1'), shown('d1-1', 'sent'), accepted('a-2'), ...write('d1-2', 6), accepted('d1-2'), { kind: 'received', body: 'd1-2' }, shown('d1-2', 'delivered'), accepted('a-3')];
  return { record: { archives: true, events, server: { [ann]: server }, devices }, events, devices, server };
};

const finds = (what: RegExp, plant: (parts: ReturnType<typeof good>) => void, archives = true): void => {
  const parts = good();
  plant(parts);
  const found = check({ ...parts.record, archives });
  assert.ok(found.some((violation) => what.test(violation)), `found only: ${found.join('; ') || 'nothing'}`);
};

describe('checker', () => {
  it('has nothing to say of a history in which all went well', () => assert.deepEqual(check(good().record), []));

  it('a message that was kept and never arrived', () =>
    finds(/^lost: d1-1/, ({ events, server, devices }) => {
      events.splice(events.findIndex((event) => event.kind === 'accepted' && event.body === 'd1-1'), 1);
      server.splice(1, 1);
      for (const device of devices) device.shown = device.opened = { [ann]: device.shown[ann]!.filter((line) => !('body' in line) || line.body !== 'd1-1') };
    }));
  it('… but not one that its device says is not sent, nor one that was taken back', () => {
    for (const kind of ['outbox', 'discard'] as const) {
      const { record, events, devices } = good();
      events.push({ kind: 'write', outcome: 'ok', device: 'd1', conversation: ann, body: 'd1-3', row: 9 });
      if (kind === 'outbox') devices[0]!.outbox = [{ conversation: ann, body: 'd1-3', state: 'failed' }];
      else events.push({ kind: 'discard', outcome: 'ok', device: 'd1', body: 'd1-3' });
      assert.deepEqual(check(record), []);
    }
  });

  it('"sent" before the server has it', () =>
    finds(/^false "sent": d1-1/, ({ events }) => {
      const at = events.findIndex((event) => event.kind === 'accepted' && event.body === 'd1-1');
      events.push(...events.splice(at, 1));
    }));

  it('"delivered" before anybody has received it', () => finds(/^false "delivered": d1-1/, ({ events }) => void events.push({ kind: 'shown', device: 'd1', conversation: ann, body: 'd1-1', delivery: 'delivered' })));

  it('the same message twice with the server', () => finds(/^twice on the server: d1-1/, ({ server }) => void server.push({ body: 'd1-1', held: true })));
  it('… but not where it was still on an older connection when the next stream began', () => {
    const { record, events, server } = good();
    server.push({ body: 'd1-1', held: true });
    events.push({ kind: 'overtaken', body: 'd1-1' }, { kind: 'overtaken', body: 'd1-2' });
    assert.deepEqual(check(record), []);
    server.push({ body: 'd1-2', held: true }, { body: 'a-1', held: true });
    assert.deepEqual(check(record), ['twice on the server: a-1 in ann@sim.test']);
  });
  it('… nor where a person sent it again', () => {
    const { record, events, server } = good();
    events.push({ kind: 'retry', outcome: 'ok', device: 'd1', body: 'd1-1' });
    server.push({ body: 'd1-1', held: true });
    assert.deepEqual(check(record), []);
  });

  it('a message that overtakes another of its conversation', () =>
    finds(/^overtaken on the server: d1-2/, ({ server }) => {
      [server[1], server[3]] = [server[3]!, server[1]!];
    }));

  it('… but not where the room had sent that one back', () => {
    const { record, events, server } = good();
    [server[1], server[3]] = [server[3]!, server[1]!];
    for (const device of record.devices) for (const lines of [device.shown, device.opened] as { [ann]: Line[] }[]) [lines[ann]![1], lines[ann]![3]] = [lines[ann]![3]!, lines[ann]![1]!];
    events.push({ kind: 'refused', body: 'd1-1' });
    assert.deepEqual(check(record), []);
  });

  it('an outbox that keeps a message and does not say why', () => finds(/^stuck: d1-2 is unknown/, ({ devices }) => void (devices[0]!.outbox = [{ conversation: ann, body: 'd1-2', state: 'unknown' }])));

  it('a message twice on a device, also in what only gaps show', () => {
    finds(/^twice on d2/, ({ devices }) => void (devices[1]!.shown[ann] as Line[]).push(said('a-1')));
    finds(/^twice on d2 .* gaps opened/, ({ devices }) => void (devices[1]!.opened[ann] as Line[]).push(said('a-1')));
    finds(/^twice on d2/, ({ devices }) => void (devices[1]!.shown[ann] as Line[]).push(said('a-1')), false);
  });

  it('another order than the archive\'s', () =>
    finds(/^out of order on d3 .*a-1 after d1-1/, ({ devices }) => {
      const lines = devices[2]!.shown[ann] as Line[];
      [lines[0], lines[1]] = [lines[1]!, lines[0]!];
    }));

  it('a hole that no gap tells of: in the middle, at the beginning, at the end', () => {
    for (const i of [2, 0, 4]) finds(/^silent hole on d1/, ({ devices }) => void (devices[0]!.shown[ann] as Line[]).splice(i, 1));
  });
  it('… but not where a gap stands for it', () => {
    const { record, devices } = good();
    (devices[0]!.shown[ann] as Line[]).splice(2, 1, gap);
    assert.deepEqual(check(record), []);
  });

  it('… nor on the device where a person has deleted what came back, and on no other', () => {
    const parts = good();
    parts.events.push({ kind: 'discard', outcome: 'ok', device: 'd1', body: 'd1-1' });
    const [first, second] = parts.devices;
    const takeAway = (lines: DeviceEnd['shown']): void => void (lines[ann] as Line[]).splice(1, 1);
    for (const lines of [first!.alone, first!.shown, first!.opened]) takeAway(lines);
    assert.deepEqual(check(parts.record), []);
    takeAway(second!.shown);
    assert.deepEqual(check(parts.record), ['silent hole on d2 in ann@sim.test: d1-1 between a-1 and a-2']);
  });

  it('a hole that only a new stream has mended, unless something was lost that nobody could notice', () => {
    const plant = ({ devices }: ReturnType<typeof good>): void => void (devices[1]!.alone[ann] as Line[]).splice(2, 1);
    finds(/^silent hole on d2 .* left alone: a-2/, plant);
    const parts = good();
    plant(parts);
    parts.events.push({ kind: 'fault', fault: 'carbon-missing' });
    assert.deepEqual(check(parts.record), []);
  });

  it('what is missing when all gaps are open, and a gap that stays', () => {
    finds(/^missing on d2/, ({ devices }) => void (devices[1]!.opened[ann] as Line[]).splice(2, 1));
    finds(/a gap that cannot be closed/, ({ devices }) => void (devices[1]!.opened[ann] as Line[]).splice(2, 0, gap));
  });

  it('something that nobody said', () => finds(/^forged on d2/, ({ devices }) => void (devices[1]!.opened[ann] as Line[]).push(said('evil'))));

  it('what a device has acknowledged and lost', () =>
    finds(/^acknowledged and lost: a-2/, ({ events, devices }) => {
      events.push({ kind: 'acknowledged', device: 'd2', conversation: ann, body: 'a-2' });
      (devices[1]!.opened[ann] as Line[]).splice(2, 1);
    }, false));

  it('devices that do not agree', () => finds(/^d2 and d1 do not agree/, ({ devices }) => void (devices[1]!.opened[ann] as Line[]).splice(4, 1)));

  it('what the world itself found broken', () => finds(/^broken: it/, ({ events }) => void events.push({ kind: 'broken', what: 'it' })));
});
