/** Where this page's engines run: in a worker; in the page where workers are refused; on memory where storage is. */
import type { EngineHost } from './client/bridge.js';
import { openAccounts } from './archive/accounts.js';
import { keepIn } from './archive/open-database.js';
import { trustedScript } from './base/trusted-script.js';
import { localChannels, openChannel, type OpenChannel } from './client/channel.js';
import { remoteHost, type LinePort, type LocalHost } from './engine/host-rpc.js';

/** A worker that has not begun by then was refused without a word (some policies do that), milliseconds. */
const workerWithin = 10_000;

const startWorker = (): Worker => new Worker(trustedScript(new URL('./engine-worker.ts', import.meta.url).href), { type: 'module', name: 'tertulia' });

async function inWorker(): Promise<{ readonly host: LocalHost; readonly restart: () => void }> {
  let worker = startWorker();
  try {
    const { host, up, move } = remoteHost(worker as LinePort);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the worker did not begin')), workerWithin);
      worker.addEventListener('error', (event) => {
        clearTimeout(timer);
        reject(new Error(event.message || 'the worker was refused'));
      });
      void up.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    const restart = (): void => {
      // With its lock and its transactions.
      worker.terminate();
      worker = startWorker();
      move(worker as LinePort);
    };
    return { host, restart };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

const inPage = async (channels: OpenChannel): Promise<LocalHost> => (await import('./engine-worker.js')).createLocalHost(channels);

export type HostOptions = {
  /** Whether databases can be opened: tries the one that is needed next, and rejects where it cannot. */
  readonly tryStorage?: () => Promise<unknown>;
  readonly openChannel?: OpenChannel;
  /** Until when an engine need not begin, nor its thread: what is there already is shown first. */
  readonly after?: Promise<unknown>;
};

class PageHost implements EngineHost {
  readonly #tryStorage: () => Promise<unknown>;
  readonly #after: Promise<unknown> | undefined;
  #openChannel: OpenChannel;
  #prepared: Promise<boolean> | undefined;
  #host: Promise<LocalHost> | undefined;
  #restart = (): void => {};

  constructor(options: HostOptions) {
    this.#tryStorage = options.tryStorage ?? (async () => (await openAccounts()).close());
    this.#openChannel = options.openChannel ?? openChannel;
    this.#after = options.after;
  }

  readonly openChannel: OpenChannel = (name) => this.#openChannel(name);

  prepare(): Promise<boolean> {
    this.#prepared ??= this.#prepare();
    return this.#prepared;
  }

  async #prepare(): Promise<boolean> {
    try {
      // Refused together with storage; without it the tabs could not be kept in step.
      new BroadcastChannel('tertulia/probe').close();
      await this.#tryStorage();
    } catch {
      return this.#inMemory();
    }
    if (this.#after) void this.#after.then(() => this.#begin());
    else void this.#begin();
    return true;
  }

  #begin(): Promise<LocalHost> {
    if (!this.#host) {
      this.#host = inWorker().then(
        ({ host, restart }) => {
          this.#restart = restart;
          return host;
        },
        () => inPage(openChannel),
      );
      // Whoever asks for it is told.
      this.#host.catch(() => {});
    }
    return this.#host;
  }

  /** The same archive on databases in the page's own memory: nothing outlives the page, and everything works. */
  async #inMemory(): Promise<false> {
    const { memoryDatabases } = await import('./archive/memory-databases.js');
    keepIn(memoryDatabases());
    this.#openChannel = localChannels();
    this.#restart = () => {};
    this.#host = inPage(this.#openChannel);
    return false;
  }

  async forsake(): Promise<void> {
    this.#prepared = this.#inMemory();
    await this.#prepared;
  }

  async restart(): Promise<void> {
    await this.#host;
    this.#restart();
  }

  async #local(): Promise<LocalHost> {
    await this.prepare();
    return this.#begin();
  }

  async register(...args: Parameters<EngineHost['register']>): ReturnType<EngineHost['register']> {
    await this.#after;
    return (await this.#local()).register(...args);
  }
  async verify(...args: Parameters<EngineHost['verify']>): ReturnType<EngineHost['verify']> {
    return (await this.#local()).verify(...args);
  }
  async unregister(...args: Parameters<EngineHost['unregister']>): ReturnType<EngineHost['unregister']> {
    return (await this.#local()).unregister(...args);
  }
  async start(...args: Parameters<EngineHost['start']>): ReturnType<EngineHost['start']> {
    await this.#after;
    return (await this.#local()).start(...args);
  }
}

/** The host of a page. Nothing is started before `prepare`. */
export const createEngineHost = (options: HostOptions = {}): EngineHost => new PageHost(options);
