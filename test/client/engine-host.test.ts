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
      expect(await codeOf(host.register('localhost', deployment))).to.equal('unreachable');
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
      expect(await codeOf(host.register('localhost', deployment))).to.equal('unreachable');
    } finally {
      globalThis.Worker = RealWorker;
    }
  });
});
