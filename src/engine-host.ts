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

/** Whether databases can be opened: the one that is needed next is tried. */
async function storageWorks(): Promise<boolean> {
  try {
    (await openAccounts()).close();
    // Refused together with storage; without it the tabs could not be kept in step.
    new BroadcastChannel('tertulia/probe').close();
    return true;
  } catch {
    return false;
  }
}

class PageHost implements EngineHost {
  #openChannel: OpenChannel = openChannel;
  #prepared: Promise<boolean> | undefined;
  #host: Promise<LocalHost> | undefined;
  #restart = (): void => {};

  readonly openChannel: OpenChannel = (name) => this.#openChannel(name);

  prepare(): Promise<boolean> {
    this.#prepared ??= this.#prepare();
    return this.#prepared;
  }

  async #prepare(): Promise<boolean> {
    if (await storageWorks()) {
      this.#host = inWorker().then(
        ({ host, restart }) => {
          this.#restart = restart;
          return host;
        },
        () => inPage(openChannel),
      );
      // Whoever asks for it is told.
      this.#host.catch(() => {});
      return true;
    }
    return this.#inMemory();
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
    return this.#host as Promise<LocalHost>;
  }

  async register(...args: Parameters<EngineHost['register']>): ReturnType<EngineHost['register']> {
    return (await this.#local()).register(...args);
  }
  async verify(...args: Parameters<EngineHost['verify']>): ReturnType<EngineHost['verify']> {
    return (await this.#local()).verify(...args);
  }
  async unregister(...args: Parameters<EngineHost['unregister']>): ReturnType<EngineHost['unregister']> {
    return (await this.#local()).unregister(...args);
  }
  async start(...args: Parameters<EngineHost['start']>): ReturnType<EngineHost['start']> {
    return (await this.#local()).start(...args);
  }
}

/** The host of a page. Nothing is started before `prepare`. */
export const createEngineHost = (): EngineHost => new PageHost();
