import type { Archive, Poke } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { XepContext, XepModule } from '../xep/module.js';
import type { LiveStore } from './live-store.js';

export type SeenTellerPorts = {
  readonly archive: Archive;
  readonly modules: readonly XepModule[];
  readonly ctx: XepContext;
  readonly live: LiveStore;
  readonly clock: Clock;
  readonly log: Log;
};

/** What is read in one go is told in one go, milliseconds. */
const wait = 400;

/**
 * Tells the other devices, and whoever wrote it, what was read in any page of this browser. That it is to be told is
 * kept with the conversation: what was read offline is told when there is a connection and it has caught up, by which
 * time it is known what other devices have told already.
 */
export class SeenTeller {
  readonly #ports: SeenTellerPorts;
  readonly #waiting = new Set<string>();
  #wasReady = false;
  #cancel: (() => void) | undefined;
  #last = Promise.resolve();
  #stopped = false;

  constructor(ports: SeenTellerPorts) {
    this.#ports = ports;
    ports.live.watch('session', () => void this.#all());
  }

  get #ready(): boolean {
    const session = this.#ports.live.get('session', '');
    return !this.#stopped && session?.status === 'online' && !session.catchingUp;
  }

  poked(pokes: readonly Poke[]): void {
    this.#take(pokes.flatMap((poke) => (poke.kind === 'conversations' ? poke.rows : [])));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #all(): Promise<void> {
    const ready = this.#ready;
    if (ready === this.#wasReady) return;
    this.#wasReady = ready;
    if (!ready) return;
    try {
      this.#take(await this.#ports.archive.conversations());
    } catch (error) {
      this.#ports.log.warn('what was read is not told', error);
    }
  }

  #take(rows: readonly { readonly jid: string; readonly untold?: true }[]): void {
    if (!this.#ready) return;
    for (const { jid, untold } of rows) if (untold) this.#waiting.add(jid);
    if (this.#waiting.size === 0) return;
    this.#cancel ??= this.#ports.clock.after(wait, () => {
      this.#cancel = undefined;
      const jids = [...this.#waiting];
      this.#waiting.clear();
      this.#last = this.#last.then(() => this.#tell(jids)).catch((error: unknown) => this.#ports.log.debug('what was read is told later', error));
    });
  }

  async #tell(jids: readonly string[]): Promise<void> {
    const { archive, ctx, modules } = this.#ports;
    for (const seen of await archive.untold(jids)) {
      // oxlint-disable no-await-in-loop -- one after the other: a desk that comes back has read many
      if (!this.#ready) return;
      const told = await Promise.allSettled(modules.map(async (module) => module.seen?.(seen, ctx)));
      const failed = told.find(({ status }) => status === 'rejected');
      if (failed) throw (failed as PromiseRejectedResult).reason;
      await archive.told(seen);
      // oxlint-enable no-await-in-loop
    }
  }
}
