import { expect } from '@open-wc/testing';
import type { BusMessage } from '../../src/client/bus.js';
import type { CommandTable } from '../../src/engine/bus-port.js';
import { BusPort } from '../../src/engine/bus-port.js';
import { LiveStore } from '../../src/engine/live-store.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';

describe('engine/bus-port', () => {
  it('tells what a command has changed before it answers', async () => {
    const posted: BusMessage[] = [];
    let call: (message: BusMessage) => void = () => {};
    const bus = new BusPort({ post: (message) => posted.push(message), onMessage: (listener) => ((call = listener), () => {}), close() {} }, silentLog);
    const live = new LiveStore(new TestClock(), (changes) => bus.tellLive(changes));
    live.set('typing', 'earlier@x', ['a']);
    live.flush();
    const table = {
      flush: () => live.set('typing', 'a@x', ['a']),
      async leaveRoom() {
        live.set('typing', 'b@x', ['b']);
        throw new Error('no');
      },
    } as unknown as CommandTable;
    bus.serve(table, live);
    posted.length = 0;
    call({ type: 'call', id: '1', command: 'flush', args: [] });
    call({ type: 'call', id: '2', command: 'leaveRoom', args: ['b@x'] });
    await new Promise((resolve) => setTimeout(resolve));
    expect(posted.map((message) => (message.type === 'live' ? message.changes.map(({ key }) => key).join() : message.type))).to.have.members(['a@x,b@x', 'answer', 'answer']).and.to.have.property('0', 'a@x,b@x');
  });
});
