// The stand-in behaves as Node's EventEmitter does, where the wire library leans on it: the same moves on both.
import assert from 'node:assert/strict';
import { EventEmitter as Nodes } from 'node:events';
import { describe, it } from 'node:test';
import { EventEmitter as Ours } from '../../scripts/events.mjs';

/** @param {typeof Ours | typeof Nodes} Emitter */
function play(Emitter) {
  /** @type {string[]} */
  const heard = [];
  class Wire extends Emitter {}
  const wire = /** @type {Nodes} */ (new Wire());
  const a = (/** @type {unknown[]} */ ...args) => heard.push(`a ${args.join(' ')}`);
  const b = function (/** @type {unknown} */ value) {
    // @ts-expect-error Listeners are called on their emitter.
    heard.push(`b ${String(value)} ${this === wire}`);
  };
  heard.push(String(wire.emit('nobody')));
  wire.on('x', a).on('x', b).once('x', () => heard.push('once'));
  heard.push(String(wire.emit('x', 1, 2)), String(wire.emit('x', 3)), String(wire.listenerCount('x')));
  // Taken away and added while it is being called through.
  wire.on('y', () => wire.removeListener('y', a).on('y', b));
  wire.on('y', a);
  wire.emit('y', 4);
  wire.emit('y', 5);
  const never = () => heard.push('never');
  wire.once('z', never);
  wire.off('z', never);
  wire.emit('z');
  wire.on('twice', a).on('twice', a).off('twice', a).emit('twice', 6);
  for (const error of [new Error('loud'), 'text']) {
    try {
      wire.emit('error', error);
    } catch (thrown) {
      heard.push(thrown instanceof Error && thrown.message === 'loud' ? 'threw it' : 'threw');
    }
  }
  wire.on('error', a).emit('error', 'heard');
  wire.on('throws', () => { throw new Error('mine'); }).on('throws', never);
  assert.throws(() => wire.emit('throws'), /mine/);
  heard.push(String(wire.removeAllListeners('x').emit('x')), String(wire.removeAllListeners().listeners('y').length));
  return heard;
}

describe('the stand-in for events', () => {
  it('does what Node does', () => {
    const ours = play(Ours);
    assert.deepEqual(ours, play(Nodes));
    assert.ok(ours.length > 15);
  });
});
