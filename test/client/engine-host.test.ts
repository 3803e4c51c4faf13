// The host is an entry of src/; it is tested here because nothing else runs a real worker.
import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import { createEngineHost } from '../../src/engine-host.js';
import type { Deployment } from '../../src/model/account.js';

/** Nobody listens on port 9 of this machine. */
const deployment: Deployment = { domain: 'localhost', service: 'ws://127.0.0.1:9/xmpp', allowedOrigins: [] };
const codeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(ChatError);
    return (error as ChatError).code;
  }
};

describe('engine-host', () => {
  it('runs engines in a worker, which answers with errors of ours', async () => {
    const workers: string[] = [];
    const { Worker: RealWorker } = globalThis;
    globalThis.Worker = class extends RealWorker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        workers.push(String(address));
      }
    };
    try {
      const host = createEngineHost();
      expect(workers, 'nothing before it is asked for').to.deep.equal([]);
      expect(await host.prepare()).to.equal(true);
      expect(await codeOf(host.register('a@localhost', 'x', deployment))).to.equal('unreachable');
      expect(await codeOf(host.verify('a@localhost', { kind: 'password', password: 'x' }, deployment))).to.equal('unreachable');
      expect(workers).to.have.lengthOf(1);
      expect(workers[0]).to.contain('engine-worker');
      let asked = 0;
      const engine = await host.start({ archiveName: `tertulia/test-${crypto.randomUUID()}`, account: 'a@localhost', deployment, scramSeen: false }, async () => {
        asked += 1;
        return { kind: 'password', password: 'x' };
      });
      for (const end = performance.now() + 8000; asked === 0 && performance.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 5)); // oxlint-disable-line no-await-in-loop
      expect(asked, 'the worker asks the page for the secret').to.be.greaterThan(0);
      await engine.close();
    } finally {
      globalThis.Worker = RealWorker;
    }
  });

  it('puts another worker into the place of one that hangs, and runs the same engines in it', async () => {
    const workers: (Worker & { deaf?: boolean; ended?: boolean })[] = [];
    const { Worker: RealWorker } = globalThis;
    globalThis.Worker = class extends RealWorker {
      deaf = false;
      ended = false;
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        workers.push(this);
      }
      override postMessage(...args: [message: unknown]): void {
        if (!this.deaf) super.postMessage(...args);
      }
      override terminate(): void {
        this.ended = true;
        super.terminate();
      }
    };
    try {
      const host = createEngineHost();
      await host.prepare();
      let asked = 0;
      const start = () => host.start({ archiveName: `tertulia/test-${crypto.randomUUID()}`, account: 'a@localhost', deployment, scramSeen: false }, async () => {
        asked += 1;
        return { kind: 'password', password: 'x' };
      });
      const [engine, closing] = [await start(), await start()];
      const until = async (condition: () => boolean): Promise<void> => {
        for (const end = performance.now() + 8000; !condition() && performance.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 5)); // oxlint-disable-line no-await-in-loop
        expect(condition()).to.equal(true);
      };
      await until(() => asked >= 2);
      workers[0]!.deaf = true;
      const open = [engine.claim(), closing.close(), codeOf(host.register('a@localhost', 'x', deployment))] as const;
      const starting = start();
      // All of it is on its way to the one that hangs.
      await new Promise((resolve) => setTimeout(resolve));
      await host.restart();
      expect([workers.length, workers[0]!.ended, workers[1]!.ended]).to.deep.equal([2, true, false]);
      expect(await Promise.all(open)).to.deep.equal([undefined, undefined, 'timeout']);
      const before = asked;
      const late = await starting;
      await until(() => asked >= before + 2);
      expect(await codeOf(host.register('a@localhost', 'x', deployment)), 'it answers').to.equal('unreachable');
      await engine.close();
      await late.close();
    } finally {
      globalThis.Worker = RealWorker;
    }
  });

  it('runs them in the page where workers are refused', async () => {
    const { Worker: RealWorker } = globalThis;
    globalThis.Worker = class {
      constructor() {
        throw new DOMException('refused', 'SecurityError');
      }
    } as unknown as typeof Worker;
    try {
      const host = createEngineHost();
      expect(await host.prepare()).to.equal(true);
      expect(await codeOf(host.register('a@localhost', 'x', deployment))).to.equal('unreachable');
    } finally {
      globalThis.Worker = RealWorker;
    }
  });
});
