import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { proofLasts, SocketFence } from '../../src/engine/fenced-socket.js';
import type { SocketLike } from '../../src/xmpp/connection-types.js';

class Wire implements SocketLike {
  readonly sent: string[] = [];
  closed = false;
  readonly bufferedAmount = 7;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  send(frame: string): void {
    this.sent.push(frame);
  }
  close(): void {
    this.closed = true;
  }
}

/** A fence whose proof is `age` old; the next one is given, or refused, by hand. */
function setUp() {
  const wire = new Wire();
  const proofs: { resolve(): void; reject(error: Error): void }[] = [];
  const lead = {
    age: 0,
    prove: () => new Promise<void>((resolve, reject) => proofs.push({ resolve: () => ((lead.age = 0), resolve()), reject })),
  };
  const fence = new SocketFence(() => wire, lead, silentLog);
  return { wire, lead, fence, socket: fence.open('wss://x'), proofs };
}
const tick = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

describe('engine/fenced-socket', () => {
  it('passes everything on while it is certain who leads', () => {
    const { wire, socket, lead } = setUp();
    const heard: unknown[] = [];
    socket.onopen = () => heard.push('open');
    socket.onmessage = ({ data }) => heard.push(data);
    socket.onclose = ({ code }) => heard.push(code);
    socket.onerror = () => heard.push('error');
    wire.onopen?.();
    wire.onmessage?.({ data: '<a/>' });
    wire.onerror?.();
    wire.onclose?.({ code: 1006, reason: '' });
    expect(heard).to.deep.equal(['open', '<a/>', 'error', 1006]);
    lead.age = proofLasts - 1;
    socket.send('1');
    expect([wire.sent, socket.bufferedAmount]).to.deep.equal([['1'], 7]);
    socket.close();
    expect(wire.closed).to.equal(true);
  });

  it('after a sleep, holds frames back until the archive has said who leads; in their order', async () => {
    const { wire, socket, lead, proofs } = setUp();
    lead.age = proofLasts;
    socket.send('1');
    socket.send('2');
    lead.age = 0; // by a write of the engine's own, meanwhile
    socket.send('3');
    socket.close();
    await tick();
    expect([wire.sent, wire.closed, proofs.length]).to.deep.equal([[], false, 2]);
    for (const { resolve } of proofs) resolve();
    await tick();
    expect(wire.sent).to.deep.equal(['1', '2', '3']);
    expect(wire.closed, 'after the last frame').to.equal(true);
  });

  it('once another leads, lets nothing out and nothing in, on no socket', async () => {
    const { wire, socket, lead, fence, proofs } = setUp();
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    lead.age = Infinity;
    socket.send('<resume/>');
    proofs[0]?.reject(new ChatError('offline', 'another engine leads'));
    await tick();
    expect([fence.deposed, wire.sent, wire.closed]).to.deep.equal([true, [], true]);
    lead.age = 0;
    socket.send('<message/>');
    fence.open('wss://x').send('<open/>');
    wire.onmessage?.({ data: '<message/>' });
    expect([wire.sent, heard]).to.deep.equal([[], []]);
  });

  it('goes by the lock alone where the archive cannot be read', async () => {
    const { wire, socket, lead, proofs } = setUp();
    lead.age = Infinity;
    socket.send('1');
    proofs[0]?.reject(new ChatError('storage', 'the disk is gone'));
    await tick();
    expect(wire.sent).to.deep.equal(['1']);
  });
});
